/** Messages as bytes, for the one carrier that cannot carry structures: a WebSocket. MessagePack, with Float64Array columns whole. */
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

const codec = new ExtensionCodec();
codec.register({
  type: 1,
  encode: (value) =>
    value instanceof Float64Array ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
  // the bytes lie anywhere in the message; a copy aligns them
  decode: (bytes) => new Float64Array(bytes.slice().buffer),
});

/** Encodes a message; numbers, texts, lists, records, Uint8Array and Float64Array (little endian) arrive as they left. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec: codec, ignoreUndefined: true });
}

/** Decodes a message. @throws Error when the bytes are not MessagePack. */
export function decodeMessage(bytes: Uint8Array): unknown {
  return decode(bytes, { extensionCodec: codec });
}
