/** Reads the values at a place of an iteration axis: what tooltips show. */
import { formatNumber, formatWithError } from '../../format.ts';
import { drawnQuantity, errorKeyOf } from '../../quantities/index.ts';
import type { ChartedKey } from '../../quantities/index.ts';
import type { IterationColumns } from '../../records.ts';
import { answerAt, belowResolution } from '../../resolution.ts';
import type { Readout, RunData } from '../chart.ts';
import { runLabels } from './labels.ts';
import { formatCount } from './text.ts';
import { inRuns } from './loss-unit.ts';

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

/** Row of iteration t; −1 when it is not there. */
export function rowOf(iterations: IterationColumns, t: number): number {
  const row = rowAt(iterations, t);
  return row >= 0 && iterations.iteration[row] === t ? row : -1;
}

/** The iteration whose step holds x = t + α: at the end of the last step, that step. */
export function stepAt(iterations: IterationColumns, x: number): number {
  const t = Math.floor(x + 1e-9);
  return x - t < 1e-9 && rowOf(iterations, t) < 0 && rowOf(iterations, t - 1) >= 0 ? t - 1 : t;
}

/** A reader of the metrics `keys` at whole iterations; with one run, every linked value of the iteration follows. */
export function iterationReadout(
  runs: readonly RunData[],
  keys: ChartedKey<'iteration'>[],
): (x: number) => Readout | null {
  const labels = runLabels(runs.map(({ run }) => run));
  return (x) => {
    const t = Math.round(x);
    const rows = runs.flatMap((data, index) => {
      const { iterations } = data;
      const row = rowOf(iterations, t);
      if (row < 0) return [];
      if (runs.length === 1) return everything(data, row, keys);
      return keys.map((key) => ({
        label: labels[index]!,
        value: written(key, row, data),
      }));
    });
    return rows.length > 0 ? { title: `Iteration ${formatCount(t)}`, rows } : null;
  };
}

const linked: readonly ChartedKey<'iteration'>[] = [
  'batch_loss',
  'loss_before',
  'floor_loss',
  'height_before',
  'height_after',
  'barrier_height',
  'gradient_cosine',
  'distance',
];

/** The chart's metrics, then the linked ones, as far as they were measured. */
function everything(data: RunData, row: number, keys: ChartedKey<'iteration'>[]): Readout['rows'] {
  const { iterations } = data;
  return [...new Set([...keys, ...linked])].flatMap((key) => {
    const value = iterations[key][row]!;
    if (Number.isNaN(value)) return [];
    const { title } = drawnQuantity('iteration', key);
    if (key === 'barrier_height') {
      const answer = answerAt(iterations, row, 'barrier');
      if (answer === 'no') return [{ label: 'Barrier', value: 'none' }];
      if (answer === 'below') return [{ label: 'Barrier', value: belowResolution }];
    }
    const at = key === 'floor_loss' ? ` at α = ${formatNumber(iterations.floor_alpha[row])}` : '';
    return [{ label: title, value: written(key, row, data) + at }];
  });
}

/** A value with its unit, and with its error where that is told. */
function written(key: ChartedKey<'iteration'>, row: number, data: RunData): string {
  const { unit } = inRuns(drawnQuantity('iteration', key), [data]);
  const value = data.iterations[key][row]!;
  const errors = errorKeyOf(key);
  const error = errors === null ? NaN : data.iterations[errors][row]!;
  const words = Number.isNaN(error) ? formatNumber(value) : formatWithError(value, error);
  return Number.isNaN(value) || !unit ? words : `${words} ${unit}`;
}
