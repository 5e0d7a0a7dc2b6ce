/** A browser tab as a host: a WebSocket to the server that served the page, downloads for files. */
import type { Port } from '../../shared/client.ts';
import { decodeMessage, encodeMessage } from '../../shared/wire.ts';
import type { Host } from './host.ts';

/** Makes the host of a page served by `valleywalk serve`. */
export function browserHost(): Host {
  return {
    kind: 'browser',
    connect,
    save: async (file) => download(file.name, file.bytes, file.mime),
    pickFolder: null,
  };
}

function connect(): Promise<Port> {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/`);
    socket.binaryType = 'arraybuffer';
    socket.onerror = (): void =>
      reject(new Error('The server does not answer; start it again and open the address that it prints.'));
    socket.onopen = (): void => resolve(socketPort(socket));
  });
}

function socketPort(socket: WebSocket): Port {
  return {
    send: (message) => socket.send(encodeMessage(message)),
    onMessage: (listener) => {
      socket.onmessage = (event: MessageEvent<ArrayBuffer>): void => {
        let message: unknown;
        try {
          message = decodeMessage(new Uint8Array(event.data));
        } catch {
          // what was asked would wait for ever: a lost connection is told, and made anew
          socket.close(4000, 'not a message of this protocol');
          return;
        }
        listener(message);
      };
    },
    onClose: (listener) => socket.addEventListener('close', listener),
    close: () => socket.close(),
  };
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>, mime: string): string {
  const url = URL.createObjectURL(new Blob([bytes], { type: mime }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the download has the bytes by then
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return name;
}
