/**
 * Processes that are ended with all that they start: what a person names as their `python` may be a script that starts another, which a
 * signal to the script alone leaves behind.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';

const posix = process.platform !== 'win32';

/** Starts a process that leads a group of its own; a terminal's Ctrl C does not reach it. Errors as `spawn` has them. */
export function startGroup(program: string, parameters: readonly string[], options: SpawnOptions): ChildProcess {
  return spawn(program, parameters, { ...options, detached: posix, windowsHide: true });
}

/** Those whose leader had ended when their group was ended: their number may be another's by now. */
const over = new WeakSet<ChildProcess>();

/** Ends what {@link startGroup} started and all that it started, at once, also what is stopped or has outlived its leader; what has ended stays so. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined || over.has(child)) return;
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  if (hasEnded) over.add(child);
  try {
    if (posix) process.kill(-child.pid, 'SIGKILL');
    // the children of a process are found by it only while it lives
    else if (!hasEnded)
      spawn('taskkill', ['/pid', `${child.pid}`, '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () =>
        child.kill('SIGKILL'),
      );
  } catch {
    // nothing of it is left
  }
}
