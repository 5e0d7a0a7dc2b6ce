/** Stores of earlier days, opened, read, resumed and computed again by today's code; see testing/stores/README.md. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipeInFile } from '../../shared/figures/recipe-file.ts';
import type { RunRecord } from '../../shared/records.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { openTest, realTrainer, runOver } from './testing/open.ts';
import { answersOf, processorKind, recordRequests } from './testing/stores/answers.ts';
import type { Answers, PlainColumns, RunAnswers } from './testing/stores/answers.ts';
import type { Workbench } from './workbench.ts';

const stores = fileURLToPath(new URL('testing/stores', import.meta.url));
const names = readdirSync(stores).filter((name) => existsSync(join(stores, name, 'store')));

/** Milliseconds that a walk may take on a busy machine. */
const timeout = 300_000;

/** Records that are the same whenever they are computed: all but the times. */
const computed = recordRequests.filter((request) => request !== 'runs.times');

/** The columns of `found` that `known` has, so that columns which came later do not count. */
function sameColumns(found: PlainColumns, known: PlainColumns): PlainColumns {
  return Object.fromEntries(Object.keys(known).map((key) => [key, found[key]!]));
}

/** CSV as columns of texts by their heads. */
function csvColumns(text: string): Record<string, string[]> {
  const [head, ...rows] = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return Object.fromEntries(head!.map((name, at) => [name, rows.map((row) => row[at]!)]));
}

/**
 * Expects records as they were: bit for bit on a processor of the kind that computed them. Another kind adds in another order, and
 * a walk carries that on: then its first update and first slice are compared, to a thousandth.
 */
function expectRecords(found: RunAnswers['records'], known: Answers, run: RunAnswers): void {
  for (const request of computed) {
    const columns = sameColumns(found[request], run.records[request]);
    if (known.processor === processorKind())
      expect(columns, `${run.run.name}: ${request}`).toEqual(run.records[request]);
    else
      for (const [key, values] of Object.entries(run.records[request]))
        if (values.length > 0 && typeof values[0] === 'number')
          expect(Math.abs(columns[key]![0]! - values[0]), `${run.run.name}: ${key}`).toBeLessThanOrEqual(
            1e-3 * Math.max(1, Math.abs(values[0])),
          );
  }
}

describe.each(names)('a store of earlier days: %s', (name) => {
  const known = JSON.parse(gunzipSync(readFileSync(join(stores, name, 'answers.json.gz'))).toString()) as Answers;
  let folder: TemporaryFolder;
  let workbench: Workbench;
  let found: Answers;
  beforeAll(async () => {
    folder = temporaryFolder();
    cpSync(join(stores, name, 'store'), join(folder.path, 'store'), { recursive: true });
    workbench = openTest(join(folder.path, 'store'), { fork: realTrainer });
    found = await answersOf(workbench, join(folder.path, 'export'));
    // they were computed one at a time, with every core
    await workbench.handle('settings.change', { concurrentRuns: 1 });
  }, timeout);
  afterAll(async () => {
    await workbench.close();
    folder.remove();
  });

  const ask = async <T>(request: string, parameters: object): Promise<T> =>
    (await workbench.handle(request, parameters)) as T;
  const recordsOf = async (run: string): Promise<RunAnswers['records']> =>
    Object.fromEntries(
      await Promise.all(
        recordRequests.map(async (request) => [
          request,
          Object.fromEntries(
            Object.entries(await ask<Record<string, Float64Array>>(request, { run })).map(([key, values]) => [
              key,
              Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
            ]),
          ),
        ]),
      ),
    ) as RunAnswers['records'];

  it('tells every run, study, figure and analysis as it did', () => {
    expect(found.runs.map(({ run }) => run.run)).toEqual(known.runs.map(({ run }) => run.run));
    known.runs.forEach((run, index) => {
      const now = found.runs[index]!;
      expect(now.run).toMatchObject(run.run);
      for (const request of recordRequests)
        expect(sameColumns(now.records[request], run.records[request]), request).toEqual(run.records[request]);
      expect(now.analyses).toMatchObject(run.analyses);
      expect(now.kept).toEqual(run.kept);
    });
    expect(found.studies).toMatchObject(known.studies);
    expect(found.figures).toMatchObject(known.figures);
    expect(found.settings).toMatchObject(known.settings as object);
  });

  it('judges the claims and exports the runs as it did', () => {
    expect(found.claims).toMatchObject(known.claims as object);
    for (const [file, text] of Object.entries(known.exported)) {
      const now = found.exported[file];
      expect(now, file).toBeDefined();
      if (file.endsWith('.csv')) expect(csvColumns(now!), file).toMatchObject(csvColumns(text));
      else expect(JSON.parse(now!), file).toMatchObject(JSON.parse(text) as object);
    }
  });

  it('draws its figures with the same numbers, and reads the recipe out of a figure of that day', () => {
    for (const { figure, recipe } of known.figures) {
      expect(found.drawn[figure]!.csv).toBe(known.drawn[figure]!.csv);
      const bytes = new TextEncoder().encode(known.drawn[figure]!.svg);
      expect(recipeInFile('figure.svg', bytes)).toMatchObject(recipe as object);
    }
  });

  it('goes on with its stopped run as if it had never been stopped', { timeout }, async () => {
    const one = (title: string): RunAnswers => known.runs.find(({ run }) => run.name === title)!;
    const { run } = one('stopped').run;
    await ask<RunRecord>('runs.resume', { run });
    expect(await runOver(workbench, run, timeout)).toMatchObject({ status: 'finished', error: null });
    expectRecords(await recordsOf(run), known, one('never stopped'));
  });

  it('computes the same records again from each experiment', { timeout }, async () => {
    const trained = known.runs.filter(
      ({ run }) => run.kind === 'trained' && run.study === null && run.status !== 'stopped',
    );
    expect(trained.length).toBeGreaterThan(5);
    for (const each of trained) {
      const { run } = await ask<RunRecord>('runs.start', { experiment: each.run.experiment });
      expect((await runOver(workbench, run, timeout)).status).toBe(each.run.status);
      expectRecords(await recordsOf(run), known, each);
    }
  });
});
