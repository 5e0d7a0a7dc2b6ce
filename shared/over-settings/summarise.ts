/** Summaries of quantities computed from the records of a run, and which columns of them that takes. */
import type { RunData } from '../charts/chart.ts';
import { measurements } from '../compare/measurements.ts';
import { summariseMetric } from '../compare/summary.ts';
import { drawnQuantity } from '../quantities/index.ts';
import type { QuantitySummary } from './quantity-summary.ts';

/** Columns of a run's records that a summary is made of. */
interface SummaryColumns {
  iterations: readonly string[];
  epochs: readonly string[];
  /** Whether eigenvalues are needed, with all that there is of them. */
  curvature: boolean;
}

/** What has to be read for a summary. */
export function columnsFor({ record, key, kind }: QuantitySummary): SummaryColumns {
  const about = drawnQuantity(record, key);
  const counts = about.kind === 'count' && about.ofProbed === true;
  // a table's four numbers are told together, and the best epoch with them
  const best = kind === 'at_best' || record === 'epoch' ? ['epoch', 'validation_accuracy', 'validation_r_squared'] : [];
  const own = record === 'epoch' ? [key, ...(counts ? ['probed_iterations'] : [])] : [];
  return {
    iterations: record === 'iteration' ? ['iteration', key] : [],
    epochs: [...new Set([...best, ...own])],
    curvature: record === 'curvature',
  };
}

/**
 * A summary of a run; null where nothing was measured.
 * @param data its records; columns that {@link columnsFor} does not name may be missing
 */
export function summariseQuantity(data: RunData, { record, key, kind, window }: QuantitySummary): number | null {
  if (kind !== 'mean') return summariseMetric(data, record, key)[kind];
  const { tick, y } = measurements(data, record, key);
  const from = window.from ?? -Infinity;
  const to = window.to ?? Infinity;
  // Neumaier's sum: the error does not grow with the number of values
  let [sum, lost, count] = [0, 0, 0];
  for (let row = 0; row < y.length; row++) {
    const value = y[row]!;
    if (!Number.isFinite(value) || tick[row]! < from || tick[row]! > to) continue;
    const next = sum + value;
    lost += Math.abs(sum) > Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
    count++;
  }
  if (count === 0) return null;
  const mean = (Number.isFinite(lost) ? sum + lost : sum) / count;
  return Number.isFinite(mean) ? mean : null;
}
