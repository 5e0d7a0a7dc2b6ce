/** Batch normalisation of the channels of [examples, channels] or [examples, channels, height, width]. */
import { makeNode, sizeOf } from '../tensor.ts';
import type { Operation, Shape, Tensor } from '../tensor.ts';
import { add, multiply, scale, subtract } from './arithmetic.ts';
import { reshape } from './layout.ts';
import { mean } from './mean.ts';
import { inverseDeviation, perChannel } from './normalisation.ts';
import { sum } from './reduce.ts';

/** Every axis but the channels'. */
function overExamples(shape: Shape): number[] {
  return shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
}

/**
 * Inputs: x; x less its mean; 1/deviation of x; factor; shift, all of the rank of x. The second and third are functions of x and
 * differentiable themselves; here the whole derivative, through both of them too, is told as one by x, in which form it
 * takes half as many passes over memory as the chain rule applied to every step.
 */
export const batchNormAffineOperation: Operation<'batchNormAffine', Record<string, never>> = {
  name: 'batchNormAffine',
  elementWise: true,
  infer: ([x]) => ({ shape: x!.shape, dtype: 'float' }),
  gradient({ inputs: [, centred, inverse, factor], shape }, upstream) {
    const axes = overExamples(shape);
    const count = sizeOf(shape) / shape[1]!;
    const total = sum(upstream, axes, true);
    const along = multiply(sum(multiply(upstream, centred!), axes, true), inverse!);
    const slope = multiply(inverse!, factor!);
    const bend = multiply(multiply(slope, inverse!), scale(along, 1 / count));
    const level = multiply(slope, scale(total, 1 / count));
    return [subtract(subtract(multiply(upstream, slope), multiply(centred!, bend)), level), null, null, along, total];
  },
  cost: ({ shape }) => ({ normalised: 2 * sizeOf(shape), moved: 2 * sizeOf(shape) }),
  evaluate({ shape }, [, centred, inverse, factor, shift]) {
    const plane = sizeOf(shape.slice(2));
    return centred!.map((value, index) => {
      const channel = Math.floor(index / plane) % shape[1]!;
      return value * inverse![channel]! * factor![channel]! + shift![channel]!;
    });
  },
};

/** A normalised batch and the statistics that it was normalised by. */
export interface BatchNormalised {
  result: Tensor;
  /** Mean of each channel over the batch, [channels]. */
  mean: Tensor;
  /** Variance of each channel over the batch, with n in the denominator, [channels]. */
  variance: Tensor;
}

/**
 * Batch normalisation by the batch's own statistics, as in training: (x − mean) / √(variance + 10⁻⁵) · factor + shift, channel
 * by channel, differentiable through the statistics.
 * @param factor [channels]
 * @param shift [channels]
 */
export function batchNorm(x: Tensor, factor: Tensor, shift: Tensor): BatchNormalised {
  const axes = overExamples(x.shape);
  const average = mean(x, axes, true);
  const centred = subtract(x, average);
  const variance = mean(multiply(centred, centred), axes, true);
  return {
    result: makeNode(
      batchNormAffineOperation,
      [x, centred, inverseDeviation(variance), perChannel(factor, x.shape), perChannel(shift, x.shape)],
      {},
    ),
    mean: reshape(average, [x.shape[1]!]),
    variance: reshape(variance, [x.shape[1]!]),
  };
}

/**
 * Batch normalisation by given statistics, as in evaluation. One product and one sum an element, so that a runtime that knows
 * the parameters can fold it into the layer before.
 * @param statistics mean and variance, each [channels]
 */
export function givenNorm(
  x: Tensor,
  factor: Tensor,
  shift: Tensor,
  statistics: { mean: Tensor; variance: Tensor },
): Tensor {
  const slope = multiply(factor, inverseDeviation(statistics.variance));
  const offset = subtract(shift, multiply(statistics.mean, slope));
  return add(multiply(x, perChannel(slope, x.shape)), perChannel(offset, x.shape));
}
