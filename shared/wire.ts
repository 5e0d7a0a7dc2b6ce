/**
 * Messages as bytes, for the one carrier that cannot carry structures: a WebSocket. MessagePack, with Float64Array columns whole. The
 * store keeps packed columns in this form too: a type of extension never changes its meaning.
 */
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

const codec = new ExtensionCodec();
/** Many columns hold one value only (not measured, or a setting) or whole numbers; long runs arrive in half the time without them. */
const shapes = {
  /** The length and the one value of a column. */
  constant: 1,
  /** Whole numbers of 4 bytes each. */
  integers: 2,
  /** Every value, 8 bytes each. */
  whole: 3,
} as const;

codec.register({
  type: shapes.integers,
  encode: (value) => (value instanceof Float64Array && isIntegers(value) ? bytesOf(new Int32Array(value)) : null),
  decode: (bytes) => new Float64Array(new Int32Array(copyOf(bytes))),
});
codec.register({
  type: shapes.constant,
  encode: (value) =>
    value instanceof Float64Array && isConstant(value) ? bytesOf(Float64Array.of(value.length, value[0]!)) : null,
  decode: (bytes) => {
    const [length, value] = new Float64Array(copyOf(bytes));
    return new Float64Array(length!).fill(value!);
  },
});
codec.register({
  // the first type that takes a value has it: this one takes the rest
  type: shapes.whole,
  encode: (value) => (value instanceof Float64Array ? bytesOf(value) : null),
  decode: (bytes) => new Float64Array(copyOf(bytes)),
});

/** The bytes of a column lie anywhere in the message: a copy aligns them. Not slice(), which copies nothing of a Node buffer. */
const copyOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;
const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function isConstant(column: Float64Array): boolean {
  const [first] = column;
  for (const value of column) if (!Object.is(value, first)) return false;
  return column.length > 2;
}

/** Whether a column survives as 32-bit integers; −0 does not. */
function isIntegers(column: Float64Array): boolean {
  for (const value of column) if (!Object.is(value | 0, value)) return false;
  return column.length > 0;
}

/** Encodes a message; numbers, texts, lists, records, Uint8Array and Float64Array (little endian) arrive as they left. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec: codec, ignoreUndefined: true });
}

/** Decodes a message. @throws Error when the bytes are not MessagePack. */
export function decodeMessage(bytes: Uint8Array): unknown {
  return decode(bytes, { extensionCodec: codec });
}
