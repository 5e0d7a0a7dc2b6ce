/**
 * Makes a store of today's Valleywalk with one of everything in it, and what the workbench answers about it: for the tests that open
 * it with the Valleywalk of later days. `node make.ts FOLDER`, before a change of the store's or the trainer's; see README.md.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { AnalysisRecord } from '../../../../shared/analyses/index.ts';
import { isOver } from '../../../../shared/records.ts';
import type { RunRecord } from '../../../../shared/records.ts';
import type { StudyRecord } from '../../../../shared/study-record.ts';
import { temporaryFolder } from '../../../datasets/testing.ts';
import { openTest, realTrainer, runOver, until } from '../open.ts';
import { answersOf } from './answers.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined || existsSync(folder)) throw new Error('name a folder that does not exist yet');
const scratch = temporaryFolder();
const store = join(folder, 'store');
const workbench = openTest(store, { fork: realTrainer });
const ask = async <T>(name: string, parameters: object): Promise<T> => (await workbench.handle(name, parameters)) as T;

const data = { train: 300, validation: 100 };
const network = { hidden: [6], batchNorm: true };
/** Every step of 40 epochs probed: long enough to be stopped on its way. */
const long = {
  data: { ...data, augment: true },
  model: network,
  optimizer: { batchSize: 50, learningRate: 0.1, momentum: 0.9, weightDecay: 0.0001 },
  length: { epochs: 40 },
  probes: {
    interpolation: { points: 4, windows: [{ firstIterations: 10_000 }] },
    hessian: { method: 'lanczos', every: { iterations: 20 }, examples: 100, iterations: 4 },
  },
};
const few = (iterations: number, points = 4): object => ({
  length: { iterations },
  probes: { interpolation: { points, windows: [{ firstIterations: 3 }] } },
});
/** A run of every network and every optimiser, and of everything that is measured. */
const experiments = [
  {
    name: 'everything measured',
    data: { ...data, augment: true },
    model: network,
    optimizer: {
      batchSize: 50,
      learningRate: 0.2,
      momentum: 0.5,
      weightDecay: 0.001,
      schedule: { kind: 'step', factor: 0.5, everyEpochs: 1 },
    },
    length: { epochs: 2 },
    probes: {
      interpolation: { windows: [{ firstIterations: 3 }, { epochs: [2] }], batchNorm: 'recomputed' },
      hessian: { method: 'lanczos', every: 'epoch', eigenvalues: 2, examples: 100, iterations: 6 },
      valleyFloor: { when: 'end', maximum: 2, steps: 3, intervals: 3 },
    },
    keepParameters: 'epochs',
  },
  {
    name: 'gradient descent',
    data,
    model: network,
    optimizer: { kind: 'gd', learningRate: 0.3, microBatch: 100 },
    ...few(4),
  },
  {
    name: 'isotropic noise',
    data,
    model: network,
    optimizer: { kind: 'gd-isotropic-noise', learningRate: 0.1 },
    ...few(4),
  },
  {
    name: 'subset',
    data,
    model: { hidden: [6] },
    optimizer: { batchSize: 30 },
    length: { iterations: 5 },
    probes: { interpolation: { evaluateOn: { subset: 60 } } },
  },
  {
    name: 'small CNN',
    data,
    model: { architecture: 'cnn', batchNorm: true },
    optimizer: { batchSize: 50, learningRate: 0.05 },
    ...few(3),
  },
  {
    name: 'ResNet-8',
    data: { train: 60, validation: 20 },
    model: { architecture: 'resnet', depth: 8 },
    optimizer: { batchSize: 20, learningRate: 0.05 },
    ...few(2, 2),
  },
];

try {
  const runs: string[] = [];
  const walk = async (experiment: object): Promise<RunRecord> => {
    const { run } = await ask<RunRecord>('runs.start', { experiment });
    runs.push(run);
    return runOver(workbench, run, 600_000);
  };
  for (const experiment of experiments) {
    const { status, error } = await walk(experiment);
    if (status !== 'finished') throw new Error(`${experiment.name} is ${status}: ${error}`);
  }
  await walk({ name: 'diverged', data, model: network, optimizer: { batchSize: 50, learningRate: 1e6 }, ...few(20) });
  const [first] = runs as [string];
  for (const request of [
    { kind: 'plane', settings: { resolution: 5 } },
    { kind: 'trajectory', settings: {} },
  ])
    await ask<AnalysisRecord>('analyses.start', { run: first, request });
  const analyses = (): AnalysisRecord[] => workbench.handlers['analyses.list']({ run: first }) as AnalysisRecord[];
  await until(() => analyses().length === 3 && analyses().every(({ status }) => status === 'finished'), 600_000);

  await walk({ ...long, name: 'never stopped' });
  const { run: stopped } = await ask<RunRecord>('runs.start', { experiment: { ...long, name: 'stopped' } });
  runs.push(stopped);
  await until(() => (workbench.handlers['runs.get']({ run: stopped }) as RunRecord).iterations_done > 30, 60_000);
  await ask('runs.stop', { run: stopped });
  await runOver(workbench, stopped, 60_000);

  const trajectory = join(scratch.path, 'trajectory');
  const directory = join(scratch.path, 'exported');
  const { files } = await ask<{ files: string[] }>('runs.export', {
    runs: [first],
    directory,
    formats: ['safetensors'],
  });
  mkdirSync(trajectory);
  for (const file of files) copyFileSync(file, join(trajectory, basename(file)));
  const iterations = files.map((file, index) => ({ iteration: index, file: basename(file) }));
  writeFileSync(
    join(trajectory, 'trajectory.json'),
    JSON.stringify({
      version: 1,
      name: 'imported',
      data: { set: 'fashion-mnist-small', ...data, normalisation: { mean: [0.5], std: [1] } },
      model: { architecture: 'mlp', ...network },
      interpolation: { points: 4 },
      learningRate: 0.2,
      iterations,
    }),
  );
  const { run: imported } = await ask<RunRecord>('runs.import', { folder: trajectory });
  runs.push(imported);
  await runOver(workbench, imported, 60_000);

  const study = await ask<StudyRecord>('studies.start', {
    study: {
      name: 'two rates',
      experiment: { name: 'of a study', data, model: { hidden: [6] }, optimizer: { batchSize: 50 }, ...few(12) },
      sweep: { 'optimizer.learningRate': [0.1, 0.5] },
      seeds: 2,
    },
  });
  const members = (): RunRecord[] =>
    (workbench.handlers['runs.list']({ deleted: false }) as RunRecord[]).filter((run) => run.study === study.study);
  await until(() => members().length === 4 && members().every(({ status }) => isOver(status)), 120_000);

  await ask('runs.tag', { runs: [first, stopped], add: ['kept', 'ünïcode'] });
  await ask('runs.note', { run: first, notes: 'two lines\nof notes' });
  await ask('runs.archive', { runs: [runs[1]], archived: true });
  await ask('runs.pin', { run: first });
  await ask('runs.delete', {
    runs: [(await walk({ name: 'deleted', data, model: network, optimizer: { batchSize: 50 }, ...few(2) })).run],
  });
  await ask('settings.change', { concurrentRuns: 2 });
  await ask('figures.save', {
    recipe: {
      name: 'slices and losses',
      panels: [
        { chart: { chart: 'walk' }, runs: [{ run: first, label: 'the first' }] },
        { chart: { chart: 'iteration-metric', metric: 'batch_loss' }, runs: [{ run: first }, { run: stopped }] },
      ],
    },
  });
  writeFileSync(
    join(folder, 'answers.json.gz'),
    gzipSync(JSON.stringify(await answersOf(workbench, join(scratch.path, 'export')))),
  );
} finally {
  await workbench.close();
  scratch.remove();
}
