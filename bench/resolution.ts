/**
 * `node bench/resolution.ts`: how large the noise of a slice's losses is, against the exact loss in float64 along the exact segment, and
 * what the measured scale of rounding noise says of it. docs/decisions/0010 holds its table.
 */
import { experimentSchema } from '../shared/experiment.ts';
import type { Experiment } from '../shared/experiment.ts';
import type { Examples } from '../electron/datasets/load.ts';
import { onnxCpu } from '../electron/trainer/backends/onnx/onnx.ts';
import { crossEntropy, input } from '../shared/graph/ops/index.ts';
import { evaluateReference } from '../shared/graph/reference.ts';
import { modelFor } from '../shared/networks/index.ts';
import { logitsOf } from '../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../shared/networks/norms.ts';
import { generatorFrom } from '../electron/trainer/random/generator.ts';
import type { Generator } from '../electron/trainer/random/generator.ts';
import { syntheticExamples } from '../electron/trainer/testing/examples.ts';
import { blendPoints, emptyPoint, pointInputs } from '../electron/trainer/walk/point.ts';
import type { HostPoint } from '../electron/trainer/walk/point.ts';
import { lossResolution, openNoiseScale } from '../electron/trainer/walk/resolution.ts';
import { openSegments } from '../electron/trainer/walk/segments.ts';

interface Case {
  name: string;
  model: object;
  image: { channels: number; height: number; width: number };
  count: number;
  slices: number;
  points?: number;
  /** Factors on the initial parameters, log-uniform between these: how large logits get. */
  gain?: [number, number];
  /** log10 of the step's length relative to the parameters'. */
  length?: [number, number];
  batchNorm?: 'batch' | 'running';
}

const backend = onnxCpu(1);
const classes = 10;
const between = (generator: Generator, [low, high]: [number, number]): number =>
  low + (high - low) * generator.uniform();

async function measure(each: Case, seed: number) {
  const generator = generatorFrom([seed, 7, 8, 9]);
  const experiment: Experiment = experimentSchema.parse({
    data: { train: each.count, validation: 1 },
    model: each.model,
    optimizer: { batchSize: 1 },
    seed,
    probes: {
      interpolation: {
        points: each.points ?? 10,
        windows: [{ firstIterations: 1 }],
        batchNorm: each.batchNorm ?? 'running',
      },
    },
  });
  const features = each.image.channels * each.image.height * each.image.width;
  const train: Examples = syntheticExamples(each.count, features, classes, seed);
  const model = modelFor(experiment.model, { ...each.image, classes });
  const segments = await openSegments(experiment, { backend, model, train });
  const noise = await openNoiseScale(experiment, { backend, model, train });
  const tensors = pointInputs(model);
  const normalise = each.batchNorm === 'batch' ? byBatchStatistics(tensors).normalise : byRunningStatistics(tensors);
  const truthGraph = (count: number) => ({
    losses: crossEntropy(
      logitsOf(model, input('x', [count, features]), tensors, normalise),
      input('labels', [count], 'int'),
    ),
  });
  const piece = each.batchNorm === 'batch' ? each.count : Math.min(each.count, 500);
  const exact = (parameters: Float64Array, statistics: Float64Array): number => {
    let total = 0;
    for (let start = 0; start < each.count; start += piece) {
      const count = Math.min(piece, each.count - start);
      const feeds: Record<string, ArrayLike<number>> = {
        x: train.images.subarray(start * features, (start + count) * features),
        labels: Int32Array.from(train.targets.subarray(start, start + count)),
      };
      for (const [list, values] of [
        [model.parameters, parameters],
        [model.statistics, statistics],
      ] as const) {
        let at = 0;
        for (const { name, shape } of list) {
          const size = shape.reduce((a, b) => a * b, 1);
          feeds[name] = values.subarray(at, at + size);
          at += size;
        }
      }
      for (const loss of evaluateReference(truthGraph(count), feeds).losses) total += loss;
    }
    return total / each.count;
  };
  const rows = [];
  for (let slice = 0; slice < each.slices; slice++) {
    const gain = 10 ** between(generator, each.gain ?? [0, 0]);
    const length = 10 ** between(generator, each.length ?? [-8, -5]);
    const start: HostPoint = { parameters: model.initialise(generator), statistics: model.initialStatistics() };
    start.parameters.forEach((value, i) => (start.parameters[i] = value * gain));
    const end: HostPoint = { parameters: start.parameters.slice(), statistics: start.statistics.slice() };
    end.parameters.forEach((value, i) => {
      end.parameters[i] = value + length * gain * 0.1 * generator.normal();
    });
    const intervals = each.points ?? 10;
    const first = await segments.measure(start);
    const last = await segments.measure(end);
    const middle = emptyPoint(model);
    const found = [first];
    for (let k = 1; k < intervals; k++) {
      blendPoints(start, end, k / intervals, middle);
      found.push(await segments.between(k / intervals, middle));
    }
    found.push(last);
    const errors = found.map(({ loss }, k) => {
      const alpha = k / intervals;
      const mixed = (a: Float32Array, b: Float32Array) =>
        Float64Array.from(a, (value, i) => (1 - alpha) * value + alpha * b[i]!);
      return loss - exact(mixed(start.parameters, end.parameters), mixed(start.statistics, end.statistics));
    });
    const spread = Math.max(...errors) - Math.min(...errors);
    const bend = Math.max(...errors.slice(1, -1).map((e, k) => Math.abs(errors[k]! - 2 * e + errors[k + 2]!)));
    const scale = Math.max(await noise.at(0, start, first), await noise.at(1, end, last));
    const floor = 2 ** -22 * (1 + Math.max(...found.map(({ loss }) => Math.abs(loss))));
    const nu = lossResolution(found, scale);
    rows.push({ loss: first.loss, noise: Math.max(spread, bend), scale, floor, nu });
  }
  await segments.dispose();
  await noise.dispose();
  return rows;
}

const row = { channels: 1, height: 1, width: 6 };
const square = { channels: 1, height: 14, width: 14 };
const colour = { channels: 3, height: 32, width: 32 };
const cases: Case[] = [];
for (const count of [1, 2, 5, 20, 200, 500, 2000, 6000])
  for (const [name, gain] of [
    ['', [-2, 0]],
    [', logits to thousands', [0, 4]],
  ] as const)
    cases.push({
      name: `softmax 6${name}`,
      model: { hidden: [] },
      image: row,
      count,
      slices: count > 200 ? 60 : 300,
      gain: [...gain],
      length: [-8, 1],
    });
for (const count of [1, 20, 200])
  cases.push({
    name: 'softmax 196, logits to thousands',
    model: { hidden: [] },
    image: square,
    count,
    slices: 60,
    gain: [-1, 4],
    length: [-8, 1],
  });
for (const batchNorm of [false, true])
  for (const count of [1, 20, 200])
    cases.push({
      name: `MLP 196-50-30${batchNorm ? ', batch norm' : ''}`,
      model: { hidden: [50, 30], batchNorm },
      image: square,
      count,
      slices: count > 100 ? 20 : 60,
      gain: [-1, 1],
      length: [-8, -1],
    });
cases.push({
  name: 'MLP 196-50-30',
  model: { hidden: [50, 30] },
  image: square,
  count: 6000,
  slices: 3,
  gain: [0, 0],
  length: [-8, -3],
});
for (const count of [2, 20])
  cases.push({
    name: 'MLP, batch statistics',
    model: { hidden: [50, 30], batchNorm: true },
    image: square,
    count,
    slices: 60,
    batchNorm: 'batch',
    gain: [-1, 1],
    length: [-8, -1],
  });
for (const count of [1, 20])
  cases.push({
    name: 'CNN',
    model: { architecture: 'cnn' },
    image: { ...square, height: 28, width: 28 },
    count,
    slices: 4,
    points: 5,
    length: [-8, -3],
  });
cases.push({
  name: 'ResNet-8, batch norm',
  model: { architecture: 'resnet', depth: 8 },
  image: colour,
  count: 8,
  slices: 3,
  points: 5,
  length: [-8, -3],
});
cases.push({
  name: 'ResNet-8, batch statistics',
  model: { architecture: 'resnet', depth: 8 },
  image: colour,
  count: 4,
  slices: 3,
  points: 5,
  length: [-8, -3],
  batchNorm: 'batch',
});
cases.push({
  name: 'VGG-11, batch norm',
  model: { architecture: 'vgg11', batchNorm: true },
  image: colour,
  count: 2,
  slices: 2,
  points: 3,
  length: [-8, -3],
});

const only = process.argv[2];
const text = (value: number): string => value.toExponential(1);
console.log('| case | n | slices | loss | noise | scale r | ν | most noise / 2⁻²²·(1 + max ℓ) | most noise / ν |');
for (const each of cases.filter(({ name }) => only === undefined || name.includes(only))) {
  const rows = (await measure(each, Number(process.argv[3] ?? 1))).filter(({ noise }) => Number.isFinite(noise));
  const range = (of: (row: (typeof rows)[number]) => number): string =>
    `${text(Math.min(...rows.map(of)))} … ${text(Math.max(...rows.map(of)))}`;
  const most = (of: (row: (typeof rows)[number]) => number): string => Math.max(0, ...rows.map(of)).toFixed(3);
  const columns = [
    range(({ loss }) => loss),
    range(({ noise }) => noise),
    range(({ scale }) => scale),
    range(({ nu }) => nu),
  ];
  const shares = [most(({ noise, floor }) => noise / floor), most(({ noise, nu }) => noise / nu)];
  console.log(`| ${[each.name, each.count, rows.length, ...columns, ...shares].join(' | ')} |`);
}
