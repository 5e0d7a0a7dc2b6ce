/**
 * Group normalisation of [examples, channels] or [examples, channels, height, width]: each example by itself, over groups of its channels and
 * all places of them. One group is layer normalisation. (Wu and He, 2018; Ba, Kiros and Hinton, 2016.)
 */
import { makeNode, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { multiply, scale, subtract } from './arithmetic.ts';
import { reshape } from './layout.ts';
import { inverseDeviation, perChannel } from './normalisation.ts';
import { broadcastTo, sum } from './reduce.ts';

/** Attributes of group norm: into how many groups the channels are divided. */
export interface GroupNormAttributes {
  groups: number;
}

/** Sums over the places of each channel: [examples, channels], or [examples, channels, 1, 1] of images. */
function overPlaces(x: Tensor): Tensor {
  return sum(
    x,
    x.shape.flatMap((_, axis) => (axis < 2 ? [] : [axis])),
    true,
  );
}

/**
 * What sums over places add up to in each group, told at every channel of it; of one group at one, which stretches. Only small tensors
 * change their shape here: images keep their four axes, in which backends may have them in another order.
 */
function overGroup(totals: Tensor, groups: number): Tensor {
  if (groups === 1) return sum(totals, [1], true);
  const [examples, channels] = totals.shape as [number, number];
  const divided = [examples, groups, channels / groups];
  return reshape(broadcastTo(sum(reshape(totals, divided), [2], true), divided), totals.shape);
}

/**
 * Inputs: x; x less its group's mean; 1/deviation of its group; factor; shift, all of the rank of x. The second and third are functions of x
 * and differentiable themselves; here the whole derivative, through both of them too, is told as one by x, as batch norm's is: 9
 * passes over memory instead of the chain rule's 17.
 */
export const groupNormAffineOperation: Operation<'groupNormAffine', GroupNormAttributes> = {
  name: 'groupNormAffine',
  elementWise: true,
  infer([x], { groups }) {
    const channels = x!.shape[1]!;
    if (channels % groups !== 0)
      throw new Error(`groupNorm: the channels of ${shapeText(x!.shape)} do not divide into ${groups} groups`);
    return { shape: x!.shape, dtype: 'float' };
  },
  gradient({ inputs: [, centred, inverse, factor], attributes: { groups }, shape }, upstream) {
    const share = (groups * shape[0]!) / sizeOf(shape);
    const total = overPlaces(upstream);
    const along = overPlaces(multiply(upstream, centred!));
    const mean = (each: Tensor): Tensor => scale(overGroup(multiply(each, factor!), groups), share);
    const bend = multiply(multiply(multiply(inverse!, inverse!), inverse!), mean(along));
    const level = multiply(inverse!, mean(total));
    return [
      subtract(subtract(multiply(upstream, multiply(inverse!, factor!)), multiply(centred!, bend)), level),
      null,
      null,
      sum(multiply(along, inverse!), [0], true),
      sum(total, [0], true),
    ];
  },
  cost: ({ shape }) => ({ normalised: 2 * sizeOf(shape), moved: 2 * sizeOf(shape) }),
  evaluate({ shape }, [, centred, inverse, factor, shift]) {
    const places = sizeOf(shape.slice(2));
    const [examples, channels] = shape as [number, number];
    // one for each channel, or for all of an example's
    const shared = (examples * channels) / inverse!.length;
    return centred!.map((value, index) => {
      const line = Math.floor(index / places);
      const channel = line % channels;
      return value * inverse![Math.floor(line / shared)]! * factor![channel]! + shift![channel]!;
    });
  },
};

/**
 * Group normalisation: (x − mean) / √(variance + 10⁻⁵) · factor + shift, mean and variance (with the number of values in the denominator) over each group
 * of consecutive channels of an example and all of its places, as `torch.nn.GroupNorm`; with one group, of [examples, channels], as
 * `torch.nn.LayerNorm`. Differentiable through both.
 * @param factor [channels]
 * @param shift [channels]
 * @throws Error when the channels do not divide into the groups.
 */
export function groupNorm(x: Tensor, factor: Tensor, shift: Tensor, groups: number): Tensor {
  const share = (groups * x.shape[0]!) / sizeOf(x.shape);
  const centred = subtract(x, scale(overGroup(overPlaces(x), groups), share));
  const variance = scale(overGroup(overPlaces(multiply(centred, centred)), groups), share);
  return makeNode(
    groupNormAffineOperation,
    [x, centred, inverseDeviation(variance), perChannel(factor, x.shape), perChannel(shift, x.shape)],
    { groups },
  );
}
