/** Runs the terminal as a user does and collects what it says. */
import { spawn } from 'node:child_process';
import { environmentOf } from '../environment.ts';
import { cli } from '../window.ts';

/** What a command said and how it ended. */
export interface Outcome {
  code: number | null;
  out: string;
  err: string;
}

/**
 * Runs `valleywalk` with arguments on a store.
 * @param options.interrupt sends SIGINT to it and its children as soon as standard output matches, as Ctrl C does.
 * @param options.leave stops reading as soon as standard output matches, as `head` does.
 */
export function valleywalk(
  store: string,
  parameters: string[],
  options: { interrupt?: RegExp; leave?: RegExp } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...parameters], {
      env: environmentOf(store),
      stdio: ['ignore', 'pipe', 'pipe'],
      // a process group of its own, so that it can be interrupted as a terminal does it: the whole group at once
      detached: true,
    });
    let [out, err, interrupted] = ['', '', false];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (options.leave?.test(out)) child.stdout.destroy();
      if (!interrupted && options.interrupt?.test(out)) {
        interrupted = true;
        process.kill(-child.pid!, 'SIGINT');
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
}
