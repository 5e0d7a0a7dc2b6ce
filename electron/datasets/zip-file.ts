/** ZIP archives that are too large to be held in memory: the directory is read, and a member streams from file to file. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { ValleywalkError } from '../../shared/errors.ts';
import { checkFile, startsWith, wrong } from './bytes.ts';
import { endRecord, zipDirectory, zipMembers } from './zip.ts';
import type { ZipMember } from './zip.ts';

/** Most bytes of an archive: more would be ZIP64, which is not read. */
const mostBytes = 2 ** 32;

/** Bytes of a file from one place up to another. */
async function readPart(path: string, from: number, to: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const bytes = new Uint8Array(Math.max(0, to - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The members of a ZIP archive by its directory. @throws ValleywalkError naming the file, and the byte where it is no archive */
export async function zipMembersOf(path: string): Promise<ZipMember[]> {
  try {
    const size = checkFile(path, await stat(path), mostBytes);
    const tail = Math.max(0, size - endRecord.most);
    const { directory, end } = zipDirectory(await readPart(path, tail, size), path, tail);
    if (directory > end) throw wrong(path, end, 'a ZIP directory before its end', `one at byte ${directory}`);
    return zipMembers(await readPart(path, directory, size), path, directory);
  } catch (error) {
    if (error instanceof ValleywalkError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? new ValleywalkError('missing', `${path} is not there`)
      : new ValleywalkError('input', `${path} cannot be read: ${message}`);
  }
}

/**
 * Unpacks a member into a new file, with its size and checksum compared with the directory's.
 * @param how.told is told how many bytes are written
 * @returns SHA-256 of the bytes, in base64url without padding, as wheels write it
 * @throws ValleywalkError naming the byte of a damaged archive; what the file system throws; the reason of the signal
 */
export async function unzipTo(
  path: string,
  member: ZipMember,
  to: string,
  how: { signal: AbortSignal; told: (bytes: number) => void },
): Promise<string> {
  const { name, isEncrypted, method, checksum, packed, size, at } = member;
  if (isEncrypted || (method !== 0 && method !== 8))
    throw wrong(path, at, `${name} stored or deflated`, isEncrypted ? 'encrypted' : `ZIP method ${method}`);
  const header = await readPart(path, at, at + 30);
  if (header.length < 30 || !startsWith(header, [0x50, 0x4b, 3, 4], 0))
    throw wrong(path, at, `the header of ${name}`, 'something else');
  const view = new DataView(header.buffer);
  const from = at + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  const hash = createHash('sha256');
  let found = 0;
  let crc = 0;
  const damaged = (what: string): ValleywalkError => wrong(path, from, `${size} bytes of ${name}`, what);
  const check = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      found += chunk.length;
      if (found > size) {
        done(damaged('more'));
        return;
      }
      hash.update(chunk);
      crc = crc32(chunk, crc);
      how.told(found);
      done(null, chunk);
    },
  });
  try {
    await pipeline(
      packed === 0 ? [] : createReadStream(path, { start: from, end: from + packed - 1, highWaterMark: 2 ** 20 }),
      method === 8 ? createInflateRaw({ chunkSize: 2 ** 20 }) : new PassThrough(),
      check,
      createWriteStream(to, { flags: 'wx', mode: 0o600 }),
      { signal: how.signal },
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith('Z_') ? damaged(`corrupt ones (${(error as Error).message})`) : error;
  }
  if (found !== size || crc !== checksum) throw damaged(found === size ? 'others, by their checksum' : `${found}`);
  return hash.digest('base64url');
}
