/** The desktop window as a host: the preload bridge, a MessagePort, native dialogs. */
import { channels } from '../../../shared/bridge.ts';
import type { Bridge } from '../../../shared/bridge.ts';
import type { Port } from '../../../shared/client.ts';
import type { Host } from './host.ts';
import { plain } from './plain.ts';

/** Makes the host of a window that has the preload bridge. */
export function desktopHost(bridge: Bridge): Host {
  return {
    kind: 'desktop',
    connect: () => connect(bridge),
    supervisor: {
      onSilent: (listener) => bridge.onSilent(listener),
      onOpening: (listener) => bridge.onOpening(listener),
      restart: () => bridge.restart(),
    },
    onMenu: (listener) => bridge.onMenu(listener),
    save: async ({ name, bytes }) => bridge.saveFile({ name, bytes }),
    pickFolder: (purpose) => bridge.pickFolder(purpose),
    pathOf: (file) => bridge.pathOf(file),
  };
}

function connect(bridge: Bridge): Promise<Port> {
  return new Promise((resolve, reject) => {
    const receive = (event: MessageEvent<unknown>): void => {
      const data = event.data as { type?: string; error?: string | null } | null;
      if (event.source !== window || data?.type !== channels.port) return;
      window.removeEventListener('message', receive);
      const [port] = event.ports;
      if (port) resolve(messagePort(port));
      else reject(new Error(data.error ?? 'The workbench did not answer.'));
    };
    window.addEventListener('message', receive);
    bridge.connect();
  });
}

function messagePort(port: MessagePort): Port {
  return {
    send: (message) => port.postMessage(plain(message)),
    onMessage: (listener) => {
      port.onmessage = (event): void => listener(event.data);
    },
    onClose: (listener) => port.addEventListener('close', listener),
    close: () => port.close(),
  };
}
