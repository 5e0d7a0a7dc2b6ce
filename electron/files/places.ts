/** Where things are: the store of the user, and the program's own files. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expandHome } from './home.ts';

/**
 * The folder of the run store: VALLEYWALK_STORE, or the platform's place for an application's data. Desktop, server and
 * terminal share it, so that a run started in one shows in the others.
 */
export function defaultStore(environment: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (environment['VALLEYWALK_STORE']) return expandHome(environment['VALLEYWALK_STORE']);
  const home = homedir();
  if (platform === 'win32')
    return join(environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Valleywalk', 'store');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Valleywalk', 'store');
  return join(environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'valleywalk');
}
