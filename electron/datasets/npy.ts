/** NumPy's own format of an array, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. */
import { cutInMiddle } from '../../shared/bounded.ts';
import { hex, startsWith, wrong } from './bytes.ts';

/** An array as it lies in a file. */
export interface Saved {
  /** Kind and bytes of a number, as in `u1`. */
  type: string;
  little: boolean;
  shape: number[];
  data: Uint8Array;
  /** Where the header begins and where the numbers begin. */
  header: number;
  at: number;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Longest header that NumPy itself reads. */
const mostHeader = 10_000;
const words: Readonly<Record<string, string>> = {
  f: 'float',
  i: 'int',
  u: 'uint',
  b: 'bool',
  c: 'complex',
  U: 'text',
  S: 'text',
};

/** Reads a .npy file. @throws ValleywalkError naming file and byte */
export function parseNpy(bytes: Uint8Array, file: string): Saved {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!startsWith(bytes, magic.slice(0, bytes.length)))
    throw wrong(file, 0, 'the start of a .npy file', bytes.length < 4 ? 'its end' : hex(view.getUint32(0)));
  if (bytes.length < 12) throw wrong(file, bytes.length, 'the header of a .npy file', 'its end');
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw wrong(file, 6, 'version 1, 2 or 3 of the .npy format', String(version));
  const header = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > Math.min(mostHeader, bytes.length - header))
    throw wrong(file, 8, `a header of at most ${Math.min(mostHeader, bytes.length - header)} bytes`, `${length}`);
  const at = header + length;
  const text = new TextDecoder('latin1').decode(bytes.subarray(header, at));
  const type = /['"]descr['"]\s*:\s*['"]([<>|=]?)(O|\w{1,16}\d)['"]/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /['"]shape['"]\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (type?.[2]?.startsWith('O') === true)
    throw wrong(file, header, 'numbers', 'objects, which are pickles and may be programs; save an array of numbers');
  if (!type || order === undefined || sizes === undefined)
    throw wrong(file, header, 'a header with descr, fortran_order and shape', text.trim().slice(0, 60) || 'none');
  if (order === 'True') throw wrong(file, header, 'C order', 'Fortran order; save np.ascontiguousarray(array)');
  const shape = (sizes.match(/\d+/g) ?? []).map(Number);
  const written = cutInMiddle(`(${shape.every(Number.isSafeInteger) ? shape.join(', ') : sizes.trim()})`, 80);
  if (!shape.every(Number.isSafeInteger))
    throw wrong(
      file,
      header,
      `sizes of at most ${Number.MAX_SAFE_INTEGER.toLocaleString('en')}`,
      `${written}; save the array again`,
    );
  const data = bytes.subarray(at);
  // a character has four bytes
  const size = Number(/\d+$/.exec(type[2]!)?.[0]) * (type[2]!.startsWith('U') ? 4 : 1);
  const expected = shape.includes(0) ? 0 : shape.reduce((product, each) => product * each, size);
  if (data.length !== expected)
    throw wrong(
      file,
      at,
      `${expected.toLocaleString('en')} bytes of ${type[1]}${type[2]} for shape ${written}`,
      `${data.length.toLocaleString('en')}; save the array again`,
    );
  return { type: type[2]!, little: type[1] !== '>', shape, data, header, at };
}

/** How numbers of each whole type are read. */
export const readers: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number | bigint>> = {
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => view.getBigUint64(at, little),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => view.getBigInt64(at, little),
};

/** `float64` for `f8`. */
export function nameOf(type: string): string {
  const word = words[type[0]!];
  return word === undefined
    ? `the type ${type}`
    : word === 'bool' || word === 'text'
      ? word
      : `${word}${8 * Number(type.slice(1))}`;
}
