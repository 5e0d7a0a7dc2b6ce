/** The end of a stream, for error messages about a process that died. */
import type { Readable } from 'node:stream';

/** Keeps the end of a stream. @param kept characters; 8,192 unless told otherwise */
export function tail(stream: Readable, kept = 8192): { add(text: string): void; text(): string } {
  let text = '';
  const add = (more: string): void => {
    text = (text + more).slice(-kept);
  };
  stream.setEncoding('utf8');
  stream.on('data', add);
  return { add, text: () => text.trim() };
}
