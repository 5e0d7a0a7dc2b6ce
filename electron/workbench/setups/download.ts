/** Downloads, only when somebody asks for one. */
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Following } from './kind.ts';

/** Milliseconds to wait for the first answer of a host. */
const longestAnswer = 15_000;

/** @throws ValleywalkError kind `input`: the host cannot be reached, or what it answers; the reason of the signal */
async function ask(address: URL, signal: AbortSignal): Promise<Response> {
  const waiting = new AbortController();
  const limit = setTimeout(() => waiting.abort(), longestAnswer);
  try {
    const answer = await fetch(address, { signal: AbortSignal.any([signal, waiting.signal]) });
    if (answer.ok) return answer;
    throw new ValleywalkError(
      'input',
      `${address.host} answers ${answer.status} for ${address.pathname}; try again later`,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ValleywalkError) throw error;
    const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    const why = waiting.signal.aborted
      ? `no answer within ${longestAnswer / 1000} s`
      : (cause?.code ?? cause?.message ?? message);
    throw new ValleywalkError(
      'input',
      `${address.host} cannot be reached (${why}); run this where it can, or give a file that was downloaded elsewhere`,
    );
  } finally {
    clearTimeout(limit);
  }
}

/** Downloads a JSON document. @throws as {@link download} */
export async function downloadJson(address: string, signal: AbortSignal): Promise<unknown> {
  return (await ask(new URL(address), signal)).json();
}

/**
 * Downloads into a new file.
 * @throws ValleywalkError kind `input`: the host cannot be reached, or ends before it has sent everything; what the file system throws
 */
export async function download(address: URL, to: string, { progress, signal }: Following): Promise<void> {
  const answer = await ask(address, signal);
  const all = Number(answer.headers.get('content-length') ?? 0);
  let done = 0;
  const count = new Transform({
    transform(chunk: Uint8Array, _encoding, next) {
      done += chunk.length;
      progress(`downloading from ${address.host}`, all > 0 ? Math.min(1, done / all) : undefined);
      next(null, chunk);
    },
  });
  const body = Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]);
  try {
    await pipeline(body, count, createWriteStream(to, { flags: 'wx', mode: 0o600 }), { signal });
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code?.startsWith('E') === true) throw error;
    throw new ValleywalkError('input', `the download from ${address.host} broke off after ${done} bytes; try again`);
  }
  if (all > 0 && done !== all)
    throw new ValleywalkError('input', `${address.host} sent ${done} bytes of ${all}; try again`);
}
