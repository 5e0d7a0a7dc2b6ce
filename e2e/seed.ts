/** Runs made in the terminal on a window's own store, so that a test starts with something to look at. */
import { expect } from 'playwright/test';
import { valleywalk } from './terminal/run.ts';

/** Seconds of work: a small network on little data. */
const small = [
  'data.train=500',
  'data.validation=200',
  'model.hidden=[32]',
  'length={"iterations":20}',
  'probes.interpolation.windows=[{"firstIterations":12}]',
];

/** Runs the small experiment with changes; returns the run's id. */
export async function seedRun(store: string, changes: string[] = [], code = 0): Promise<string> {
  const sets = [...small, ...changes].flatMap((change) => ['--set', change]);
  const outcome = await valleywalk(store, ['run', 'quick-walk', ...sets, '--json']);
  expect(outcome.code, outcome.err).toBe(code);
  const last = JSON.parse(outcome.out.trim().split('\n').at(-1)!) as { run: { run: string } };
  return last.run.run;
}
