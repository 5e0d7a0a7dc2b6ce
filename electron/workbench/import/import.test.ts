/** Trajectories imported with the real trainer on the bundled data. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { epochColumns, fromColumns, iterationColumns, sliceColumns } from '../../../shared/records.ts';
import type { EpochColumns, IterationColumns, RunRecord, SliceColumns } from '../../../shared/records.ts';
import type { ClaimsEvaluation } from '../../../shared/claims/result.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { openTest, realTrainer, runOver } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

const model = { architecture: 'mlp', hidden: [8], batchNorm: true };
const tiny = {
  name: 'tiny walk',
  seed: 3,
  data: { train: 200, validation: 50 },
  model,
  optimizer: { batchSize: 50, learningRate: 0.3 },
  length: { iterations: 6 },
  // the cosine of updates is always measured on imported points
  probes: { interpolation: { points: 4, windows: [{ firstIterations: 6 }] }, updateCosine: true },
  keepParameters: 'windows',
};

let folder: TemporaryFolder;
let workbench: Workbench;
let trajectory: string;
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(join(folder.path, 'store'), { fork: realTrainer });
  trajectory = join(folder.path, 'trajectory');
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

const ask = async <T>(name: string, parameters: object): Promise<T> => (await workbench.handle(name, parameters)) as T;
const over = (run: string): Promise<RunRecord> => runOver(workbench, run, 60_000);

/** Trains the tiny walk, exports it, and writes its kept parameters as a trajectory's folder. */
async function exported(change: object = {}): Promise<string> {
  const { run } = await ask<RunRecord>('runs.start', { experiment: tiny });
  expect((await over(run)).status).toBe('finished');
  const directory = join(folder.path, 'out');
  const { files } = await ask<{ files: string[] }>('runs.export', { runs: [run], directory, formats: ['safetensors'] });
  mkdirSync(trajectory);
  files.forEach((file, index) => copyFileSync(file, join(trajectory, `step ${index}.safetensors`)));
  write({
    iterations: files.map((_, index) => ({ iteration: index, file: `step ${index}.safetensors` })),
    ...change,
  });
  return run;
}
function write(change: object): void {
  const value = {
    version: 1,
    name: 'from elsewhere',
    data: { set: 'fashion-mnist-small', train: 200, validation: 50, normalisation: { mean: [0.5], std: [1] } },
    model,
    interpolation: { points: 4 },
    ...change,
  };
  writeFileSync(join(trajectory, 'trajectory.json'), JSON.stringify(value));
}
const bring = (): Promise<RunRecord> => ask('runs.import', { folder: trajectory });
async function recordsOf(run: string) {
  return {
    iterations: fromColumns(iterationColumns, await ask<IterationColumns>('runs.iterations', { run })),
    slices: fromColumns(sliceColumns, await ask<SliceColumns>('runs.slices', { run })),
    epochs: fromColumns(epochColumns, await ask<EpochColumns>('runs.epochs', { run })),
  };
}

describe('an imported trajectory', () => {
  it('of a run made here has its slices, lengths and losses bit for bit, and nothing that takes batches', async () => {
    const original = await exported({ learningRate: 0.3, batchSize: 50, seed: 3, notes: 'trained here' });
    const { run } = await bring();
    const record = await over(run);
    expect(record).toMatchObject({
      name: 'from elsewhere',
      kind: 'imported',
      status: 'finished',
      imported: { learning_rate: 0.3, batch_size: 50, seed: 3, notes: 'trained here' },
      iterations_done: 6,
      iterations_total: 6,
      progress: 1,
      error: null,
    });
    const [before, after] = [await recordsOf(original), await recordsOf(run)];
    // the same calls on the same numbers in the same order, by the same library on the same machine: no rounding apart
    expect(after.slices).toEqual(before.slices);
    expect(after.epochs).toEqual(before.epochs);
    const without = { batch_loss: null, gradient_norm: null, gradient_cosine: null, bounce: null };
    expect(after.iterations).toEqual(before.iterations.map((each) => ({ ...each, ...without })));
    expect(record.summary).toMatchObject({ probed_iterations: 6, mean_gradient_cosine: null, bounces: 0 });

    // its points are the store's own: analyses and export work without the folder
    for (const file of readdirSync(trajectory)) truncateSync(join(trajectory, file));
    expect(await ask('analyses.kept', { run })).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const directory = join(folder.path, 'again');
    const { files } = await ask<{ files: string[] }>('runs.export', {
      runs: [run],
      directory,
      formats: ['safetensors', 'json', 'svg', 'csv'],
    });
    expect(files.filter((file) => file.endsWith('.safetensors'))).toHaveLength(7);
    expect(files.some((file) => file.endsWith('walk.svg'))).toBe(true);
    expect(files.some((file) => file.endsWith('gradient-cosine.svg'))).toBe(false);
  });

  it('whose training is not told counts for no claim that needs it', async () => {
    await exported();
    const { run } = await over((await bring()).run);
    const { iterations, epochs } = await recordsOf(run);
    expect(iterations.every(({ epoch, learning_rate }) => epoch === 1 && learning_rate === null)).toBe(true);
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1]);
    const { claims } = await ask<ClaimsEvaluation>('claims.evaluate', { runs: [run] });
    for (const { claim, verdict, reason } of claims) {
      expect(verdict).toBe('not-enough');
      expect(/not in an imported trajectory/.test(reason), claim).toBe(['C2', 'C3', 'C4', 'C5', 'C7'].includes(claim));
    }
  });

  it('can be stopped; its points stay', async () => {
    await exported();
    const first = await bring();
    await ask('runs.stop', { run: first.run });
    expect(await over(first.run)).toMatchObject({ kind: 'imported', status: 'stopped' });
    expect(await ask('analyses.kept', { run: first.run })).toHaveLength(7);
  });
});

describe('what cannot be imported', () => {
  it('is refused with what is wrong, and leaves nothing behind', async () => {
    await exported();
    const before = readdirSync(join(folder.path, 'store', 'parameters'));
    const points = JSON.parse(readFileSync(join(trajectory, 'trajectory.json'), 'utf8')) as { iterations: object[] };
    const { iterations } = points;
    const refuses = async (change: object, message: RegExp): Promise<void> => {
      write({ iterations, ...change });
      await expect(bring()).rejects.toMatchObject({ kind: 'input', message: expect.stringMatching(message) as string });
    };
    await refuses({ version: 2 }, /version must be 1, the only version .* it is 2/);
    await refuses({ colour: 'red' }, /colour is not a setting/);
    await refuses({ iterations: iterations.slice(0, 1) }, /iterations needs at least two points/);
    await refuses({ iterations: [...iterations].reverse() }, /iterations\.1\.iteration must be greater/);
    await refuses({ iterations: [iterations[0], { iteration: 1, file: '../a.safetensors' }] }, /without a path/);
    await refuses(
      { iterations: [iterations[0], { iteration: 1, file: 'b.safetensors' }] },
      /not in its folder: b\.saf/,
    );
    await refuses({ model: { architecture: 'mlp', hidden: [0] } }, /model\.hidden\.0 must be a whole number/);
    await refuses({ interpolation: { points: 1 } }, /: interpolation\.points must be/);
    await refuses({ batchSize: 500 }, /: batchSize is larger than the training set/);
    await refuses(
      { data: { set: 'mnist', train: 10, validation: 10 } },
      /data\.set names a data set that is not here.*title MNIST/,
    );
    await refuses({ data: { set: 'fashion-mnist-small', train: 9000, validation: 10 } }, /data\.train asks for more/);
    await refuses(
      {
        data: { set: 'fashion-mnist-small', train: 200, validation: 50, normalisation: { mean: [0.28], std: [0.35] } },
      },
      /data\.normalisation is not that of the data set here: mean 0\.28, std 0\.35 in the trajectory, mean 0\.5/,
    );
    await refuses(
      { model: { ...model, hidden: [9] } },
      /step 0\.safetensors does not fit the architecture: tensor layers\.0\.weight is \[8, 784\], the architecture has \[9, 784\]/,
    );
    await refuses({ model: { ...model, batchNorm: false } }, /norms\.0\.weight is not one of the architecture's/);
    write({ iterations });
    truncateSync(join(trajectory, 'step 4.safetensors'), 2000);
    await expect(bring()).rejects.toThrow(/step 4\.safetensors cannot be read: .*cut short/);
    writeFileSync(join(trajectory, 'trajectory.json'), '{');
    await expect(bring()).rejects.toThrow(/trajectory\.json is not JSON/);
    await expect(ask('runs.import', { folder: folder.path })).rejects.toThrow(/there is no trajectory\.json in/);
    await expect(ask('runs.import', { folder: 'here' })).rejects.toThrow(/not a whole path/);
    expect(await ask<RunRecord[]>('runs.list', {})).toHaveLength(1);
    expect(readdirSync(join(folder.path, 'store', 'parameters'))).toEqual(before);
  });
});
