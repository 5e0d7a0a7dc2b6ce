/** Layer norm and group norm beside PyTorch's in float64, alone and in every network that has them: testing/norms.py made the numbers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { onnxCpu } from '../../electron/trainer/backends/onnx/onnx.ts';
import { differentiate } from '../graph/differentiate.ts';
import * as ops from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Shape, Tensor } from '../graph/tensor.ts';
import { cnn } from './cnn.ts';
import { mlp } from './mlp.ts';
import { logitsOf } from './model.ts';
import type { Model } from './model.ts';
import type { NormChoice } from './norm-settings.ts';
import { byRunningStatistics } from './norms.ts';
import { resnet } from './resnet.ts';
import { vgg11 } from './vgg11.ts';

interface Derivatives {
  gradient: number[];
  product: number[];
}
const known = JSON.parse(readFileSync(new URL('testing/norms.json', import.meta.url), 'utf8')) as {
  alone: Record<string, Derivatives & { groups: number; shape: number[]; values: number[]; scalar: number }>;
  networks: Record<
    string,
    Record<
      string,
      Derivatives & { shape: number[]; parameters: [name: string, shape: number[]][]; loss: number; every: number }
    >
  >;
};

/** The numbers that norms.py makes. */
const wave = (count: number, speed: number, start: number): number[] =>
  Array.from({ length: count }, (_, index) => 0.5 * Math.sin(speed * index + start));

/** A flat vector in parts, an array for each shape. */
function cut(flat: readonly number[], shapes: readonly Shape[]): number[][] {
  let from = 0;
  return shapes.map((shape) => flat.slice(from, (from += sizeOf(shape))));
}

/** Gradient of a scalar and its Hessian times a direction, in graph operations. */
function derivativesOf(scalar: Tensor, variables: readonly Tensor[]): { gradients: Tensor[]; products: Tensor[] } {
  const gradients = differentiate(scalar, variables);
  const shapes = variables.map(({ shape }) => shape);
  const direction = cut(
    wave(
      shapes.reduce((sum, shape) => sum + sizeOf(shape), 0),
      2.3,
      0.4,
    ),
    shapes,
  );
  const along = gradients
    .map((each, index) => ops.sum(ops.multiply(each, ops.constant(direction[index]!, each.shape))))
    .reduce((a, b) => ops.add(a, b));
  return { gradients, products: differentiate(along, variables) };
}

const named = (tensors: readonly Tensor[], name: string): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((each, index) => [`${name} ${index}`, each]));
const joined = (values: Record<string, ArrayLike<number>>, name: string, count: number): number[] =>
  Array.from({ length: count }, (_, index) => Array.from(values[`${name} ${index}`]!)).flat();

/** The greatest difference, as a share of the greatest of the expected. */
function expectNear(found: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const size = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...expected.map((each, index) => Math.abs(each - found[index]!)));
  expect(difference / size).toBeLessThan(tolerance);
}

describe.each(Object.entries(known.alone))('%s', (_, { groups, shape, ...expected }) => {
  const channels = shape[1]!;
  const shapes = [shape, [channels], [channels]];
  const [x, weight, bias] = [ops.input('x', shape), ops.input('weight', [channels]), ops.input('bias', [channels])];
  const values = ops.groupNorm(x, weight, bias, groups);
  const weights = ops.constant(wave(sizeOf(shape), 2.9, 0.7), shape);
  const scalar = ops.sum(ops.multiply(weights, ops.add(values, ops.scale(ops.multiply(values, values), 0.5))));
  const { gradients, products } = derivativesOf(scalar, [x, weight, bias]);
  const outputs = { values, scalar, ...named(gradients, 'gradient'), ...named(products, 'product') };
  const feeds = {
    x: Float64Array.from(wave(sizeOf(shape), 1.7, 0.1), (each) => 3 * each),
    weight: Float64Array.from(wave(channels, 0.9, 0.2), (each) => 1 + each),
    bias: Float64Array.from(wave(channels, 1.1, 0.3)),
  };
  const check = (found: Record<string, ArrayLike<number>>, tolerance: number): void => {
    expectNear(found.values!, expected.values, tolerance);
    expectNear(found.scalar!, [expected.scalar], tolerance);
    expectNear(joined(found, 'gradient', shapes.length), expected.gradient, tolerance);
    expectNear(joined(found, 'product', shapes.length), expected.product, tolerance);
  };

  it('has the values, gradients and Hessian-vector products of PyTorch in float64', () => {
    check(evaluateReference(outputs, feeds), 1e-13);
  });

  it('has them on ONNX Runtime in float32', async () => {
    const executable = await onnxCpu(1).compile(outputs);
    const single = Object.fromEntries(
      Object.entries(feeds).map(([name, of]): [string, Float32Array] => [name, Float32Array.from(of)]),
    );
    check(await executable.run(single), 5e-6);
    await executable.dispose();
  });
});

const choices: Record<string, NormChoice> = {
  layer: { batchNorm: false, norm: { kind: 'layer' } },
  group: { batchNorm: false, norm: { kind: 'group', groups: 2 } },
};
const models: Record<string, (choice: NormChoice) => Model> = {
  mlp: (choice) => mlp({ features: 5, hidden: [6, 4], outputs: 3, activation: 'tanh', ...choice }),
  cnn: (choice) =>
    cnn({ image: { channels: 2, height: 4, width: 8 }, outputs: 3, activation: 'tanh', filters: [2, 4], ...choice }),
  vgg11: (choice) =>
    vgg11({ image: { channels: 1, height: 32, width: 32 }, outputs: 3, activation: 'tanh', thinner: 32, ...choice }),
  resnet: (choice) =>
    resnet({
      image: { channels: 2, height: 8, width: 4 },
      outputs: 3,
      depth: 8,
      activation: 'tanh',
      stages: [2, 2, 4],
      ...choice,
    }),
};

describe.each(
  Object.entries(models).flatMap(([name, make]) =>
    Object.entries(choices).map(([kind, choice]) => [name, kind, make(choice)] as const),
  ),
)('%s with %s norm', (name, kind, model) => {
  const { shape, parameters, loss, every, gradient, product } = known.networks[name]![kind]!;

  it('has the parameters of a PyTorch module by their names, and no statistics', () => {
    const byName = (pairs: (readonly [string, Shape])[]): unknown => Object.fromEntries(pairs);
    expect(byName(model.parameters.map(({ name: own, shape: size }) => [own, size]))).toEqual(byName(parameters));
    expect(model.statistics).toEqual([]);
  });

  it('has its loss, gradient and Hessian-vector product in float64', () => {
    const tensors = Object.fromEntries(parameters.map(([each, size]) => [each, ops.input(each, size)]));
    const variables = Object.values(tensors);
    const count = shape[0]!;
    const logits = logitsOf(model, ops.input('x', [count, model.features]), tensors, byRunningStatistics(tensors));
    const labels = ops.constant(
      Array.from({ length: count }, (_, index) => index % 3),
      [count],
      'int',
    );
    const scalar = ops.mean(ops.crossEntropy(logits, labels));
    const { gradients, products } = derivativesOf(scalar, variables);
    const shapes = parameters.map(([, size]) => size);
    const values = cut(
      wave(
        shapes.reduce((sum, size) => sum + sizeOf(size), 0),
        1.3,
        0.6,
      ),
      shapes,
    );
    const found = evaluateReference(
      { scalar, ...named(gradients, 'gradient'), ...named(products, 'product') },
      {
        x: wave(sizeOf(shape), 0.7, 0.9).map((each) => 2 * each),
        ...Object.fromEntries(parameters.map(([each], index) => [each, values[index]!])),
      },
    );
    const some = (of: string): number[] =>
      joined(found, of, variables.length).filter((_, index) => index % every === 0);
    expectNear(found.scalar, [loss], 1e-12);
    expectNear(some('gradient'), gradient, 1e-10);
    expectNear(some('product'), product, 1e-10);
  });
});
