/** The terminal's program that `npm run build` makes, run by a bench as a user runs it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../dist/node/valleywalk.js');

/** What a command prints. @throws Error with its words where it fails */
export function valleywalk(...parameters: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...parameters], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`valleywalk ${parameters.join(' ')} ended with ${String(status)}: ${stderr}`);
  return stdout;
}
