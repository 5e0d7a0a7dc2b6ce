/**
 * Messages as bytes, for the one carrier that cannot carry structures: a WebSocket. MessagePack, with Float64Array columns whole. The
 * store keeps its series in this form too: a type of extension never changes its meaning.
 */
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';
import { allowanceOf, checkMessage, take, wholeValues } from './wire-limits.ts';
import type { Allowance } from './wire-limits.ts';

/** Columns are seldom any numbers: many hold one value only, or a few again and again. Long runs take a third of the bytes so. */
const shapes = {
  /** The length and the one value of a column. */
  constant: 1,
  /** Whole numbers of 4 bytes each. */
  integers: 2,
  /** Every value, 8 bytes each. */
  whole: 3,
  /** Stretches of one value: the values, then how often each stands there, 4 bytes each. Iterations of slices. */
  stretches: 4,
  /** The length, and the values that come again and again in their order. Places in slices. */
  cycle: 5,
} as const;
type Shape = (typeof shapes)[keyof typeof shapes];

/** Longest cycle that is looked for: slices have fewer points. */
const longestCycle = 128;
/** Stretches are worth their counts when they are so long on average. */
const fewestInStretch = 4;

/** What was found about a column. */
interface Found {
  column: Float64Array;
  shape: Shape;
  stretches: Stretches | null;
  cycle: number | null;
}

let last: Found | null = null;
/** The shape in which a column is sent, found once for all types of extension that are tried on it. */
function found(column: Float64Array): Found {
  if (last?.column === column) return last;
  const isSame = isConstant(column);
  const stretches = isSame ? null : stretchesOf(column);
  const cycle = isSame || stretches ? null : cycleOf(column);
  const shape = isSame
    ? 'constant'
    : stretches
      ? 'stretches'
      : cycle
        ? 'cycle'
        : isIntegers(column)
          ? 'integers'
          : 'whole';
  return (last = { column, shape: shapes[shape], stretches, cycle });
}

const codec = new ExtensionCodec<Allowance>();
/** Registers a shape: how a column of it becomes bytes, and back. */
function register(
  shape: Shape,
  write: (column: Float64Array, found: Found) => Uint8Array,
  read: (bytes: ArrayBuffer, allowance: Allowance) => Float64Array,
): void {
  codec.register({
    type: shape,
    encode: (value) => {
      if (!(value instanceof Float64Array)) return null;
      const about = found(value);
      if (about.shape !== shape) return null;
      // a column may have changed when it is sent again
      last = null;
      return write(value, about);
    },
    // the bytes of a column lie anywhere in the message: a copy aligns them; not slice(), which copies nothing of a Node buffer
    decode: (bytes, _, allowance) => read(new Uint8Array(bytes).buffer, allowance),
  });
}

register(
  shapes.constant,
  (column) => bytesOf(Float64Array.of(column.length, column[0]!)),
  (bytes, allowance) => {
    wholeValues(bytes, 16, 1);
    const [length, value] = new Float64Array(bytes);
    return new Float64Array(take(allowance, length)).fill(value!);
  },
);
register(
  shapes.integers,
  (column) => bytesOf(new Int32Array(column)),
  (bytes, allowance) => {
    take(allowance, wholeValues(bytes, 4));
    return new Float64Array(new Int32Array(bytes));
  },
);
register(
  shapes.whole,
  (column) => bytesOf(column),
  (bytes, allowance) => {
    take(allowance, wholeValues(bytes, 8));
    return new Float64Array(bytes);
  },
);
register(
  shapes.stretches,
  (_, { stretches }) => {
    const { values, counts } = stretches!;
    const bytes = new Uint8Array(12 * values.length);
    bytes.set(bytesOf(values));
    bytes.set(bytesOf(counts), 8 * values.length);
    return bytes;
  },
  (bytes, allowance) => {
    const stretches = wholeValues(bytes, 12);
    const values = new Float64Array(bytes, 0, stretches);
    const counts = new Uint32Array(bytes, 8 * stretches);
    const length = counts.reduce((sum, count) => sum + count, 0);
    const column = new Float64Array(take(allowance, length));
    let at = 0;
    for (let stretch = 0; stretch < stretches; stretch++) {
      const value = values[stretch]!;
      for (const end = at + counts[stretch]!; at < end; at++) column[at] = value;
    }
    return column;
  },
);
register(
  shapes.cycle,
  (column, { cycle }) => bytesOf(Float64Array.of(column.length, ...column.subarray(0, cycle!))),
  (bytes, allowance) => {
    // a length, and a value at least to repeat: nothing to repeat would be repeated for ever
    wholeValues(bytes, 8, 2);
    const reported = new Float64Array(bytes);
    const column = new Float64Array(take(allowance, reported[0]));
    if (reported.length - 1 > column.length) throw new Error('not a message: a column is shorter than what it repeats');
    column.set(reported.subarray(1));
    for (let filled = reported.length - 1; filled < column.length; filled *= 2) column.copyWithin(filled, 0, filled);
    return column;
  },
);

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Int32Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function isConstant(column: Float64Array): boolean {
  const first = column[0];
  for (let at = 1; at < column.length; at++) if (!Object.is(column[at], first)) return false;
  return column.length > 2;
}

/** Stretches of one value each, as their values and lengths. */
interface Stretches {
  values: Float64Array;
  counts: Uint32Array;
}

/** The stretches of a column; null where they are too short to be worth it, which is found before anything is set aside. */
function stretchesOf(column: Float64Array): Stretches | null {
  const most = column.length / fewestInStretch;
  let stretches = column.length > 0 ? 1 : 0;
  for (let at = 1; at < column.length; at++) {
    if (Object.is(column[at], column[at - 1])) continue;
    stretches++;
    if (stretches > most) return null;
  }
  if (stretches === 0 || stretches > most) return null;
  const values = new Float64Array(stretches);
  const counts = new Uint32Array(stretches);
  let stretch = -1;
  for (let at = 0; at < column.length; at++) {
    if (at === 0 || !Object.is(column[at], column[at - 1])) values[++stretch] = column[at]!;
    counts[stretch]!++;
  }
  return { values, counts };
}

/** How many values come again and again, at least four times; null where they do not. */
function cycleOf(column: Float64Array): number | null {
  let cycle = 1;
  while (cycle <= longestCycle && !Object.is(column[cycle], column[0])) cycle++;
  if (cycle > longestCycle || column.length < 4 * cycle) return null;
  for (let at = cycle; at < column.length; at++) if (!Object.is(column[at], column[at - cycle])) return null;
  return cycle;
}

/** Whether a column survives as 32-bit integers; −0 does not. */
function isIntegers(column: Float64Array): boolean {
  for (let at = 0; at < column.length; at++) if (!Object.is(column[at]! | 0, column[at])) return false;
  return column.length > 0;
}

/** Encodes a message; numbers, texts, lists, records, Uint8Array and Float64Array (little endian) arrive as they left. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec: codec, context: { left: 0 }, ignoreUndefined: true });
}

/**
 * Decodes a message. What it claims to hold is held against its size before anything is set aside for it (shared/wire-limits.ts).
 * @throws Error when the bytes are not MessagePack, nest deeper than 64 or unfold to more than their number can stand for
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  checkMessage(bytes);
  return decode(bytes, { extensionCodec: codec, context: allowanceOf(bytes) });
}
