import { describe, expect, it } from 'vitest';
import type { DataShape } from './index.ts';
import { differentiate } from '../graph/differentiate.ts';
import * as ops from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Tensor } from '../graph/tensor.ts';
import { onnxCpu } from '../../electron/trainer/backends/onnx/onnx.ts';
import { generatorFor, generatorFrom } from '../../electron/trainer/random/generator.ts';
import { syntheticExamples } from '../../electron/trainer/testing/examples.ts';
import { greatestDifference } from '../graph/testing/numbers.ts';
import { pointInputs } from '../../electron/trainer/walk/point.ts';
import { activationNames } from './activations.ts';
import { cnn } from './cnn.ts';
import { model as networkSettings, modelFor, networkCost } from './index.ts';
import { lenet5 } from './lenet5.ts';
import { mlp } from './mlp.ts';
import { logitsOf } from './model.ts';
import type { Model } from './model.ts';
import { byBatchStatistics, byRunningStatistics } from './norms.ts';
import { parameterTotal, viewsOf } from './parameters.ts';
import { resnet } from './resnet.ts';
import { vgg11 } from './vgg11.ts';

const cifar: DataShape = { height: 32, width: 32, channels: 3, classes: 10 };
const fashion: DataShape = { height: 28, width: 28, channels: 1, classes: 10 };

/** Parameters counted from the published tables, layer by layer. */
const published: [string, object, DataShape, number][] = [
  ['MLP', { architecture: 'mlp', hidden: [500, 350], batchNorm: false }, fashion, 571_360],
  // scale and shift of 500 + 350 units
  ['MLP with batch norm', { architecture: 'mlp', hidden: [500, 350], batchNorm: true }, fashion, 573_060],
  // (9 + 1)·16 + (144 + 1)·32 + (1568 + 1)·10
  ['CNN', { architecture: 'cnn', batchNorm: false }, fashion, 160 + 4640 + 15_690],
  // 156 + 2416 + 48,120 + 10,164 + 850: LeNet-5 as it is written today, for MNIST, and for CIFAR-10 in PyTorch's tutorial
  ['LeNet-5', { architecture: 'lenet5', activation: 'relu' }, fashion, 61_706],
  ['LeNet-5 with sigmoid', { architecture: 'lenet5', activation: 'sigmoid' }, { ...cifar, channels: 1 }, 61_706],
  ['LeNet-5 in colour', { architecture: 'lenet5', activation: 'relu' }, cifar, 62_006],
  // 9,220,480 in the convolutions, 2 · (512 + 1) · 512 + (512 + 1) · 10 in the classifier
  ['VGG-11', { architecture: 'vgg11', batchNorm: false }, cifar, 9_750_922],
  // 2 · 2752 channels more
  ['VGG-11 with batch norm', { architecture: 'vgg11', batchNorm: true }, cifar, 9_756_426],
  // 432 + stages of 42,048, 163,344 and 648,976 + 128 + 650, shortcuts of 512 and 2,048 in the stages
  ['ResNet-56', { architecture: 'resnet', depth: 56 }, cifar, 855_578],
];

describe.each(published)('%s', (_, settings, shape, count) => {
  const complete = networkSettings.parse(settings);
  const model = modelFor(complete, shape);

  it('has the published number of parameters, in graph and estimate', () => {
    expect(parameterTotal(model.parameters)).toBe(count);
    expect(networkCost(complete, shape).parameters).toBe(count);
  });

  it('has the multiply-adds that are told before a run', () => {
    const tensors = pointInputs(model);
    const logits = logitsOf(model, ops.input('x', [1, model.features]), tensors, byRunningStatistics(tensors));
    expect(logits.shape).toEqual([1, shape.classes]);
    let found = 0;
    const seen = new Set<Tensor>();
    const visit = (node: Tensor): void => {
      if (seen.has(node)) return;
      seen.add(node);
      node.inputs.forEach(visit);
      if (node.operation.name === 'convolution') {
        const weight = node.inputs[1]!.shape;
        found += sizeOf(weight) * node.shape[2]! * node.shape[3]!;
      } else if (node.operation.name === 'gemm') found += sizeOf(node.inputs[1]!.shape);
    };
    visit(logits);
    expect(networkCost(complete, shape).multiplyAdds).toBe(found);
  });
});

it('LeNet-5 has the layers of a PyTorch module, of images that it was made for and of others', () => {
  const shapes = (shape: DataShape) =>
    modelFor(networkSettings.parse({ architecture: 'lenet5', activation: 'sigmoid' }), shape).parameters.map(
      ({ name, shape }) => [name, shape],
    );
  const of = (inputs: number): unknown[] => [
    ['conv1.weight', [6, 1, 5, 5]],
    ['conv1.bias', [6]],
    ['conv2.weight', [16, 6, 5, 5]],
    ['conv2.bias', [16]],
    ['fc1.weight', [120, inputs]],
    ['fc1.bias', [120]],
    ['fc2.weight', [84, 120]],
    ['fc2.bias', [84]],
    ['fc3.weight', [10, 84]],
    ['fc3.bias', [10]],
  ];
  expect(shapes(fashion)).toEqual(of(16 * 5 * 5));
  expect(shapes({ ...fashion, height: 32, width: 32 })).toEqual(of(16 * 5 * 5));
  expect(shapes({ ...fashion, height: 12, width: 64 })).toEqual(of(16 * 1 * 14));
});

describe('initialisation', () => {
  it.each([
    ['cnn', modelFor(networkSettings.parse({ architecture: 'cnn', batchNorm: true }), fashion)],
    ['lenet5', modelFor(networkSettings.parse({ architecture: 'lenet5', activation: 'relu' }), fashion)],
    ['vgg11', modelFor(networkSettings.parse({ architecture: 'vgg11', batchNorm: false }), cifar)],
    ['resnet', modelFor(networkSettings.parse({ architecture: 'resnet', depth: 20 }), cifar)],
  ])('of %s: filters N(0, √(2 / (k·k·out))), scale 1, shift and bias 0, running mean 0 and variance 1', (__, model) => {
    const values = viewsOf(model.initialise(generatorFor(1, 'initialisation')), model.parameters);
    for (const { name, shape, size } of model.parameters) {
      const all = values[name]!;
      const variance = all.reduce((sum, each) => sum + each * each, 0) / size;
      if (shape.length === 4 && size > 2000)
        expect(Math.abs(variance / (2 / (shape[2]! * shape[3]! * shape[0]!)) - 1), name).toBeLessThan(0.1);
      if (shape.length === 1 && !/fc|classifier/.test(name))
        expect(new Set(all), name).toEqual(new Set([/bn.*weight/.test(name) ? 1 : 0]));
    }
    for (const [name, all] of Object.entries(viewsOf(model.initialStatistics(), model.statistics)))
      expect(new Set(all), name).toEqual(new Set([name.endsWith('var') ? 1 : 0]));
  });
});

/** Networks small enough for float64 and finite differences. */
const tiny: [string, Model, number][] = [
  ['linear', mlp({ features: 5, hidden: [], outputs: 3 }), 8],
  ['mlp', mlp({ features: 5, hidden: [6, 4], outputs: 3 }), 8],
  ...activationNames.map((activation): [string, Model, number] => [
    `mlp with ${activation}`,
    mlp({ features: 5, hidden: [6, 4], outputs: 3, activation }),
    8,
  ]),
  ...(['tanh', 'gelu'] as const).map((activation): [string, Model, number] => [
    `cnn with ${activation}`,
    cnn({
      image: { channels: 2, height: 4, width: 8 },
      outputs: 3,
      batchNorm: false,
      activation,
      filters: [2, 3],
    }),
    4,
  ]),
  ['mlp with batch norm', mlp({ features: 5, hidden: [6, 4], outputs: 3, batchNorm: true }), 8],
  ...([{ kind: 'layer' }, { kind: 'group', groups: 2 }] as const).flatMap((norm): [string, Model, number][] => [
    [`mlp with ${norm.kind} norm`, mlp({ features: 5, hidden: [6, 4], outputs: 3, norm }), 8],
    [
      `cnn with ${norm.kind} norm`,
      cnn({ image: { channels: 2, height: 4, width: 8 }, outputs: 3, norm, filters: [2, 4] }),
      4,
    ],
    [
      `resnet with ${norm.kind} norm`,
      resnet({
        image: { channels: 2, height: 8, width: 4 },
        outputs: 3,
        depth: 8,
        batchNorm: false,
        norm,
        stages: [2, 2, 4],
      }),
      3,
    ],
  ]),
  ['cnn', cnn({ image: { channels: 2, height: 4, width: 8 }, outputs: 3, batchNorm: false, filters: [2, 3] }), 4],
  [
    'cnn with batch norm',
    cnn({ image: { channels: 1, height: 8, width: 4 }, outputs: 3, batchNorm: true, filters: [2, 3] }),
    4,
  ],
  ...(['relu', 'sigmoid'] as const).map((activation): [string, Model, number] => [
    `lenet5 with ${activation}`,
    lenet5({ image: { channels: 2, height: 12, width: 16 }, outputs: 3, activation, maps: [2, 3], units: [5, 4] }),
    3,
  ]),
  ['vgg11', vgg11({ image: { channels: 1, height: 32, width: 32 }, outputs: 3, batchNorm: false, thinner: 32 }), 2],
  [
    'vgg11 with batch norm',
    vgg11({ image: { channels: 1, height: 32, width: 32 }, outputs: 3, batchNorm: true, thinner: 32 }),
    3,
  ],
  ['resnet', resnet({ image: { channels: 2, height: 8, width: 4 }, outputs: 3, depth: 8, stages: [2, 3, 4] }), 3],
  [
    'vgg11 with gelu-tanh',
    vgg11({
      image: { channels: 1, height: 32, width: 32 },
      outputs: 3,
      batchNorm: false,
      activation: 'gelu-tanh',
      thinner: 32,
    }),
    2,
  ],
  [
    'resnet with silu',
    resnet({
      image: { channels: 2, height: 8, width: 4 },
      outputs: 3,
      depth: 8,
      activation: 'silu',
      stages: [2, 3, 4],
    }),
    3,
  ],
];

describe.each(tiny)('%s', (_, model, count) => {
  const { images, targets: labels } = syntheticExamples(count, model.features, 3);
  const tensors = pointInputs(model);
  const names = model.parameters.map(({ name }) => name);
  const parameters = names.map((name) => tensors[name]!);
  const labelInput = ops.input('labels', [count], 'int');
  const logits = logitsOf(
    model,
    ops.input('x', [count, model.features]),
    tensors,
    byBatchStatistics(tensors).normalise,
  );
  const loss = ops.mean(ops.crossEntropy(logits, labelInput));
  const gradients = differentiate(loss, parameters);
  const generator = generatorFrom([9, 8, 7, 6]);
  const flat = Float64Array.from(model.initialise(generator), (each) => each + 0.1 * (generator.uniform() - 0.5));
  const direction = flat.map(() => generator.uniform() - 0.5);
  const feedsAt = (at: Float64Array, vector = direction): Record<string, ArrayLike<number>> => ({
    x: images,
    labels,
    ...Object.fromEntries(
      model.parameters.flatMap(({ name, offset, size }) => [
        [name, at.subarray(offset, offset + size)],
        [`v ${name}`, vector.subarray(offset, offset + size)],
      ]),
    ),
  });
  const along = gradients
    .map((gradient, index) => ops.sum(ops.multiply(gradient, ops.input(`v ${names[index]!}`, gradient.shape))))
    .reduce((a, b) => ops.add(a, b));
  const products = differentiate(along, parameters);
  const flatOf = (of: readonly Tensor[], feeds: Record<string, ArrayLike<number>>): Float64Array => {
    const values = evaluateReference(Object.fromEntries(of.map((each, index) => [index, each])), feeds);
    return Float64Array.from(of.flatMap((__, index) => [...values[index]!]));
  };
  /** Some coordinates, spread over all tensors. */
  const some = model.parameters.flatMap(({ offset, size }) => [offset, offset + (size >> 1)]);
  const moved = (index: number, by: number): Float64Array => {
    const point = flat.slice();
    point[index]! += by;
    return point;
  };
  const scaleOf = (values: ArrayLike<number>): number => Math.max(...Array.from(values, Math.abs));

  it('has the gradient that finite differences find', () => {
    const exact = flatOf(gradients, feedsAt(flat));
    for (const index of some) {
      const at = (by: number): number => evaluateReference({ loss }, feedsAt(moved(index, by))).loss[0]!;
      const numeric = (at(1e-6) - at(-1e-6)) / 2e-6;
      expect(Math.abs(exact[index]! - numeric), `parameter ${index}`).toBeLessThan(1e-5 * scaleOf(exact));
    }
  });

  it('has the Hessian-vector product that differences of its gradient find', () => {
    const exact = flatOf(products, feedsAt(flat));
    const step = 1e-6;
    const at = (by: number): Float64Array =>
      flatOf(gradients, feedsAt(flat.map((each, index) => each + by * direction[index]!)));
    const [above, below] = [at(step), at(-step)];
    const numeric = above.map((each, index) => (each - below[index]!) / (2 * step));
    expect(scaleOf(exact)).toBeGreaterThan(1e-3);
    expect(scaleOf(exact.map((each, index) => each - numeric[index]!))).toBeLessThan(1e-5 * scaleOf(exact));
  });

  it('has loss, gradient and statistics on ONNX Runtime as in float64', async () => {
    const { normalise, statistics } = byBatchStatistics(tensors);
    const output = logitsOf(model, ops.input('x', [count, model.features]), tensors, normalise);
    const outputs = {
      loss,
      output,
      ...statistics,
      ...Object.fromEntries(gradients.map((gradient, index) => [`gradient ${index}`, gradient])),
    };
    const feeds = {
      x: images,
      labels: Int32Array.from(labels),
      ...viewsOf(Float32Array.from(flat), model.parameters),
    };
    const executable = await onnxCpu(1).compile(outputs);
    const results = await executable.run(feeds);
    for (const [name, exact] of Object.entries(evaluateReference(outputs, feeds)))
      expect(greatestDifference(results[name]!, exact), name).toBeLessThan(2e-5);
    await executable.dispose();
  });
});

describe('batch norm by the statistics of a batch', () => {
  const normalise = (shape: number[]) => {
    const tensors = { 'bn.weight': ops.input('bn.weight', [2]), 'bn.bias': ops.input('bn.bias', [2]) };
    const by = byBatchStatistics(tensors);
    const result = by.normalise(ops.input('x', shape), 'bn');
    return evaluateReference(
      { result, variance: by.statistics['bn.running_var']! },
      { x: [1, 5, 2, 8].slice(0, sizeOf(shape)), 'bn.weight': [1, 1], 'bn.bias': [0, 0] },
    );
  };

  it('is refused where a channel has one value, as PyTorch refuses it', () => {
    expect(() => normalise([1, 2])).toThrow(/batch norm bn .* one value a channel, and one value has no variance/);
    expect(() => normalise([1, 2, 1, 1])).toThrow('one value a channel');
  });

  it('takes one example of several pixels, and two of one', () => {
    // channels 1, 5 and 2, 8
    expect([...normalise([1, 2, 1, 2]).variance]).toEqual([8, 18]);
    // channels 1, 2 and 5, 8
    expect([...normalise([2, 2]).variance]).toEqual([0.5, 4.5]);
  });
});

describe('a whole Hessian', () => {
  it('of a small CNN with batch norm is symmetric and is what its products make', () => {
    const model = cnn({ image: { channels: 1, height: 4, width: 4 }, outputs: 2, batchNorm: true, filters: [1, 1] });
    const { images, targets: labels } = syntheticExamples(5, 16, 2);
    const tensors = pointInputs(model);
    const parameters = model.parameters.map(({ name }) => tensors[name]!);
    const logits = logitsOf(model, ops.input('x', [5, 16]), tensors, byBatchStatistics(tensors).normalise);
    const gradients = differentiate(ops.mean(ops.crossEntropy(logits, ops.input('labels', [5], 'int'))), parameters);
    const along = gradients
      .map((each, index) => ops.sum(ops.multiply(each, ops.input(`v${index}`, each.shape))))
      .reduce((a, b) => ops.add(a, b));
    const products = differentiate(along, parameters);
    const size = parameterTotal(model.parameters);
    const flat = model.initialise(generatorFrom([3, 1, 4, 1]));
    const rows = Array.from({ length: size }, (__, row) => {
      const unit = new Float32Array(size);
      unit[row] = 1;
      const feeds: Record<string, ArrayLike<number>> = { x: images, labels, ...viewsOf(flat, model.parameters) };
      Object.values(viewsOf(unit, model.parameters)).forEach((view, index) => (feeds[`v${index}`] = view));
      const values = evaluateReference(Object.fromEntries(products.map((each, index) => [index, each])), feeds);
      return products.flatMap((___, index) => [...values[index]!]);
    });
    const greatest = Math.max(...rows.flat().map(Math.abs));
    rows.forEach((row, i) =>
      row.forEach((value, j) => expect(Math.abs(value - rows[j]![i]!)).toBeLessThan(1e-12 * (1 + greatest))),
    );
    expect(greatest).toBeGreaterThan(0.01);
  });
});
