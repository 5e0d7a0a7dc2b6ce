/**
 * Where the walk's loops compute: vectors that lie in one WebAssembly memory. Other arrays are carried through a small memory block by block,
 * in the same order, so that where vectors lie changes no bit of a result.
 */

/** What of WebAssembly is used; the types of Node do not tell. */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number }) => Memory;
  Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  Instance: new (module: Module, imports: object) => { readonly exports: object };
};
interface Memory {
  readonly buffer: ArrayBuffer;
}
/** Compiled code, good for any memory. */
export type Module = object;

/** A loop in a memory: places of vectors, bytes of each, numbers. */
type Loop = (...parameters: number[]) => void;

/** A memory in which loops compute. */
export interface Arena {
  /** Two halves of each sum, at the beginning of the memory. */
  sums: Float64Array;
  /** A module's loop, which computes there. */
  loop(module: Module): Loop;
}

/** Sums that a loop may take. */
export const mostSums = 16;

/** Bytes before the first vector. */
const sumBytes = 16 * mostSums;
const pageBytes = 65_536;

/** Distance from the end of a vector to the next: beginnings a multiple of 4096 bytes apart would share places in the cache. */
const gap = 320;

/** Bytes from the beginning of a vector to that of the next. @param size numbers in each */
const strideOf = (size: number): number => 64 * Math.ceil((4 * size) / 64) + gap;

/** @param bytes of WebAssembly's binary format */
export function compileModule(bytes: Uint8Array<ArrayBuffer>): Module {
  return new WebAssembly.Module(bytes);
}

/** The arenas of vectors in use, by their memory. */
const arenas = new WeakMap<ArrayBufferLike, Arena>();

/** Makes an arena and vectors of zeros in it. @throws RangeError, or TypeError, where so much memory cannot be had */
function open(count: number, size: number): { arena: Arena; vectors: Float32Array[] } {
  const stride = strideOf(size);
  const pages = Math.ceil((sumBytes + count * stride) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const loops = new Map<Module, Loop>();
  const { buffer } = memory;
  const arena: Arena = {
    sums: new Float64Array(buffer, 0, 2 * mostSums),
    loop(module) {
      const found =
        loops.get(module) ?? (new WebAssembly.Instance(module, { env: { memory } }).exports as { loop: Loop }).loop;
      loops.set(module, found);
      return found;
    },
  };
  const vectors = Array.from(
    { length: count },
    (_, index) => new Float32Array(buffer, sumBytes + index * stride, size),
  );
  return { arena, vectors };
}

/**
 * Makes vectors of zeros that lie in one memory, so that the loops compute on them where they are. Where that memory cannot be had (it ends
 * at 4 GiB) they are ordinary arrays.
 * @param size numbers in each
 */
export function allocateVectors(count: number, size: number): Float32Array[] {
  try {
    const { arena, vectors } = open(count, size);
    if (vectors[0]) arenas.set(vectors[0].buffer, arena);
    return vectors;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return Array.from({ length: count }, () => new Float32Array(size));
  }
}

/** The arena in which all of these lie; undefined where there is none. */
export function arenaOf(vectors: readonly Float32Array[]): Arena | undefined {
  const buffer = vectors[0]?.buffer;
  return buffer && vectors.every((each) => each.buffer === buffer) ? arenas.get(buffer) : undefined;
}

/** Numbers that are carried at a time: a multiple of what a loop takes in a turn. */
export const block = 4096;

let carrier: { arena: Arena; vectors: Float32Array[] } | null = null;

/** An arena for blocks of arrays that lie elsewhere, of so many at least. */
export function carrierFor(count: number): { arena: Arena; vectors: readonly Float32Array[] } {
  if (!carrier || carrier.vectors.length < count) carrier = open(count, block);
  return carrier;
}
