/** Runs made in the terminal on a window's own store, so that a test starts with something to look at. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A study of two small runs. */
const twoRates = {
  name: 'two rates',
  experiment: { data: { train: 200, validation: 100 }, model: { hidden: [8] }, length: { iterations: 2 } },
  sweep: { 'optimizer.learningRate': [0.1, 0.5] },
};

/** Runs a study, of two small runs unless another is given; returns its id. */
export async function seedStudy(store: string, study: object = twoRates): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-study-'));
  try {
    const file = join(folder, 'study.json');
    writeFileSync(file, JSON.stringify(study));
    const outcome = await valleywalk(store, ['run', file, '--json']);
    expect(outcome.code, outcome.err).toBe(0);
    const last = JSON.parse(outcome.out.trim().split('\n').at(-1)!) as { study: { study: string } };
    return last.study.study;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
