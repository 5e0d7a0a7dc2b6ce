/** Which records a view draws, and what to say when there are none. */
import { metric } from '../metrics.ts';
import type { RunRecord } from '../records.ts';
import type { ChartView } from './chart.ts';

/** Whether an iteration (or epoch) is drawn. */
export function within(value: number, { range }: ChartView): boolean {
  return !range || (value >= range.from && value <= range.to);
}

/** Why a chart of a run has nothing to draw, and what would fill it. */
export function notYet(run: RunRecord, filler: string): string {
  switch (run.status) {
    case 'queued':
      return `“${run.name}” is waiting in the queue; ${filler}.`;
    case 'running':
      return `“${run.name}” has not reported yet; ${filler}.`;
    default:
      return `“${run.name}” has no such records here; ${filler}.`;
  }
}

/** Why an iteration metric has no values although there are iterations. */
export function nothingProbed(key: string): string {
  const { title } = metric('iteration', key);
  if (key === 'gradient_cosine') return `${title}: it takes two iterations; the second one fills it.`;
  return `${title} was not measured in these iterations; probe windows in the experiment (probes.interpolation.windows) fill it.`;
}
