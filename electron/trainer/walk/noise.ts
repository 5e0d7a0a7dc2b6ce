/** The noise of gradient descent with isotropic noise: the same scale for every component, a stream of its own. */
import { scaleBatches, tooFewToScale } from '../../../shared/cost.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import type { Generator } from '../random/generator.ts';
import { shuffled } from '../random/shuffle.ts';
import { pick } from './chunks.ts';
import { targetFeed } from './targets.ts';
import { gradientFunction } from './gradient.ts';
import type { Point } from './point.ts';

/** Adds independent Gaussian noise of mean 0 to every component, each sum rounded to float32 once. */
export function addNoise(gradient: Float32Array, deviation: number, generator: Generator): void {
  for (let index = 0; index < gradient.length; index++)
    gradient[index] = gradient[index]! + deviation * generator.normal();
}

/** The paper's share of the greatest variance of a gradient component over single examples. */
const share = 0.02;

/** Estimates the greatest variance of a component of a random vector from independent draws of it. */
export interface ComponentVariances {
  /** Takes the next draw. */
  add(values: ArrayLike<number>): void;
  /** The estimate, after all draws were taken. */
  greatest(): number;
}

/**
 * Cross-fitting. The greatest of many estimated variances is too large, because it picks what chance made large (the winner's
 * curse: twice the truth for 10⁵ components of equal variance and 60 draws). So the draws are halved; in each half the component that
 * varies most is chosen, and its variance is taken from the other half, which had no say in the choice:
 *
 *   V = (Q₁[j₂] + Q₂[j₁]) / (n − 2),  j_h = argmax_j Q_h[j]
 *
 * Q_h[j] being component j's sum of squared deviations from its mean in half h, and n the draws of both. Each half is unbiased for
 * the variance of the component that the other chose, so that V in expectation never exceeds the greatest variance; it falls short of
 * it by what a wrong choice costs. docs/definitions.md says how much, bench/noise-scale.ts simulates it.
 * @param length components of a draw
 * @param draws how many there will be, at least 4
 */
export function componentVariances(length: number, draws: number): ComponentVariances {
  const first = Math.ceil(draws / 2);
  if (draws - first < 2)
    throw new Error(`a variance is estimated from two halves of 2 draws at least, not from ${draws}`);
  const halves = [new Float64Array(length), new Float64Array(length)] as const;
  const mean = new Float64Array(length);
  let taken = 0;
  return {
    add(values) {
      const half = taken < first ? 0 : 1;
      const count = taken++ - half * first + 1;
      if (count === 1) mean.fill(0);
      // Welford's running mean and sum of squared deviations
      const squares = halves[half];
      for (let index = 0; index < length; index++) {
        const away = values[index]! - mean[index]!;
        mean[index]! += away / count;
        squares[index]! += away * (values[index]! - mean[index]!);
      }
    },
    greatest() {
      const [one, other] = halves;
      return (one[greatestAt(other)]! + other[greatestAt(one)]!) / (draws - 2);
    },
  };
}

/** Index of the greatest of some numbers, the first of equals. */
function greatestAt(values: Float64Array): number {
  let found = 0;
  for (let index = 1; index < values.length; index++) if (values[index]! > values[found]!) found = index;
  return found;
}

/** What the scale is measured with. */
export interface ScaleOptions {
  backend: Backend;
  model: Model;
  loss: Loss;
  /** The training set. */
  examples: Examples;
  /** Decides which examples make a micro-batch. */
  generator: Generator;
  /** Called after each micro-batch with its examples and the seconds that it took. */
  worked: (examples: number, seconds: number) => void;
  stopped: () => boolean;
}

/**
 * The paper's scale: variance s = 0.02 · max over parameters of (b · Var(g_b)), g_b being the gradients of micro-batches of b
 * examples drawn without replacement; b · Var(g_b) estimates the variance over single examples, so that s does not depend on b
 * but for chance (and for batch norm, which normalises each micro-batch). The maximum is estimated by {@link componentVariances}. s
 * has the unit of a squared gradient: it is the variance of the noise.
 * @returns the standard deviation √s; null when stopped on the way
 * @throws ValleywalkError kind `input` where the training set is too small to tell a variance
 */
export async function measureDeviation(point: Point, options: ScaleOptions): Promise<number | null> {
  const { backend, model, loss, examples, generator, worked, stopped } = options;
  const scale = scaleBatches(examples.count, model.statistics.length > 0);
  if (scale === null)
    throw new ValleywalkError('input', `the noise cannot be measured: ${tooFewToScale(examples.count)}`);
  const { size, count } = scale;
  const order = shuffled(examples.count, generator);
  const gradient = await gradientFunction(backend, model, loss, size);
  const into = {
    gradient: new Float32Array(point.parameters.length),
    statistics: new Float32Array(parameterTotal(model.statistics)),
  };
  const variances = componentVariances(point.parameters.length, count);
  try {
    for (let batch = 0; batch < count; batch++) {
      if (stopped()) return null;
      const start = performance.now();
      const part = pick(examples, order.subarray(batch * size, (batch + 1) * size));
      await gradient.compute(point, part.images, targetFeed(part.targets), into);
      variances.add(into.gradient);
      worked(size, (performance.now() - start) / 1000);
    }
  } finally {
    await gradient.dispose();
  }
  return Math.sqrt(share * size * variances.greatest());
}
