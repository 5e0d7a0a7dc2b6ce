/** A Python process that is asked and answers, and is watched: one that ends, or is silent for too long, is lost. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { countSilence } from '../../../../shared/silence.ts';
import { endGroup, startGroup } from '../../../processes/group.ts';
import { tail } from '../../../processes/tail.ts';
import { frameOf, frameReader } from './frames.ts';
import type { Frame } from './frames.ts';

/** How long Python may be silent while it starts and imports PyTorch, and afterwards; milliseconds. */
export interface Patience {
  start: number;
  silence: number;
}

/** A process that lives beats once a second, but not while it loads a library from a slow disk. */
const usualPatience: Patience = { start: 50_000, silence: 30_000 };

/** A process that can be asked. */
export interface Python {
  /** Its first answer. */
  readonly greeting: Frame['value'];
  /**
   * Asks and waits for the answer; one request at a time.
   * @param payload bytes that follow the request
   * @throws Error when it answers with an error, or is lost: ended, or silent for too long.
   */
  ask(request: object, payload?: readonly Uint8Array[]): Promise<Frame>;
  /** Ends it. */
  close(): void;
}

/** What to start. */
interface PythonOptions {
  /** Path of the interpreter. */
  python: string;
  /** Path of the file that it runs. */
  script: string;
  /** Its arguments behind the token. */
  parameters: readonly string[];
  /** Descriptor that the process gets as its 3; null for none. */
  shared: number | null;
  /** Variables that are set, and those that are not handed on. */
  environment?: Readonly<Record<string, string | undefined>>;
  patience?: Patience;
}

/** An answer that somebody waits for. */
interface Waiting {
  resolve(frame: Frame): void;
  reject(error: Error): void;
}

/**
 * Starts Python and waits for its greeting.
 * @throws Error with a sentence: that it cannot be started, ended, printed something else, or said nothing.
 */
export async function startPython({
  python,
  script,
  parameters,
  shared,
  environment = {},
  patience = usualPatience,
}: PythonOptions): Promise<Python> {
  const token = randomBytes(16).toString('hex');
  const child = startGroup(python, [script, token, ...parameters], {
    stdio: ['pipe', 'pipe', 'pipe', ...(shared === null ? [] : [shared])],
    env: { ...process.env, ...environment },
  });
  const errors = tail(child.stderr!);
  let lost: Error | null = null;
  let waiting: Waiting | null = null;
  const end = (): void => endGroup(child);
  process.once('exit', end);

  /** It is of no use any more. */
  const lose = (why: string, telling = false): void => {
    if (lost) return;
    const words = telling ? lastWords(errors.text()) : '';
    lost = new Error(words ? `${why}: ${words}` : why);
    process.off('exit', end);
    end();
    child.stdin!.destroy();
    waiting?.reject(lost);
    waiting = null;
  };

  child.on('error', (error: NodeJS.ErrnoException) => lose(startFailure(error)));
  child.on('exit', (code, signal) => {
    // what it wrote last says why it ended by itself; a signal's cause it does not know
    const tell = (): void => lose(endOf(code, signal), signal === null);
    // what it has started ends with it, and holds its streams no longer
    end();
    // its last words first
    if (child.stderr!.closed) tell();
    else child.stderr!.once('close', tell);
  });
  // what is written to a process that has ended; its end tells
  child.stdin!.on('error', () => undefined);
  quiet(child);

  const read = frameReader(token);
  const silence = { heard: (): void => undefined };
  child.stdout!.on('data', (chunk: Buffer) => {
    silence.heard();
    try {
      for (const frame of read(chunk)) {
        waiting?.resolve(frame);
        waiting = null;
      }
    } catch (error) {
      lose(`Python said what cannot be understood (${(error as Error).message})`);
    }
  });

  /** The next answer, unless nothing is heard for so long. */
  const answer = async (limit: number, words: string): Promise<Frame> => {
    if (lost) throw lost;
    const settled = new Promise<Frame>((resolve, reject) => (waiting = { resolve, reject }));
    const count = countSilence({
      every: Math.min(1000, limit / 4),
      tell(milliseconds) {
        if (milliseconds > limit) lose(words);
      },
    });
    silence.heard = () => count.heard();
    try {
      return await settled;
    } finally {
      silence.heard = () => undefined;
      count.close();
    }
  };
  const greeting = await answer(patience.start, `it said nothing for ${patience.start / 1000} s`);

  return {
    greeting: greeting.value,
    async ask(request, payload = []) {
      const bytes = payload.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (!lost) for (const part of [frameOf(request, bytes), ...payload]) child.stdin!.write(part);
      const frame = await answer(
        patience.silence,
        `Python gave no sign of life for ${Math.round(patience.silence / 1000)} s and was ended`,
      );
      const { error, type } = frame.value;
      if (typeof error === 'string') throw new Error(errorText(error, String(type)));
      return frame;
    },
    close: () => lose('it was closed'),
  };
}

/** Nobody waits for a process that rests: whoever asks it does, and has a timer that runs. */
function quiet(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    (stream as unknown as { unref?: () => void }).unref?.();
}

/** Why it ended by itself: the line that names an error, which others may follow, else the last one. */
function lastWords(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => line.startsWith('Fatal Python error: ')) ??
    lines.findLast((line) => /^[\w.]*(Error|Exception): /.test(line)) ??
    lines.findLast((line) => line !== '') ??
    ''
  );
}

function startFailure(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOENT' ? 'it is not there' : `it cannot be started (${error.message})`;
}

function endOf(code: number | null, signal: string | null): string {
  if (signal === 'SIGKILL') return 'Python was killed (SIGKILL), as the system does where memory runs out';
  return signal === null ? `Python ended with exit code ${code}` : `Python was ended by ${signal}`;
}

/** What PyTorch says, and what it means where that is not plain. */
function errorText(error: string, type: string): string {
  return /out of memory|allocate memory|MemoryError/i.test(`${type} ${error}`)
    ? `PyTorch has not the memory that this takes (${error})`
    : error;
}
