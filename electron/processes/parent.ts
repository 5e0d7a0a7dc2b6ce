/** A child process's side of the link to whoever started it, the same under Node and in Electron's utility process. */
import type { Port } from '../../shared/client.ts';
import { electronPort } from './ports.ts';
import type { ElectronPort } from './ports.ts';

/** The link to the parent: like a {@link Port}, but in a utility process a message may bring ports along. */
export interface ParentLink {
  send: (message: unknown) => void;
  onMessage: (listener: (message: unknown, ports: Port[]) => void) => void;
  onClose: (listener: () => void) => void;
  /** True in Electron's utility process, where ports can travel. */
  readonly utility: boolean;
}

interface UtilityParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: ElectronPort[] }) => void): void;
}

/**
 * Opens the link to the parent process. Call it once, at the start of a child's entry.
 * @throws Error when this process was not started as a child with a channel.
 */
export function parentLink(): ParentLink {
  const utility = (process as { parentPort?: UtilityParentPort }).parentPort;
  if (utility)
    return {
      utility: true,
      send: (message) => utility.postMessage(message),
      onMessage: (listener) => utility.on('message', ({ data, ports }) => listener(data, ports.map(electronPort))),
      // Electron ends utility processes with their parent
      onClose: () => undefined,
    };
  if (!process.send) throw new Error('this file is the entry of a child process; start Valleywalk with npm start');
  return {
    utility: false,
    send: (message) => {
      if (process.connected) process.send!(message);
    },
    onMessage: (listener) => process.on('message', (message) => listener(message, [])),
    onClose: (listener) => process.on('disconnect', listener),
  };
}

/**
 * Opens the port to the process that this child works for. Under Node that is its parent; a utility process is handed the
 * port by main (which only starts it), and what is sent before the port arrives waits for it.
 */
export function parentPort(): Port {
  const link = parentLink();
  if (!link.utility)
    return {
      send: link.send,
      onMessage: (listener) => link.onMessage(listener),
      onClose: link.onClose,
      close: () => {
        if (process.connected) process.disconnect();
      },
    };
  let port: Port | null = null;
  const waiting: unknown[] = [];
  let onMessage = (_message: unknown): void => undefined;
  let onClose = (): void => undefined;
  link.onMessage((_message, ports) => {
    if (port || !ports[0]) return;
    port = ports[0];
    port.onClose(() => onClose());
    port.onMessage((message) => onMessage(message));
    for (const message of waiting.splice(0)) port.send(message);
  });
  return {
    send: (message) => {
      if (port) port.send(message);
      else waiting.push(message);
    },
    onMessage: (listener) => (onMessage = listener),
    onClose: (listener) => (onClose = listener),
    close: () => process.exit(0),
  };
}
