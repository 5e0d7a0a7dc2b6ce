/** `~` in paths that people type: shells expand it only where a word begins with it, so `--out=~/figs` arrives as it is written. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ValleywalkError } from '../../shared/errors.ts';

/**
 * A path with the user's home in the place of a leading `~`; any other path as it is.
 * @throws ValleywalkError kind `input` for another user's home (`~anna/x`), where nothing here has that name
 */
export function expandHome(path: string, home = homedir()): string {
  const [, name, rest] = /^~([^/\\]*)(.*)$/s.exec(path) ?? [];
  if (name === undefined || rest === undefined) return path;
  if (name === '') return join(home, rest);
  // a file may be called so, as backups are
  if (existsSync(path) || existsSync(`~${name}`)) return path;
  throw new ValleywalkError(
    'input',
    `${path} would lie in another user's home, which is not known here; write the path whole, or ./${path} for a name that begins with ~`,
  );
}
