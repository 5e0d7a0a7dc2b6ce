/** The line of a step: which places α beyond its ends are evaluated, at which of them the loss is lowest, and what that costs. */
import type { Experiment } from './experiment.ts';

type Interpolation = Experiment['probes']['interpolation'];

/** A hair, so that rounding of k/K takes no place away. */
const hair = 1e-9;

/** The first and the last whole k with α = k/K within the range. */
function ends({ points, from, to }: Pick<Interpolation, 'points' | 'from' | 'to'>): [number, number] {
  return [Math.ceil((from - hair) * points), Math.floor((to + hair) * points)];
}

/**
 * The places that a slice is evaluated at beyond its ends: α = k/K for the whole k with `from` ≤ α < 0 or 1 < α ≤ `to`, ascending. None where a
 * slice ends with the step, as it does unless told otherwise.
 */
export function outsideAlphas(interpolation: Pick<Interpolation, 'points' | 'from' | 'to'>): number[] {
  const { points } = interpolation;
  const [first, last] = ends(interpolation);
  const alphas: number[] = [];
  for (let k = first; k <= last; k++) if (k < 0 || k > points) alphas.push(k / points);
  return alphas;
}

/**
 * Examples that pass the network at a probed step beyond those of its slice: those of slices at each place outside, and those of the batch at
 * every place.
 * @param evaluated examples of a slice
 * @param batch examples of a batch
 */
export function lineExamples(
  interpolation: Pick<Interpolation, 'points' | 'from' | 'to' | 'onBatch'>,
  evaluated: number,
  batch: number,
): number {
  const { points, onBatch } = interpolation;
  // counted and not listed: a form asks while its numbers are being typed
  const [first, last] = ends(interpolation);
  const outside = Math.max(0, -first) + Math.max(0, last - points);
  return outside * evaluated + (onBatch ? (outside + points + 1) * batch : 0);
}
