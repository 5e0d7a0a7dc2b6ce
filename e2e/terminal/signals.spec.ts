/** Stopped and killed processes, in the terminal: real processes, real signals. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';
import { findsProcesses, gone, isThere, processBelow } from '../signals.ts';
import { environmentOf } from '../environment.ts';
import { cli } from '../window.ts';
import { valleywalk } from './run.ts';
import { seconds } from '../../build/machine.ts';

test.skip(!findsProcesses, 'processes are found by /proc');

let store: string;
let running: ChildProcess;
let err: string;
test.beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'valleywalk-signals-'));
  err = '';
  const long = ['--set', 'length={"epochs":20000}', '--set', 'data.train=500', '--set', 'model.hidden=[32]'];
  running = spawn(process.execPath, [cli, 'run', 'quick-walk', ...long], {
    env: environmentOf(store),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  running.stderr!.setEncoding('utf8').on('data', (text: string) => (err += text));
});
test.afterEach(async () => {
  if (running.exitCode === null && running.signalCode === null) {
    const over = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await over;
  }
  rmSync(store, { recursive: true, force: true });
});
const says = (what: RegExp): Promise<void> => expect(() => expect(err).toMatch(what)).toPass({ timeout: seconds(60) });
const exit = (): Promise<number | null> => new Promise((resolve) => running.once('exit', resolve));

test('a stopped trainer is said not to answer, then to answer again, and Ctrl C ends a stopped one', async () => {
  const trainer = await processBelow(running.pid!, /trainer\.js/);
  await says(/iteration [1-9]/);
  process.kill(trainer, 'SIGSTOP');
  await says(
    new RegExp(`the trainer \\(process ${trainer}\\) does not answer since 0:1\\d\\. Its process was stopped`),
  );
  process.kill(trainer, 'SIGCONT');
  await says(/the trainer answers again, after 0:\d\d/);
  process.kill(trainer, 'SIGSTOP');
  const code = exit();
  running.kill('SIGINT');
  expect(await code).toBe(130);
  await gone(trainer);
  expect(err).toContain('to go on from');
});

test('sleep of all processes together ends nothing and accuses nobody', async () => {
  const trainer = await processBelow(running.pid!, /trainer\.js/);
  await says(/iteration [1-9]/);
  for (const pid of [trainer, running.pid!]) process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  for (const pid of [running.pid!, trainer]) process.kill(pid, 'SIGCONT');
  err = '';
  await says(/iteration [1-9]/);
  expect(err).not.toContain('answer');
  const code = exit();
  running.kill('SIGINT');
  expect(await code).toBe(130);
});

test('a trainer ends with its killed workbench, and the run can be resumed', async () => {
  const trainer = await processBelow(running.pid!, /trainer\.js/);
  await says(/iteration [1-9]/);
  running.kill('SIGKILL');
  await gone(trainer);
  const listed = await valleywalk(store, ['list', '--json']);
  expect(listed.out).toContain('"status":"interrupted"');
});

test('a trainer waits for a stopped workbench, and no record is lost', async () => {
  const trainer = await processBelow(running.pid!, /trainer\.js/);
  await says(/iteration [1-9]/);
  process.kill(running.pid!, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(isThere(trainer)).toBe(true);
  process.kill(running.pid!, 'SIGCONT');
  const code = exit();
  running.kill('SIGINT');
  expect(await code).toBe(130);
  const [run] = JSON.parse((await valleywalk(store, ['list', '--json'])).out) as {
    run: string;
    iterations_done: number;
  }[];
  const out = join(store, 'out');
  expect((await valleywalk(store, ['export', run!.run, '--out', out, '--format', 'csv'])).code).toBe(0);
  const counted = await import('node:fs').then(({ readdirSync, readFileSync }) =>
    readFileSync(join(out, readdirSync(out)[0]!, 'iterations.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[0])),
  );
  expect(counted).toEqual(Array.from({ length: run!.iterations_done }, (_, iteration) => iteration));
});
