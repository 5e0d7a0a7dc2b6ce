/** The summary of a run, exact, from its rows. Epoch 0, the initialisation, is no result and does not count. */
import type { RunSummary } from '../../../shared/records.ts';
import type { Database } from './database.ts';
import { emptySummary } from './runs.ts';

/** Prepares the query; give it a run's internal key. */
export function prepareSummary(database: Database): (key: number) => RunSummary {
  const overIterations = database.prepare<Omit<RunSummary, 'train_loss'>>(
    `SELECT avg(gradient_cosine) AS mean_gradient_cosine,
            count(*) FILTER (WHERE loss_before IS NOT NULL OR loss_after IS NOT NULL) AS probed_iterations,
            count(*) FILTER (WHERE interior_floor = 1) AS interior_floors,
            count(*) FILTER (WHERE convex = 1) AS convex_slices,
            count(*) FILTER (WHERE barrier = 1) AS barriers,
            count(*) FILTER (
              WHERE loss_resolution IS NOT NULL AND (barrier IS NULL OR interior_floor IS NULL OR convex IS NULL)
            ) AS unresolved_slices,
            count(*) FILTER (WHERE bounce = 1) AS bounces,
            max(noise_deviation) AS noise_deviation,
            avg(height_before) AS mean_height_before,
            avg(height_after) AS mean_height_after
     FROM iterations WHERE run_key = ?`,
  );
  const lastIteration = database.prepare<Pick<RunSummary, 'batch_loss' | 'distance' | 'path_length'>>(
    'SELECT batch_loss, distance, path_length FROM iterations WHERE run_key = ? ORDER BY iteration DESC LIMIT 1',
  );
  const lastEpoch = database.prepare<Pick<RunSummary, 'train_loss' | 'validation_loss'>>(
    `SELECT train_loss, train_accuracy, validation_loss, validation_accuracy
     FROM epochs WHERE run_key = ? AND epoch > 0 ORDER BY epoch DESC LIMIT 1`,
  );
  return (key) => ({
    ...emptySummary,
    ...lastEpoch.get(key),
    ...lastIteration.get(key),
    ...overIterations.get(key)!,
  });
}
