/**
 * IDX files, the format of MNIST and Fashion-MNIST: a big-endian header (magic, then one 32-bit size per dimension) and
 * unsigned bytes in row-major order, optionally gzipped. Reading checks everything that can be checked, because a file
 * that is silently short or shifted would train a network on noise.
 */
import { constants, gunzip, gunzipSync, gzipSync } from 'node:zlib';
import { ValleywalkError } from '../../shared/errors.ts';
import { hex, mostBytes, wrong } from './bytes.ts';

/** Magic number of an image file: unsigned bytes in three dimensions. */
const imageMagic = 0x00000803;
/** Magic number of a label file: unsigned bytes in one dimension. */
const labelMagic = 0x00000801;

/** Images of one size: `pixels` holds count × height × width bytes, 0 to 255, row-major. */
export interface IdxImages {
  count: number;
  height: number;
  width: number;
  pixels: Uint8Array;
}

/** Labels: one byte an example. */
export interface IdxLabels {
  count: number;
  labels: Uint8Array;
}

/** Whether bytes start like a gzip file (1f 8b). */
function isGzip(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Bytes of the longest header. */
const headerBytes = 16;

/** The first bytes of a file as it lies on disk, unpacked; null where they cannot be. */
export function startOf(bytes: Uint8Array): Uint8Array | null {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes.subarray(0, 4096), {
      finishFlush: constants.Z_SYNC_FLUSH,
      // more than 4,096 bytes can become: gzip packs at most 1,032 to 1
      maxOutputLength: 2 ** 23,
    });
  } catch {
    return null;
  }
}

/** How many bytes an IDX file's header promises, from the file's first bytes; null where they are no header, which parsing then says. */
export function promisedBytes(start: Uint8Array): number | null {
  if (start.length < 8) return null;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const magic = view.getUint32(0);
  if (magic === labelMagic) return 8 + view.getUint32(4);
  if (magic !== imageMagic || start.length < headerBytes) return null;
  return headerBytes + view.getUint32(4) * view.getUint32(8) * view.getUint32(12);
}

/**
 * Decompresses a gzip file; anything else is returned as it is.
 * @param file how errors call it
 * @param most bytes that it may become: where there would be more, nothing is kept
 * @throws ValleywalkError kind `input` when the gzip data is corrupt, cut off, followed by something else or too much.
 */
export async function decompress(bytes: Uint8Array, file: string, most = mostBytes): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const { buffer, read } = await new Promise<{ buffer: Uint8Array; read: number }>((resolve, reject) => {
    // `info` makes Node hand out the engine too, which knows how many bytes it consumed; the types do not say so
    gunzip(bytes, { info: true, maxOutputLength: most } as object, (error, result) => {
      const { code } = (error ?? {}) as NodeJS.ErrnoException;
      if (code === 'ERR_BUFFER_TOO_LARGE') {
        reject(wrong(file, most, `the end of the data after ${most.toLocaleString('en')} unpacked bytes`, 'more'));
        return;
      }
      if (error) {
        reject(
          new ValleywalkError(
            'input',
            `${file}: the gzip data is corrupt or cut off (${error.message}, file of ${bytes.length} bytes); download or copy the file again`,
          ),
        );
        return;
      }
      const { buffer, engine } = result as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
      resolve({ buffer, read: engine.bytesWritten });
    });
  });
  if (read !== bytes.length)
    throw new ValleywalkError(
      'input',
      `${file}: the gzip data ends at byte ${read}, but the file has ${bytes.length}; download or copy the file again`,
    );
  return buffer;
}

/**
 * Parses a decompressed IDX image file.
 * @param file how errors call it
 * @throws ValleywalkError kind `input` naming the file, the byte offset and what was expected there.
 */
export function parseImages(bytes: Uint8Array, file: string): IdxImages {
  const [count, height, width] = header(bytes, file, imageMagic, ['images', 'rows', 'columns']) as [
    number,
    number,
    number,
  ];
  if (height === 0) throw wrong(file, 8, 'a number of rows from 1', '0');
  if (width === 0) throw wrong(file, 12, 'a number of columns from 1', '0');
  const pixels = body(bytes, file, 16, count * height * width, `${count} images of ${height} × ${width} bytes`);
  return { count, height, width, pixels };
}

/**
 * Parses a decompressed IDX label file.
 * @param file how errors call it
 * @throws ValleywalkError kind `input` naming the file, the byte offset and what was expected there.
 */
export function parseLabels(bytes: Uint8Array, file: string): IdxLabels {
  const [count] = header(bytes, file, labelMagic, ['labels']) as [number];
  return { count, labels: body(bytes, file, 8, count, `${count} labels of one byte`) };
}

/**
 * Checks that images and labels belong together.
 * @param classes labels must lie below it; null accepts every byte
 * @returns the number of classes: `classes`, or one more than the largest label
 * @throws ValleywalkError kind `input` when the counts differ, a label is out of range or fewer than two classes occur.
 */
export function checkPair(
  images: IdxImages,
  labels: IdxLabels,
  files: { images: string; labels: string },
  classes: number | null,
): number {
  if (images.count !== labels.count)
    throw new ValleywalkError(
      'input',
      `${files.images} holds ${images.count} images but ${files.labels} holds ${labels.count} labels (both counts stand at byte 4); the two files must belong together`,
    );
  let largest = 0;
  for (let index = 0; index < labels.count; index++) {
    const label = labels.labels[index]!;
    if (classes !== null && label >= classes)
      throw wrong(files.labels, 8 + index, `a label from 0 to ${classes - 1}`, String(label));
    if (label > largest) largest = label;
  }
  if (classes !== null) return classes;
  if (largest === 0)
    throw new ValleywalkError('input', `${files.labels}: every label is 0; a data set needs at least two classes`);
  return largest + 1;
}

/** Writes images as IDX bytes, not compressed. */
export function writeImages({ count, height, width, pixels }: IdxImages): Uint8Array {
  return join(imageMagic, [count, height, width], pixels);
}

/** Writes labels as IDX bytes, not compressed. */
export function writeLabels({ count, labels }: IdxLabels): Uint8Array {
  return join(labelMagic, [count], labels);
}

/** Gzips at the best level; the header carries no name and no time, so that equal input gives equal bytes on one zlib. */
export function compress(bytes: Uint8Array): Uint8Array {
  const packed = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
  packed[9] = 3; // the operating system field: the same on every machine
  return packed;
}

/** Reads magic and sizes. */
function header(bytes: Uint8Array, file: string, magic: number, sizes: readonly string[]): number[] {
  const length = 4 + 4 * sizes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 4 && view.getUint32(0) !== magic) {
    const kind = magic === imageMagic ? 'an IDX image file' : 'an IDX label file';
    throw wrong(file, 0, `the magic number ${hex(magic)} of ${kind}`, hex(view.getUint32(0)));
  }
  if (bytes.length < length)
    throw wrong(file, bytes.length, `a header of ${length} bytes`, `the end of the file (${bytes.length} bytes)`);
  return sizes.map((_, index) => view.getUint32(4 + 4 * index));
}

/** The bytes after the header, exactly as many as the header promises. */
function body(bytes: Uint8Array, file: string, offset: number, length: number, what: string): Uint8Array {
  if (length === 0) throw wrong(file, 4, 'at least one example', '0');
  const present = bytes.length - offset;
  if (present < length) throw wrong(file, bytes.length, what, `the end of the file, ${length - present} bytes early`);
  if (present > length)
    throw wrong(file, offset + length, `the end of the file after ${what}`, `${present - length} more bytes`);
  return bytes.subarray(offset);
}

function join(magic: number, sizes: number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * sizes.length + data.length);
  const view = new DataView(bytes.buffer);
  [magic, ...sizes].forEach((value, index) => view.setUint32(4 * index, value));
  bytes.set(data, 4 + 4 * sizes.length);
  return bytes;
}
