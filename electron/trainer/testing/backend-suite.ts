/** What every backend must pass: the same numbers as the float64 reference, and the same walk as the processor. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { differentiate } from '../../../shared/graph/differentiate.ts';
import { divide } from '../../../shared/graph/divide.ts';
import * as ops from '../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import { makeNode, sizeOf } from '../../../shared/graph/tensor.ts';
import type { Operation, Tensor } from '../../../shared/graph/tensor.ts';
import { cnn } from '../../../shared/networks/cnn.ts';
import { lenet5 } from '../../../shared/networks/lenet5.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics } from '../../../shared/networks/norms.ts';
import { viewsOf } from '../../../shared/networks/parameters.ts';
import { resnet } from '../../../shared/networks/resnet.ts';
import { vgg11 } from '../../../shared/networks/vgg11.ts';
import { generatorFrom } from '../random/generator.ts';
import { pointInputs } from '../walk/point.ts';
import { syntheticExamples } from './examples.ts';
import { greatestDifference } from '../../../shared/graph/testing/numbers.ts';
import { opCases } from '../../../shared/graph/testing/op-cases.ts';
import { vectorSuite } from './vector-suite.ts';
import { regressionData, regressionExamples } from './regression.ts';
import { smallExperiment, walked } from './walks.ts';

/** Networks small enough for float64, and the examples of their batch. */
const networks: [string, Model, number][] = [
  ['MLP', mlp({ features: 5, hidden: [6, 4], outputs: 3 }), 8],
  ['MLP with batch norm', mlp({ features: 5, hidden: [6, 4], outputs: 3, batchNorm: true }), 8],
  ['CNN', cnn({ image: { channels: 2, height: 4, width: 8 }, outputs: 3, batchNorm: false, filters: [2, 3] }), 4],
  [
    'CNN with batch norm',
    cnn({ image: { channels: 1, height: 8, width: 4 }, outputs: 3, batchNorm: true, filters: [2, 3] }),
    4,
  ],
  ['MLP with layer norm', mlp({ features: 5, hidden: [6, 4], outputs: 3, norm: { kind: 'layer' } }), 8],
  [
    'CNN with group norm',
    cnn({
      image: { channels: 2, height: 4, width: 8 },
      outputs: 3,
      norm: { kind: 'group', groups: 2 },
      filters: [2, 4],
    }),
    18,
  ],
  [
    'CNN with batch norm, a larger batch',
    cnn({ image: { channels: 4, height: 4, width: 8 }, outputs: 3, batchNorm: true, filters: [2, 3] }),
    18,
  ],
  ...(['relu', 'sigmoid'] as const).map((activation): [string, Model, number] => [
    `LeNet-5, ${activation}${activation === 'relu' ? ', a larger batch' : ''}`,
    lenet5({ image: { channels: 2, height: 12, width: 16 }, outputs: 3, activation, maps: [4, 6], units: [5, 4] }),
    activation === 'relu' ? 17 : 3,
  ]),
  ['VGG-11', vgg11({ image: { channels: 1, height: 32, width: 32 }, outputs: 3, batchNorm: false, thinner: 32 }), 2],
  ['ResNet', resnet({ image: { channels: 2, height: 8, width: 4 }, outputs: 3, depth: 8, stages: [2, 3, 4] }), 3],
  [
    'ResNet, a larger batch',
    resnet({ image: { channels: 2, height: 8, width: 4 }, outputs: 3, depth: 8, stages: [2, 3, 4] }),
    17,
  ],
];

/** Greatest allowed error of a gradient and of a Hessian-vector product, as a share of its greatest element. */
const limits = { gradient: 1e-5, product: 1e-4 };

/** Relative difference that the walk's losses and distances may have between two backends over its first iterations. */
const walkTolerance = 1e-4;

/**
 * Tests a backend.
 * @param options.vectors whether the backend keeps vectors, which are then compared with the host's
 * @param options.deep leaves VGG-11 and larger batches in, which take a GPU that the processor imitates half a minute each
 */
export function backendSuite(open: () => Backend | Promise<Backend>, { deep = true, vectors = false } = {}): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });

  it(vectors ? 'keeps vectors' : 'keeps no vectors', () => expect(backend.memory !== undefined).toBe(vectors));
  if (vectors) describe('its vectors', () => vectorSuite(open));

  it('computes every operation as the float64 reference does', async () => {
    const generator = generatorFrom([5, 6, 7, 8]);
    const feeds: Record<string, Float32Array> = {};
    const outputs = Object.fromEntries(
      opCases.map(([name, shapes, build]) => {
        const inputs = shapes.map((shape, index) => {
          feeds[`${name} ${index}`] = Float32Array.from({ length: sizeOf(shape) }, () => 0.5 + generator.uniform());
          return ops.input(`${name} ${index}`, shape);
        });
        return [name, build(...inputs)];
      }),
    );
    const executable = await backend.compile(outputs);
    const results = await executable.run(feeds);
    for (const [name, exact] of Object.entries(evaluateReference(outputs, feeds)))
      expect(greatestDifference(results[name]!, exact), name).toBeLessThan(2e-6);
    await executable.dispose();
  });

  // kernels go several channels at a time, and in other ways where their number does not divide
  it('convolves any number of channels as the float64 reference does', async () => {
    const generator = generatorFrom([1, 2, 3, 4]);
    const feeds: Record<string, Float32Array> = {};
    const fed = (name: string, shape: number[]): Tensor => {
      feeds[name] = Float32Array.from({ length: sizeOf(shape) }, () => generator.uniform() - 0.5);
      return ops.input(name, shape);
    };
    const outputs: Record<string, Tensor> = {};
    for (const channels of [1, 2, 3, 5, 6, 8, 9, 12, 15])
      for (const filters of [4, 5, 6]) {
        const x = fed(`x ${channels} ${filters}`, [2, channels, 3, 4]);
        const weight = fed(`weight ${channels} ${filters}`, [filters, channels, 2, 3]);
        for (const stride of [1, 2]) {
          const result = ops.convolution(x, weight, null, { stride, padding: 1 });
          const about = `of ${channels} channels to ${filters}, stride ${stride}`;
          outputs[`convolution ${about}`] = result;
          outputs[`image gradient ${about}`] = differentiate(ops.sum(ops.multiply(result, result)), [x])[0]!;
        }
      }
    const executable = await backend.compile(outputs);
    const results = await executable.run(feeds);
    await executable.dispose();
    for (const [name, exact] of Object.entries(evaluateReference(outputs, feeds)))
      expect(greatestDifference(results[name]!, exact), name).toBeLessThan(2e-5);
  });

  describe.each(networks.filter(([name]) => deep || !/VGG-11|larger batch/.test(name)))('%s', (_, model, count) => {
    const tensors = pointInputs(model);
    const names = model.parameters.map(({ name }) => name);
    const parameters = names.map((name) => tensors[name]!);
    const { images, targets: labels } = syntheticExamples(count, model.features, 3);
    const generator = generatorFrom([9, 8, 7, 6]);
    const vector = Float32Array.from(
      { length: names.length === 0 ? 0 : model.parameters.reduce((sum, { size }) => sum + size, 0) },
      () => generator.uniform() - 0.5,
    );
    const point = model.initialise(generator).map((each) => each + 0.1 * (generator.uniform() - 0.5));
    const logits = logitsOf(
      model,
      ops.input('x', [count, model.features]),
      tensors,
      byBatchStatistics(tensors).normalise,
    );
    const loss = ops.mean(ops.crossEntropy(logits, ops.input('labels', [count], 'int')));
    const gradients = differentiate(loss, parameters);
    const along = gradients
      .map((gradient, index) => ops.sum(ops.multiply(gradient, ops.input(`along ${names[index]!}`, gradient.shape))))
      .reduce((a, b) => ops.add(a, b));
    const products = differentiate(along, parameters);
    const feeds = {
      x: images,
      labels: Int32Array.from(labels),
      ...viewsOf(point, model.parameters),
      ...Object.fromEntries(
        Object.entries(viewsOf(vector, model.parameters)).map(([name, values]) => [`along ${name}`, values]),
      ),
    };

    /** Greatest error over all the tensors, as a share of the greatest element. */
    async function error(tensorsOf: readonly Tensor[]): Promise<number> {
      const outputs = Object.fromEntries(tensorsOf.map((tensor, index) => [`${index}`, tensor]));
      const executable = await backend.compile(outputs);
      const results = await executable.run(feeds);
      await executable.dispose();
      const exact = evaluateReference(outputs, feeds);
      let [greatest, worst] = [0, 0];
      for (const [name, values] of Object.entries(exact))
        values.forEach((value, index) => {
          greatest = Math.max(greatest, Math.abs(value));
          const difference = Math.abs(results[name]![index]! - value);
          worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
        });
      expect(greatest).toBeGreaterThan(1e-3);
      return worst / greatest;
    }

    it('has loss and gradient', async () => {
      expect(await error([loss, ...gradients])).toBeLessThan(limits.gradient);
    });

    it('has the Hessian-vector product', async () => {
      expect(await error(products)).toBeLessThan(limits.product);
    });

    it('has the same product from what is kept of the point', async () => {
      const outputs = Object.fromEntries(products.map((each, index) => [`${index}`, each]));
      const divided = divide(outputs, new Set(names.map((name) => `along ${name}`)));
      const between = new Set(Object.keys(divided.kept));
      const parts = [divided.kept, divided.outputs].map((part) => backend.compile(part, {}, between));
      const [whole, before, after] = await Promise.all([backend.compile(outputs), ...parts]);
      const kept = await before!.run(feeds);
      const results = await after!.run({ ...feeds, ...kept });
      // a library may choose another kernel where something lies otherwise in memory
      for (const [name, values] of Object.entries(await whole.run(feeds)))
        expect(greatestDifference(results[name]!, values), name).toBeLessThan(1e-6);
      for (const each of [whole, before!, after!]) await each.dispose();
    });
  });

  it('has loss, gradient and Hessian-vector product of targets that are real numbers', async () => {
    const model = mlp({ features: 5, hidden: [6], outputs: 2, activation: 'tanh' });
    const { images, targets, count } = regressionExamples(8, 5, 2);
    const tensors = pointInputs(model);
    const point = model.initialise(generatorFrom([3, 4, 5, 6]));
    const outputs = logitsOf(model, ops.input('x', [count, 5]), tensors, byBatchStatistics(tensors).normalise);
    const loss = ops.mean(ops.squaredError(outputs, ops.input('targets', [count, 2])));
    const parameters = model.parameters.map(({ name }) => tensors[name]!);
    const gradients = differentiate(loss, parameters);
    const along = gradients
      .map((gradient) => ops.sum(ops.multiply(gradient, gradient)))
      .reduce((a, b) => ops.add(a, b));
    const all = [loss, ...gradients, ...differentiate(along, parameters)];
    const tensorsByName = Object.fromEntries(all.map((tensor, index) => [`${index}`, tensor]));
    const feeds = { x: images, targets: targets as Float32Array, ...viewsOf(point, model.parameters) };
    const executable = await backend.compile(tensorsByName);
    const results = await executable.run(feeds);
    await executable.dispose();
    for (const [name, exact] of Object.entries(evaluateReference(tensorsByName, feeds)))
      expect(greatestDifference(results[name]!, exact), name).toBeLessThan(2e-5);
  });

  it('walks along targets that are real numbers as the processor does', async () => {
    const experiment = smallExperiment({
      loss: { kind: 'squared-error' },
      length: { epochs: 2 },
      optimizer: { learningRate: 0.1 },
      interpolation: { windows: [{ firstIterations: 6 }] },
    });
    const data = regressionData(60, 20);
    const image = data.train.shape;
    const here = await walked(experiment, { data, image, backend });
    const there = await walked(experiment, { data, image, backend: onnxCpu(1) });
    expect(here.iterations.length).toBe(6);
    for (const key of ['batch_loss', 'distance', 'floor_loss', 'loss_after', 'gradient_norm'] as const)
      here.iterations.forEach((record, index) =>
        expect(close(record[key], there.iterations[index]![key]), key).toBe(true),
      );
    expect(close(here.epochs.at(-1)!.validation_r_squared, there.epochs.at(-1)!.validation_r_squared)).toBe(true);
  });

  it('walks as the processor does, over the first iterations', async () => {
    const experiment = smallExperiment({ length: { epochs: 3 }, interpolation: { windows: [{ firstIterations: 9 }] } });
    const [here, there] = [await walked(experiment, { backend }), await walked(experiment, { backend: onnxCpu(1) })];
    expect(here.iterations.length).toBe(9);
    expect(here.slices.length).toBe(there.slices.length);
    for (const key of ['batch_loss', 'distance', 'floor_loss', 'loss_after', 'gradient_norm'] as const)
      here.iterations.forEach((record, index) =>
        expect(close(record[key], there.iterations[index]![key]), `${key} of iteration ${index}`).toBe(true),
      );
    here.slices.forEach((record, index) => expect(close(record.loss, there.slices[index]!.loss)).toBe(true));
  });
}

/** Expects a backend to refuse by name an operation that no table has. */
export async function refusesStrangeOperation(backend: Backend): Promise<void> {
  const strange: Operation<'strange', object> = {
    name: 'strange',
    infer: () => ({ shape: [1], dtype: 'float' }),
    gradient: () => [],
    cost: null,
    evaluate: () => new Float64Array(1),
  };
  await expect(backend.compile({ y: makeNode(strange, [], {}) })).rejects.toThrow(
    'operation "strange" is not in the table of operations',
  );
}

function close(a: number | null, b: number | null): boolean {
  return a !== null && b !== null && Math.abs(a - b) <= walkTolerance * Math.abs(b);
}
