/** The ready-made experiments in resources/presets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { presetSchema } from '../../../shared/presets.ts';
import type { Preset } from '../../../shared/presets.ts';

/** The preset that comes first in lists. */
const first = 'quick-walk';

/**
 * Reads every preset, the quick walk first, the others by id.
 * @param directory resources/presets
 * @throws ValleywalkError kind `internal` when one is malformed: the installation is damaged
 */
export function readPresets(directory: string): Preset[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => presetSchema.parse(JSON.parse(readFileSync(join(directory, name), 'utf8'))))
      .sort((a, b) => Number(b.id === first) - Number(a.id === first) || a.id.localeCompare(b.id, 'en'));
  } catch (error) {
    throw new ValleywalkError(
      'internal',
      `the presets in ${directory} are damaged (${(error as Error).message}); install Valleywalk again`,
    );
  }
}
