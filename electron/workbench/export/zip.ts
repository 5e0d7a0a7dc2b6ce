/** Writes ZIP archives (PKWARE's APPNOTE 6.3.10): deflated members, without ZIP64, names in UTF-8. */
import { promisify } from 'node:util';
import { crc32, deflateRaw } from 'node:zlib';
import { ValleywalkError } from '../../../shared/errors.ts';

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

/** What no bytes are deflated to. */
const nothing = new Uint8Array([3, 0]);
/** Largest numbers that the format's fields take. */
const [most16, most32] = [2 ** 16 - 1, 2 ** 32 - 1];
const tooLarge = 'a ZIP takes files of less than 4 GiB, and less than 4 GiB in all';
const refused = (what: string): ValleywalkError =>
  new ValleywalkError('input', `${what}; choose fewer runs or kinds of files, or write them into a folder`);

/**
 * An archive of files, in their order.
 * @throws ValleywalkError kind `input` for more files, longer names or more bytes than the format has numbers for
 */
export async function zipOf(files: Iterable<ZipFile> | AsyncIterable<ZipFile>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  let count = 0;
  for await (const { name, bytes } of files) {
    const title = new TextEncoder().encode(name);
    count += 1;
    if (count > most16) throw refused('a ZIP takes at most 65,535 files');
    if (title.length > most16) throw refused('a ZIP takes files with a name of at most 65,535 bytes');
    if (bytes.length > most32) throw refused(tooLarge);
    const packed = bytes.length === 0 ? nothing : await promisify(deflateRaw)(bytes);
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
    if (at > most32) throw refused(tooLarge);
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
  if (size > most32) throw refused(tooLarge);
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
