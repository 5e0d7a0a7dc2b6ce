/**
 * Critical sharpness, 2/η_c with η_c the smallest rate at which a step down the gradient raises the loss (Kalra et al., 2026, arXiv 2601.16979, of
 * gradient descent), and the curvature along the gradient, gᵀHg/‖g‖², which it is on a quadratic.
 */
import { mostLosses } from '../../../../../shared/curvature/critical-sharpness.ts';
import type { MeasuredBy } from '../../../../../shared/quantities/index.ts';
import { generatorFor } from '../../../random/generator.ts';
import type { Generator } from '../../../random/generator.ts';
import { dot, norm } from '../../eigen.ts';
import { pointEvaluator } from '../../evaluator.ts';
import type { Evaluator } from '../../evaluator.ts';
import type { HessianProduct } from '../../hessian.ts';
import { finite } from '../../measurement.ts';
import type { Measurement as Losses } from '../../measurement.ts';
import { hostPoint } from '../../point.ts';
import type { HostPoint } from '../../point.ts';
import { resolutionOfMeans, roundingScale } from '../../resolution.ts';
import type { Slope } from '../../slope.ts';
import { isSure, smallestCrossing } from './crossing.ts';
import type { Change, Crossing } from './crossing.ts';
import { roundingAlong } from './measurement.ts';
import type { BetweenPieces, OpenMeasurement } from './measurement.ts';

type Measured = MeasuredBy<'criticalSharpness'>;

const notTold: Measured = {
  critical_sharpness: null,
  critical_sharpness_error: null,
  gradient_sharpness: null,
  gradient_sharpness_error: null,
};

/** What it is measured with, all over the same examples. */
export interface SharpnessTools {
  slope: Pick<Slope, 'gradient'>;
  hessian: Pick<HessianProduct, 'multiply'>;
  evaluator: Pick<Evaluator, 'measure'>;
  /** Draws the roundings that are made anew. */
  generator: Generator;
}

/** The measurement. */
export const openCriticalSharpness: OpenMeasurement<'criticalSharpness'> = async (tools) => {
  const { backend, model, loss, examples, hessian, experiment } = tools;
  const slope = await tools.slope();
  const evaluator = await pointEvaluator({ backend, model, loss, examples, population: examples.count });
  return {
    measure: async ({ from, iteration }, between) =>
      measureSharpness(
        await hostPoint(from),
        { slope, hessian, evaluator, generator: generatorFor(experiment.seed, `critical sharpness ${iteration}`) },
        between,
      ),
    dispose: () => evaluator.dispose(),
  };
};

/**
 * Measures at a point, along the gradient of the very loss that is evaluated: along that of a batch this loss need not fall at all, and of an
 * optimiser with a memory the update is no multiple of its rate.
 * @returns null when stopped on the way
 */
export async function measureSharpness(
  point: HostPoint,
  { slope, hessian, evaluator, generator }: SharpnessTools,
  between: BetweenPieces,
): Promise<Measured | null> {
  const gradient = await slope.gradient(point, between);
  if (gradient === null) return null;
  const length = norm(gradient);
  if (!(length > 0 && Number.isFinite(length))) return notTold;
  const along = Float32Array.from(gradient, (value) => value / length);
  const product = await hessian.multiply(point, along, between);
  if (product === null) return null;
  const sharpness = dot(product, along);
  const error = roundingAlong * norm(product);

  const found = await crossingFrom(
    point,
    gradient,
    { evaluator, generator, startFor: (loss) => startOf(sharpness, loss, length ** 2), squaredNorm: length ** 2 },
    between,
  );
  if (found === 'stopped') return null;
  const told = Math.abs(sharpness) > error;
  return {
    ...(found === 'none' ? notTold : sharpnessOf(found)),
    gradient_sharpness: told ? finite(sharpness) : null,
    gradient_sharpness_error: told ? finite(error) : null,
  };
}

/** What a search down the gradient goes by. */
interface Downhill extends Pick<SharpnessTools, 'evaluator' | 'generator'> {
  squaredNorm: number;
  /** Where it begins. @param loss at the point */
  startFor: (loss: number) => number;
}

/** Searches at most: each by the rounding of the losses where the one before ended. */
const mostSearches = 3;

/**
 * Searches with the rounding that losses have at the point, measures it where they are said to rise as well, and searches again by the greater one where that
 * leaves an end unsure; what was evaluated is not evaluated again.
 * @returns `none` also where no search ends
 */
async function crossingFrom(
  point: HostPoint,
  gradient: Float64Array,
  { evaluator, generator, squaredNorm, startFor }: Downhill,
  between: BetweenPieces,
): Promise<Crossing | 'none' | 'stopped'> {
  if (await between()) return 'stopped';
  const first = await evaluator.measure(point);
  const examples = first.losses.length;
  if (!Number.isFinite(first.loss)) return 'none';
  const { parameters, statistics } = point;
  const at: HostPoint = { parameters: new Float32Array(parameters.length), statistics };
  const moved: HostPoint = {
    parameters: new Float32Array(parameters.length),
    statistics: new Float32Array(statistics.length),
  };
  let scale = await roundingScale(point, first.losses, { evaluator, generator, moved });
  const goTo = (rate: number): void => {
    for (let index = 0; index < parameters.length; index++)
      at.parameters[index] = parameters[index]! - rate * gradient[index]!;
  };
  const seen = new Map<number, Losses>();
  const changeOf = ({ loss, logitSize }: Losses): Change => {
    if (!Number.isFinite(loss)) return { change: Infinity, resolution: 0 };
    const means = { losses: [first.loss, loss], logitSize: Math.max(first.logitSize, logitSize), examples };
    return { change: loss - first.loss, resolution: resolutionOfMeans(means, scale) };
  };
  const changeAt = async (rate: number): Promise<Change | null> => {
    const known = seen.get(rate);
    if (known) return changeOf(known);
    if (await between()) return null;
    goTo(rate);
    const losses = await evaluator.measure(at);
    seen.set(rate, losses);
    return changeOf(losses);
  };
  for (let search = 0; search < mostSearches; search++) {
    // the point's losses, and the moved ones of it and of each search's end, counted once
    const left = (): number => mostLosses - 3 - search - seen.size;
    const found = await smallestCrossing(changeAt, { squaredNorm, start: startFor(first.loss), left });
    if (typeof found === 'string') return found;
    const there = seen.get(found.upper)!;
    if (!Number.isFinite(there.loss)) return found;
    if (await between()) return 'stopped';
    goTo(found.upper);
    const greater = await roundingScale(at, there.losses, { evaluator, generator, moved });
    if (greater <= scale) return found;
    scale = greater;
    if (isSure(changeOf(seen.get(found.lower)!), changeOf(there))) return found;
    if (!Number.isFinite(scale)) return 'none';
  }
  return 'none';
}

/**
 * A quarter of where the crossing would be: on the quadratic that gradient and Hessian make, 2/h, or where that is nearer, the farthest that a quadratic
 * of no negative losses could have it, 4L/‖g‖².
 */
function startOf(sharpness: number, loss: number, squaredNorm: number): number {
  const farthest = loss > 0 ? (4 * loss) / squaredNorm : Infinity;
  const expected = sharpness > 0 ? Math.min(2 / sharpness, farthest) : farthest;
  return (Number.isFinite(expected) ? expected : 1) / 4;
}

/** 2/η with the farther end of its bracket; not told below that. */
function sharpnessOf({ rate, lower, upper }: Crossing): Measured {
  const sharpness = 2 / rate;
  const error = Math.max(2 / lower - sharpness, sharpness - 2 / upper);
  return error < sharpness
    ? { ...notTold, critical_sharpness: finite(sharpness), critical_sharpness_error: finite(error) }
    : notTold;
}
