import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Dataset } from '../../shared/datasets.ts';
import type { SavedFigure } from '../../shared/figures/recipe.ts';
import { jobIsOver } from '../../shared/jobs.ts';
import type { JobRecord } from '../../shared/jobs.ts';
import { requests } from '../../shared/protocol.ts';
import type { BackendSelection, WorkbenchInfo } from '../../shared/workbench-info.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { StoreCheck } from '../../shared/store-check.ts';
import { temporaryFolder, writeSmallPair } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { openTest, recordEvents, resources, runOver, until } from './testing/open.ts';
import type { PublishedEvent } from './testing/open.ts';
import type { Workbench } from './workbench.ts';

let folder: TemporaryFolder;
let store: string;
let workbench: Workbench;
let reported: PublishedEvent[];
beforeEach(() => {
  folder = temporaryFolder();
  store = join(folder.path, 'store');
  workbench = openTest(store);
  reported = recordEvents(workbench);
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

describe('handle', () => {
  it('rejects unknown requests and wrong parameters by path', async () => {
    await expect(workbench.handle('runs.explode', {})).rejects.toMatchObject({ kind: 'input' });
    await expect(workbench.handle('toString', {})).rejects.toMatchObject({ kind: 'input' });
    await expect(workbench.handle('runs.get', { run: 7 })).rejects.toMatchObject({
      kind: 'input',
      problems: [{ path: 'run' }],
    });
    await expect(workbench.handle('runs.get', { run: 'x', extra: 1 })).rejects.toMatchObject({
      problems: [{ path: 'extra', message: 'is not a setting; check its spelling' }],
    });
    await expect(workbench.handle('runs.get', null)).rejects.toMatchObject({ kind: 'input' });
  });

  it.each(['runs.get', 'runs.stop', 'runs.iterations', 'runs.slices', 'runs.epochs'])(
    '%s of an unknown run is missing',
    async (name) => {
      await expect(workbench.handle(name, { run: 'nothing' })).rejects.toMatchObject({ kind: 'missing' });
    },
  );

  it('answers as the protocol says', async () => {
    const { run } = (await workbench.handle('runs.start', { experiment: { name: 'walk' } })) as RunRecord;
    await runOver(workbench, run);
    const parameters: Record<string, unknown> = {
      'workbench.info': {},
      'workbench.checkStore': {},
      'jobs.kinds': {},
      'jobs.list': {},
      'runs.list': {},
      'runs.get': { run },
      'runs.stop': { run },
      'runs.rename': { run, name: 'again' },
      'runs.iterations': { run },
      'runs.slices': { run, from: 2, to: 5 },
      'runs.epochs': { run },
      'runs.series': { runs: [run, 'nothing'], iterations: ['iteration', 'distance'], curvature: true },
      'claims.evaluate': { runs: [run, run] },
      'experiments.estimate': { experiment: {} },
      'experiments.presets': {},
      'backends.choose': { backend: 'cpu' },
      'backends.measure': { backend: 'cpu' },
      'backends.cancel': {},
      'datasets.list': {},
      'datasets.formats': {},
      'figures.list': {},
    };
    for (const [name, given] of Object.entries(parameters)) {
      const result = requests[name as keyof typeof requests].result.safeParse(await workbench.handle(name, given));
      expect(result.error, name).toBeUndefined();
    }
    expect(await workbench.handle('runs.list', {})).toMatchObject([{ run, name: 'again' }]);
  });
});

it('workbench.checkStore tells in a thread that the store is sound, and what is not', async () => {
  const { run } = (await workbench.handle('runs.start', { experiment: { name: 'walk' } })) as RunRecord;
  await runOver(workbench, run);
  const check = async (): Promise<StoreCheck> => (await workbench.handle('workbench.checkStore', {})) as StoreCheck;
  expect(await check()).toMatchObject({ sound: true, runs: 1, findings: [] });
  mkdirSync(join(store, 'parameters', 'nobody'), { recursive: true });
  writeFileSync(join(store, 'parameters', 'nobody', 'a.safetensors'), '');
  expect(await check()).toMatchObject({ sound: true, findings: [{ kind: 'left over' }] });
});

it('checks the store in the background, telling how far it is', async () => {
  const { run } = (await workbench.handle('runs.start', { experiment: { name: 'walk' } })) as RunRecord;
  await runOver(workbench, run);
  const reported = recordEvents(workbench);
  const counts: number[] = [];
  workbench.subscribe((name) => name === 'job.changed' && counts.push(workbench.activeRuns()));
  expect(await workbench.handle('jobs.kinds', {})).toMatchObject([{ kind: 'check-store', title: 'Check the store' }]);
  const { job } = (await workbench.handle('jobs.start', { kind: 'check-store' })) as JobRecord;
  const now = (): JobRecord => (workbench.handlers['jobs.list']({}) as JobRecord[])[0]!;
  await until(() => jobIsOver(now()));
  expect(now()).toMatchObject({ job, status: 'finished', progress: 1, error: null });
  expect(now().lines[0]).toBe(`The store ${store} is sound.`);
  expect(reported.some(({ name }) => name === 'job.changed')).toBe(true);
  // quitting loses nothing of it, and so need not ask
  expect(new Set(counts)).toEqual(new Set([0]));
  expect(now().warning).toBe(false);
  mkdirSync(join(store, 'backups'), { recursive: true });
  writeFileSync(join(store, 'backups', '0001-version-24-2026-01-01.sqlite'), 'no backup');
  await workbench.handle('jobs.start', { kind: 'check-store' });
  await until(() => jobIsOver(now()));
  expect(now().warning).toBe(true);
  await workbench.handle('jobs.start', { kind: 'check-store' });
  const again = now().job;
  await workbench.handle('jobs.cancel', { job: again });
  await until(() => jobIsOver(now()));
  expect(now()).toMatchObject({ job: again, status: 'stopped', lines: [] });
  await expect(workbench.handle('jobs.cancel', { job })).rejects.toMatchObject({ kind: 'missing' });
  await expect(workbench.handle('jobs.start', { kind: 'walk the dog' })).rejects.toMatchObject({
    kind: 'input',
    message: 'there is no kind of background job "walk the dog"; there are: check-store',
  });
});

describe('workbench.info', () => {
  it('tells where and on what it runs', async () => {
    expect(await workbench.handle('workbench.info', {})).toMatchObject({
      version: '0.0.0',
      store,
      read_only: false,
      free_bytes: expect.any(Number) as number,
      runtime: `Node ${process.versions.node}`,
      backend: 'cpu',
      speeds: [],
    });
  });

  it('lists every backend, and why one cannot be used, though one ends the process that tries it', async () => {
    const { backends } = (await workbench.handle('workbench.info', {})) as WorkbenchInfo;
    expect(backends.map(({ name, available, reason }) => [name, available, reason])).toEqual([
      ['cpu', true, null],
      ['webgpu', false, 'no adapter'],
      ['cuda', false, 'the process that tried it was ended by SIGSEGV'],
      ['directml', false, 'no adapter'],
      ['coreml', false, 'no adapter'],
      ['tensorflow', true, null],
      ['pytorch', false, 'no adapter'],
    ]);
  });
});

describe('the backend of runs that name none', () => {
  it('is the processor, until another is chosen that can be used', async () => {
    await expect(workbench.handle('backends.choose', { backend: 'webgpu' })).rejects.toMatchObject({
      kind: 'input',
      message: 'the backend webgpu cannot be used here: no adapter; usable: cpu, tensorflow',
    });
    expect(await workbench.handle('experiments.estimate', { experiment: {} })).toMatchObject({ backend: 'cpu' });
    expect(await workbench.handle('backends.choose', { backend: 'tensorflow' })).toEqual({
      backend: 'tensorflow',
      speeds: [],
    });
    expect(reported).toContainEqual({ name: 'backends.changed', payload: { backend: 'tensorflow', speeds: [] } });
    expect(await workbench.handle('experiments.estimate', { experiment: {} })).toMatchObject({ backend: 'tensorflow' });
    expect(await workbench.handle('experiments.estimate', { experiment: {}, backend: 'cpu' })).toMatchObject({
      backend: 'cpu',
    });
    // remembered by the store
    await workbench.close();
    workbench = openTest(store);
    const { run } = (await workbench.handle('runs.start', { experiment: { name: 'backend' } })) as RunRecord;
    expect(await runOver(workbench, run)).toMatchObject({ environment: { backend: 'tensorflow' } });
    const named = (await workbench.handle('runs.start', {
      experiment: { name: 'backend' },
      backend: 'cpu',
    })) as RunRecord;
    expect(await runOver(workbench, named.run)).toMatchObject({ environment: { backend: 'cpu' } });
  });
});

describe('backends.measure', () => {
  it('measures, tells how far it is, and remembers', async () => {
    const result = (await workbench.handle('backends.measure', { backend: 'cpu' })) as BackendSelection;
    expect(result.speeds).toMatchObject([
      { network: 'cnn', update_ms: 12, examples_per_second: 40_000, evaluated_examples: 200, device: 'no device' },
      { network: 'mlp', update_ms: 4, examples_per_second: 200_000, evaluated_examples: 2000, backend: 'cpu' },
    ]);
    expect(reported).toContainEqual({ name: 'backends.measuring', payload: { backend: 'cpu', progress: 0.5 } });
    expect(reported.at(-1)).toEqual({ name: 'backends.changed', payload: result });
    expect(await workbench.handle('workbench.info', {})).toMatchObject({ speeds: result.speeds });
  });

  it('says why it failed', async () => {
    await expect(workbench.handle('backends.measure', { backend: 'webgpu' })).rejects.toThrow('no adapter');
    await expect(workbench.handle('backends.measure', { backend: 'tensorflow' })).rejects.toMatchObject({
      kind: 'input',
      message: 'the backend tensorflow could not be measured: the device is lost',
    });
  });

  it('is refused while runs compute', async () => {
    const { run } = (await workbench.handle('runs.start', { experiment: { name: 'obedient' } })) as RunRecord;
    await expect(workbench.handle('backends.measure', { backend: 'cpu' })).rejects.toThrow('runs are computing');
    await workbench.handle('runs.stop', { run });
    await runOver(workbench, run);
  });

  it('can be cancelled, and one at a time is enough', async () => {
    vi.stubEnv('VALLEYWALK_TEST_HANG', '1');
    try {
      const first = workbench.handle('backends.measure', { backend: 'cpu' });
      const ended = expect(first).rejects.toThrow('the measurement of cpu was cancelled');
      await until(() => reported.some(({ name }) => name === 'backends.measuring'));
      await expect(workbench.handle('backends.measure', { backend: 'cpu' })).rejects.toThrow('is under way');
      await workbench.handle('backends.cancel', {});
      await ended;
      expect(await workbench.handle('workbench.info', {})).toMatchObject({ speeds: [] });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe('runs.start', () => {
  it('refuses what cannot run, with every problem by path', async () => {
    const start = (experiment: unknown, backend?: string): Promise<unknown> =>
      workbench.handle('runs.start', { experiment, backend });
    await expect(start({ sed: 1, optimizer: { learningRate: -1 } })).rejects.toMatchObject({
      kind: 'input',
      problems: [{ path: 'optimizer.learningRate' }, { path: 'sed' }],
    });
    await expect(start({ data: { set: 'nothing' } })).rejects.toMatchObject({
      problems: [{ path: 'data.set', message: expect.stringContaining('there are fashion-mnist-small') as string }],
    });
    await expect(start({ data: { train: 6500 } })).rejects.toMatchObject({ problems: [{ path: 'data.train' }] });
    await expect(start({}, 'abacus')).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringContaining(
        '"abacus" is not one that Valleywalk knows; it knows cpu, webgpu, cuda, directml, coreml, tensorflow, pytorch; usable: cpu, tensorflow',
      ) as string,
    });
    await expect(start({}, 'webgpu')).rejects.toThrow(
      'webgpu cannot be used here: no adapter; usable: cpu, tensorflow',
    );
    expect(await workbench.handle('runs.list', {})).toEqual([]);
    expect(reported).toEqual([]);
  });
});

describe('runs.delete', () => {
  it('deletes runs that are over and tells it', async () => {
    const { run } = (await workbench.handle('runs.start', { experiment: { name: 'obedient' } })) as RunRecord;
    await expect(workbench.handle('runs.delete', { runs: [run] })).rejects.toMatchObject({ kind: 'input' });
    await workbench.handle('runs.stop', { run });
    await runOver(workbench, run);
    expect(await workbench.handle('runs.delete', { runs: [run, run] })).toEqual({ deleted: 1 });
    expect(reported.at(-1)).toEqual({ name: 'run.removed', payload: { run } });
    await expect(workbench.handle('runs.delete', { runs: [run] })).rejects.toMatchObject({ kind: 'missing' });
    await expect(workbench.handle('runs.get', { run })).rejects.toMatchObject({ kind: 'missing' });
    expect(await workbench.handle('runs.list', { deleted: true })).toMatchObject([{ run, name: 'obedient' }]);
    expect(await workbench.handle('runs.restore', { runs: [run] })).toMatchObject([{ run, status: 'stopped' }]);
    expect(reported.at(-1)).toMatchObject({ name: 'run.changed', payload: { run } });
    await workbench.handle('runs.delete', { runs: [run], forGood: true });
    await expect(workbench.handle('runs.restore', { runs: [run] })).rejects.toMatchObject({ kind: 'missing' });
    expect(await workbench.handle('runs.list', { deleted: true })).toEqual([]);
  });
});

describe('tags, notes, archive and baseline', () => {
  it('change all runs that are named or none, and tell it', async () => {
    const start = async (name: string): Promise<string> =>
      ((await workbench.handle('runs.start', { experiment: { name } })) as RunRecord).run;
    const runs = [await start('walk'), await start('walk')];
    await runOver(workbench, runs[0]!);
    await runOver(workbench, runs[1]!);
    reported.length = 0;
    await workbench.handle('runs.tag', { runs, add: ['paper', ' draft ', 'paper'] });
    expect(reported.map(({ name }) => name)).toEqual(['run.changed', 'run.changed']);
    const [tagged] = (await workbench.handle('runs.tag', { runs: [runs[0]], remove: ['draft'] })) as RunRecord[];
    expect(tagged!.tags).toEqual(['paper']);
    await expect(workbench.handle('runs.tag', { runs: [...runs, 'none'], add: ['x'] })).rejects.toMatchObject({
      kind: 'missing',
    });
    await expect(workbench.handle('runs.tag', { runs, add: ['a,b'] })).rejects.toMatchObject({ kind: 'input' });
    expect(workbench.handlers['runs.get']({ run: runs[1]! })).toMatchObject({ tags: ['paper', 'draft'] });
    expect(await workbench.handle('runs.note', { run: runs[0], notes: ' seen \n' })).toMatchObject({ notes: 'seen' });
    expect(await workbench.handle('runs.archive', { runs, archived: true })).toMatchObject([
      { archived: true },
      { archived: true },
    ]);
    await workbench.handle('runs.pin', { run: runs[0] });
    expect(await workbench.handle('runs.pin', { run: runs[1] })).toMatchObject([
      { run: runs[0], baseline: false },
      { run: runs[1], baseline: true },
    ]);
    await workbench.handle('runs.delete', { runs: [runs[1]] });
    expect(await workbench.handle('runs.restore', { runs: [runs[1]] })).toMatchObject([{ baseline: false }]);
  });
});

describe('figures', () => {
  const recipe = (name: string): unknown => ({
    name,
    panels: [{ chart: { chart: 'iteration-metric', metric: 'distance' }, runs: [{ run: 'gone', label: 'slow' }] }],
  });
  const save = (name: string, figure?: string): Promise<SavedFigure> =>
    workbench.handle('figures.save', { figure, recipe: recipe(name) }) as Promise<SavedFigure>;

  it('are saved under names of their own, changed, told and deleted', async () => {
    const first = await save('First');
    expect(first.recipe).toMatchObject({ name: 'First', version: 2, size: { width: 89, unit: 'mm' } });
    expect(await workbench.handle('figures.get', { figure: first.figure })).toEqual(first);
    const second = await save('Second');
    await expect(save('First', second.figure)).rejects.toMatchObject({ kind: 'input', problems: [{ path: 'name' }] });
    await expect(save('First')).rejects.toMatchObject({ kind: 'input' });
    expect((await save('First', first.figure)).figure).toBe(first.figure);
    expect((await save('Third', second.figure)).recipe.name).toBe('Third');
    expect(reported.filter(({ name }) => name === 'figures.changed')).toHaveLength(4);
    expect(await workbench.handle('figures.list', {})).toHaveLength(2);
    await expect(workbench.handle('figures.delete', { figures: [first.figure, 'nothing'] })).rejects.toMatchObject({
      kind: 'missing',
    });
    expect(await workbench.handle('figures.list', {})).toHaveLength(2);
    expect(await workbench.handle('figures.delete', { figures: [first.figure] })).toEqual({ deleted: 1 });
    await expect(workbench.handle('figures.get', { figure: first.figure })).rejects.toMatchObject({ kind: 'missing' });
    await expect(save('Fourth', first.figure)).rejects.toMatchObject({ kind: 'missing' });
  });

  it('are kept when their runs are deleted, and say which are gone when they are drawn', async () => {
    const { recipe: saved } = await save('Orphan');
    await expect(workbench.handle('figures.render', { recipe: saved, format: 'svg' })).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('its run gone (“slow”) is not in this store') as string,
    });
  });

  it('of another process are told', async () => {
    const other = openTest(store);
    await other.handle('figures.save', { recipe: recipe('from elsewhere') });
    await until(() => reported.some(({ name }) => name === 'figures.changed'));
    await other.close();
  });
});

describe('datasets', () => {
  it('are added, listed, used and forgotten', async () => {
    const { images, labels } = writeSmallPair(folder.path, { gz: true });
    const added = (await workbench.handle('datasets.add', { folder: folder.path, title: 'Small ones' })) as Dataset;
    expect(added).toMatchObject({ id: 'small-ones', files: [images, labels], count: 20, classes: 2, bundled: false });
    expect(await workbench.handle('datasets.add', { folder: folder.path })).toEqual(added);
    expect(await workbench.handle('datasets.list', {})).toMatchObject([{ id: 'fashion-mnist-small' }, added]);
    expect(reported.filter(({ name }) => name === 'datasets.changed')).not.toHaveLength(0);
    const experiment = {
      data: { set: 'small-ones', train: 10, validation: 5 },
      optimizer: { batchSize: 5 },
      model: { hidden: [4] },
    };
    expect(await workbench.handle('experiments.estimate', { experiment })).toMatchObject({
      problems: [],
      parameters: (6 + 1) * 4 + (4 + 1) * 2,
      iterations: 2,
    });
    await workbench.close();
    workbench = openTest(store);
    expect(await workbench.handle('datasets.list', {})).toHaveLength(2);
    await workbench.handle('datasets.remove', { id: 'small-ones' });
    expect(await workbench.handle('datasets.list', {})).toHaveLength(1);
    await expect(workbench.handle('datasets.remove', { id: 'small-ones' })).rejects.toMatchObject({ kind: 'missing' });
    await expect(workbench.handle('datasets.remove', { id: 'fashion-mnist-small' })).rejects.toMatchObject({
      kind: 'input',
    });
  });

  it('get ids of their own', async () => {
    writeSmallPair(folder.path);
    const add = async (title: string): Promise<string> =>
      ((await workbench.handle('datasets.add', { folder: folder.path, title })) as Dataset).id;
    expect(await add('Fashion MNIST small')).toBe('fashion-mnist-small-2');
    writeSmallPair(folder.path, { count: 22 });
    expect(await add('Fashion MNIST small')).toBe('fashion-mnist-small-3');
  });
});

describe('an unusable installation', () => {
  it('is told', () => {
    expect(() => openTest(join(folder.path, 'other'), { resources: folder.path })).toThrow(/install Valleywalk again/);
    expect(resources).toMatch(/resources$/);
  });
});

describe('another process on the same store', () => {
  async function elsewhere() {
    const child = fork(fileURLToPath(new URL('testing/hold-store.ts', import.meta.url)), [store], { execArgv: [] });
    const [{ run }] = (await once(child, 'message')) as [{ run: string }];
    const ask = async (message: object): Promise<{ stopRequested: string | null }> => {
      child.send(message);
      return ((await once(child, 'message')) as [{ stopRequested: string | null }])[0];
    };
    return { child, run, ask };
  }
  const records = (run: string): number[] =>
    reported.flatMap((event) =>
      event.name === 'run.records' && event.payload.run === run ? [...event.payload.batch.iterations.iteration] : [],
    );
  const statuses = (run: string): string[] =>
    reported.flatMap((event) =>
      event.name === 'run.changed' && event.payload.run === run ? [event.payload.status] : [],
    );

  it('shows its run live, can be asked to stop it, and shows its end', async () => {
    const { child, run, ask } = await elsewhere();
    try {
      await until(() => statuses(run).includes('running'));
      await ask({ append: 3 });
      await until(() => records(run).length === 3);
      await ask({ append: 4 });
      await until(() => records(run).length === 7);
      expect(records(run)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      expect((await ask({})).stopRequested).toBeNull();
      expect(await workbench.handle('runs.stop', { run })).toMatchObject({ status: 'running' });
      expect((await ask({})).stopRequested).toBe('stop');
      await ask({ finish: true });
      await until(() => statuses(run).includes('finished'));
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('has its runs interrupted here when it dies', async () => {
    const { child, run, ask } = await elsewhere();
    await ask({ append: 5 });
    await until(() => records(run).length === 5);
    child.kill('SIGKILL');
    await until(() => statuses(run).includes('interrupted'));
    expect(workbench.handlers['runs.get']({ run })).toMatchObject({ status: 'interrupted', iterations_done: 5 });
  });

  it('stops, deletes and changes things as if it had happened here', async () => {
    const other = openTest(store);
    const { run } = (await other.handle('runs.start', { experiment: { name: 'obedient' } })) as RunRecord;
    await until(() => records(run).length === 3);
    await workbench.handle('runs.stop', { run });
    await until(() => statuses(run).includes('stopped'));
    expect(records(run)).toEqual([0, 1, 2, 3]);
    await other.handle('runs.rename', { run, name: 'renamed elsewhere' });
    await until(() =>
      reported.some(({ name, payload }) => name === 'run.changed' && payload.name === 'renamed elsewhere'),
    );
    await other.handle('runs.delete', { runs: [run] });
    await until(() => reported.some(({ name, payload }) => name === 'run.removed' && payload.run === run));
    writeSmallPair(folder.path);
    await other.handle('datasets.add', { folder: folder.path });
    await until(() => reported.some(({ name }) => name === 'datasets.changed'));
    await other.close();
    rmSync(join(folder.path, 'train-images-idx3-ubyte'));
  });
});
