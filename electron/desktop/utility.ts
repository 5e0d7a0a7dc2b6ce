/** Trainers as Electron utility processes, started for a workbench that cannot start them itself. */
import { MessageChannelMain, utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { Readable } from 'node:stream';
import { cleanEnvironment } from '../processes/environment.ts';
import { tail } from '../processes/tail.ts';

/** A started utility process: the other end of its port, and its end. */
export interface UtilityChild {
  pid: number | null;
  port: MessagePortMain;
  kill(): void;
}

/**
 * Starts `entry` in a utility process and hands it one end of a channel as its parent port.
 * @param environment variables that it is given beside those of this process
 * @param onPulse told of every sign of life, see electron/processes/pulse.ts
 * @param onExit exit code and the end of standard error.
 */
export function forkUtility(
  entry: string,
  name: string,
  environment: Readonly<Record<string, string>>,
  onSpawn: (child: UtilityChild) => void,
  onPulse: () => void,
  onExit: (code: number, stderr: string) => void,
): void {
  const child = utilityProcess.fork(entry, [], {
    serviceName: name,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(process.env), ...environment },
  });
  const { port1, port2 } = new MessageChannelMain();
  const stderr = tail(child.stderr as Readable);
  (child.stdout as Readable).on('data', onPulse);
  child.once('spawn', () => {
    child.postMessage({ type: 'port' }, [port1]);
    onSpawn({ pid: child.pid ?? null, port: port2, kill: () => killAtOnce(child) });
  });
  child.once('exit', (code) => onExit(code, stderr.text()));
}

/** Ends a utility process at once: its own `kill` asks politely, which a stopped process never hears. */
export function killAtOnce(child: UtilityProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch {
    // it is gone already
  }
}
