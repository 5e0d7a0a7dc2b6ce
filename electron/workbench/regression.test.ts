/** What follows a run on a table of real targets: its export, its analyses, and its points as a trajectory from elsewhere. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { analysisIsOver } from '../../shared/analyses/index.ts';
import type { Analysis, AnalysisRecord } from '../../shared/analyses/index.ts';
import type { PlaneResult } from '../../shared/analyses/plane.ts';
import type { ValleyFloorResult } from '../../shared/analyses/valley-floor.ts';
import type { EpochColumns, IterationColumns, RunRecord, SliceColumns } from '../../shared/records.ts';
import { generatorFrom } from '../trainer/random/generator.ts';
import { decodeSafetensors } from '../trainer/walk/safetensors.ts';
import { runOver, until } from './testing/open.ts';
import { useTraining, walkPatience } from './testing/training.ts';

const [train, validation] = [60, 20];
const header = 'area (km²),rooms,price (k€),rent (€)';
/** Rows of [area, rooms, price, rent], whose units are far apart. */
const rows = ((): number[][] => {
  const draw = generatorFrom([5, 6, 7, 8]);
  return Array.from({ length: train + validation }, () => {
    const [area, count] = [draw.uniform() / 100, Math.floor(9 * draw.uniform())];
    return [area, count, 50 + 20_000 * area + 30 * Math.sin(count), 700 + 90 * count + 10 * draw.uniform()];
  });
})();
const walk = {
  name: 'houses',
  data: { set: 'houses', train, validation },
  model: { hidden: [6], activation: 'tanh' },
  loss: { kind: 'squared-error' },
  optimizer: { batchSize: 20, learningRate: 0.1 },
  length: { iterations: 6 },
  probes: { interpolation: { points: 4, windows: [{ firstIterations: 6 }] }, updateCosine: true },
  keepParameters: 'windows',
};

const training = useTraining();
const { ask } = training;
const table = (): string => training.path('houses', 'houses.csv');

/** Adds the table and walks on it. */
async function walked(): Promise<string> {
  mkdirSync(training.path('houses'));
  writeFileSync(table(), `${header}\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  await ask('datasets.add', { folder: training.path('houses'), targets: ['price', 'rent'] });
  return training.walked(walk);
}

/** The files of an export by what they are called. */
async function exported(run: string, formats: string[], to = 'out'): Promise<Map<string, string>> {
  const { files } = await ask<{ files: string[] }>('runs.export', {
    runs: [run],
    directory: training.path(to),
    formats,
  });
  return new Map(files.map((file) => [basename(file), file]));
}
const text = (files: Map<string, string>, name: string): string => readFileSync(files.get(name)!, 'utf8');

interface Told {
  inputs: { mean: number; deviation: number }[];
  targets: { mean: number; deviation: number }[];
}

/** Root mean square of prediction − target in the targets' own units, from exported files alone, in float64; one a target. */
function errorsOf({ inputs, targets }: Told, parameters: Uint8Array, of: readonly number[][]): number[] {
  const tensors = decodeSafetensors(parameters).tensors;
  const values = (name: string): Float32Array => tensors.find((each) => each.name === name)!.values;
  const linear = (x: number[], layer: string): number[] => {
    const [weight, bias] = [values(`${layer}.weight`), values(`${layer}.bias`)];
    return Array.from(bias, (b, out) => x.reduce((sum, each, at) => sum + each * weight[out * x.length + at]!, b));
  };
  const squares = [0, 0];
  for (const row of of) {
    const x = inputs.map(({ mean, deviation }, at) => (row[at]! - mean) / deviation);
    const z = linear(linear(x, 'layers.0').map(Math.tanh), 'layers.1');
    z.forEach((each, at) => {
      const { mean, deviation } = targets[at]!;
      squares[at]! += (each * deviation + mean - row[2 + at]!) ** 2;
    });
  }
  return squares.map((sum) => Math.sqrt(sum / of.length));
}

it('exports what turns its predictions back into the units of the table', async () => {
  const run = await walked();
  const files = await exported(run, ['json', 'safetensors']);
  const told = JSON.parse(text(files, 'standardisation.json')) as Told;
  const { data_checksum } = await ask<RunRecord>('runs.get', { run });
  expect(told).toMatchObject({
    data_set: 'houses',
    data_checksum,
    train,
    inputs: [
      { name: 'area', unit: 'km²' },
      { name: 'rooms', unit: null },
    ],
    targets: [
      { name: 'price', unit: 'k€' },
      { name: 'rent', unit: '€' },
    ],
  });
  const epochs = await ask<EpochColumns>('runs.epochs', { run });
  for (const [epoch, iteration] of [0, 3, 6].entries()) {
    const parameters = readFileSync(files.get(`iteration-${String(iteration).padStart(6, '0')}.safetensors`)!);
    const means = [rows.slice(0, train), rows.slice(train)].map((of) => {
      const [price, rent] = errorsOf(told, parameters, of);
      return (price! + rent!) / 2;
    });
    expect(means[0]! / epochs.train_rmse[epoch]!).toBeCloseTo(1, 5);
    expect(means[1]! / epochs.validation_rmse[epoch]!).toBeCloseTo(1, 5);
  }

  // where the table is not what it was, the export says so and has the rest
  writeFileSync(table(), readFileSync(table(), 'utf8').replace('\n', '\n1,1,1,1\n'));
  const changed = await exported(run, ['json']);
  expect(JSON.parse(text(changed, 'standardisation.json'))).toEqual({
    data_set: 'houses',
    data_checksum,
    train,
    unknown: expect.stringMatching(/files of data set houses .* have changed since it was added/) as string,
  });
  await ask('datasets.remove', { id: 'houses' });
  expect(text(await exported(run, ['json']), 'standardisation.json')).toMatch(/data set houses is not here any more/);
  await ask('datasets.add', { folder: training.path('houses') });
  expect(text(await exported(run, ['json']), 'standardisation.json')).toMatch(
    /houses is not the one that the run was trained on; add that one again/,
  );
});

it('exports no such file of images with classes', async () => {
  const images = await training.walked({
    ...walk,
    data: { train: 100, validation: 50 },
    loss: { kind: 'cross-entropy' },
  });
  expect([...(await exported(images, ['json'])).keys()]).toEqual(['run.json']);
});

it('has planes, a trajectory and a valley floor, in words of real targets', async () => {
  const run = await walked();
  const requests = [
    { kind: 'plane', settings: { points: [1, 2, 4], resolution: 7 } },
    { kind: 'trajectory', settings: {} },
    { kind: 'valley-floor', settings: { points: [0, 3, 6], steps: 20, intervals: 4, learningRate: 0.1 } },
  ];
  const results: Analysis[] = [];
  for (const request of requests) {
    const { analysis } = await ask<AnalysisRecord>('analyses.start', { run, request });
    const get = (): Analysis => training.workbench.handlers['analyses.get']({ analysis }) as Analysis;
    await until(() => analysisIsOver(get().status), walkPatience);
    expect(get()).toMatchObject({ status: 'finished', error: null });
    results.push(get());
  }
  const iterations = await ask<IterationColumns>('runs.iterations', { run });
  const plane = results[0]!.result as PlaneResult;
  expect(plane.points.map(({ loss }) => loss)).toEqual([1, 2, 4].map((t) => iterations.loss_before[t]));
  expect(plane.points.map(({ accuracy }) => accuracy)).toEqual([null, null, null]);
  expect(plane.losses.every((loss) => loss !== null && loss > 0)).toBe(true);
  const { floors, segments } = results[2]!.result as ValleyFloorResult;
  expect(floors.map(({ iteration }) => iteration)).toEqual([0, 3, 6]);
  for (const { floor_loss, walk_loss } of floors) expect(floor_loss).toBeLessThan(walk_loss!);
  expect(segments).toHaveLength(2);

  const files = await exported(run, ['svg', 'csv']);
  const drawn = [...files.keys()].filter((name) => /^(plane|trajectory|valley-floor)-.*\.(svg|csv)$/.test(name));
  expect(drawn).toHaveLength(6);
  for (const name of [...drawn, 'walk.svg', 'heights.svg']) {
    const content = text(files, name).replace(/<metadata>.*<\/metadata>/s, '');
    expect(content, name).not.toMatch(/nats|accuracy|class/i);
  }
});

it('is the same walk when its points come from elsewhere', async () => {
  const original = await walked();
  const files = await exported(original, ['safetensors']);
  mkdirSync(training.path('trajectory'));
  const points = [...files].map(([name, file], iteration) => {
    copyFileSync(file, join(training.path('trajectory'), name));
    return { iteration, file: name };
  });
  const write = (change: object): void =>
    writeFileSync(
      training.path('trajectory', 'trajectory.json'),
      JSON.stringify({
        ...{ version: 1, name: 'from elsewhere', data: walk.data, model: walk.model, loss: walk.loss },
        ...{ iterations: points, interpolation: { points: 4 }, batchSize: 20, learningRate: 0.1, ...change },
      }),
    );
  const bring = (): Promise<RunRecord> => ask('runs.import', { folder: training.path('trajectory') });

  write({ loss: undefined });
  await expect(bring()).rejects.toMatchObject({
    problems: [{ path: 'loss.kind', message: expect.stringMatching(/not taken of real numbers/) as string }],
  });
  write({ data: { ...walk.data, normalisation: { mean: [0.5], std: [1] } } });
  await expect(bring()).rejects.toMatchObject({
    problems: [{ path: 'data.normalisation', message: expect.stringMatching(/houses is a table/) as string }],
  });
  write({});
  const { run } = await bring();
  expect(await runOver(training.workbench, run, walkPatience)).toMatchObject({
    status: 'finished',
    kind: 'imported',
    summary: { train_accuracy: null, validation_accuracy: null },
  });
  // the same calls on the same numbers
  for (const request of ['runs.slices', 'runs.epochs'] as const)
    expect(await ask<SliceColumns | EpochColumns>(request, { run })).toEqual(await ask(request, { run: original }));
  const again = await exported(run, ['json'], 'again');
  expect(JSON.parse(text(again, 'standardisation.json'))).toMatchObject({ targets: [{ unit: 'k€' }, { unit: '€' }] });
});
