/** Reads ZIP archives (PKWARE's APPNOTE 6.3.10): stored and deflated members, of less than 4 GiB; ZIP64 is not read. */
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import type { ValleywalkError } from '../../shared/errors.ts';
import { hex, startsWith, wrong } from './bytes.ts';

/** A file in a ZIP archive, by its entry in the central directory. */
export interface ZipMember {
  name: string;
  isEncrypted: boolean;
  method: number;
  checksum: number;
  packed: number;
  size: number;
  /** Where its local header begins. */
  at: number;
}

/** What stands for a size or place that ZIP64's own fields hold. */
const inZip64 = 0xffffffff;

function noZip64(file: string, at: number): ValleywalkError {
  return wrong(file, at, 'a ZIP archive of less than 4 GiB', 'ZIP64, which is not read; save fewer or smaller arrays');
}

/** Bytes of the record that ends an archive, at least and with the longest comment after it. */
export const endRecord = { least: 22, most: 22 + 0xffff } as const;

/**
 * Where the directory of a ZIP archive is.
 * @param bytes the end of the archive, or all of it
 * @param base where in the archive `bytes` begin
 * @returns places in the archive: of the directory, and of the record after it; and how many entries there are
 * @throws ValleywalkError naming the byte
 */
export function zipDirectory(
  bytes: Uint8Array,
  file: string,
  base = 0,
): { directory: number; end: number; count: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - endRecord.least;
  const isEnd = (at: number): boolean =>
    startsWith(bytes, [0x50, 0x4b, 5, 6], at) && at + 22 + view.getUint16(at + 20, true) === bytes.length;
  for (const least = Math.max(0, bytes.length - endRecord.most); end >= least && !isEnd(end);) end--;
  if (end < 0 || !isEnd(end))
    throw wrong(
      file,
      base + bytes.length,
      "the end of a ZIP archive's directory",
      'none; the file is cut off or no archive',
    );
  const directory = view.getUint32(end + 16, true);
  const count = view.getUint16(end + 10, true);
  if (directory === inZip64 || count === 0xffff) throw noZip64(file, base + end);
  return { directory, end: base + end, count };
}

/**
 * The members of a ZIP archive.
 * @param base where in the archive `bytes` begin, which hold its directory and all after it
 * @throws ValleywalkError naming the byte
 */
export function zipMembers(bytes: Uint8Array, file: string, base = 0): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { directory, end, count } = zipDirectory(bytes, file, base);
  const members: ZipMember[] = [];
  let at = directory - base;
  for (let left = count; left > 0; left--) {
    const field = (offset: number, long = true): number =>
      long ? view.getUint32(at + offset, true) : view.getUint16(at + offset, true);
    if (at < 0 || base + at + 46 > end || !startsWith(bytes, [0x50, 0x4b, 1, 2], at))
      throw wrong(file, base + at, 'an entry of the ZIP directory', 'something else');
    if ([20, 24, 42].some((offset) => field(offset) === inZip64)) throw noZip64(file, base + at);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + field(28, false)));
    members.push({
      ...{ name, isEncrypted: (field(8, false) & 1) !== 0, method: field(10, false), checksum: field(16) },
      ...{ packed: field(20), size: field(24), at: field(42) },
    });
    at += 46 + field(28, false) + field(30, false) + field(32, false);
  }
  return members;
}

/** The bytes of a member, no more than its entry promises, against its checksum. @throws ValleywalkError naming the byte */
export async function unzip(bytes: Uint8Array, file: string, member: ZipMember): Promise<Uint8Array> {
  const { name, isEncrypted, method, checksum, packed, size, at } = member;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isEncrypted || (method !== 0 && method !== 8))
    throw wrong(file, at, `${name} stored or deflated`, isEncrypted ? 'encrypted' : `ZIP method ${method}`);
  if (at + 30 > bytes.length || !startsWith(bytes, [0x50, 0x4b, 3, 4], at))
    throw wrong(file, at, `the header of ${name}`, 'something else');
  const from = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (from + packed > bytes.length || (method === 0 && packed !== size))
    throw wrong(file, from, `${packed} bytes of ${name}`, 'the end of the file');
  const body = bytes.subarray(from, from + packed);
  let data = body;
  if (method === 8)
    try {
      data = await promisify(inflateRaw)(body, { maxOutputLength: Math.max(1, size) });
    } catch (error) {
      throw wrong(
        file,
        from,
        `${size} deflated bytes of ${name}`,
        `corrupt or longer ones (${(error as Error).message})`,
      );
    }
  if (data.length !== size || crc32(data) !== checksum)
    throw wrong(
      file,
      from,
      `${size} bytes of ${name} with the checksum ${hex(checksum)}`,
      `${data.length} with ${hex(crc32(data))}`,
    );
  return data;
}
