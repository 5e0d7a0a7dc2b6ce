/** Walks whose answers are known, for tests: SGD on a valley that is quadratic across and a slope along. */
import { experimentSchema } from '../experiment.ts';
import { epochColumns, iterationColumns, toColumns } from '../records.ts';
import type { EpochRecord, IterationRecord } from '../records.ts';
import type { ClaimRun } from './evidence.ts';
import { uniforms } from './generator.ts';

/** Records in which nothing was measured. */
const blankIteration = Object.fromEntries(iterationColumns.map((key) => [key, null])) as unknown as IterationRecord;
const blankEpoch = Object.fromEntries(epochColumns.map((key) => [key, null])) as unknown as EpochRecord;

/** A walk to be made up. */
export interface Valley {
  seed?: number;
  learningRate?: number;
  batchSize?: number;
  train?: number;
  iterations?: number;
  /** Curvature across the valley: η times it above 1 bounces, below 1 slides. */
  curvature?: number;
  /** Standard deviation of the gradient of one example across and along. */
  noise?: number;
  /** Downward slope along the valley. */
  slope?: number;
  /** Iterations that are probed; all unless told otherwise. */
  probed?: (iteration: number) => boolean;
  /** Value of λ_max and validation accuracy at the end of the one epoch. */
  epoch?: { lambda_max: number; validation_accuracy: number };
  name?: string;
  status?: ClaimRun['status'];
}

/** Walks: y across from 1 with gradient curvature · y + noise, x along with gradient −slope + noise; slices at 11 points. */
export function walkValley({
  seed = 1,
  learningRate = 0.1,
  batchSize = 100,
  train = 6000,
  iterations = 120,
  curvature = 19,
  noise = 0,
  slope = 0.1,
  probed = () => true,
  epoch,
  name = `valley ${seed}`,
  status = 'finished',
}: Valley = {}): ClaimRun {
  const uniform = uniforms(seed * 7919 + 13);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const loss = (x: number, y: number): number => 50 + 0.5 * curvature * y * y - slope * x;
  const scale = noise / Math.sqrt(batchSize);
  const records: IterationRecord[] = [];
  let [x, y, path] = [0, 1, 0];
  let before: [number, number] | null = null;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gradient: [number, number] = [-slope + scale * normal(), curvature * y + scale * normal()];
    const [toX, toY] = [x - learningRate * gradient[0], y - learningRate * gradient[1]];
    const slice = Array.from({ length: 11 }, (_, k) => {
      const alpha = k / 10;
      return loss((1 - alpha) * x + alpha * toX, (1 - alpha) * y + alpha * toY);
    });
    const floor = Math.min(...slice);
    const floorAlpha = slice.indexOf(floor) / 10;
    const cosine = before
      ? (before[0] * gradient[0] + before[1] * gradient[1]) / (Math.hypot(...before) * Math.hypot(...gradient))
      : null;
    const [update, there] = [Math.hypot(toX - x, toY - y), probed(iteration)];
    path += update;
    const where = <T>(value: T): T | null => (there ? value : null);
    records.push({
      ...blankIteration,
      iteration,
      epoch: 1,
      learning_rate: learningRate,
      batch_loss: slice[0]! + scale * normal(),
      gradient_norm: Math.hypot(...gradient),
      gradient_cosine: cosine,
      update_norm: update,
      distance: Math.hypot(toX, toY - 1),
      path_length: path,
      loss_before: where(slice[0]!),
      loss_after: where(slice[10]!),
      floor_loss: where(floor),
      floor_alpha: where(floorAlpha),
      height_before: where(slice[0]! - floor),
      height_after: where(slice[10]! - floor),
      barrier_height: where(Math.max(0, Math.max(...slice.slice(1, 10)) - Math.max(slice[0]!, slice[10]!))),
      convex: where(true),
      bounce: where(cosine !== null && cosine < 0 && floorAlpha > 0 && floorAlpha < 1),
      loss_resolution: where(1e-9),
      interior_floor: where(floorAlpha > 0 && floorAlpha < 1),
      barrier: where(false),
    });
    [x, y, before] = [toX, toY, gradient];
  }
  const epochs: EpochRecord[] = epoch
    ? [
        {
          ...blankEpoch,
          epoch: 1,
          iterations,
          train_loss: 0.5,
          train_accuracy: 0.8,
          validation_loss: 0.6,
          distance: records.at(-1)!.distance,
          barriers: 0,
          probed_iterations: 0,
          interior_floors: 0,
          convex_slices: 0,
          ...epoch,
        },
      ]
    : [];
  return {
    run: `run-${seed}-${learningRate}-${batchSize}`,
    name,
    status,
    imported: null,
    experiment: experimentSchema.parse({
      name,
      seed,
      data: { train },
      optimizer: { learningRate, batchSize },
      length: { iterations },
    }),
    iterations: toColumns(iterationColumns, records),
    epochs: toColumns(epochColumns, epochs),
  };
}
