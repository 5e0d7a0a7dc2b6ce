/** Loops over all parameters, made of formulas: as fast as one written by hand, and the same to the bit on every machine. */
import compile from 'watr/compile';
import type { Formula } from '../../backends/backend.ts';
import { numberFor } from '../../backends/feeds.ts';
import { arenaOf, block, carrierFor, compileModule, mostSums } from './arena.ts';
import type { Module } from './arena.ts';
import { loopText } from './text.ts';
import type { SumOrder } from './text.ts';

type Vectors<N extends string = string> = Readonly<Record<N, Float32Array>>;

/**
 * Computes a formula over vectors of one length; a vector may be both read and written.
 * @param reads its inputs by name @param numbers by name @param into where each result goes
 * @returns its sums by name, in float64
 */
export type Loop = (
  reads: Vectors,
  numbers: Readonly<Record<string, number>>,
  into: Vectors,
) => Readonly<Record<string, number>>;

/** Compiled code by its text: formulas that differ in constants alone have the same. */
const modules = new Map<string, Module>();

/**
 * Makes a loop of a formula.
 * @param formula over vectors of `loopLength`, whatever length the loop will meet
 * @param order of each sum
 * @throws Error naming what it cannot compute
 */
export function openLoop(formula: Formula, order: SumOrder | ((sum: string) => SumOrder) = 'in sequence'): Loop {
  const { text, ...loop } = loopText(formula, typeof order === 'string' ? () => order : order);
  if (loop.sums.length > mostSums) throw new Error(`a loop takes ${mostSums} sums at most, not ${loop.sums.length}`);
  const module = modules.get(text) ?? compileModule(compile(text) as Uint8Array<ArrayBuffer>);
  modules.set(text, module);
  return (reads, numbers, into) => {
    const given = loop.numbers.map((each) => (typeof each === 'string' ? numberFor(each, numbers) : each));
    const read = loop.reads.map((name) => vectorOf(name, reads));
    const written = loop.writes.map((name) => vectorOf(name, into));
    const vectors = [...read, ...written];
    const size = vectors[0]!.length;
    if (vectors.some(({ length }) => length !== size)) throw new Error('the vectors of a loop differ in length');
    const arena = arenaOf(vectors);
    const sums = (from: Float64Array): Record<string, number> =>
      Object.fromEntries(loop.sums.map((name, index) => [name, from[2 * index]! + from[2 * index + 1]!]));
    if (arena) {
      arena.sums.fill(0);
      arena.loop(module)(...placesOf(vectors), 4 * size, ...given);
      return sums(arena.sums);
    }
    const carrier = carrierFor(vectors.length);
    const places = placesOf(carrier.vectors.slice(0, vectors.length));
    carrier.arena.sums.fill(0);
    for (let done = 0; done < size; done += block) {
      const count = Math.min(block, size - done);
      read.forEach((each, index) => carrier.vectors[index]!.set(each.subarray(done, done + count)));
      carrier.arena.loop(module)(...places, 4 * count, ...given);
      written.forEach((each, index) => each.set(carrier.vectors[read.length + index]!.subarray(0, count), done));
    }
    return sums(carrier.arena.sums);
  };
}

const placesOf = (vectors: readonly Float32Array[]): number[] => vectors.map(({ byteOffset }) => byteOffset);

function vectorOf(name: string, vectors: Vectors): Float32Array {
  const found = vectors[name];
  if (!found) throw new Error(`a loop was given no vector "${name}"`);
  return found;
}
