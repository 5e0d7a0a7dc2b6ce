/** Processes of the programs under test, found and signalled by their numbers. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'playwright/test';
import { seconds } from '../build/machine.ts';

/** Whether processes can be found here. */
export const findsProcesses = existsSync('/proc/self/stat');

/** State and parent of a process; null when it is gone or only waits to be buried. */
function stat(pid: number): { state: string; parent: number } | null {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? null : { state: state!, parent: Number(parent) };
  } catch {
    return null;
  }
}

/** Whether a process is there. */
export const isThere = (pid: number): boolean => stat(pid) !== null;

/** The process below another one whose command line matches; waits for it. */
export async function processBelow(ancestor: number, command: RegExp): Promise<number> {
  let found: number | undefined;
  await expect(() => {
    found = below(ancestor).find((pid) => command.test(commandOf(pid)));
    expect(found, `a process like ${String(command)}`).toBeDefined();
  }).toPass({ timeout: seconds(30) });
  return found!;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function below(ancestor: number): number[] {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const parents = new Map(all.map((name) => [Number(name), stat(Number(name))?.parent]));
  const found: number[] = [];
  for (let level = [ancestor]; level.length > 0;) {
    level = [...parents].filter(([, parent]) => parent !== undefined && level.includes(parent)).map(([pid]) => pid);
    found.push(...level);
  }
  return found;
}

/** Waits until a process is gone. */
export async function gone(pid: number): Promise<void> {
  await expect(() => expect(isThere(pid)).toBe(false)).toPass({ timeout: seconds(30) });
}
