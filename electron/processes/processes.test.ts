import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnvironment } from './environment.ts';
import { nodeFork } from './node.ts';
import { pulseEvery } from './pulse.ts';
import { isThere } from './testing.ts';
import { seconds } from '../../build/machine.ts';

/** A child's entry with this text. */
function entry(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'valleywalk-')), 'child.mjs');
  writeFileSync(file, text);
  return file;
}

test('typed arrays cross to a child and back as they are', async () => {
  const child = nodeFork(entry(`process.on('message', (m) => process.send({ twice: m.values.map((v) => 2 * v) }))`))();
  const answer = await new Promise((resolve) => {
    child.onMessage(resolve);
    child.send({ values: new Float64Array([1, NaN]) });
  });
  expect(answer).toEqual({ twice: new Float64Array([2, NaN]) });
  const code = await new Promise((resolve) => {
    child.onExit(resolve);
    child.close();
  });
  expect(code).toBe(0);
});

test('a child that dies tells its code and its last words', async () => {
  const child = nodeFork(entry(`console.error('out of paper'); process.exit(7)`))();
  const code = await new Promise((resolve) => child.onExit(resolve));
  expect(code).toBe(7);
  expect(child.stderr()).toBe('out of paper');
});

test('a killed child tells the signal', async () => {
  const child = nodeFork(entry(`setInterval(() => {}, 1000); process.send('up')`))();
  const signal = await new Promise((resolve) => {
    child.onExit((_code, name) => resolve(name));
    child.onMessage(() => child.kill());
  });
  expect(signal).toBe('SIGKILL');
});

test('a missing binary is an end, not a crash', async () => {
  const child = nodeFork(entry(''), { node: '/nowhere/node' })();
  await new Promise((resolve) => child.onExit(resolve));
  expect(child.stderr()).toMatch(/ENOENT/);
});

test('children do not inherit what would change their runtime', () => {
  expect(
    cleanEnvironment({ PATH: '/bin', NODE_OPTIONS: '--x', ELECTRON_RUN_AS_NODE: '1', npm_config_x: '1', A: undefined }),
  ).toEqual({
    PATH: '/bin',
  });
});

/** A child's entry that beats and then does something. */
const beating = (text: string): string =>
  entry(`
    import { startPulse } from ${JSON.stringify(new URL('pulse.ts', import.meta.url).href)};
    startPulse();
    ${text}`);

test('a child that computes without end still has a pulse; a stopped one has none', async () => {
  const child = nodeFork(beating('setTimeout(() => { for (;;); }, 100)'))();
  const beat = (): Promise<void> => new Promise((resolve) => child.onPulse(resolve));
  await beat();
  await beat();
  await beat();
  process.kill(child.pid!, 'SIGSTOP');
  let beats = 0;
  // what was on its way
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.onPulse(() => beats++);
  await new Promise((resolve) => setTimeout(resolve, 3 * pulseEvery));
  expect(beats).toBe(0);
  process.kill(child.pid!, 'SIGCONT');
  await beat();
  const gone = new Promise((resolve) => child.onExit(resolve));
  process.kill(child.pid!, 'SIGSTOP');
  child.kill();
  await gone;
});

test('a child that computes without end ends itself when its parent is gone', async () => {
  const file = beating('process.send(process.pid); setTimeout(() => { for (;;); }, 100)');
  const parent = nodeFork(
    entry(`
      import { nodeFork } from ${JSON.stringify(new URL('node.ts', import.meta.url).href)};
      const child = nodeFork(${JSON.stringify(file)})();
      child.onMessage((pid) => process.send(pid));`),
  )();
  const pid = await new Promise<number>((resolve) => parent.onMessage((message) => resolve(message as number)));
  const gone = new Promise((resolve) => parent.onExit(resolve));
  parent.kill();
  await gone;
  await expect.poll(() => isThere(pid), { timeout: seconds(30), interval: 200 }).toBe(false);
});
