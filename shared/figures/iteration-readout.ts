/** Reads the values at a place of an iteration axis: what tooltips show. */
import { formatNumber, metric } from '../metrics.ts';
import type { IterationColumns } from '../records.ts';
import type { Readout, RunData } from './chart.ts';
import { runLabels } from './labels.ts';
import { formatCount, prettySymbol } from './text.ts';

/** Row of the last iteration at or before `at`; −1 when there is none. */
export function rowAt(iterations: IterationColumns, at: number): number {
  const column = iterations.iteration;
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * A reader of iteration metrics.
 * @param keys the metrics that the chart draws; with one run, every linked value of the iteration follows them
 * @param between whether places between iterations have a meaning (t + α)
 */
export function iterationReadout(runs: RunData[], keys: string[], between: boolean): (x: number) => Readout | null {
  const labels = runLabels(runs.map(({ run }) => run));
  return (x) => {
    const t = between ? Math.floor(x + 1e-9) : Math.round(x);
    const rows: Readout['rows'] = [];
    for (const [index, { iterations }] of runs.entries()) {
      let row = rowAt(iterations, t);
      // the end of the last slice belongs to it
      if (row >= 0 && between && iterations.iteration[row] === t - 1 && x - t < 1e-9) row = rowAt(iterations, t - 1);
      else if (row < 0 || iterations.iteration[row] !== t) continue;
      if (runs.length === 1) rows.push(...everything(iterations, row, keys));
      else
        for (const key of keys)
          rows.push({ label: labels[index]!, value: written(key, iterations[key as keyof IterationColumns][row]!) });
    }
    if (rows.length === 0) return null;
    const alpha = x - t;
    const place = between && alpha > 1e-6 && alpha < 1 - 1e-6 ? `, α = ${formatNumber(alpha)}` : '';
    return { title: `Iteration ${formatCount(t)}${place}`, rows };
  };
}

const linked = [
  'batch_loss',
  'loss_before',
  'floor_loss',
  'height_before',
  'height_after',
  'barrier_height',
  'gradient_cosine',
  'gradient_norm',
  'update_norm',
  'distance',
];

/** The chart's metrics, then the linked ones, as far as they were measured. */
function everything(iterations: IterationColumns, row: number, keys: string[]): Readout['rows'] {
  return [...new Set([...keys, ...linked])].flatMap((key) => {
    const value = iterations[key as keyof IterationColumns][row]!;
    if (Number.isNaN(value)) return [];
    const { title, symbol } = metric('iteration', key);
    if (key === 'barrier_height' && value === 0) return [{ label: 'Barrier', value: 'none' }];
    const at = key === 'floor_loss' ? ` at α = ${formatNumber(iterations.floor_alpha[row])}` : '';
    return [{ label: `${title} ${prettySymbol(symbol)}`, value: written(key, value) + at }];
  });
}

function written(key: string, value: number): string {
  const { unit } = metric('iteration', key);
  return Number.isNaN(value) || !unit ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}
