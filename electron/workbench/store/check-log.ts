/**
 * Checks SQLite's write-ahead log by its own checksums: a reader takes a damaged page for the log's end, and drops it and all that come after
 * without a word. The format: https://www.sqlite.org/fileformat2.html#walformat
 */
import { readFileSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * What is wrong with a log that nobody writes to, as a clause; null where it is sound or not there.
 * @param file path of the log
 */
export function logDamage(file: string): string | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? null : `cannot be read (${message})`;
  }
  if (bytes.length === 0) return null;
  if (bytes.length < headerBytes) return `ends within its header, after ${bytes.length} bytes`;
  const magic = bytes.readUInt32BE(0);
  const big = magic === 0x377f0683;
  let sum = checksum(bytes.subarray(0, 24), [0, 0], big);
  const page = bytes.readUInt32BE(8);
  if ((!big && magic !== 0x377f0682) || !equal(sum, bytes, 24) || page < 512 || page > 65_536)
    return 'has a damaged header, so that none of its pages is read';
  const frame = frameHeaderBytes + page;
  const frames = Math.floor((bytes.length - headerBytes) / frame);
  const salts = bytes.subarray(16, 24);
  const at = (index: number): number => headerBytes + index * frame;
  const isOfThisLog = (index: number): boolean => bytes.subarray(at(index) + 8, at(index) + 16).equals(salts);
  for (let index = 0; index < frames; index++) {
    const start = at(index);
    const next = isOfThisLog(index)
      ? checksum(
          bytes.subarray(start + frameHeaderBytes, start + frame),
          checksum(bytes.subarray(start, start + 8), sum, big),
          big,
        )
      : null;
    if (next && equal(next, bytes, start + 16)) {
      sum = next;
      continue;
    }
    // pages of an older log lie behind the newest: they have other salts, both of them
    const own = bytes.subarray(start + 8, start + 16);
    const half = own.subarray(0, 4).equals(salts.subarray(0, 4)) || own.subarray(4).equals(salts.subarray(4));
    let after = index + 1;
    while (after < frames && !isOfThisLog(after)) after++;
    if (index > 0 && !half && after === frames) return null;
    return `is damaged at its page ${index + 1} of ${frames}, so that this and what was written after it are not read; or the program was ended while it wrote the page`;
  }
  const rest = bytes.length - headerBytes - frames * frame;
  return rest > 0 ? `ends within its page ${frames + 1}, after ${rest} bytes` : null;
}

/** SQLite's running checksum of whole pairs of 32-bit words. */
function checksum(bytes: Buffer, [first, second]: readonly [number, number], big: boolean): [number, number] {
  let [one, two] = [first, second];
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    one = (one + two + (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at))) >>> 0;
    two = (two + one + (big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4))) >>> 0;
  }
  return [one, two];
}

function equal([one, two]: readonly [number, number], bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === one && bytes.readUInt32BE(at + 4) === two;
}
