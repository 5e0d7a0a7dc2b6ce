/** The address for signing in at a server: it stands in a file that the server names, since no pipe gets a token. */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Waits for a server's address. @throws Error when it ends before */
export function signInAddress(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    server.stdout!.setEncoding('utf8').on('data', (more: string) => {
      const file = /is in (\S+),/.exec((text += more))?.[1];
      if (file) resolve(readFileSync(file, 'utf8').trim());
    });
    server.once('exit', () => reject(new Error('the server ended before it told its address')));
  });
}
