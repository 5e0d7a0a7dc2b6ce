/** What a browser on another machine may ask of `serve --host`. */
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { programRequests, requests } from '../../shared/protocol.ts';
import type { Publish } from '../../shared/protocol.ts';
import { decodeMessage, encodeMessage } from '../../shared/wire.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { connectClient } from '../workbench/connection.ts';
import { isLoopback, serve } from './server.ts';
import type { Server } from './server.ts';

const asked: string[] = [];
// what is asked is only counted: no program is started
const workbench = {
  subscribe: () => () => undefined,
  handle: (name: string) => Promise.resolve({ asked: asked.push(name) }),
} as unknown as Workbench;

let server: Server;
const folder = temporaryFolder();
beforeAll(async () => (server = await serve(workbench, { renderer: folder.path, host: '0.0.0.0', port: 0 })));
afterAll(async () => {
  await server.close();
  folder.remove();
});

/** Signs in at an address of this machine, and sends one request. */
async function answer(host: string, request: string): Promise<unknown> {
  const { port, search } = new URL(server.address());
  const { headers } = await fetch(`http://${host}:${port}/${search}`, { redirect: 'manual' });
  const cookie = headers.get('set-cookie')!.split(';')[0]!;
  const socket = new WebSocket(`ws://${host}:${port}/`, { headers: { cookie, origin: `http://${host}:${port}` } });
  try {
    return await new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send(encodeMessage({ id: 1, request, parameters: { setup: 'pytorch' } })));
      socket.on('message', (data) => {
        const message = decodeMessage(data as Buffer) as { id?: number };
        if (message.id === 1) resolve(message);
      });
    });
  } finally {
    socket.close();
  }
}

const outside = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address);

describe('a session at serve --host', () => {
  it('from this machine sets up as a window does', async () => {
    expect(await answer('127.0.0.1', 'setups.install')).toHaveProperty('result');
    expect(asked).toEqual(['setups.install']);
  });

  it.each(outside)('by %s, an address that others reach, starts no program that it names', async (host) => {
    asked.length = 0;
    for (const request of programRequests)
      expect(await answer(host, request)).toMatchObject({
        error: { kind: 'input', message: expect.stringContaining('run "valleywalk setup" there') as string },
      });
    expect(asked).toEqual([]);
    expect(await answer(host, 'setups.list')).toHaveProperty('result');
  });

  // also where this machine has no address that others reach
  it('of a client elsewhere is answered before the workbench hears of it', () => {
    asked.length = 0;
    const sent: unknown[] = [];
    let ask: (message: unknown) => void = () => undefined;
    connectClient(
      workbench,
      {
        send: (message) => void sent.push(message),
        onMessage: (listener) => void (ask = listener),
        onClose: () => undefined,
        close: () => undefined,
      },
      'elsewhere',
    );
    ask({ id: 1, request: 'setups.install', parameters: { setup: 'pytorch' } });
    expect(sent).toMatchObject([{ id: 1, error: { kind: 'input' } }]);
    expect(asked).toEqual([]);
    ask({ id: 2, request: 'setups.list', parameters: {} });
    expect(asked).toEqual(['setups.list']);
  });

  it.each(['here', 'elsewhere'] as const)('of a client %s hears of Pythons only on their machine', (place) => {
    let publish: Publish = () => undefined;
    const heard: unknown[] = [];
    connectClient(
      { ...workbench, subscribe: (listener: Publish) => ((publish = listener), () => undefined) },
      {
        send: (message) => void heard.push((message as { event: string }).event),
        onMessage: () => undefined,
        onClose: () => undefined,
        close: () => undefined,
      },
      place,
    );
    publish('setups.found', { setup: 'pytorch', environments: [] });
    publish('workbench.alive', {});
    expect(heard).toEqual(place === 'here' ? ['setups.found', 'workbench.alive'] : ['workbench.alive']);
  });

  it('has every request among those that tell of Pythons or take a setup, but the list', () => {
    const named = Object.keys(requests).filter((name) => name.startsWith('setups.'));
    expect([...programRequests].sort()).toEqual(named.filter((name) => name !== 'setups.list').sort());
  });
});

it('loopback is what stays on this machine', () => {
  for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) expect(isLoopback(address)).toBe(true);
  for (const address of ['192.0.2.2', '::ffff:192.0.2.2', 'fe80::1', '1127.0.0.1', '127.0.0.1.example', undefined])
    expect(isLoopback(address), address).toBe(false);
});
