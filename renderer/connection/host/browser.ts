/** A browser tab as a host: a WebSocket to the server that served the page, downloads for files. */
import type { Port } from '../../../shared/client.ts';
import { afterAwake, countSilence } from '../../../shared/silence.ts';
import { decodeMessage, encodeMessage } from '../../../shared/wire.ts';
import type { Host } from './host.ts';

/** Milliseconds without a sign of life from the server, which gives one every five seconds, until the connection counts as lost. */
const longestSilence = 20_000;
/** Milliseconds in which it must answer at all. */
const longestOpening = 10_000;

/** Makes the host of a page served by `valleywalk serve`. */
export function browserHost(): Host {
  return {
    kind: 'browser',
    connect,
    supervisor: null,
    onMenu: null,
    save: async (file) => download(file.name, file.bytes, file.mime),
    pickFolder: null,
    pathOf: null,
  };
}

function connect(): Promise<Port> {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/`);
    socket.binaryType = 'arraybuffer';
    const refuse = (): void =>
      reject(
        new Error('The server does not answer; if it has ended, start it again and open the address that it tells.'),
      );
    socket.onerror = refuse;
    const giveUp = afterAwake(longestOpening, () => {
      refuse();
      socket.close();
    });
    socket.onopen = (): void => {
      giveUp();
      resolve(socketPort(socket));
    };
    socket.onclose = giveUp;
  });
}

function socketPort(socket: WebSocket): Port {
  let closed = (): void => undefined;
  const silence = countSilence({
    tell(milliseconds) {
      if (milliseconds < longestSilence) return;
      // a server that does not answer does not say goodbye either
      lose();
      socket.close();
    },
  });
  const lose = (): void => {
    silence.close();
    const tell = closed;
    closed = (): void => undefined;
    tell();
  };
  socket.addEventListener('close', lose);
  socket.addEventListener('message', () => silence.heard());
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
    onClose: (listener) => (closed = listener),
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
