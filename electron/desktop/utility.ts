/** Trainers as Electron utility processes, started for a workbench that cannot start them itself. */
import { MessageChannelMain, utilityProcess } from 'electron';
import type { MessagePortMain } from 'electron';
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
 * @param onExit exit code and the end of standard error.
 */
export function forkUtility(
  entry: string,
  name: string,
  onSpawn: (child: UtilityChild) => void,
  onExit: (code: number, stderr: string) => void,
): void {
  const child = utilityProcess.fork(entry, [], {
    serviceName: name,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: cleanEnvironment(process.env),
  });
  const { port1, port2 } = new MessageChannelMain();
  const stderr = tail(child.stderr as Readable);
  child.once('spawn', () => {
    child.postMessage({ type: 'port' }, [port1]);
    onSpawn({ pid: child.pid ?? null, port: port2, kill: () => child.kill() });
  });
  child.once('exit', (code) => onExit(code, stderr.text()));
}
