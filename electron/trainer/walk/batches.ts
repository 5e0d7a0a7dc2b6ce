/** The batches of an epoch: a new random order every epoch, cut into full batches, or the whole set at once. */
import type { Examples } from '../../datasets/load.ts';
import { generatorFrom } from '../random/generator.ts';
import type { Generator, GeneratorState } from '../random/generator.ts';
import { shuffled } from '../random/shuffle.ts';
import type { Augmentation } from './augmentation.ts';
import { copyTargets, targetFeed } from './targets.ts';
import type { TargetFeed } from './targets.ts';

/** Where in which order the batches are. */
export interface OrderState {
  /** The generator's state before the present order was shuffled. */
  generator: GeneratorState;
  /** Examples of that order that were drawn; 0 before the first order. */
  position: number;
}

/** Batches one after the other, epoch after epoch. */
export interface Batches {
  /** Draws the next batch into {@link images} and {@link targets}; returns the examples' indices. */
  next(): Uint32Array;
  /** [batchSize, features] of the present batch. */
  readonly images: Float32Array;
  readonly targets: TargetFeed;
  /** To go on from with {@link batchesOf}; null where every batch is the whole set. */
  state(): OrderState | null;
}

/**
 * Shuffles the examples anew for every epoch and cuts each order into full batches; what remains at its end is left out of
 * that epoch (as `iterationsPerEpoch` counts).
 * @param batchSize from 1 to the number of examples
 * @param from the generator that shuffles, or where a resumed run stands; null keeps the examples' own order
 * @param augment draws an image's variant as it enters a batch; null leaves the images as they are
 */
export function batchesOf(
  examples: Examples,
  batchSize: number,
  from: Generator | OrderState | null,
  augment: Augmentation | null = null,
): Batches {
  const { features } = examples;
  const images = new Float32Array(batchSize * features);
  const numbers = (batchSize * examples.targets.length) / examples.count;
  const targets = examples.targets instanceof Float32Array ? new Float32Array(numbers) : new Int32Array(numbers);
  const generator = from && 'position' in from ? generatorFrom(from.generator) : from;
  let before = generator?.state();
  let order: Uint32Array = new Uint32Array();
  let position = 0;
  if (generator && from && 'position' in from && from.position > 0) {
    order = shuffled(examples.count, generator);
    position = from.position;
  }
  return {
    images,
    targets,
    next() {
      if (position + batchSize > order.length) {
        before = generator?.state();
        order = generator ? shuffled(examples.count, generator) : wholeOrder(examples);
        position = 0;
      }
      const batch = order.subarray(position, position + batchSize);
      position += batchSize;
      for (let row = 0; row < batchSize; row++) {
        const example = batch[row]!;
        const image = examples.images.subarray(example * features, (example + 1) * features);
        if (augment) augment(image, images.subarray(row * features, (row + 1) * features));
        else images.set(image, row * features);
        copyTargets(examples, example, targets, row);
      }
      return batch;
    },
    state: () => (before ? { generator: before, position } : null),
  };
}

/**
 * The whole set as every batch, in its own order: what gradient descent sees. Without augmentation nothing is copied.
 * @param augment draws an image's variant anew for every batch; null leaves the images as they are
 */
export function wholeBatches(examples: Examples, augment: Augmentation | null = null): Batches {
  if (augment) return batchesOf(examples, examples.count, null, augment);
  const all = wholeOrder(examples);
  return {
    images: examples.images,
    targets: targetFeed(examples.targets),
    next: () => all,
    state: () => null,
  };
}

function wholeOrder({ count }: Examples): Uint32Array {
  return Uint32Array.from({ length: count }, (_, index) => index);
}
