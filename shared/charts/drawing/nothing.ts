/** Why there is nothing to draw of a metric, whichever record holds it. */
import { measurements } from '../../compare/measurements.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import type { ChartedKind } from '../../quantities/index.ts';
import { nothingRecorded } from '../../runs/status-words.ts';
import type { RunData } from '../chart.ts';
import { nothingMeasured } from './view.ts';

/** Why a metric of some runs has nothing to draw, and what would fill it. */
export function nothingOf(record: ChartedKind, metric: string, runs: readonly RunData[]): string {
  if (metric === 'spectral_norm' && runs.some(({ curvature }) => curvature.rank.length > 0))
    return 'The spectral norm is not known of these runs: they were computed before the smallest eigenvalue was measured too. Run them again to measure both.';
  if (record === 'curvature')
    return 'The curvature was not probed in these runs; the Hessian probe of the experiment fills it.';
  if (runs.every((data) => measurements(data, record, metric).tick.length === 0))
    return nothingRecorded(
      runs[0]!.run,
      record === 'iteration' ? 'its first iterations fill it' : 'the end of its first epoch fills it',
    );
  if (record === 'iteration') return nothingMeasured(metric, runs);
  return `${drawnQuantity('epoch', metric).title} was not measured in these epochs, or its values cannot be shown on this axis.`;
}
