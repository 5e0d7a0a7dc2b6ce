/** The batches of an epoch: a new random order every epoch, cut into full batches, or the whole set at once. */
import type { Examples } from '../../datasets/load.ts';
import type { Generator } from '../random/generator.ts';
import { shuffled } from '../random/shuffle.ts';
import type { Augmentation } from './augmentation.ts';

/** Batches one after the other, epoch after epoch. */
export interface Batches {
  /** Draws the next batch into {@link images} and {@link labels}; returns the examples' indices. */
  next(): Uint32Array;
  /** [batchSize, features] of the present batch. */
  readonly images: Float32Array;
  readonly labels: Int32Array;
}

/**
 * Shuffles the examples anew for every epoch and cuts each order into full batches; what remains at its end is left out of
 * that epoch (as `iterationsPerEpoch` counts).
 * @param batchSize from 1 to the number of examples
 * @param generator draws the orders; null keeps the examples' own
 * @param augment draws an image's variant as it enters a batch; null leaves the images as they are
 */
export function batchesOf(
  examples: Examples,
  batchSize: number,
  generator: Generator | null,
  augment: Augmentation | null = null,
): Batches {
  const { features } = examples;
  const images = new Float32Array(batchSize * features);
  const labels = new Int32Array(batchSize);
  let order: Uint32Array = new Uint32Array();
  let position = 0;
  return {
    images,
    labels,
    next() {
      if (position + batchSize > order.length) {
        order = generator
          ? shuffled(examples.count, generator)
          : Uint32Array.from({ length: examples.count }, (_, index) => index);
        position = 0;
      }
      const batch = order.subarray(position, position + batchSize);
      position += batchSize;
      for (let row = 0; row < batchSize; row++) {
        const example = batch[row]!;
        const image = examples.images.subarray(example * features, (example + 1) * features);
        if (augment) augment(image, images.subarray(row * features, (row + 1) * features));
        else images.set(image, row * features);
        labels[row] = examples.labels[example]!;
      }
      return batch;
    },
  };
}

/**
 * The whole set as every batch, in its own order: what gradient descent sees. Without augmentation nothing is copied.
 * @param augment draws an image's variant anew for every batch; null leaves the images as they are
 */
export function wholeBatches(examples: Examples, augment: Augmentation | null = null): Batches {
  if (augment) return batchesOf(examples, examples.count, null, augment);
  const all = Uint32Array.from({ length: examples.count }, (_, index) => index);
  return { images: examples.images, labels: Int32Array.from(examples.labels), next: () => all };
}
