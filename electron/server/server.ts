/** The server host: the same window in a browser, over HTTP and one WebSocket, for one person on this machine by default. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Port } from '../../shared/client.ts';
import { contentSecurityPolicy } from '../../shared/content-security-policy.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import type { WorkbenchMessage } from '../../shared/protocol.ts';
import { countSilence } from '../../shared/silence.ts';
import { decodeMessage, encodeMessage } from '../../shared/wire.ts';
import { staticFiles } from '../files/static.ts';
import { connectClient } from '../workbench/connection.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { createSessions } from './sessions.ts';
import type { Before } from './sessions.ts';

export { offerSignIn } from './sign-in.ts';

/** A running server. */
export interface Server {
  /** Its address without a token. */
  readonly origin: string;
  /** Address with a fresh token, good once and for some minutes: opening it signs one browser in. Tokens before are void unless kept. */
  address(before?: Before): string;
  /** Calls back when a token was used, so that a new address can be offered. */
  onSignIn(listener: () => void): void;
  close(): Promise<void>;
}

/** Where the window's files are and where to listen. */
export interface ServerOptions {
  renderer: string;
  /** 127.0.0.1 unless told otherwise. */
  host: string;
  /** 0 takes a free one. */
  port: number;
}

/** No client sends more than an experiment. */
const largestMessage = 16 * 1024 * 1024;
/** Bytes that may wait for a slow browser before it is dropped; it finds everything in the store when it comes back. */
const largestBacklog = 256 * 1024 * 1024;
/** Milliseconds between two signs of life to a browser, and of its silence after which it is dropped. */
const pingInterval = 5000;
const longestSilence = 30_000;

/**
 * Serves a workbench.
 * @throws ValleywalkError kind `input` when the address cannot be listened on.
 */
export async function serve(workbench: Workbench, options: ServerOptions): Promise<Server> {
  const files = staticFiles(options.renderer);
  const http = createServer((request, response) => {
    try {
      answer(request, response);
    } catch {
      response.destroy();
    }
  });
  await listen(http, options);
  const { port } = http.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  const hosts = allowedHosts(options.host, port);
  const sessions = createSessions(`valleywalk-${port}`);
  let signedIn = (): void => undefined;

  const hostIsOurs = (request: IncomingMessage): boolean => hosts.has((request.headers.host ?? '').toLowerCase());
  const originIsOurs = (request: IncomingMessage): boolean => {
    const { origin } = request.headers;
    return (
      origin !== undefined && /^https?:\/\//.test(origin) && hosts.has(origin.replace(/^https?:\/\//, '').toLowerCase())
    );
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const refuse = (status: number, sentence: string): void => {
      response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
    };
    if (!hostIsOurs(request)) return refuse(421, 'This server does not answer to that host name.');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is answered here.');
    // a path like `//` is no address at all
    if (!URL.canParse(request.url ?? '/', 'http://valleywalk')) return refuse(400, 'That is no address.');
    const url = new URL(request.url ?? '/', 'http://valleywalk');
    const token = url.searchParams.get('token');
    if (token !== null) {
      const session = sessions.redeem(token);
      if (session !== null) {
        response.writeHead(303, { ...headers, location: '/', 'set-cookie': sessions.cookie(session) }).end();
        signedIn();
        return;
      }
      // a reload of the first address in the browser that used it
      if (sessions.admits(request.headers.cookie)) {
        response.writeHead(303, { ...headers, location: '/' }).end();
        return;
      }
    }
    if (!sessions.admits(request.headers.cookie))
      return refuse(
        403,
        'Sign in with a fresh address: press Enter in the terminal that runs valleywalk serve, or read the file that it names.',
      );
    const file = files.get(url.pathname);
    if (!file) return refuse(404, `There is nothing at ${url.pathname}.`);
    const immutable = url.pathname.startsWith('/assets/');
    response.writeHead(200, {
      ...headers,
      'content-type': file.type,
      'cache-control': immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': contentSecurityPolicy(`ws://${request.headers.host ?? ''}`),
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(file.path)
        .on('error', () => response.destroy())
        .pipe(response);
  }

  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage });
  http.on('upgrade', (request, socket, head) => {
    // whoever asked may be gone before the answer is
    socket.on('error', () => socket.destroy());
    if (!hostIsOurs(request) || !originIsOurs(request) || !sessions.admits(request.headers.cookie)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      keepAlive(webSocket, () => void sessions.admits(request.headers.cookie));
      connectClient(workbench, socketPort(webSocket), isLoopback(request.socket.remoteAddress) ? 'here' : 'elsewhere');
    });
  });

  return {
    origin: `http://${host}:${port}/`,
    address: (before) => `http://${host}:${port}/?token=${sessions.token(before)}`,
    onSignIn: (listener) => (signedIn = listener),
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate();
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

const headers = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Host headers that this server answers to: its own names only, so that no other site can be rebound to it. */
function allowedHosts(host: string, port: number): Set<string> {
  const names = new Set(['127.0.0.1', 'localhost', '[::1]', host.includes(':') ? `[${host}]` : host]);
  if (host === '0.0.0.0' || host === '::') {
    names.add(hostname().toLowerCase());
    for (const address of Object.values(networkInterfaces()).flat())
      if (address) names.add(address.family === 'IPv6' ? `[${address.address}]` : address.address);
  }
  return new Set([...names].flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])));
}

/** Whether an address is this machine's own for itself: whoever connects from there (also by an SSH tunnel) can start programs here anyway. */
export function isLoopback(address: string | undefined): boolean {
  return /^(::1|(::ffff:)?127(\.\d+){3})$/i.test(address ?? '');
}

function listen(http: ReturnType<typeof createServer>, { host, port }: ServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error) => {
      reject(
        new ValleywalkError(
          'input',
          `cannot listen on ${host} port ${port}: ${error.message}; choose another --port or --host`,
        ),
      );
    });
    http.listen(port, host, resolve);
  });
}

/**
 * Ends connections whose other side is not heard any more, so that nothing piles up for them, and lets the browser hear this side: it
 * cannot ping by itself.
 * @param used called while the connection lives: its session is in use
 */
function keepAlive(socket: WebSocket, used: () => void): void {
  const silence = countSilence({
    every: pingInterval,
    tell(milliseconds) {
      if (milliseconds >= longestSilence) {
        socket.terminate();
        return;
      }
      socket.ping();
      if (socket.readyState === socket.OPEN) socket.send(encodeMessage(alive));
    },
  });
  socket
    .on('pong', () => {
      silence.heard();
      used();
    })
    .on('message', () => silence.heard())
    .on('close', () => silence.close());
}

/** A sign of life. */
const alive: WorkbenchMessage = { event: 'workbench.alive', payload: {} };

function socketPort(socket: WebSocket): Port {
  // malformed frames and messages that are too large arrive as errors
  socket.on('error', () => socket.terminate());
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > largestBacklog) socket.terminate();
      else socket.send(encodeMessage(message));
    },
    onMessage: (listener) =>
      socket.on('message', (data, isBinary) => {
        let message: unknown;
        try {
          if (!isBinary) throw new Error('text');
          message = decodeMessage(data as Buffer);
        } catch {
          socket.close(1007, 'not a message of this protocol');
          return;
        }
        listener(message);
      }),
    onClose: (listener) => socket.on('close', listener),
    close: () => socket.close(),
  };
}
