/** Cuts a set of examples into chunks that a backend evaluates one after the other. */
import { mostInChunk } from '../../../shared/memory.ts';
import type { Examples } from '../../datasets/load.ts';
import { unchanging } from '../backends/backend.ts';
import type { Backend } from '../backends/backend.ts';
import { input } from '../../../shared/graph/ops/index.ts';
import { plan } from '../../../shared/graph/plan.ts';
import { sizeOf } from '../../../shared/graph/tensor.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../shared/networks/norms.ts';
import { pointInputs } from './point.ts';
import { copyTargets, rowsOf, targetFeed } from './targets.ts';
import type { TargetFeed } from './targets.ts';

/** A stretch of examples with what a graph is fed. */
export interface Chunk {
  /** First example. */
  start: number;
  count: number;
  /** [count, features], a view of the set. */
  images: Float32Array;
  /** Rows of the set's. */
  targets: TargetFeed;
}

/**
 * Examples in a chunk. Measured on a 784-500-350-10 MLP with 6,000 examples on two cores: 500 to 3,000 are within 10 % of each
 * other, 6,000 is a third slower (activations leave the cache); the smaller one leaves less for a last, odd chunk.
 */
export const chunkSize = mostInChunk.stem;

/** The most numbers that a layer of a chunk may yield (128 MiB). */
const chunkFloats = 2 ** 25;

/** Numbers of a layer that stay in the caches of two cores (1.2 MiB), and the fewest examples that are worth passing apart for that. */
const cachedFloats = 320_000;
const fewestApart = 16;

/** Most operations of a network for which it pays to pass a chunk in groups; and the groups in a chunk. */
const fewOperations = 40;
const groupsInChunk = 4;

/**
 * Examples in a chunk for a network without a stem, whose activations are larger. Measured on two cores: for VGG-11 and ResNets chunks of 100
 * are fastest. Images so large that a layer of 100 would pass 128 MiB go in smaller chunks.
 */
export function chunkSizeFor(model: Model): number {
  if (model.stem.parameters.length > 0) return chunkSize;
  return Math.max(1, Math.min(mostInChunk.noStem, Math.floor(chunkFloats / extentOf(model).widest)));
}

/** How the examples of a set pass a network in which they have nothing to do with each other. */
interface Passing {
  /** Examples in a chunk: those of one call of the backend. */
  chunk: number;
  /** Examples of it that pass together; it divides the chunk. */
  group: number;
}

/**
 * How examples pass the whole of a network. A small convolutional network's layers yield more numbers than they compute with, so that memory is
 * what it waits for: in groups small enough the cache keeps what one layer hands to the next; a chunk has several, as calls cost time too.
 * Measured for the CNN on 28 × 28, two cores, milliseconds for 1,000 examples built in: groups of 100, 11 while the machine's memory is
 * fast and 22 while others use it; groups of 25, 11 to 12.5.
 */
export function passingOf(model: Model): Passing {
  const chunk = chunkSizeFor(model);
  if (model.stem.parameters.length > 0) return { chunk, group: chunk };
  const { operations, widest } = extentOf(model);
  const group = Math.floor(cachedFloats / widest);
  return operations <= fewOperations && group >= fewestApart && group < chunk
    ? { chunk: groupsInChunk * group, group }
    : { chunk, group: chunk };
}

/** Examples of the training set that pass a network together where the backend evaluates it at points. */
export function passedTogether({ cached }: Pick<Backend, 'cached'>, model: Model): number {
  return cached ? passingOf(model).group : chunkSizeFor(model);
}

/** Operations of a network, and the numbers that its widest layer yields for an example. */
function extentOf(model: Model): { operations: number; widest: number } {
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [1, model.features]), tensors, byRunningStatistics(tensors));
  const { nodes } = plan({ logits });
  const values = nodes.filter((node) => node.shape[0] === 1).map(({ shape }) => sizeOf(shape));
  return { operations: nodes.filter(({ inputs }) => inputs.length > 0).length, widest: Math.max(...values) };
}

/** Chunks of {@link chunkSize} examples, the last one smaller where they do not divide the set. */
export function chunksOf(examples: Examples, size: number = chunkSize): Chunk[] {
  return cut(examples, sizesOf(examples.count, size));
}

/**
 * Chunks for batch norm by their own statistics, which a small one has none of: the statistics of one example make every activation of a
 * linear layer 0, those of two make them ±1. Where the size does not divide the set, the last whole chunk and the rest are
 * halved, so that no chunk is smaller than half the size, and none is of one example unless the set is.
 */
export function balancedChunksOf(examples: Examples, size: number = chunkSize): Chunk[] {
  const sizes = sizesOf(examples.count, Math.max(2, size));
  const [whole, rest] = sizes.slice(-2);
  if (rest === undefined || rest === whole) return cut(examples, sizes);
  const left = whole! + rest;
  const halves = left < 4 ? [left] : [Math.ceil(left / 2), Math.floor(left / 2)];
  return cut(examples, [...sizes.slice(0, -2), ...halves]);
}

function sizesOf(count: number, size: number): number[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, index) => Math.min(size, count - index * size));
}

function cut(examples: Examples, sizes: readonly number[]): Chunk[] {
  unchanging(examples.images);
  const targets = unchanging(targetFeed(examples.targets));
  let start = 0;
  return sizes.map((count) => {
    const [from, end] = [start, start + count];
    start = end;
    return {
      start: from,
      count,
      images: examples.images.subarray(from * examples.features, end * examples.features),
      targets: rowsOf(targets, examples.count, from, end),
    };
  });
}

/** The examples of these indices, copied, in this order. */
export function pick(examples: Examples, indices: Uint32Array): Examples {
  const { features } = examples;
  const images = new Float32Array(indices.length * features);
  const numbers = (indices.length * examples.targets.length) / examples.count;
  const targets = examples.targets instanceof Float32Array ? new Float32Array(numbers) : new Uint8Array(numbers);
  indices.forEach((from, to) => {
    images.set(examples.images.subarray(from * features, (from + 1) * features), to * features);
    copyTargets(examples, from, targets, to);
  });
  return { ...examples, images, targets, count: indices.length };
}
