/** Electron's MessagePortMain as a {@link Port}, described by shape so that no room but desktop/ imports electron. */
import type { Port } from '../../shared/client.ts';

/** As much of Electron's MessagePortMain as is used. */
export interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** Wraps one end of an Electron message channel; messages that came before a listener are kept by the port itself. */
export function electronPort(port: ElectronPort): Port {
  return {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => {
      port.on('message', (event) => listener(event.data));
      port.start();
    },
    onClose: (listener) => port.on('close', listener),
    close: () => port.close(),
  };
}
