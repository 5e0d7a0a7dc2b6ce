/** Studies in the terminal: run, stopped by Ctrl C, resumed, extended; and what is refused. */
import { expect, test } from 'playwright/test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { valleywalk } from './run.ts';

let folder: string;
let store: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valleywalk-study-'));
  store = join(folder, 'store');
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const study = {
  experiment: {
    data: { train: 500, validation: 100 },
    model: { hidden: [16] },
    length: { iterations: 8 },
    probes: { interpolation: { windows: [{ firstIterations: 6 }] } },
  },
  sweep: { 'optimizer.learningRate': [0.1, 0.5] },
  seeds: 2,
};
const lines = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
/** Records by run name, in the order printed. */
function recordsByName(out: string): Map<string, string[]> {
  const all = lines(out);
  const names = new Map(
    all
      .filter((line) => line['type'] === 'run')
      .map((line) => {
        const { run, name } = line['run'] as { run: string; name: string };
        return [run, name];
      }),
  );
  const records = new Map<string, string[]>();
  for (const { run, study: _, ...line } of all)
    if (typeof run === 'string') {
      const name = names.get(run)!;
      records.set(name, [...(records.get(name) ?? []), JSON.stringify(line)]);
    }
  return records;
}

test('a study file runs to its end, stopped and resumed on the way or not, and is extended', async () => {
  const file = join(folder, 'rates.json');
  writeFileSync(file, JSON.stringify(study));
  const whole = await valleywalk(store, ['run', file, '--json']);
  expect(whole.code).toBe(0);
  const expected = recordsByName(whole.out);
  expect([...expected.keys()]).toEqual([
    'learning rate 0.1 · seed 1',
    'learning rate 0.1 · seed 2',
    'learning rate 0.5 · seed 1',
    'learning rate 0.5 · seed 2',
  ]);
  expect(lines(whole.out).at(-1)).toMatchObject({ type: 'finished', study: { name: 'rates', status: 'finished' } });

  const other = join(folder, 'other');
  const cut = await valleywalk(other, ['run', file, '--json'], { interrupt: /"type":"run"/ });
  expect(cut.code).toBe(130);
  const resumed = await valleywalk(other, ['studies', 'resume', 'rates', '--json']);
  expect(resumed.code).toBe(0);
  const shown = JSON.parse((await valleywalk(other, ['studies', 'show', 'rates', '--json'])).out) as {
    counts: Record<string, number>;
    runs: { name: string; summary: object }[];
  };
  expect(shown.counts['finished']).toBe(4);
  const first = JSON.parse((await valleywalk(store, ['studies', 'show', 'rates', '--json'])).out) as typeof shown;
  expect(shown.runs.map(({ name, summary }) => ({ name, summary }))).toEqual(
    first.runs.map(({ name, summary }) => ({ name, summary })),
  );

  const extended = await valleywalk(store, ['studies', 'extend', 'rates', '--seeds', '1', '--json']);
  expect(extended.code).toBe(0);
  expect([...recordsByName(extended.out).keys()]).toEqual(['learning rate 0.1 · seed 3', 'learning rate 0.5 · seed 3']);
  expect((await valleywalk(store, ['studies', 'list'])).out).toContain('6 finished');
});

test('a study waits for the valley floors that its runs ask for, and its claims are judged by its name', async () => {
  const file = join(folder, 'floors.json');
  const { probes: _, ...small } = study.experiment;
  writeFileSync(
    file,
    JSON.stringify({
      ...study,
      seeds: 1,
      experiment: { ...small, keepParameters: 'epochs', probes: { valleyFloor: { steps: 2, intervals: 2 } } },
    }),
  );
  const reported = await valleywalk(store, ['run', file, '--json']);
  expect(reported.code).toBe(0);
  const printed = lines(reported.out);
  expect(printed.filter(({ type }) => type === 'analysis')).toMatchObject([
    { analysis: { status: 'finished', result: { kind: 'valley-floor' } } },
    { analysis: { status: 'finished', result: { kind: 'valley-floor' } } },
  ]);
  expect(printed.at(-1)).toMatchObject({ type: 'finished' });

  const claims = await valleywalk(store, ['claims', '--study', 'floors', '--json']);
  expect((JSON.parse(claims.out) as { runs: { name: string }[] }).runs.map(({ name }) => name).sort()).toEqual([
    'learning rate 0.1',
    'learning rate 0.5',
  ]);
  for (const [options, message] of [
    [['--study', 'none'], 'there is no study none'],
    [[], 'name runs, or a study'],
  ] as const) {
    const refused = await valleywalk(store, ['claims', ...options]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain(message);
  }
});

test('bad studies are refused with their paths, large ones asked about', async () => {
  const cases: [string[], string][] = [
    [['sweep.optimizer.learningRate=[]'], 'sweep.optimizer.learningRate is empty'],
    [['sweep.optimizer.learningRate=[0.1,-1]'], 'sweep.optimizer.learningRate.1 must be above 0'],
    [['sweep.optimizer.lr=[1]'], 'sweep.optimizer.lr is not a setting'],
    [['sweep.model=[{}]', 'sweep.model.hidden=[[1]]'], 'contradicts model'],
    [['seeds=500'], '--yes'],
    [['seeds=100000'], 'at most 10,000'],
  ];
  for (const [sets, message] of cases) {
    const refused = await valleywalk(store, ['run', 'quick-walk', ...sets.flatMap((set) => ['--set', set])]);
    expect(refused.code, sets.join()).toBe(2);
    expect(refused.err).toContain(message);
  }
  expect((await valleywalk(store, ['list', '--json'])).out.trim()).toBe('[]');
});
