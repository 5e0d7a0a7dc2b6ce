/** What tests ask of processes. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process is there and not merely waiting to be buried. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Limits a process to half of the addresses that it has taken already, so that it is given no more memory. Linux only. */
export function starve(pid: number): void {
  const kibibytes = Number(/VmSize:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);
  execFileSync('prlimit', ['--pid', String(pid), `--as=${kibibytes * 512}`]);
}
