/**
 * Files of named float32 tensors in the safetensors format (https://github.com/huggingface/safetensors): eight bytes with the
 * header's length, a JSON header, then the tensors' bytes, little-endian and row-major, one after the other without gaps.
 * NumPy, PyTorch and JAX read them with the `safetensors` package.
 */
import type { Shape } from '../graph/tensor.ts';
import { sizeOf } from '../graph/tensor.ts';

/** A tensor of a file. */
export interface NamedTensor {
  name: string;
  shape: Shape;
  /** Row-major. */
  values: Float32Array;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

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
 * Decodes a file of float32 tensors.
 * @throws Error naming what is wrong when the file is cut short, its header is not what the format says, or a tensor is not
 *   float32.
 */
export function decodeSafetensors(file: Uint8Array): { tensors: NamedTensor[]; metadata: Record<string, string> } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerSize = file.length < 8 ? NaN : Number(view.getBigUint64(0, true));
  if (!(8 + headerSize <= file.length))
    throw new Error('not a safetensors file, or one cut short: its header is incomplete');
  const { __metadata__: metadata = {}, ...entries } = JSON.parse(
    new TextDecoder().decode(file.subarray(8, 8 + headerSize)),
  ) as Record<string, HeaderEntry> & { __metadata__?: Record<string, string> };
  const tensors = Object.entries(entries).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]): NamedTensor => {
      if (dtype !== 'F32') throw new Error(`tensor ${name} is ${dtype}; only F32 is read here`);
      if (to - from !== 4 * sizeOf(shape) || from < 0 || 8 + headerSize + to > file.length)
        throw new Error(`tensor ${name}: its bytes ${from} to ${to} do not hold shape [${shape.join(', ')}]`);
      const start = 8 + headerSize + from;
      return {
        name,
        shape,
        values: Float32Array.from({ length: sizeOf(shape) }, (_, index) => view.getFloat32(start + 4 * index, true)),
      };
    },
  );
  return { tensors, metadata };
}

const littleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
