/** Writes ZIP archives (PKWARE's APPNOTE 6.3.10): deflated members, without ZIP64, names in UTF-8. */
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';

/** A file to be put into an archive. */
export interface ZipFile {
  /** With slashes between folders. */
  name: string;
  bytes: Uint8Array;
}

/** Bit 11 of the flags: the name is UTF-8. */
const utf8 = 0x800;
/** Version of the format that reads it, and 1 January 1980: the same files give the same archive. */
const [needed, date] = [20, 0x21];

/** An archive of files, in their order; they have less than 4 GiB together. */
export async function zipOf(files: Iterable<ZipFile> | AsyncIterable<ZipFile>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  let count = 0;
  for await (const { name, bytes } of files) {
    count += 1;
    const title = new TextEncoder().encode(name);
    const packed = await promisify(deflateRaw)(bytes);
    // from the version to the length of the extra field, as the header of a member and its entry in the directory have them
    const common = fields([
      [needed, 2],
      [utf8, 2],
      [8, 2],
      [0, 2],
      [date, 2],
      [crc32(bytes), 4],
      [packed.length, 4],
      [bytes.length, 4],
      [title.length, 2],
      [0, 2],
    ]);
    const begin = at;
    const head = [fields([[0x04034b50, 4]]), common, title, packed];
    parts.push(...head);
    at += head.reduce((sum, part) => sum + part.length, 0);
    const rest: [number, 2 | 4][] = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [begin, 4],
    ];
    directory.push(
      fields([
        [0x02014b50, 4],
        [needed, 2],
      ]),
      common,
      fields(rest),
      title,
    );
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = fields([
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [at, 4],
    [0, 2],
  ]);
  return joined([...parts, ...directory, end]);
}

/** Numbers as little-endian bytes. */
function fields(values: readonly (readonly [value: number, size: 2 | 4])[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [, size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [value, size] of values) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
