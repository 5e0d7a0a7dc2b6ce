/** The server host: loopback, one-time tokens, Host and Origin checked, strict policy, other people's pages kept out. */
import { readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import WebSocket from 'ws';
import { seconds } from '../../build/machine.ts';
import { seedRun } from '../seed.ts';
import { valleywalk } from '../terminal/run.ts';
import { expect, test } from '../window.ts';

/** Status, headers and body of a raw request, with any Host header. */
function ask(
  url: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    request.on('error', reject).end();
  });
}

/** Whether a WebSocket opens. */
function opens(url: string, headers: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { headers });
    socket.on('open', () => {
      socket.close();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

test('a token signs in once; without it nothing is served', async ({ workbench }) => {
  const address = new URL(workbench.address!);
  expect(address.hostname).toBe('127.0.0.1');
  expect((await ask(address.origin)).status).toBe(403);
  expect((await ask(`${address.origin}/?token=guess`)).status).toBe(403);
  const signedIn = await ask(address.href);
  expect(signedIn.status).toBe(303);
  const cookie = String(signedIn.headers['set-cookie']);
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect((await ask(address.href)).status).toBe(403);
  const page = await ask(address.origin, { cookie: cookie.split(';')[0]! });
  expect(page.status).toBe(200);
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
  expect(page.headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
});

test('other hosts, origins, methods and paths are refused', async ({ workbench }) => {
  const address = new URL(workbench.address!);
  const cookie = String((await ask(address.href)).headers['set-cookie']).split(';')[0]!;
  expect((await ask(address.origin, { cookie, host: 'evil.example' })).status).toBe(421);
  expect((await ask(address.origin, { cookie }, 'POST')).status).toBe(405);
  expect((await ask(`${address.origin}/../package.json`, { cookie })).status).toBe(404);
  expect((await ask(`${address.origin}/..%2fpackage.json`, { cookie })).status).toBe(404);
  const socket = `ws://${address.host}/`;
  expect(await opens(socket, { cookie, origin: address.origin })).toBe(true);
  expect(await opens(socket, { cookie, origin: 'http://evil.example' })).toBe(false);
  expect(await opens(socket, { cookie })).toBe(false);
  expect(await opens(socket, { origin: address.origin })).toBe(false);
  expect(await opens(socket, { cookie, origin: address.origin, host: 'evil.example' })).toBe(false);
});

/** Writes raw bytes to the server, and waits until it has answered or hung up and the connection is over. */
function raw(port: number, text: string, reset = false): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text);
      if (reset) socket.resetAndDestroy();
      else socket.on('data', () => socket.destroy());
    });
    socket.on('error', () => undefined).on('close', () => resolve());
  });
}

test('no stranger can end the server: odd addresses, resets, broken and huge frames', async ({ workbench }) => {
  const address = new URL(workbench.address!);
  const port = Number(address.port);
  await raw(port, `GET // HTTP/1.1\r\nHost: ${address.host}\r\n\r\n`);
  const upgrade = `GET / HTTP/1.1\r\nHost: ${address.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  for (let times = 0; times < 20; times++) await raw(port, upgrade, true);
  const cookie = String((await ask(address.href)).headers['set-cookie']).split(';')[0]!;
  const attack = (harm: (socket: WebSocket) => void): Promise<void> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://${address.host}/`, { headers: { cookie, origin: address.origin } });
      socket.on('open', () => harm(socket)).on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  // a frame with reserved bits set, and one over the limit of 16 MiB
  await attack((socket) => (socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0xff, 0xff, 0xff])));
  await attack((socket) => socket.send(Buffer.alloc(17 * 1024 * 1024)));
  await workbench.page.reload();
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
});

test('garbage on the socket closes it and harms nobody', async ({ workbench }) => {
  const address = new URL(workbench.address!);
  const cookie = String((await ask(address.href)).headers['set-cookie']).split(';')[0]!;
  for (const garbage of ['text', Buffer.from([0xc1, 0xff, 0x00]), Buffer.from([0x93, 1])]) {
    const code = await new Promise<number>((resolve) => {
      const socket = new WebSocket(`ws://${address.host}/`, { headers: { cookie, origin: address.origin } });
      socket.on('open', () => socket.send(garbage));
      socket.on('close', resolve);
    });
    expect(code).toBe(1007);
  }
  await workbench.page.reload();
  await expect(workbench.page.getByTestId('quick-walk')).toBeVisible();
});

test('a trajectory trained elsewhere is imported by its folder, and errors say what to do', async ({ workbench }) => {
  const { page } = workbench;
  const run = await seedRun(workbench.store, ['name=origin', 'keepParameters=windows', 'length={"iterations":3}']);
  const out = join(workbench.folder, 'out');
  expect((await valleywalk(workbench.store, ['export', run, '--out', out, '--format', 'safetensors'])).code).toBe(0);
  const folder = join(out, readdirSync(out)[0]!, 'parameters');
  await page.evaluate(() => (location.hash = '#/runs'));
  await page.getByTestId('import-open').click();
  await page.getByTestId('import-folder').fill(folder);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-error')).toContainText('There is no trajectory.json');
  writeTrajectory(folder);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('run-imported')).toBeVisible({ timeout: seconds(30) });
  await expect(page.getByTestId('chart-cosine')).toContainText('not in an imported trajectory');
});

/** Describes the parameters in a folder as a trajectory. */
function writeTrajectory(folder: string): void {
  const iterations = readdirSync(folder)
    .filter((file) => file.endsWith('.safetensors'))
    .sort()
    .map((file, iteration) => ({ iteration, file }));
  const data = { set: 'fashion-mnist-small', train: 500, validation: 200 };
  const model = { architecture: 'mlp', hidden: [32] };
  writeFileSync(
    join(folder, 'trajectory.json'),
    JSON.stringify({ version: 1, name: 'brought', data, model, iterations }),
  );
}

test('a stopped server is noticed by the page, which comes back by itself', async ({ workbench }) => {
  const { page } = workbench;
  await expect(page.getByTestId('quick-walk')).toBeVisible();
  process.kill(workbench.host, 'SIGSTOP');
  const lost = page.getByTestId('connection-lost');
  await expect(lost).toContainText('The connection to the workbench is lost', { timeout: seconds(40) });
  await expect(lost).toContainText('tried again by itself');
  process.kill(workbench.host, 'SIGCONT');
  await expect(lost).toBeHidden({ timeout: seconds(30) });
  await page.getByTestId('quick-walk').click();
  await expect(page.getByTestId('run-status')).toContainText(/running|finished/i);
});

test('no token is in a Referer, in the address of the page, or in what is written to a log', async ({ workbench }) => {
  expect(workbench.page.url()).not.toContain('token');
  const signedIn = await ask(workbench.address!);
  expect(signedIn.headers['referrer-policy']).toBe('no-referrer');
  expect(signedIn.headers['location']).toBe('/');
});
