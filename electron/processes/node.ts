/** Children of a Node binary as {@link Fork}s: the server, the terminal, tests, and a desktop whose Electron is older. */
import { fork } from 'node:child_process';
import { cleanEnvironment } from './environment.ts';
import type { Fork } from './child.ts';
import { tail } from './tail.ts';

/**
 * Makes a fork that runs `entry` on a Node binary with structured-clone messages, so typed arrays arrive as they are.
 * @param entry absolute path of the child's entry file.
 * @param options.node Node binary to use; the running one by default.
 */
export function nodeFork(entry: string, options: { node?: string | undefined } = {}): Fork {
  return (environment = {}) => {
    const child = fork(entry, [], {
      execPath: options.node ?? process.execPath,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
      env: { ...cleanEnvironment(process.env), ...environment },
    });
    const stderr = tail(child.stderr!);
    let closed = (): void => undefined;
    let beaten = (): void => undefined;
    child.stdout!.on('data', () => beaten());
    let exited = (_code: number | null, _signal: string | null): void => undefined;
    // a binary that cannot be started emits `error` and no `exit`
    child.on('error', (error) => {
      stderr.add(error.message);
      if (child.pid === undefined) exited(null, 'ENOENT');
    });
    child.on('disconnect', () => closed());
    // not `close`, which never comes after a disconnect; but its last words must have been read
    child.on('exit', (code, signal) => {
      if (child.stderr!.closed) exited(code, signal);
      else child.stderr!.once('close', () => exited(code, signal));
    });
    return {
      pid: child.pid,
      send: (message) => {
        if (child.connected) child.send(message as object);
      },
      onMessage: (listener) => child.on('message', listener),
      onClose: (listener) => (closed = listener),
      onExit: (listener) => (exited = listener),
      onPulse: (listener) => (beaten = listener),
      close: () => {
        if (child.connected) child.disconnect();
      },
      kill: () => child.kill('SIGKILL'),
      stderr: () => stderr.text(),
    };
  };
}
