/** Which NVIDIA GPUs there are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the NVIDIA GPUs whose driver is loaded, on Linux; null where none is known. */
export function nvidia(): string | null {
  const folder = '/proc/driver/nvidia/gpus';
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder).flatMap((entry) => {
    const model = /^Model:\s*(.+)$/m.exec(readFileSync(join(folder, entry, 'information'), 'utf8'));
    return model ? [model[1]!.trim()] : [];
  });
  return names.length > 0 ? [...new Set(names)].join(', ') : null;
}
