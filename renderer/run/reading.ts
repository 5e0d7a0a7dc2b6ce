/** What one step of the walk says, read off its record: numbers for the inspector and one sentence of meaning. */
import { formatNumber, formatWithError } from '../../shared/format.ts';
import { inLossUnit } from '../../shared/losses/index.ts';
import type { LossSettings } from '../../shared/losses/index.ts';
import type { IterationColumns } from '../../shared/records.ts';
import { iterationColumns, notImported } from '../../shared/records.ts';
import { belowResolution, answerTo } from '../../shared/resolution.ts';
import { lowerBound } from '../../shared/ordered.ts';
import { mostBelieved } from '../../shared/step-parabola.ts';

/** One iteration's values; NaN where not measured. */
export type Step = { [K in keyof IterationColumns]: number };

/** The record of an iteration; null when there is none yet. */
export function stepAt(columns: IterationColumns, iteration: number): Step | null {
  const row = lowerBound(columns.iteration, iteration);
  if (columns.iteration[row] !== iteration) return null;
  return Object.fromEntries(iterationColumns.map((key) => [key, columns[key][row]!])) as Step;
}

/** Whether the step was interpolated: an end's loss is known, though others may not have been finite. */
export function isProbedStep(step: Step): boolean {
  return !Number.isNaN(step.loss_before) || !Number.isNaN(step.loss_after);
}

/** Iteration of the last probed step, or of the last step; null when there is none. */
export function latestStep(columns: IterationColumns): number | null {
  for (let row = columns.iteration.length - 1; row >= 0; row--)
    if (!Number.isNaN(columns.loss_before[row]!)) return columns.iteration[row]!;
  return columns.iteration.length === 0 ? null : columns.iteration[columns.iteration.length - 1]!;
}

/** Iterations that were probed. */
export function probedIterations({ iteration, loss_before }: IterationColumns): Float64Array {
  return iteration.filter((_, row) => !Number.isNaN(loss_before[row]!));
}

/** The next iteration after (or before) one that has a barrier above what its evaluation resolves; null when there is none. */
export function nextBarrier(columns: IterationColumns, from: number, direction: 1 | -1): number | null {
  let row = lowerBound(columns.iteration, from);
  if (direction === 1 && columns.iteration[row] === from) row++;
  if (direction === -1) row--;
  for (; row >= 0 && row < columns.iteration.length; row += direction)
    if (columns.barrier[row] === 1) return columns.iteration[row]!;
  return null;
}

/** Where the parabola of a step is lowest, with its error: `α = 1.42 ± 0.003`. */
export function extrapolatedWords({ extrapolated_floor: floor, extrapolated_floor_error: error }: Step): string {
  return `α = ${formatWithError(floor, error)}`;
}

/** Where a floor that is not on the step lies by its parabola, as it follows a sentence; nothing where that is not told or on the step. */
function beyond(step: Step): string {
  const { extrapolated_floor: floor } = step;
  if (floor > mostBelieved) return `, which its parabola puts farther than ${mostBelieved} times the step`;
  if (floor > 1) return `, which its parabola puts beyond the step, at ${extrapolatedWords(step)}`;
  return floor < 0 ? `, whose floor its parabola puts before the step, at ${extrapolatedWords(step)}` : '';
}

/**
 * One sentence on what the step did, in the paper's terms.
 * @param loss of the run
 * @param imported whether the run is an imported trajectory, which has no gradients
 */
export function meaningOf(step: Step, loss: LossSettings, imported = false): string {
  const cosine = step.gradient_cosine;
  if (!isProbedStep(step)) {
    if (Number.isNaN(cosine))
      return 'This step was not interpolated, and it has no gradient before it to compare with.';
    return cosine < 0
      ? 'This step was not interpolated; its gradient opposes the one before, as between valley walls.'
      : 'This step was not interpolated; its gradient keeps the direction of the one before.';
  }
  if (Number.isNaN(step.floor_loss))
    return 'The loss is not a finite number here: the walk left the valley and the run diverged.';
  const floor = answerTo(step, 'interior_floor');
  if (answerTo(step, 'barrier') === 'yes')
    return `The loss rises ${inLossUnit(formatNumber(step.barrier_height), loss)} above both ends: this step crossed a barrier.`;
  if (floor !== 'yes' && floor !== 'no')
    return `Whether this step passes over a valley floor lies ${belowResolution}: differences of ${inLossUnit(formatNumber(step.loss_resolution), loss)}.`;
  if (floor === 'no' && step.loss_before < step.loss_after)
    return `The loss rises all along this step: it climbs the wall${beyond(step)}.`;
  if (floor === 'no') return `The loss falls all along this step: it has not reached the floor${beyond(step)}.`;
  const landed =
    step.height_after > step.height_before
      ? 'lands higher on the other side'
      : step.height_after < step.height_before
        ? 'lands lower on the other side'
        : 'lands as high on the other side';
  if (Number.isNaN(cosine))
    return `The step passes over the valley floor and ${landed}; ${imported ? `gradients are ${notImported}` : 'there is no gradient before it'}.`;
  if (cosine < 0)
    return `A bounce: the step passes over the valley floor and ${landed}, and its gradient opposes the one before.`;
  return `The step passes over the valley floor and ${landed}; its gradient keeps the direction of the one before.`;
}
