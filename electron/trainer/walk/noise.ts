/** The noise of gradient descent with isotropic noise: the same scale for every component, a stream of its own. */
import { scaleBatches } from '../../../shared/cost.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import type { Model } from '../models/model.ts';
import type { Generator } from '../random/generator.ts';
import { shuffled } from '../random/shuffle.ts';
import { pick } from './chunks.ts';
import { gradientFunction } from './gradient.ts';
import { emptyPoint } from './point.ts';
import type { Point } from './point.ts';

/** Adds independent Gaussian noise of mean 0 to every component, each sum rounded to float32 once. */
export function addNoise(gradient: Float32Array, deviation: number, generator: Generator): void {
  for (let index = 0; index < gradient.length; index++)
    gradient[index] = gradient[index]! + deviation * generator.normal();
}

/** The paper's share of the greatest variance of a gradient component over single examples. */
const share = 0.02;

/** What the scale is measured with. */
export interface ScaleOptions {
  backend: Backend;
  model: Model;
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
 * examples drawn without replacement, their variance with n − 1 in the denominator; b · Var(g_b) estimates the variance over
 * single examples, so that s does not depend on b but for chance. s has the unit of a squared gradient: it is the
 * variance of the noise.
 * @returns the standard deviation √s; 0 where the training set is a single example; null when stopped on the way
 */
export async function measureDeviation(point: Point, options: ScaleOptions): Promise<number | null> {
  const { backend, model, examples, generator, worked, stopped } = options;
  const { size, count } = scaleBatches(examples.count);
  if (count < 2) return 0;
  const order = shuffled(examples.count, generator);
  const gradient = await gradientFunction(backend, model, size);
  const into = { gradient: new Float32Array(point.parameters.length), statistics: emptyPoint(model).statistics };
  // Welford's running mean and sum of squared deviations
  const mean = new Float64Array(point.parameters.length);
  const squares = new Float64Array(point.parameters.length);
  try {
    for (let batch = 0; batch < count; batch++) {
      if (stopped()) return null;
      const start = performance.now();
      const part = pick(examples, order.subarray(batch * size, (batch + 1) * size));
      await gradient.compute(point, part.images, Int32Array.from(part.labels), into);
      for (let index = 0; index < mean.length; index++) {
        const value = into.gradient[index]!;
        const away = value - mean[index]!;
        mean[index]! += away / (batch + 1);
        squares[index]! += away * (value - mean[index]!);
      }
      worked(size, (performance.now() - start) / 1000);
    }
  } finally {
    await gradient.dispose();
  }
  let greatest = 0;
  for (const each of squares) greatest = Math.max(greatest, each);
  return Math.sqrt((share * size * greatest) / (count - 1));
}
