/** Runs a graph over chunks of examples again and again while only some of its inputs change: what the others decide is kept where it was computed. */
import { keptByProducts } from '../../../shared/memory.ts';
import { divide } from '../../../shared/graph/divide.ts';
import { sizeOf } from '../../../shared/graph/tensor.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { isOnDevice } from '../backends/backend.ts';
import type { Backend, Executable, Feed, FloatFeed, Vector } from '../backends/backend.ts';
import type { Chunk } from './chunks.ts';

/** A graph that keeps what does not vary. */
export interface KeepingGraph {
  /**
   * Computes the outputs of a chunk, as {@link Executable.run} does.
   * @param visit stands for the values of all inputs that do not vary: with the same object they are what they were, and nothing of them is computed again
   * @param chunk its place among the chunks
   */
  run(
    visit: object,
    chunk: number,
    feeds: Readonly<Record<string, Feed>>,
    into: Readonly<Record<string, FloatFeed>>,
  ): Promise<void>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** Compiled for a size of chunk. */
interface Compiled {
  /** What is kept; null where nothing is. */
  before: Executable | null;
  /** First number of each kept tensor, and how many, by name. */
  layout: readonly { name: string; offset: number; length: number }[];
  /** Of all of them. */
  numbers: number;
  after: Executable;
}

/** Room for what one chunk keeps. */
interface Place {
  values: Vector;
  /** Whose it is at present. */
  of: { visit: object; chunk: number } | null;
}

/** Kept tensors begin at multiples of so many numbers: lines of a cache. */
const line = 16;

/**
 * Compiles a graph for every size of chunk. Kept is what lies at hand: in the memory of a processor that computes, or of a device that has its own. To others it
 * would have to travel, which takes longer than to compute it anew. Where all chunks would keep more than `most` numbers, the last
 * ones share a place, so that they are computed anew at every turn.
 * @param outputs the graph for so many examples
 * @param varying names of the inputs that change
 * @param most numbers that are kept; of one chunk they always are
 */
export async function keepingGraph(
  backend: Backend,
  chunks: readonly Pick<Chunk, 'count'>[],
  outputs: (count: number) => Readonly<Record<string, Tensor>>,
  varying: ReadonlySet<string>,
  most = keptByProducts,
): Promise<KeepingGraph> {
  const isAtHand = backend.cached === true || backend.memory !== undefined;
  const graphs = new Map<number, Compiled>();
  for (const { count } of chunks)
    if (!graphs.has(count)) graphs.set(count, await compiled(backend, outputs(count), isAtHand ? varying : null));
  const graphOf = (chunk: number): Compiled => graphs.get(chunks[chunk]!.count)!;
  const largest = Math.max(...[...graphs.values()].map(({ numbers }) => numbers));
  const places: Place[] = [];
  const placeOf = (chunk: number): Place => places[Math.min(chunk, places.length - 1)]!;
  const room = largest === 0 ? 0 : Math.min(chunks.length, Math.max(1, Math.floor(most / largest)));
  for (let place = 0; place < room; place++) {
    const length = place === chunks.length - 1 ? graphOf(place).numbers : largest;
    places.push({ values: backend.memory ? await backend.memory.vector(length) : new Float32Array(length), of: null });
  }

  return {
    async run(visit, chunk, feeds, into) {
      const { before, layout, after } = graphOf(chunk);
      if (before === null) return void (await after.run(feeds, into));
      const place = placeOf(chunk);
      const kept = Object.fromEntries(
        layout.map(({ name, offset, length }) => [name, partOf(place.values, offset, length)]),
      );
      if (place.of?.visit !== visit || place.of.chunk !== chunk) {
        // nobody's until it is computed
        place.of = null;
        await before.run(feeds, kept);
        place.of = { visit, chunk };
      }
      await after.run({ ...feeds, ...kept }, into);
    },
    async dispose() {
      for (const { before, after } of graphs.values()) {
        await before?.dispose();
        await after.dispose();
      }
      for (const { values } of places) if (isOnDevice(values)) await values.dispose();
    },
  };
}

/** @param varying null where nothing is kept */
async function compiled(
  backend: Backend,
  whole: Readonly<Record<string, Tensor>>,
  varying: ReadonlySet<string> | null,
): Promise<Compiled> {
  const { kept, outputs } = varying ? divide(whole, varying) : { kept: {}, outputs: whole };
  const between = new Set(Object.keys(kept));
  let numbers = 0;
  const layout = Object.entries<Tensor>(kept).map(([name, { shape }]) => {
    const [offset, length] = [numbers, sizeOf(shape)];
    numbers += line * Math.ceil(length / line);
    return { name, offset, length };
  });
  return {
    before: between.size > 0 ? await backend.compile(kept, {}, between) : null,
    layout,
    numbers,
    after: await backend.compile(outputs, {}, between),
  };
}

function partOf(vector: Vector, offset: number, length: number): FloatFeed {
  return isOnDevice(vector) ? { vector, offset, length } : vector.subarray(offset, offset + length);
}
