/** The end of a stream, for error messages about a process that died. */
import type { Readable } from 'node:stream';

const kept = 8192;

/** Keeps the last 8 kB of a stream. */
export function tail(stream: Readable): { add(text: string): void; text(): string } {
  let text = '';
  const add = (more: string): void => {
    text = (text + more).slice(-kept);
  };
  stream.setEncoding('utf8');
  stream.on('data', add);
  return { add, text: () => text.trim() };
}
