/** Runs the terminal as a user does and collects what it says. */
import { spawn } from 'node:child_process';
import { cli } from '../window.ts';

/** What a command said and how it ended. */
export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/**
 * Runs `valleywalk` with arguments on a store.
 * @param options.interrupt sends SIGINT as soon as standard output matches.
 */
export function valleywalk(
  store: string,
  parameters: string[],
  options: { interrupt?: RegExp } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...parameters], {
      env: { ...process.env, VALLEYWALK_STORE: store },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err, interrupted] = ['', '', false];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (!interrupted && options.interrupt?.test(out)) {
        interrupted = true;
        child.kill('SIGINT');
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
