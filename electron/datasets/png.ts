/**
 * Reads PNG images of eight bits a channel or less, grey, in colour or with a palette (https://www.w3.org/TR/png-3/). A data set
 * is decoded while somebody waits and must be told from noise, so every checksum and length is checked; what no data set should
 * need (16 bits, interlacing, pixels that are transparent) is refused by name.
 */
import { crc32, inflateSync } from 'node:zlib';
import { ValleywalkError } from '../../shared/errors.ts';
import { hex, startsWith, wrong } from './bytes.ts';
import { orientationOf } from './exif.ts';
import type { Orientation } from './exif.ts';
import { checkSize } from './image.ts';
import type { Image } from './image.ts';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const grey = 0;
const colour = 2;
const indexed = 3;
const greyAlpha = 4;
const colourAlpha = 6;
/** Samples of a pixel and the bits that a sample may have, by colour type. */
const types: Readonly<Record<number, { samples: number; depths: readonly number[] }>> = {
  [grey]: { samples: 1, depths: [1, 2, 4, 8] },
  [colour]: { samples: 3, depths: [8] },
  [indexed]: { samples: 1, depths: [1, 2, 4, 8] },
  [greyAlpha]: { samples: 2, depths: [8] },
  [colourAlpha]: { samples: 4, depths: [8] },
};

interface Header {
  width: number;
  height: number;
  depth: number;
  type: number;
  samples: number;
}

/** A tRNS chunk: the alpha of each palette entry, or the one colour that is transparent. */
interface Transparency {
  /** Where the chunk starts. */
  at: number;
  body: Uint8Array;
}

/** Whether bytes start like a PNG file. */
export function isPng(bytes: Uint8Array): boolean {
  return startsWith(bytes, signature);
}

/**
 * Decodes a PNG file.
 * @param file how errors call it
 * @throws ValleywalkError kind `input` naming the file and the byte.
 */
export function decodePng(bytes: Uint8Array, file: string): Image {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [];
  let header: Header | null = null;
  let palette: Uint8Array | null = null;
  let transparency: Transparency | null = null;
  let orientation: Orientation = 1;
  let data = 0;
  for (let at = signature.length, type = ''; type !== 'IEND';) {
    if (at + 8 > bytes.length) throw wrong(file, bytes.length, 'another PNG chunk', 'the end of the file');
    const length = view.getUint32(at);
    type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > bytes.length)
      throw wrong(file, bytes.length, `${length} bytes of a PNG chunk and their checksum`, 'the end of the file');
    const checksum = crc32(bytes.subarray(at + 4, end));
    if (view.getUint32(end) !== checksum)
      throw wrong(file, end, `the checksum ${hex(checksum)} of the PNG chunk before it`, hex(view.getUint32(end)));
    const body = bytes.subarray(at + 8, end);
    if (header === null) {
      if (type !== 'IHDR' || length !== 13) throw wrong(file, at, 'the PNG header IHDR of 13 bytes', `${type}`);
      header = readHeader(view, at + 8, file);
    } else if (type === 'PLTE') {
      if (length === 0 || length % 3 !== 0 || length > 768)
        throw wrong(file, at, 'a palette of 1 to 256 colours', `${length} bytes`);
      palette = body;
    } else if (type === 'tRNS') {
      transparency = { at, body };
    } else if (type === 'eXIf') {
      orientation = orientationOf(body);
    } else if (type === 'IDAT') {
      if (data === 0) data = at + 8;
      parts.push(body);
    }
    at = end + 4;
  }
  if (data === 0) throw wrong(file, bytes.length, 'image data (IDAT)', 'none');
  const rows = unfilter(inflate(parts, header!, file, data), header!, file, data);
  return { ...unpack(rows, header!, palette, transparency, file, data), orientation };
}

function readHeader(view: DataView, at: number, file: string): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, type, compression, filter, interlace] = [8, 9, 10, 11, 12].map((more) => view.getUint8(at + more)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  checkSize(width, height, file, at);
  const known = types[type];
  if (!known) throw wrong(file, at + 9, 'a PNG colour type of 0, 2, 3, 4 or 6', String(type));
  if (!known.depths.includes(depth))
    throw wrong(file, at + 8, `${known.depths.join(', ')} bits a channel`, `${depth}; save it with 8 bits a channel`);
  if (compression !== 0) throw wrong(file, at + 10, 'the compression method 0', String(compression));
  if (filter !== 0) throw wrong(file, at + 11, 'the filter method 0', String(filter));
  if (interlace !== 0)
    throw wrong(file, at + 12, 'no interlacing (0)', `${interlace}; save the image without interlacing`);
  return { width, height, depth, type, samples: known.samples };
}

/** Bytes of a row without its filter byte. */
function rowBytes({ width, depth, samples }: Header): number {
  return Math.ceil((width * samples * depth) / 8);
}

function inflate(parts: Uint8Array[], header: Header, file: string, at: number): Uint8Array {
  const expected = header.height * (1 + rowBytes(header));
  let rows: Uint8Array;
  try {
    // one byte more than expected is enough to notice that there is more
    rows = inflateSync(Buffer.concat(parts), { maxOutputLength: expected + 1 });
  } catch (error) {
    throw new ValleywalkError(
      'input',
      `${file}: at byte ${at} expected ${expected} bytes of compressed image data, found data that are corrupt, cut off or too long (${(error as Error).message})`,
    );
  }
  if (rows.length !== expected) throw wrong(file, at, `${expected} bytes of image data`, String(rows.length));
  return rows;
}

/** Undoes the filter of each row, in place; returns the rows without their filter bytes. */
function unfilter(rows: Uint8Array, header: Header, file: string, at: number): Uint8Array {
  const length = rowBytes(header);
  const step = Math.max(1, (header.samples * header.depth) / 8);
  const plain = new Uint8Array(header.height * length);
  for (let row = 0; row < header.height; row++) {
    const from = row * (1 + length);
    const to = row * length;
    const filter = rows[from]!;
    if (filter > 4) throw wrong(file, at, `a PNG filter from 0 to 4 in front of row ${row + 1}`, String(filter));
    for (let index = 0; index < length; index++) {
      const left = index >= step ? plain[to + index - step]! : 0;
      const above = row > 0 ? plain[to - length + index]! : 0;
      const corner = row > 0 && index >= step ? plain[to - length + index - step]! : 0;
      plain[to + index] = rows[from + 1 + index]! + predicted(filter, left, above, corner);
    }
  }
  return plain;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  if (filter === 4) {
    const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
    return a <= b && a <= c ? left : b <= c ? above : corner;
  }
  return 0;
}

/** Rows of samples as planes of bytes. */
function unpack(
  rows: Uint8Array,
  header: Header,
  palette: Uint8Array | null,
  transparency: Transparency | null,
  file: string,
  at: number,
): Omit<Image, 'orientation'> {
  const { width, height, depth, type, samples } = header;
  if (type === indexed && !palette) throw wrong(file, at, 'a palette (PLTE) before the image data', 'none');
  const channels: 1 | 3 = type === grey || type === greyAlpha ? 1 : 3;
  const size = width * height;
  const pixels = new Uint8Array(channels * size);
  const length = rowBytes(header);
  const largest = 2 ** depth - 1;
  /** A sample of up to eight bits. */
  const sample = (row: number, index: number): number => {
    if (depth === 8) return rows[row * length + index]!;
    const bit = index * depth;
    return (rows[row * length + (bit >> 3)]! >> (8 - depth - (bit & 7))) & largest;
  };
  // a tRNS chunk may leave everything opaque: what it makes transparent has to occur
  const keyed = transparency && type !== indexed ? keyOf(transparency, samples) : null;
  const clear = (row: number): ValleywalkError =>
    wrong(file, transparency!.at, 'an opaque image', `transparency in row ${row + 1}; save it without transparency`);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      if (keyed?.every((each, channel) => sample(row, column * samples + channel) === each)) throw clear(row);
      if (type === indexed) {
        const entry = sample(row, column);
        if (3 * entry >= palette!.length)
          throw wrong(file, at, `palette entries from 0 to ${palette!.length / 3 - 1}`, `${entry} in row ${row + 1}`);
        if ((transparency?.body[entry] ?? 255) !== 255) throw clear(row);
        for (let channel = 0; channel < 3; channel++) pixels[channel * size + pixel] = palette![3 * entry + channel]!;
        continue;
      }
      if (samples > channels && sample(row, column * samples + channels) !== 255)
        throw wrong(file, at, 'an opaque image', `transparency in row ${row + 1}; save it without an alpha channel`);
      for (let channel = 0; channel < channels; channel++)
        pixels[channel * size + pixel] = (sample(row, column * samples + channel) * 255) / largest;
    }
  return { width, height, channels, pixels };
}

/** The colour that a tRNS chunk makes transparent, a sample a channel; null where the image has an alpha channel of its own. */
function keyOf({ body }: Transparency, samples: number): number[] | null {
  if ((samples !== 1 && samples !== 3) || body.length < 2 * samples) return null;
  return Array.from({ length: samples }, (_, channel) => 256 * body[2 * channel]! + body[2 * channel + 1]!);
}
