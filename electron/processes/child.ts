/**
 * Child processes as ports: how the workbench gets a trainer and a host gets a workbench, whatever the runtime. A
 * {@link Fork} is made by the host: {@link nodeFork} here for a Node binary, electron/desktop/ for Electron's utility processes.
 */
import type { Port } from '../../shared/client.ts';

/** A started child and the port to it. */
export interface Child extends Port {
  readonly pid: number | undefined;
  /** Sets the one listener for the end of the process: exit code, or null and the signal's name. */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  /** Sets the one listener for its pulse (see pulse.ts): a sign of life about once a second, also while it computes. */
  onPulse(listener: () => void): void;
  /** Ends the process at once, also a stopped one. */
  kill(): void;
  /** The last few kilobytes of what it wrote to standard error. */
  stderr(): string;
}

/**
 * Starts a child process whose entry speaks over {@link parentPort}.
 * @param environment variables that it is given beside those of this process
 */
export type Fork = (environment?: Readonly<Record<string, string>>) => Child;
