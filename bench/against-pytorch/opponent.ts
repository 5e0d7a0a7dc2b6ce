/** PyTorch as a child process: commands and answers as lines of JSON. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What opponent.py answers. */
interface Answer {
  seconds?: number;
  version?: string;
  /** The form of a work that was the fastest, and the milliseconds that each form took. */
  form?: string;
  milliseconds?: Record<string, number>;
}

/** A PyTorch that waits for commands. */
export interface Opponent {
  /**
   * Gives a command of opponent.py and returns its answer.
   * @throws Error with Python's last words when it fails.
   */
  ask(command: string, parameters?: Record<string, unknown>): Promise<Answer>;
  close(): void;
}

/** OpenBLAS, which Debian's PyTorch (the interpreter where PYTHON is not set) uses only when it is preloaded: on the reference BLAS it would be twenty times slower. */
function fastBlas(): string | undefined {
  return globSync('/usr/lib/*/openblas-*/libblas.so.3')[0];
}

/**
 * Starts Python with PyTorch.
 * @throws Error that says what to install when there is none.
 */
export async function openOpponent(): Promise<Opponent> {
  const own = process.env['PYTHON'];
  const python = own ?? '/usr/bin/python3';
  // a PyTorch from PyPI brings its own
  const blas = own === undefined ? fastBlas() : undefined;
  const child = spawn(python, [join(import.meta.dirname, 'opponent.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...(blas ? { LD_PRELOAD: blas } : {}) },
  });
  let words = '';
  child.stderr.on('data', (bytes: Buffer) => (words = (words + bytes.toString()).slice(-2000)));
  const gone = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      reject(
        new Error(
          words.includes("No module named 'torch'")
            ? 'PyTorch is not there: install python3-torch and libopenblas0-openmp, or set PYTHON to a Python that has it'
            : `PyTorch ended with exit code ${String(code)}: ${words.trim().split('\n').at(-1) ?? ''}`,
        ),
      ),
    );
  });
  gone.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(command, parameters = {}) {
      child.stdin.write(`${JSON.stringify({ do: command, ...parameters })}\n`);
      const { value } = await Promise.race([lines.next(), gone]);
      if (value === undefined) return gone;
      return JSON.parse(value) as Answer;
    },
    close: () => end(child),
  };
}

function end(child: ChildProcess): void {
  child.stdin?.end();
}
