/** The workbench with the real trainer on the bundled data, end to end. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seconds } from '../../build/machine.ts';
import { fromColumns, iterationColumns, sliceColumns } from '../../shared/records.ts';
import type {
  CurvatureColumns,
  EpochColumns,
  IterationColumns,
  RunRecord,
  RunSeries,
  SliceColumns,
} from '../../shared/records.ts';
import { zipMembers } from '../datasets/zip.ts';
import { recordEvents, runOver, until } from './testing/open.ts';
import { useTraining, walkPatience } from './testing/training.ts';

/** Two epochs of six iterations, the first four probed on all 300 training examples. */
const tiny = {
  name: 'tiny walk',
  data: { train: 300, validation: 100 },
  model: { hidden: [12] },
  optimizer: { batchSize: 50, learningRate: 0.3 },
  length: { epochs: 2 },
  probes: { interpolation: { points: 4, windows: [{ firstIterations: 4 }] } },
  keepParameters: 'epochs',
};

const training = useTraining();
const { ask, start } = training;

describe('training', () => {
  it(
    'measures curvature and keeps it by iteration and rank',
    async () => {
      const hessian = { every: 'epoch', eigenvalues: 2, examples: 100, iterations: 15 };
      const run = await start({ ...tiny, probes: { hessian, interpolation: { windows: [] } }, keepParameters: 'none' });
      expect(await runOver(training.workbench, run, walkPatience)).toMatchObject({ status: 'finished', error: null });
      const { iteration, rank, eigenvalue, alignment } = await ask<CurvatureColumns>('runs.curvature', { run });
      expect([...iteration]).toEqual([0, 0, 0, 6, 6, 6, 12, 12, 12]);
      expect([...rank]).toEqual([-1, 1, 2, -1, 1, 2, -1, 1, 2]);
      const epochs = await ask<EpochColumns>('runs.epochs', { run });
      expect([...epochs.lambda_max]).toEqual([1, 4, 7].map((row) => eigenvalue[row]));
      expect([...epochs.spectral_norm]).toEqual(
        [1, 4, 7].map((row) => Math.max(Math.abs(eigenvalue[row]!), Math.abs(eigenvalue[row - 1]!))),
      );
      expect([...alignment].map(Number.isNaN)).toEqual([...Array<boolean>(6).fill(false), true, true, true]);
    },
    seconds(90),
  );

  it('finishes with records that agree with each other', async () => {
    const reported = recordEvents(training.workbench);
    const run = await start(tiny);
    const record = await runOver(training.workbench, run, walkPatience);
    expect(record).toMatchObject({
      status: 'finished',
      error: null,
      iterations_done: 12,
      iterations_total: 12,
      parameters: 785 * 12 + 13 * 10,
      environment: { backend: 'cpu' },
    });
    expect(record.data_checksum).toMatch(/^[0-9a-f]{64}$/);

    const iterations = await ask<IterationColumns>('runs.iterations', { run });
    const slices = await ask<SliceColumns>('runs.slices', { run });
    const [series, none] = await ask<RunSeries[]>('runs.series', {
      runs: [run, 'nothing'],
      iterations: ['iteration', 'distance'],
    });
    expect(series).toEqual({
      run,
      error: null,
      records: {
        iterations: { iteration: iterations.iteration, distance: iterations.distance },
        epochs: await ask('runs.epochs', { run }),
        curvature: expect.objectContaining({ rank: new Float64Array(0) }) as unknown,
      },
    });
    expect(none).toMatchObject({ run: 'nothing', error: expect.stringContaining('nothing') as unknown, records: null });
    const epochs = await ask<EpochColumns>('runs.epochs', { run });
    expect([...iterations.iteration]).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect([...iterations.convex].filter(Number.isFinite)).toHaveLength(4);
    expect([...epochs.epoch]).toEqual([0, 1, 2]);
    expect(slices.loss).toHaveLength(4 * 5);
    for (let t = 0; t < 4; t++) {
      const losses = [...slices.loss.subarray(5 * t, 5 * t + 5)];
      expect(iterations.loss_before[t]).toBe(losses[0]);
      expect(iterations.loss_after[t]).toBe(losses[4]);
      expect(iterations.floor_loss[t]).toBe(Math.min(...losses));
      if (t > 0) expect(losses[0]).toBe(iterations.loss_after[t - 1]);
    }
    expect(epochs.train_loss[2]!).toBeLessThan(epochs.train_loss[0]!);
    expect(record.summary).toMatchObject({ probed_iterations: 4, train_loss: epochs.train_loss[2] });

    const live = reported.flatMap((event) =>
      event.name === 'run.records' ? fromColumns(sliceColumns, event.payload.batch.slices) : [],
    );
    expect(live).toEqual(fromColumns(sliceColumns, slices));
    expect(await ask('experiments.estimate', { experiment: tiny })).toMatchObject({ basis: 'measured' });
  });

  it('learns with LeNet-5, whatever its activation', async () => {
    for (const activation of ['relu', 'sigmoid']) {
      const run = await start({ ...tiny, model: { architecture: 'lenet5', activation }, keepParameters: 'none' });
      const record = await runOver(training.workbench, run, walkPatience);
      expect(record).toMatchObject({ status: 'finished', error: null, iterations_done: 12, parameters: 61_706 });
      const { train_loss: losses } = await ask<EpochColumns>('runs.epochs', { run });
      expect(losses[2]!, activation).toBeLessThan(losses[0]!);
    }
  });

  it('is the same again with the same seed, and another with another', async () => {
    const walks = [];
    for (const seed of [7, 7, 8]) {
      const run = await start({ ...tiny, seed, keepParameters: 'none' });
      await runOver(training.workbench, run, walkPatience);
      const iterations = await ask<IterationColumns>('runs.iterations', { run });
      walks.push(fromColumns(iterationColumns, iterations));
    }
    expect(walks[1]).toEqual(walks[0]);
    expect(walks[2]).not.toEqual(walks[0]);
  });

  it('exports everything, the kept parameters too', async () => {
    const run = await start(tiny);
    await runOver(training.workbench, run, walkPatience);
    const { files } = await ask<{ files: string[] }>('runs.export', {
      runs: [run],
      directory: training.path('out'),
      formats: ['svg', 'csv', 'json', 'safetensors'],
    });
    const names = files.map((file) => file.replace(/.*[\\/]/, ''));
    expect(names).toEqual(expect.arrayContaining(['run.json', 'iterations.csv', 'walk.svg', 'heights.svg']));
    const kept = files.filter((file) => file.endsWith('.safetensors'));
    expect(kept).toHaveLength(3);
    const digests = new Set(kept.map((file) => createHash('sha256').update(readFileSync(file)).digest('hex')));
    expect(digests.size).toBe(3);
    // the same files in one archive, which the window saves
    const { bytes: archive } = await ask<{ bytes: Uint8Array }>('runs.download', {
      runs: [run],
      formats: ['svg', 'csv', 'json', 'safetensors'],
    });
    expect(zipMembers(archive, 'export.zip').map(({ name }) => name.replace(/^[^/]*\//, ''))).toEqual(
      files.map((file) => relative(join(training.path('out'), readdirSync(training.path('out'))[0]!), file)),
    );
    const bytes = readFileSync(kept[0]!);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0)))) as object;
    expect(header).toMatchObject({
      'layers.0.weight': { dtype: 'F32', shape: [12, 784] },
      'layers.0.bias': { shape: [12] },
      'layers.1.weight': { shape: [10, 12] },
      'layers.1.bias': { shape: [10] },
    });
  });

  it('stops when asked and keeps what it had', async () => {
    const run = await start({ ...tiny, length: { epochs: 100_000 }, keepParameters: 'none' });
    const get = (): RunRecord => training.workbench.handlers['runs.get']({ run }) as RunRecord;
    await until(() => get().iterations_done > 0);
    await ask('runs.stop', { run });
    const record = await runOver(training.workbench, run);
    expect(record).toMatchObject({ status: 'stopped', error: null });
    expect(record.iterations_done).toBeLessThan(record.iterations_total);
    const iterations = await ask<IterationColumns>('runs.iterations', { run });
    expect(iterations.iteration).toHaveLength(record.iterations_done);
  });

  it('tells a divergence from a failure', async () => {
    const run = await start({ ...tiny, optimizer: { batchSize: 50, learningRate: 1e5 } });
    const record = await runOver(training.workbench, run, walkPatience);
    expect(record.status).toBe('diverged');
    expect(record.error).not.toBeNull();
  });
});
