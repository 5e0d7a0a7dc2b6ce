/** Trainers that the host starts for the workbench, as utility processes: the workbench sees them as any {@link Child}. */
import type { Port } from '../../shared/client.ts';
import type { Fork } from '../processes/child.ts';
import type { WorkbenchToHost } from './host-messages.ts';

interface Waiting {
  port: Port | null;
  queue: unknown[];
  pid: number | undefined;
  stderr: string;
  onMessage(message: unknown): void;
  onClose(): void;
  onExit(code: number | null, signal: string | null): void;
  onPulse(): void;
}

/** Keeps the trainers that were asked for by number, and what the host reports of them. */
export function hostTrainers(tell: (message: WorkbenchToHost) => void): {
  fork: Fork;
  started(trainer: number, pid: number | null, port: Port): void;
  pulse(trainer: number): void;
  exited(trainer: number, code: number | null, stderr: string): void;
} {
  const all = new Map<number, Waiting>();
  let next = 0;
  return {
    fork(environment = {}) {
      const id = next++;
      const nothing = (): void => undefined;
      const state: Waiting = {
        port: null,
        queue: [],
        pid: undefined,
        stderr: '',
        onMessage: nothing,
        onClose: nothing,
        onExit: nothing,
        onPulse: nothing,
      };
      all.set(id, state);
      tell({ type: 'fork-trainer', trainer: id, environment });
      return {
        get pid() {
          return state.pid;
        },
        send: (message) => {
          if (state.port) state.port.send(message);
          else state.queue.push(message);
        },
        onMessage: (listener) => (state.onMessage = listener),
        onClose: (listener) => (state.onClose = listener),
        onExit: (listener) => (state.onExit = listener),
        onPulse: (listener) => (state.onPulse = listener),
        close: () => state.port?.close(),
        kill: () => tell({ type: 'kill-trainer', trainer: id }),
        stderr: () => state.stderr,
      };
    },
    started(trainer, pid, port) {
      const state = all.get(trainer);
      if (!state) return;
      state.pid = pid ?? undefined;
      state.port = port;
      port.onClose(() => state.onClose());
      port.onMessage((message) => state.onMessage(message));
      for (const message of state.queue.splice(0)) port.send(message);
    },
    pulse: (trainer) => all.get(trainer)?.onPulse(),
    exited(trainer, code, stderr) {
      const state = all.get(trainer);
      if (!state) return;
      all.delete(trainer);
      state.stderr = stderr;
      state.onExit(code, null);
    },
  };
}
