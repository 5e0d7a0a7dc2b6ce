import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blankSummary } from '../../../shared/blank-records.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import {
  curvatureColumns,
  epochColumns,
  fromColumns,
  iterationColumns,
  runRecordSchema,
  sliceColumns,
  timeColumns,
  toColumns,
} from '../../../shared/records.ts';
import type { IterationRecord, TimeRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { batchFrom, batchOf, curvatureOf, epochOf, iterationOf, sliceOf } from '../testing/batches.ts';
import { beginning, isEmpty } from './records.ts';
import { newId } from './ids.ts';
import { openStore, restorableFor } from './store.ts';
import type { Store } from './store.ts';

let folder: TemporaryFolder;
let store: Store;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStore(folder.path);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const create = (name = 'quick walk', into = store): string =>
  into.create({
    experiment: experimentSchema.parse({ name }),
    iterationsTotal: 60,
    parameters: 571_360,
    backend: 'cpu',
  }).record.run;

const over = { status: 'finished', finished_at: '2026-11-22T15:30:12.000Z', owner: null } as const;

describe('runs', () => {
  it('begin queued and owned, and are read back as valid records', () => {
    const run = create();
    const stored = store.runs.get(run);
    expect(runRecordSchema.parse(stored.record)).toMatchObject({
      run,
      name: 'quick walk',
      status: 'queued',
      seed: 1,
      started_at: null,
      iterations_total: 60,
      parameters: 571_360,
      summary: blankSummary(),
    });
    expect(stored).toMatchObject({ owner: store.owner, ownerPid: process.pid, backend: 'cpu', stopRequested: null });
  });

  it('change by column, newest first in lists', () => {
    const [first, second] = [create('first'), create('second')];
    const environment = { backend: 'cpu', device: '2 threads', versions: { node: '24' } };
    const changed = store.runs.change(first, { name: 'renamed', environment, progress: 0.5, seconds_left: null });
    expect(changed.record).toMatchObject({ name: 'renamed', environment, progress: 0.5 });
    expect(changed.record.experiment.name).toBe('first');
    expect(changed.revision).toBe(1);
    expect(store.runs.list().map(({ record }) => record.run)).toEqual([second, first]);
    expect(() => store.runs.change('nothing', { name: 'x' })).toThrow(expect.objectContaining({ kind: 'missing' }));
    expect(() => store.runs.get('nothing')).toThrow('there is no run nothing');
  });

  it('have short ids that sort by time', () => {
    expect(newId(new Date('2026-11-22T15:30:12.345Z'))).toMatch(/^20261122-153012-[0-9a-z]{4}$/);
    const ids = Array.from({ length: 50 }, () => create());
    expect(new Set(ids).size).toBe(50);
  });
});

describe('records', () => {
  it('come out as they went in', () => {
    const key = store.runs.key(create());
    const other = store.runs.key(create());
    store.transaction(() => {
      store.records.append(key, batchOf(0, 7));
      store.records.append(other, batchOf(0, 3));
    });
    store.transaction(() => store.records.append(key, batchOf(7, 14)));
    const numbers = Array.from({ length: 21 }, (_, index) => index);
    expect(fromColumns(iterationColumns, store.records.iterations(key, 0))).toEqual(numbers.map(iterationOf));
    expect(fromColumns(iterationColumns, store.records.iterations(key, 19))).toEqual([19, 20].map(iterationOf));
    expect(fromColumns(sliceColumns, store.records.slices(key, 4, 9))).toEqual([4, 6, 8].flatMap(sliceOf));
    expect(fromColumns(epochColumns, store.records.epochs(key))).toEqual([1, 2].map(epochOf));
    expect(store.records.has(key)).toEqual({
      slices: true,
      epochs: true,
      curvature: false,
      bothEnds: false,
      fit: false,
    });
    expect(store.records.has(other)).toEqual({
      slices: true,
      epochs: false,
      curvature: false,
      bothEnds: false,
      fit: false,
    });
  });

  it('keep every bit of a number; what is not finite becomes null', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (values) => {
        const key = store.runs.key(create());
        const iterations = values.map((value, index): IterationRecord => ({
          ...iterationOf(index),
          batch_loss: value,
        }));
        store.transaction(() => store.records.append(key, batchFrom(iterations)));
        const read = store.records.iterations(key, 0).batch_loss;
        // −0 is kept as 0
        expect([...read].map((value) => value + 0)).toEqual(values.map((value) => value + 0));
      }),
      { numRuns: 30 },
    );
    const key = store.runs.key(create());
    const batch = batchOf(0, 3);
    batch.iterations.batch_loss.set([Infinity, -Infinity, NaN]);
    store.records.append(key, batch);
    expect([...store.records.iterations(key, 0).batch_loss]).toEqual([NaN, NaN, NaN]);
  });

  it('are refused twice, whole batches at a time', () => {
    const key = store.runs.key(create());
    store.transaction(() => store.records.append(key, batchOf(0, 4)));
    expect(() => store.transaction(() => store.records.append(key, batchOf(3, 4)))).toThrow(
      'iterations of 3 came when those up to 3 were there',
    );
    expect(store.records.reach(key).iteration).toBe(3);
  });

  it('are read in steps from a watermark without gap or overlap', () => {
    const key = store.runs.key(create());
    expect(store.records.reach(key)).toEqual(beginning);
    store.transaction(() => store.records.append(key, batchOf(0, 25)));
    let mark = beginning;
    const seen: number[] = [];
    const points: number[] = [];
    for (;;) {
      const { batch, mark: next } = store.records.after(key, mark, 4);
      if (isEmpty(batch)) break;
      seen.push(...batch.iterations.iteration);
      points.push(...batch.slices.loss);
      mark = next;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index));
    expect(points).toEqual([...store.records.slices(key, 0, 100).loss]);
    expect(mark).toEqual(store.records.reach(key));
  });

  it('of curvature come by iteration and rank, and from a watermark once', () => {
    const key = store.runs.key(create());
    expect(store.records.has(key).curvature).toBe(false);
    const last = curvatureOf(20).map((record) => ({ ...record, alignment: null }));
    store.transaction(() => {
      store.records.append(key, batchFrom([], [], [], curvatureOf(0)));
      store.records.append(key, batchFrom([], [], [], [...curvatureOf(10).toReversed(), ...last]));
    });
    const all = fromColumns(curvatureColumns, store.records.curvature(key, 0));
    expect(all).toEqual([...curvatureOf(0), ...curvatureOf(10), ...last]);
    expect([...store.records.curvature(key, 11).rank]).toEqual([-1, 1, 2]);
    expect(store.records.has(key)).toMatchObject({ curvature: true, bothEnds: true });
    const { batch, mark } = store.records.after(key, { ...beginning, curvature: 0 }, 4);
    expect([...batch.curvature.iteration]).toEqual([10, 10, 10, 20, 20, 20]);
    expect(mark).toEqual(store.records.reach(key));
    expect(isEmpty(store.records.after(key, mark, 4).batch)).toBe(true);
  });
});

describe('times', () => {
  it('come by iteration, go with what is computed anew, and tell how long a run has been computed', () => {
    const run = create();
    const key = store.runs.key(run);
    expect(store.records.elapsed(key)).toBe(0);
    store.transaction(() => store.records.append(key, batchOf(0, 8)));
    expect([...store.records.times(key).elapsed_seconds]).toEqual([0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    expect(store.records.elapsed(key)).toBe(2);
    store.transaction(() => store.records.rewind(key, 5, 0));
    expect([...store.records.times(key).iteration]).toEqual([0, 1, 2, 3, 4]);
    expect(store.records.elapsed(key)).toBe(1.25);
    expect(store.records.after(key, { ...beginning, time: 2 }, 100).batch.times.iteration).toEqual(
      Float64Array.from([3, 4]),
    );
  });

  it('are not known of a run from before they were kept', () => {
    const key = store.runs.key(create());
    const batch = batchOf(0, 3);
    batch.times = toColumns<TimeRecord>(timeColumns, []);
    store.transaction(() => store.records.append(key, batch));
    expect(store.records.elapsed(key)).toBeNull();
  });
});

describe('what people add to runs', () => {
  it('is kept: tags, notes, archived; and only one run is the baseline', () => {
    const [first, second] = [create('first'), create('second')];
    expect(store.runs.get(first).record).toMatchObject({ tags: [], notes: '', archived: false, baseline: false });
    store.runs.change(first, { tags: ['paper', 'seed study'], notes: 'Über die Wände.\nZwei Zeilen', archived: 1 });
    expect(store.runs.pin(first).map(({ record }) => record.run)).toEqual([first]);
    expect(store.runs.pin(second).map(({ record }) => [record.run, record.baseline])).toEqual([
      [first, false],
      [second, true],
    ]);
    expect(store.runs.pin(second)).toEqual([]);
    store.close();
    store = openStore(folder.path);
    expect(runRecordSchema.parse(store.runs.get(first).record)).toMatchObject({
      tags: ['paper', 'seed study'],
      notes: 'Über die Wände.\nZwei Zeilen',
      archived: true,
      baseline: false,
    });
    expect(store.runs.get(second).record.baseline).toBe(true);
    expect(store.runs.pin(null).map(({ record }) => record.run)).toEqual([second]);
    expect(() => store.runs.pin('nothing')).toThrow(expect.objectContaining({ kind: 'missing' }));
  });
});

describe('deleting', () => {
  it('can be taken back for an hour, also after a crash: rows, records and files stay until then', async () => {
    const [kept, gone] = [create('kept'), create('gone')];
    for (const run of [kept, gone]) {
      store.transaction(() => store.records.append(store.runs.key(run), batchOf(0, 10)));
      store.runs.change(run, over);
      writeFileSync(join(store.parameters.makeFolder(run), 'theta.safetensors'), 'x');
    }
    store.runs.pin(gone);
    const before = { ...store.runs.get(gone).record, baseline: false };
    store.delete([gone]);
    expect(store.runs.list().map(({ record }) => record.run)).toEqual([kept]);
    expect(store.runs.deleted().map(({ record }) => record.run)).toEqual([gone]);
    for (const use of ['get', 'key'] as const)
      expect(() => store.runs[use](gone)).toThrow(expect.objectContaining({ kind: 'missing' }));
    expect(() => store.runs.change(gone, { name: 'x' })).toThrow(expect.objectContaining({ kind: 'missing' }));
    expect(() => store.delete([gone])).toThrow(expect.objectContaining({ kind: 'missing' }));
    // no close: the process is gone, and another opens the store
    const other = openStore(folder.path);
    other.sweepDeleted();
    expect(existsSync(other.parameters.folder(gone))).toBe(true);
    expect(other.restore([gone, gone]).map(({ record }) => record)).toEqual([before]);
    expect(other.records.reach(other.runs.key(gone)).iteration).toBe(9);
    expect(() => other.restore([gone])).toThrow('is not deleted');
    other.delete([gone]);
    other.sweepDeleted(new Date(Date.now() + restorableFor + 1000));
    await other.finishDeletions();
    expect(existsSync(other.parameters.folder(gone))).toBe(false);
    expect(other.runs.has(gone)).toBe(false);
    expect(() => other.restore([gone])).toThrow('gone for good');
    expect(existsSync(other.parameters.folder(kept))).toBe(true);
    other.close();
  });

  it('deletes for good what was deleted already', async () => {
    const run = create();
    store.runs.change(run, over);
    store.delete([run]);
    store.delete([run], true);
    await store.finishDeletions();
    expect(store.runs.deleted()).toEqual([]);
    expect(store.runs.has(run)).toBe(false);
  });

  it('removes rows and files, all of the runs or none', async () => {
    const [kept, gone, alive] = [create('kept'), create('gone'), create('alive')];
    for (const run of [kept, gone]) {
      store.transaction(() => store.records.append(store.runs.key(run), batchOf(0, 10)));
      store.runs.change(run, over);
      writeFileSync(join(store.parameters.makeFolder(run), 'theta.safetensors'), 'x');
    }
    const key = store.runs.key(gone);
    expect(() => store.delete([gone, alive])).toThrow(/\(alive\) is queued; stop it first/);
    expect(() => store.delete([gone, 'nothing'])).toThrow(expect.objectContaining({ kind: 'missing' }));
    expect(store.runs.list()).toHaveLength(3);
    store.delete([gone, gone], true);
    await store.finishDeletions();
    expect(store.records.reach(key)).toEqual(beginning);
    expect(existsSync(store.parameters.folder(gone))).toBe(false);
    expect(existsSync(store.parameters.folder(kept))).toBe(true);
    expect(store.records.reach(store.runs.key(kept)).iteration).toBe(9);
  });

  it('sweeps folders that were left behind at the next opening', () => {
    const run = create();
    store.runs.change(run, over);
    mkdirSync(store.parameters.makeFolder(run), { recursive: true });
    mkdirSync(store.parameters.folder('20200101-000000-dead'), { recursive: true });
    store.close();
    store = openStore(folder.path);
    expect(readdirSync(join(folder.path, 'parameters'))).toEqual([run]);
  });
});

describe('parameter files', () => {
  it('are written down once complete', () => {
    const run = create();
    const key = store.runs.key(run);
    const file = { iteration: 0, file: 'iteration-0.safetensors', sha256: 'a'.repeat(64), bytes: 5 };
    expect(() => store.parameters.add(run, key, file)).toThrow(/has no bytes, the trainer wrote 5/);
    writeFileSync(join(store.parameters.makeFolder(run), file.file), 'abcd');
    expect(() => store.parameters.add(run, key, file)).toThrow(/has 4 bytes/);
    writeFileSync(join(store.parameters.folder(run), file.file), 'abcde');
    store.parameters.add(run, key, file);
    expect(store.parameters.list(key)).toEqual([file]);
    for (const name of ['../evil', 'a/b', '.hidden', ''])
      expect(() => store.parameters.add(run, key, { ...file, iteration: 1, file: name })).toThrow(/named a parameter/);
  });
});

describe('paces', () => {
  it('keep the latest of each backend, network, kind and order of magnitude', () => {
    expect(store.paces.of('cpu')).toEqual([]);
    const small = { architecture: 'mlp', kind: 'update', work: 1e6, pace: 1e9 } as const;
    const large = { architecture: 'mlp', kind: 'update', work: 1e8, pace: 3e10 } as const;
    const other = { architecture: 'cnn', kind: 'update', work: 1e6, pace: 2e9 } as const;
    const evaluated = { architecture: 'mlp', kind: 'evaluate', work: 1e6, pace: 5e9 } as const;
    for (const each of [small, large, other, evaluated]) store.paces.add('cpu', each);
    expect(new Set(store.paces.of('cpu'))).toEqual(new Set([small, large, other, evaluated]));
    const again = { ...small, work: 1.2e6, pace: 2e9 };
    store.paces.add('cpu', again);
    expect(new Set(store.paces.of('cpu'))).toEqual(new Set([again, large, other, evaluated]));
    expect(store.paces.of('webgpu')).toEqual([]);
  });
});

describe('a run left behind', () => {
  it('counts the iterations that were stored, not what its row last said', () => {
    const run = create();
    store.transaction(() => store.records.append(store.runs.key(run), batchOf(0, 6)));
    store.runs.change(run, { status: 'running', iterations_done: 2, owner: null });
    const [left] = store.interruptOrphans();
    expect(left!.record).toMatchObject({ status: 'interrupted', iterations_done: 6 });
    expect(left!.record.error).toContain('the records of 6 iterations are kept');
  });
});

describe('several processes on one store', () => {
  const children: ChildProcess[] = [];
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

  async function elsewhere(): Promise<{ child: ChildProcess; run: string }> {
    const child = fork(fileURLToPath(new URL('../testing/hold-store.ts', import.meta.url)), [folder.path], {
      execArgv: [],
    });
    children.push(child);
    const [message] = (await once(child, 'message')) as [{ run: string }];
    return { child, run: message.run };
  }

  it('leave each other’s running runs alone while their owner lives, and interrupt them when it is gone', async () => {
    const { child, run } = await elsewhere();
    child.send({ append: 12 });
    await once(child, 'message');
    expect(store.interruptOrphans()).toEqual([]);
    openStore(folder.path).close();
    expect(store.runs.get(run).record.status).toBe('running');
    expect(() => store.delete([run])).toThrow(/is running; stop it first/);

    child.kill('SIGKILL');
    await once(child, 'exit');
    const again = openStore(folder.path);
    const { record, owner } = again.runs.get(run);
    expect(record).toMatchObject({ status: 'interrupted', iterations_done: 12, seconds_left: null });
    expect(record.error).toMatch(
      new RegExp(`\\(process ${child.pid}\\) ended during the run; the records of 12 iterations are kept`),
    );
    expect(record.finished_at).not.toBeNull();
    expect(record.summary.probed_iterations).toBe(6);
    expect(owner).toBeNull();
    expect(readdirSync(join(folder.path, 'owners')).sort()).toEqual([store.owner, again.owner].sort());
    again.close();
  });

  it('leave no lock file behind when they close', async () => {
    const { child, run } = await elsewhere();
    child.send({ finish: true });
    await once(child, 'message');
    expect(store.runs.get(run).record.status).toBe('finished');
    expect(readdirSync(join(folder.path, 'owners'))).toEqual([store.owner]);
  });

  it('may open a new store at the same time', async () => {
    const fresh = temporaryFolder();
    const open = (): ChildProcess =>
      fork(fileURLToPath(new URL('../testing/hold-store.ts', import.meta.url)), [fresh.path], { execArgv: [] });
    const both = [open(), open(), open()];
    children.push(...both);
    await Promise.all(both.map((child) => once(child, 'message')));
    const third = openStore(fresh.path);
    expect(third.runs.list().map(({ record }) => record.status)).toEqual(['running', 'running', 'running']);
    third.close();
    for (const child of both) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    fresh.remove();
  });
});
