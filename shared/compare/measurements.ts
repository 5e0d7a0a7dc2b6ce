/** One metric of one run, moment by moment: whichever record it is of. */
import type { RunData } from '../charts/chart.ts';
import { drawnQuantity } from '../quantities/index.ts';
import type { ChartedKey, ChartedKind } from '../quantities/index.ts';
import type { EpochColumns } from '../records.ts';
import { spectralNorms } from '../spectral-norm.ts';

/** Values in order; a tick tells moments of different runs together. */
export interface Measurements {
  /** Iterations, of an epoch metric epochs. */
  tick: Float64Array;
  /** NaN where not measured. */
  y: Float64Array;
}

/**
 * Reads a metric. Of the eigenvalues the largest by sign counts; the alignment is the sum over all of the largest that were measured,
 * as the metric says.
 */
export function measurements(data: RunData, record: ChartedKind, key: string): Measurements {
  if (record === 'curvature') return curvature(data, key);
  if (record === 'epoch') return { tick: data.epochs.epoch, y: epochValues(data.epochs, key as ChartedKey<'epoch'>) };
  const columns = data.iterations as unknown as Record<string, Float64Array>;
  return { tick: columns[record]!, y: columns[key]! };
}

/** An epoch metric's values: counts are not there (NaN) where no iteration of the epoch was probed. */
export function epochValues(epochs: EpochColumns, key: ChartedKey<'epoch'>): Float64Array {
  const about = drawnQuantity('epoch', key);
  if (about.kind !== 'count' || about.ofProbed !== true) return epochs[key];
  return epochs[key].map((value, row) => (epochs.probed_iterations[row]! > 0 ? value : NaN));
}

function curvature({ curvature: rows }: RunData, key: string): Measurements {
  if (key === 'spectral_norm') {
    const norms = spectralNorms(rows);
    return {
      tick: Float64Array.from(norms, ({ iteration }) => iteration),
      y: Float64Array.from(norms, ({ value }) => value),
    };
  }
  const moments = new Map<number, number>();
  for (let row = 0; row < rows.iteration.length; row++) {
    const t = rows.iteration[row]!;
    if (rows.rank[row]! < 1) continue;
    if (key === 'alignment') moments.set(t, (moments.get(t) ?? 0) + rows.alignment[row]!);
    else if (rows.rank[row] === 1) moments.set(t, rows.eigenvalue[row]!);
  }
  return { tick: Float64Array.from(moments.keys()), y: Float64Array.from(moments.values()) };
}
