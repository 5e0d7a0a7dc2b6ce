/** How this program is started elsewhere: by the same runtime, from the same place, which every node must see. */
import { join } from 'node:path';
import { shellWord } from './slurm-script.ts';

/** The shell command of the terminal. @param resources folder of data sets and presets, beside which dist/ lies */
export function programCommand(resources: string): string {
  const entry = join(resources, '..', 'dist', 'node', 'valleywalk.js');
  const words = [process.execPath, entry].map(shellWord).join(' ');
  return process.versions['electron'] === undefined ? words : `env ELECTRON_RUN_AS_NODE=1 ${words}`;
}
