/** The program's own files, found from where a bundle runs: dist/node/, two folders below the program's root. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Paths of the program's parts. */
export interface ProgramPlaces {
  version: string;
  /** Bundled data sets, presets, fonts. */
  resources: string;
  /** The built window. */
  renderer: string;
  /** Entry of the trainer process. */
  trainer: string;
}

/** @param root folder with dist/ and resources/; by default the one this bundle belongs to. */
export function programPlaces(root = fileURLToPath(new URL('../..', import.meta.url))): ProgramPlaces {
  return {
    // written into the bundle by build/
    version: process.env['VALLEYWALK_VERSION'] ?? 'development',
    resources: join(root, 'resources'),
    renderer: join(root, 'dist', 'renderer'),
    trainer: join(root, 'dist', 'node', 'trainer.js'),
  };
}
