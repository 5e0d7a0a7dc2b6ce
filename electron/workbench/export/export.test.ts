import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { epochColumns, iterationColumns, runRecordSchema } from '../../../shared/records.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { inspectFolder } from '../../datasets/inspect.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { figureDrawing, figureSource } from '../source.ts';
import { openStore } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import { batchFrom, batchOf, curvatureOf, epochOf, iterationOf } from '../testing/batches.ts';
import { resources } from '../testing/open.ts';
import { archiveRuns } from './archive.ts';
import { exportRuns, folderName } from './export.ts';
import type { ExportFormat } from '../../../shared/protocol.ts';

let folder: TemporaryFolder;
let store: Store;
let out: string;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(join(folder.path, 'store'));
  out = join(folder.path, 'out');
});
afterEach(() => {
  store.close();
  folder.remove();
});

function createRun(name = 'quick walk', settings = {}): string {
  const { record } = store.create({
    experiment: experimentSchema.parse({ name, ...settings }),
    iterationsTotal: 20,
    parameters: 12,
    backend: 'cpu',
  });
  store.transaction(() => {
    const key = store.runs.key(record.run);
    store.records.append(key, batchFrom([], [], [epochOf(0)]));
    store.records.append(key, batchOf(0, 20));
  });
  store.runs.change(record.run, { status: 'finished', owner: null });
  return record.run;
}

function measureCurvature(run: string): void {
  store.transaction(() =>
    store.records.append(store.runs.key(run), batchFrom([], [], [], [0, 10, 20].flatMap(curvatureOf))),
  );
}

function keepParameters(run: string): string {
  const bytes = Buffer.from('parameters of iteration 0');
  const path = join(store.parameters.makeFolder(run), 'iteration-0.safetensors');
  writeFileSync(path, bytes);
  store.parameters.add(run, store.runs.key(run), {
    iteration: 0,
    file: 'iteration-0.safetensors',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  });
  return path;
}

/** No data set is there: these runs' were never read. */
const datasets = { find: () => undefined };

const drawsNothing = (): never => {
  throw new Error('no figure was asked for');
};

const exportOf = (runs: string[], ...formats: ExportFormat[]): Promise<string[]> => {
  const source = figureSource(store);
  return exportRuns(
    { store, source, datasets, draw: figureDrawing(source, resources, '0.0.0') },
    runs,
    out,
    new Set(formats),
  );
};

describe('exportRuns', () => {
  it(
    'writes the whole layout',
    async () => {
      const run = createRun();
      keepParameters(run);
      measureCurvature(run);
      const files = await exportOf([run], 'svg', 'png', 'csv', 'json', 'safetensors');
      const names = files.map((file) => relative(join(out, `quick-walk-${run}`), file).replaceAll('\\', '/'));
      const figures = [
        'walk',
        'heights',
        'batch-loss',
        'gradient-cosine',
        'distance',
        'train-loss',
        'validation-accuracy',
        'hessian-eigenvalues',
        'spectral-norm',
        'gradient-alignment',
      ];
      expect(names.sort()).toEqual(
        [
          'run.json',
          'iterations.csv',
          'slices.csv',
          'epochs.csv',
          'curvature.csv',
          'times.csv',
          ...figures.flatMap((name) => [`figures/${name}.svg`, `figures/${name}.png`]),
          'parameters/iteration-0.safetensors',
        ].sort(),
      );
      for (const file of files) expect(readFileSync(file).length, file).toBeGreaterThan(20);
      expect(readdirSync(out)).toEqual([`quick-walk-${run}`]);
    },
    seconds(120),
  );

  it('reads the table of many runs once', async () => {
    const table = join(folder.path, 'houses.csv');
    const rows = Array.from({ length: 30 }, (_, row) => `${row},${row ** 2},${row % 7}`);
    writeFileSync(table, ['area,rooms,price', ...rows].join('\n'));
    const dataset = await inspectFolder(table);
    const runs = ['a', 'b', 'c', 'd'].map((name, index) => {
      const run = createRun(name, {
        data: { set: dataset.id, train: index < 3 ? 20 : 10, validation: 5 },
        optimizer: { batchSize: 5 },
      });
      store.runs.change(run, { data_checksum: dataset.checksum });
      return run;
    });
    let reads = 0;
    const counting: Dataset = {
      ...dataset,
      get files() {
        reads++;
        return dataset.files;
      },
    };
    const from = { store, source: figureSource(store), datasets: { find: () => counting }, draw: drawsNothing };
    const files = await exportRuns(from, runs, out, new Set(['json']));
    const told = files
      .filter((file) => file.endsWith('standardisation.json'))
      .map((file) => JSON.parse(readFileSync(file, 'utf8')) as { train: number; inputs: { mean: number }[] });
    // areas are 0 to 19, and 0 to 9
    expect(told.map(({ train, inputs }) => [train, inputs[0]!.mean])).toEqual([
      [20, 9.5],
      [20, 9.5],
      [20, 9.5],
      [10, 4.5],
    ]);
    expect(reads).toBe(2);
  });

  it('writes records that read back to the bit', async () => {
    const run = createRun();
    await exportOf([run], 'csv', 'json');
    const at = join(out, `quick-walk-${run}`);
    expect(readdirSync(at).sort()).toEqual(['epochs.csv', 'iterations.csv', 'run.json', 'slices.csv', 'times.csv']);
    expect(runRecordSchema.parse(JSON.parse(readFileSync(join(at, 'run.json'), 'utf8')))).toEqual(
      store.runs.get(run).record,
    );
    const rows = (name: string): string[][] =>
      readFileSync(join(at, name), 'utf8')
        .trimEnd()
        .split('\r\n')
        .map((line) => line.split(','));
    expect(rows('iterations.csv')[0]).toEqual(iterationColumns);
    // without batches along the steps the file has no column of them
    expect(rows('slices.csv')[0]).toEqual(['iteration', 'alpha', 'loss', 'accuracy', 'standard_error']);
    expect(rows('epochs.csv')[0]).toEqual(epochColumns);
    const read = rows('iterations.csv').slice(1);
    expect(read).toHaveLength(20);
    for (const [index, row] of read.entries()) {
      const expected = iterationOf(index);
      iterationColumns.forEach((column, at) => {
        const value = expected[column];
        expect(row[at]).toBe(value === null ? '' : String(Number(value)));
      });
    }
    expect(rows('slices.csv')).toHaveLength(1 + 10 * 3);
    expect(rows('epochs.csv')).toHaveLength(1 + 3);
  });

  it('writes all the slices of a long run', async () => {
    const run = createRun();
    store.transaction(() => store.records.append(store.runs.key(run), batchOf(20, 2500)));
    const [, slices] = await exportOf([run], 'csv');
    const lines = readFileSync(slices!, 'utf8').trimEnd().split('\r\n');
    expect(lines).toHaveLength(1 + 1260 * 3);
    expect(new Set(lines).size).toBe(lines.length);
  });

  it('numbers a folder whose name is taken, and exports several runs', async () => {
    const [one, two] = [createRun(), createRun('zweiter Gang: η = 0,3')];
    await exportOf([one], 'json');
    await exportOf([one, two], 'json');
    expect(readdirSync(out).sort()).toEqual(
      [`quick-walk-${one}`, `quick-walk-${one}-2`, `zweiter-Gang-0-3-${two}`].sort(),
    );
  });

  it('leaves nothing behind when something is wrong', async () => {
    const [good, bad] = [createRun(), createRun('bad')];
    const path = keepParameters(bad);
    writeFileSync(path, 'parameters of iteration 1');
    await expect(exportOf([good, bad], 'json', 'safetensors')).rejects.toMatchObject({
      kind: 'store',
      message: expect.stringContaining('has changed since it was written') as string,
    });
    expect(readdirSync(out)).toEqual([]);
    rmSync(path);
    await expect(exportOf([bad], 'safetensors')).rejects.toThrow(/is gone; export without safetensors/);
    expect(readdirSync(out)).toEqual([]);
    await expect(exportOf(['nothing'], 'json')).rejects.toMatchObject({ kind: 'missing' });
  });

  it('says when the folder cannot be written', async () => {
    writeFileSync(out, 'a file');
    await expect(exportOf([createRun()], 'json')).rejects.toMatchObject({
      kind: 'input',
      message: `cannot export to ${out}: a file is in its place; choose another folder`,
    });
    expect(existsSync(out)).toBe(true);
  });

  it(
    'draws what there is to draw',
    async () => {
      const { record } = store.create({
        experiment: experimentSchema.parse({ name: 'unprobed' }),
        iterationsTotal: 20,
        parameters: 12,
        backend: 'cpu',
      });
      mkdirSync(out);
      expect(await exportOf([record.run], 'svg')).toEqual([]);
      const iterations = [0, 1, 2].map((iteration) => ({ ...iterationOf(iteration), gradient_cosine: null }));
      store.transaction(() => store.records.append(store.runs.key(record.run), batchFrom(iterations)));
      const names = (await exportOf([record.run], 'svg')).map((file) => file.replace(/.*[\\/]/, ''));
      expect(names).toEqual(['batch-loss.svg', 'distance.svg']);
    },
    seconds(60),
  );
});

describe('folderName', () => {
  it('keeps to letters that every file system takes', () => {
    const run = '20261122-153012-k3f9';
    expect(folderName({ run, name: '../../etc/passwd' })).toBe(`etc-passwd-${run}`);
    expect(folderName({ run, name: 'Größe “1/2”' })).toBe(`Gro-e-1-2-${run}`);
    expect(folderName({ run, name: '数' })).toBe(run);
  });
});

it('stops as soon as its limit is passed, and leaves nothing', async () => {
  const [first, second] = [createRun('first'), createRun('second')];
  keepParameters(first);
  const source = figureSource(store);
  const read: string[] = [];
  const counting = { ...source, iterations: (run: string) => (read.push(run), source.iterations(run)) };
  const draw = figureDrawing(source, resources, '0.0.0');
  const passed = (): ValleywalkError => new ValleywalkError('input', 'too much');
  for (const format of ['json', 'csv', 'safetensors'] as const) {
    const from = { store, source: counting, datasets, draw };
    const limit = { bytes: 20, passed };
    await expect(exportRuns(from, [first, second], out, new Set([format]), limit)).rejects.toThrow('too much');
    expect(readdirSync(out)).toEqual([]);
  }
  expect(read).toEqual([first]);
});

it('refuses an archive that is too long with the ways for more', async () => {
  const from = { store, source: figureSource(store), datasets, draw: () => Promise.reject(new Error('not drawn')) };
  await expect(archiveRuns(from, [createRun()], new Set(['csv']), 2 ** 20)).resolves.toBeInstanceOf(Uint8Array);
  await expect(archiveRuns(from, [createRun()], new Set(['csv']), 10)).rejects.toThrow(
    /write them into a folder, or use valleywalk export in a terminal/,
  );
});
