/** Cuts a set of examples into chunks that a backend evaluates one after the other. */
import type { Examples } from '../../datasets/load.ts';
import { input } from '../graph/ops/index.ts';
import { plan } from '../graph/plan.ts';
import { sizeOf } from '../graph/tensor.ts';
import { logitsOf } from '../models/model.ts';
import type { Model } from '../models/model.ts';
import { byRunningStatistics } from '../models/norms.ts';
import { pointInputs } from './point.ts';

/** A stretch of examples with what a graph is fed. */
export interface Chunk {
  /** First example. */
  start: number;
  count: number;
  /** [count, features], a view of the set. */
  images: Float32Array;
  labels: Int32Array;
}

/**
 * Examples in a chunk. Measured on a 784-500-350-10 MLP with 6,000 examples on two cores: 500 to 3,000 are within 10 % of each
 * other, 6,000 is a third slower (activations leave the cache); the smaller one leaves less for a last, odd chunk.
 */
export const chunkSize = 1000;

/**
 * Examples in a chunk for a network without a stem, whose activations are larger. Measured on two cores: a CNN on 28 × 28
 * evaluates 44,000 examples a second in chunks of 100 and 25,000 to 34,000 in chunks of 250 to 1,000; for VGG-11 and ResNet-20
 * chunks of 50 to 200 make little difference. Images so large that a layer of 100 would pass 128 MiB go in smaller chunks.
 */
export function chunkSizeFor(model: Model): number {
  if (model.stem.parameters.length > 0) return chunkSize;
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [1, model.features]), tensors, byRunningStatistics(tensors));
  const widest = Math.max(
    ...plan({ logits })
      .nodes.filter((node) => node.shape[0] === 1)
      .map(({ shape }) => sizeOf(shape)),
  );
  return Math.max(1, Math.min(100, Math.floor(2 ** 25 / widest)));
}

/** Chunks of {@link chunkSize} examples, the last one smaller where they do not divide the set. */
export function chunksOf(examples: Examples, size: number = chunkSize): Chunk[] {
  const labels = Int32Array.from(examples.labels);
  return Array.from({ length: Math.ceil(examples.count / size) }, (_, index) => {
    const start = index * size;
    const end = Math.min(start + size, examples.count);
    return {
      start,
      count: end - start,
      images: examples.images.subarray(start * examples.features, end * examples.features),
      labels: labels.subarray(start, end),
    };
  });
}

/** The examples of these indices, copied, in this order. */
export function pick(examples: Examples, indices: Uint32Array): Examples {
  const { features } = examples;
  const images = new Float32Array(indices.length * features);
  const labels = new Uint8Array(indices.length);
  indices.forEach((from, to) => {
    images.set(examples.images.subarray(from * features, (from + 1) * features), to * features);
    labels[to] = examples.labels[from]!;
  });
  return { ...examples, images, labels, count: indices.length };
}
