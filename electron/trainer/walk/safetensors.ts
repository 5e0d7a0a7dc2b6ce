/**
 * Files of named float32 tensors in the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the
 * header's length, a JSON header, then the tensors' bytes, little-endian and row-major, one after the other without gaps.
 * NumPy, PyTorch and JAX read them with the `safetensors` package.
 */
import type { Shape } from '../../../shared/graph/tensor.ts';
import { sizeOf } from '../../../shared/graph/tensor.ts';

/** A tensor of a file. */
export interface NamedTensor {
  name: string;
  shape: Shape;
  /** Row-major. */
  values: Float32Array;
}

/** A tensor's place in a file. */
export interface TensorEntry {
  name: string;
  /** The format's own word, such as `F32`. */
  dtype: string;
  shape: number[];
  /** First byte in the file, and number of bytes. */
  start: number;
  bytes: number;
}

/** Bytes of a header at most, as the format's own reader has it. */
const mostHeaderBytes = 100_000_000;

/** Bytes of an element by type. */
const elementBytes: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4 },
  ...{ F16: 2, BF16: 2, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1 },
  ...{ C64: 8, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1 },
};

/** Types whose values are read as float32, with what that does to them. */
export const floatTypes: Readonly<Record<string, 'as they are' | 'without loss' | 'rounded'>> = {
  F32: 'as they are',
  F16: 'without loss',
  BF16: 'without loss',
  F64: 'rounded',
};

/**
 * Encodes tensors in the given order.
 * @param metadata free text by key, kept under `__metadata__`
 * @throws Error when a tensor's values do not fill its shape.
 */
export function encodeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let size = 0;
  for (const { name, shape, values } of tensors) {
    if (values.length !== sizeOf(shape))
      throw new Error(`tensor ${name}: ${values.length} values do not fill shape [${shape.join(', ')}]`);
    header[name] = { dtype: 'F32', shape: [...shape], data_offsets: [size, size + 4 * values.length] };
    size += 4 * values.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // padded with spaces so that the tensors start at a multiple of eight bytes, as the format's own writer does
  const headerSize = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerSize + size).fill(0x20, 8, 8 + headerSize);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(headerSize), true);
  file.set(text, 8);
  let offset = 8 + headerSize;
  for (const { values } of tensors) {
    if (littleEndian) file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    else values.forEach((value, index) => view.setFloat32(offset + 4 * index, value, true));
    offset += values.byteLength;
  }
  return file;
}

/**
 * Number of bytes of the JSON header.
 * @param head at least the first eight bytes of the file
 * @param size bytes of the whole file
 * @throws Error when the file cannot hold such a header
 */
function headerSize(head: Uint8Array, size: number): number {
  const reported = head.length < 8 ? NaN : Number(viewOf(head).getBigUint64(0, true));
  if (!(reported >= 2 && reported <= mostHeaderBytes && 8 + reported <= size))
    throw new Error('not a safetensors file, or one cut short: its header is incomplete');
  return reported;
}

/**
 * Reads a file's header and checks it: its JSON, every entry's type, shape and place, and that the tensors fill the rest of the file without
 * gap or overlap.
 * @param head the file, or at least its header
 * @param size bytes of the whole file
 * @throws Error naming what is wrong
 */
export function readHeader(
  head: Uint8Array,
  size: number = head.length,
): { entries: TensorEntry[]; metadata: Record<string, string> } {
  const length = headerSize(head, size);
  if (head.length < 8 + length) throw new Error('the header is incomplete');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(8, 8 + length)));
  } catch (error) {
    throw new Error(`the header is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new Error('the header is not a JSON object');
  const { __metadata__: metadata = {}, ...tensors } = header as Record<string, unknown>;
  const entries = Object.entries(tensors).map(([name, entry]) => readEntry(name, entry, 8 + length));
  let end = 8 + length;
  for (const { name, start, bytes } of [...entries].sort((a, b) => a.start - b.start || a.bytes - b.bytes)) {
    if (start !== end) throw new Error(`tensor ${name} starts at byte ${start}, where byte ${end} is next`);
    end += bytes;
    if (end > size) throw new Error(`tensor ${name} ends at byte ${end}, the file at byte ${size}: it is cut short`);
  }
  if (end !== size) throw new Error(`its tensors end at byte ${end}, the file at byte ${size}: something follows them`);
  return { entries, metadata: metadata as Record<string, string> };
}

function readEntry(name: string, value: unknown, data: number): TensorEntry {
  const {
    dtype,
    shape,
    data_offsets: place,
  } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const isCount = (each: unknown): each is number => Number.isSafeInteger(each) && (each as number) >= 0;
  if (typeof dtype !== 'string' || !(dtype in elementBytes))
    throw new Error(`tensor ${name}: its type is ${shown(dtype)}, not one of the format`);
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw new Error(`tensor ${name}: its shape is ${shown(shape)}, not a list of whole numbers`);
  if (!Array.isArray(place) || place.length !== 2 || !place.every(isCount))
    throw new Error(`tensor ${name}: its data_offsets are ${shown(place)}, not two whole numbers`);
  const [from, to] = place as [number, number];
  if (to - from !== elementBytes[dtype]! * sizeOf(shape))
    throw new Error(`tensor ${name}: its bytes ${from} to ${to} do not hold ${dtype} [${shape.join(', ')}]`);
  return { name, dtype, shape, start: data + from, bytes: to - from };
}

/** A value of the header in an error. */
function shown(value: unknown): string {
  if (value === undefined) return 'not told';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Copies an F32 tensor's values out of a file. */
export function readTensor(file: Uint8Array, { start, bytes }: TensorEntry, into: Float32Array): void {
  if (littleEndian) new Uint8Array(into.buffer, into.byteOffset, bytes).set(file.subarray(start, start + bytes));
  else {
    const view = viewOf(file);
    for (let index = 0; index < into.length; index++) into[index] = view.getFloat32(start + 4 * index, true);
  }
}

/**
 * Copies a tensor's values out of a file as float32, of any of the {@link floatTypes}.
 * @throws Error when it has another type
 */
export function readAsFloat32(file: Uint8Array, entry: TensorEntry, into: Float32Array): void {
  const { dtype, start } = entry;
  if (dtype === 'F32') return readTensor(file, entry, into);
  const view = viewOf(file);
  if (dtype === 'F64') for (let at = 0; at < into.length; at++) into[at] = view.getFloat64(start + 8 * at, true);
  else if (dtype === 'F16')
    for (let at = 0; at < into.length; at++) into[at] = halfAt(view.getUint16(start + 2 * at, true));
  else if (dtype === 'BF16') {
    // the upper half of a float32
    const bits = new Uint32Array(into.buffer, into.byteOffset, into.length);
    for (let at = 0; at < into.length; at++) bits[at] = view.getUint16(start + 2 * at, true) * 65536;
  } else throw new Error(`tensor ${entry.name} is ${dtype}, which is no floating-point type that is read here`);
}

/** The value of IEEE 754 binary16. */
function halfAt(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const sign = bits >> 15 === 1 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

/**
 * Decodes a file of float32 tensors.
 * @throws Error naming what is wrong when the file is cut short, its header is not what the format says, or a tensor is not
 *   float32.
 */
export function decodeSafetensors(file: Uint8Array): { tensors: NamedTensor[]; metadata: Record<string, string> } {
  const { entries, metadata } = readHeader(file);
  const tensors = entries.map((entry): NamedTensor => {
    const { name, dtype, shape } = entry;
    if (dtype !== 'F32') throw new Error(`tensor ${name} is ${dtype}; only F32 is read here`);
    const values = new Float32Array(sizeOf(shape));
    readTensor(file, entry, values);
    return { name, shape, values };
  });
  return { tensors, metadata };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
