/** How the close-up of a slice draws the parabola of the whole step, beyond its ends where it is lowest there. */
import { formatWithError } from '../../format.ts';
import { mostBelieved, stepParabola } from '../../step-parabola.ts';
import type { RunData } from '../chart.ts';
import { rowOf } from './iteration-readout.ts';
import { PolylineBuilder } from './polyline.ts';
import type { Polyline } from './polyline.ts';

/** Farther from the step than that nothing is drawn: the note tells where the parabola is lowest. */
const drawnAlphas = { least: -1, most: mostBelieved } as const;

/** Points of its curve. */
const curvePoints = 60;

/** Where a step's parabola is lowest, as the record has it. */
export interface DrawnStepParabola {
  /** α̂*, and what rounding and sampling do to it. */
  alpha: number;
  error: number;
  /** The parabola from the step to its lowest point, a little beyond; null where that lies on the step, or too far to be drawn. */
  curve: Polyline | null;
  /** Its lowest point; null where the curve is. */
  lowest: Polyline | null;
}

/**
 * What is drawn of iteration t; null where its record tells no extrapolated floor.
 * @param losses at α_0…α_K of the step itself
 */
export function drawnStepParabola(
  { iterations }: Pick<RunData, 'iterations'>,
  t: number,
  losses: readonly number[],
  log: boolean,
): DrawnStepParabola | null {
  const row = rowOf(iterations, t);
  const alpha = iterations.extrapolated_floor[row] ?? NaN;
  const error = iterations.extrapolated_floor_error[row] ?? NaN;
  if (Number.isNaN(alpha)) return null;
  const beyond = alpha < 0 || alpha > 1;
  // the last slice of a running run may still be arriving
  const whole = losses.length > 2 && losses.every(Number.isFinite);
  if (!whole || !beyond || alpha < drawnAlphas.least || alpha > drawnAlphas.most)
    return { alpha, error, curve: null, lowest: null };
  const { at } = stepParabola(losses);
  const room = 0.12;
  const [from, to] = [Math.min(0, alpha - room), Math.max(1, alpha + room)];
  const curve = new PolylineBuilder(curvePoints + 1, log);
  for (let point = 0; point <= curvePoints; point++) {
    const place = from + ((to - from) * point) / curvePoints;
    curve.add(place, at(place));
  }
  const lowest = new PolylineBuilder(1, log);
  lowest.add(alpha, at(alpha));
  return { alpha, error, curve: curve.finish(), lowest: lowest.finish() };
}

/** In words where it is lowest. */
export function stepParabolaNote({ alpha, error }: DrawnStepParabola): string {
  if (alpha > mostBelieved) return `parabola of the whole step: lowest farther than ${mostBelieved} times the step`;
  const where = alpha > 1 ? ', beyond the step' : alpha < 0 ? ', before the step' : '';
  return `parabola of the whole step: lowest at α = ${formatWithError(alpha, error)}${where}`;
}
