/** Arrays on their way to Python: each once, neighbours in memory together. */

/** An array of this process. */
export type HostArray = Float32Array | Int32Array;

/** Numbers that lie one behind the other. */
export type Stretch = [at: number, count: number, type: 'float' | 'int'];

/** Where an array is found: the stretch, its first number there, and how many. */
export type Place = [stretch: number, from: number, count: number];

/** Arrays, ready to be written. */
interface Packed {
  /** Where each stretch begins, in bytes. */
  stretches: Stretch[];
  /** Where each of the arrays lies. */
  places: Place[];
  /** The bytes of each stretch, views of what was packed. */
  pieces: Uint8Array[];
  /** Bytes in all, with the gaps between stretches. */
  size: number;
}

/** Where stretches begin: at multiples of a cache line. */
const alignment = 64;

/** The next place where something may begin. */
export function aligned(at: number): number {
  return Math.ceil(at / alignment) * alignment;
}

/** Bytes of an array. */
export function bytesOf(values: HostArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/**
 * Packs arrays: one that stands there several times is sent once, and those that lie side by side in memory (the tensors of a point) are one
 * stretch.
 * @param close whether stretches lie one directly behind the other, as bytes of a frame do
 */
export function pack(feeds: readonly HostArray[], close: boolean): Packed {
  const buffers = new Map<ArrayBufferLike, number>();
  for (const { buffer } of feeds) if (!buffers.has(buffer)) buffers.set(buffer, buffers.size);
  const distinct = [...new Set(feeds)].sort(
    (a, b) => buffers.get(a.buffer)! - buffers.get(b.buffer)! || a.byteOffset - b.byteOffset,
  );
  const packed: Packed = { stretches: [], places: [], pieces: [], size: 0 };
  const places = new Map<HostArray, Place>();
  let before: HostArray | null = null;
  for (const feed of distinct) {
    const follows =
      before !== null &&
      before.buffer === feed.buffer &&
      before.constructor === feed.constructor &&
      before.byteOffset + before.byteLength === feed.byteOffset;
    before = feed;
    if (follows) {
      const stretch = packed.stretches.length - 1;
      const [, count] = packed.stretches[stretch]!;
      places.set(feed, [stretch, count, feed.length]);
      packed.stretches[stretch]![1] += feed.length;
      const { byteOffset, byteLength } = packed.pieces[stretch]!;
      packed.pieces[stretch] = new Uint8Array(feed.buffer, byteOffset, byteLength + feed.byteLength);
    } else {
      places.set(feed, [packed.stretches.length, 0, feed.length]);
      packed.stretches.push([0, feed.length, feed instanceof Float32Array ? 'float' : 'int']);
      packed.pieces.push(bytesOf(feed));
    }
  }
  packed.pieces.forEach(({ byteLength }, index) => {
    if (!close) packed.size = aligned(packed.size);
    packed.stretches[index]![0] = packed.size;
    packed.size += byteLength;
  });
  packed.places = feeds.map((feed) => places.get(feed)!);
  return packed;
}
