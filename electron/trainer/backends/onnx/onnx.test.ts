import { describe, expect, it } from 'vitest';
import { differentiate } from '../../graph/differentiate.ts';
import * as ops from '../../graph/ops/index.ts';
import { evaluateReference } from '../../graph/reference.ts';
import { makeNode, sizeOf } from '../../graph/tensor.ts';
import type { Operation, Shape, Tensor } from '../../graph/tensor.ts';
import { mlp } from '../../models/mlp.ts';
import { logitsOf } from '../../models/model.ts';
import { byRunningStatistics } from '../../models/norms.ts';
import { viewsOf } from '../../models/parameters.ts';
import { generatorFor, generatorFrom } from '../../random/generator.ts';
import { syntheticExamples } from '../../testing/examples.ts';
import { greatestDifference } from '../../testing/numbers.ts';
import { describeBackends, openBackend } from '../index.ts';
import { onnxCpu } from './onnx.ts';

const backend = onnxCpu(1);

/** Every operation once, in the forms that differ on the way to ONNX. */
const uses: [string, Shape[], (...inputs: Tensor[]) => Tensor][] = [
  ['add', [[2, 3], [3]], ops.add],
  ['subtract', [[2, 1], [3]], ops.subtract],
  ['multiply', [[], [2, 3]], ops.multiply],
  [
    'divide',
    [
      [2, 3],
      [2, 1],
    ],
    ops.divide,
  ],
  ['exp', [[5]], ops.exp],
  ['log', [[5]], ops.log],
  ['tanh', [[5]], ops.tanh],
  ['sqrt', [[5]], ops.sqrt],
  ['relu', [[7]], (a) => ops.relu(ops.subtract(a, ops.constant(1)))],
  ['step', [[7]], (a) => ops.step(ops.relu(ops.subtract(a, ops.constant(1))))],
  ['softmax', [[3, 4]], ops.softmax],
  ['logSoftmax', [[3, 4]], ops.logSoftmax],
  ['transpose', [[2, 3, 4]], (a) => ops.transpose(a, [1, 2, 0])],
  ['reshape', [[2, 3, 4]], (a) => ops.reshape(a, [4, 6])],
  ['broadcast', [[3, 1]], (a) => ops.broadcastTo(a, [2, 3, 4])],
  ['sum', [[2, 3, 4]], (a) => ops.sum(a, [0, 2])],
  ['sum keeping axes', [[2, 3, 4]], (a) => ops.sum(a, [1], true)],
  ['mean of all', [[2, 3, 4]], (a) => ops.mean(a)],
  [
    'gemm',
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => ops.gemm(a, b),
  ],
  [
    'gemm AᵀB',
    [
      [3, 2],
      [3, 4],
    ],
    (a, b) => ops.gemm(a, b, true),
  ],
  [
    'gemm ABᵀ',
    [
      [2, 3],
      [4, 3],
    ],
    (a, b) => ops.gemm(a, b, false, true),
  ],
  [
    'gemm AᵀBᵀ',
    [
      [3, 2],
      [4, 3],
    ],
    (a, b) => ops.gemm(a, b, true, true),
  ],
  ['linear', [[2, 3], [4, 3], [4]], ops.linear],
  ...([1, 2] as const).flatMap((stride): (typeof uses)[number][] =>
    ([0, 1] as const).flatMap((padding): (typeof uses)[number][] => [
      [
        `convolution, stride ${stride}, padding ${padding}`,
        [[2, 3, 6, 5], [4, 3, 3, 3], [4]],
        (x, weight, bias) => ops.convolution(x, weight, bias, { stride, padding }),
      ],
      ...(['image', 'filter'] as const).map((name, index): (typeof uses)[number] => [
        `convolution's ${name} gradient, stride ${stride}, padding ${padding}`,
        [
          [2, 3, 6, 5],
          [4, 3, 3, 3],
        ],
        (x, weight) => {
          const result = ops.convolution(x, weight, null, { stride, padding });
          return differentiate(ops.sum(ops.multiply(result, result)), [x, weight])[index]!;
        },
      ]),
    ]),
  ),
  [
    'convolution 1 × 1 of stride 2 and its image gradient',
    [
      [2, 3, 6, 4],
      [4, 3, 1, 1],
    ],
    (x, weight) => {
      const result = ops.convolution(x, weight, null, { stride: 2 });
      return differentiate(ops.sum(ops.multiply(result, result)), [x])[0]!;
    },
  ],
  ['averagePool', [[2, 3, 4, 6]], (x) => ops.averagePool(x, [2, 3])],
  ['repeat', [[2, 3, 2, 1]], (x) => ops.repeat(x, [2, 3])],
  ['maxPool', [[2, 3, 4, 6]], ops.maxPool],
  ['maxPool put', [[2, 3, 4, 6]], (x) => differentiate(ops.sum(ops.multiply(ops.maxPool(x), ops.maxPool(x))), [x])[0]!],
  [
    'maxPool put among equals, and pick',
    [
      [2, 3, 4, 6],
      [2, 3, 4, 6],
    ],
    (x, direction) => {
      const steps = ops.step(ops.relu(ops.subtract(x, ops.constant(1))));
      const pooled = ops.maxPool(ops.multiply(steps, x));
      const [first] = differentiate(ops.sum(ops.multiply(pooled, pooled)), [x]);
      return differentiate(ops.sum(ops.multiply(first!, direction)), [x])[0]!;
    },
  ],
  ['batch norm', [[4, 3, 2, 2], [3], [3]], (x, factor, shift) => ops.batchNorm(x, factor, shift).result],
  [
    'batch norm gradient',
    [[4, 3, 2, 2], [3], [3]],
    (x, factor, shift) => {
      const { result } = ops.batchNorm(x, factor, shift);
      return differentiate(ops.sum(ops.multiply(ops.tanh(result), x)), [x])[0]!;
    },
  ],
  ['oneHot', [], () => ops.oneHot(ops.constant([2, 0, 9, 1], [4], 'int'), 3)],
  ['correct', [[4, 3]], (a) => ops.correct(a, ops.constant([2, 0, 1, 1], [4], 'int'))],
  ['constant', [[3]], (a) => ops.add(a, ops.constant([1, 2, 3], [3]))],
];

describe('ONNX Runtime computes what the float64 reference does', () => {
  it.each(uses)('%s', async (_, shapes, build) => {
    const generator = generatorFrom([5, 6, 7, 8]);
    const inputs = shapes.map((shape, index) => ops.input(`i${index}`, shape));
    const feeds = Object.fromEntries(
      shapes.map((shape, index) => [
        `i${index}`,
        Float32Array.from({ length: sizeOf(shape) }, () => 0.5 + generator.uniform()),
      ]),
    );
    const output = build(...inputs);
    const executable = await backend.compile({ output });
    const result = await executable.run(feeds);
    const exact = evaluateReference({ output }, feeds).output;
    expect(greatestDifference(result.output!, exact)).toBeLessThan(1e-6);
    await executable.dispose();
  });

  it('for the loss and the gradients of an MLP', async () => {
    const { images, labels } = syntheticExamples(20, 12, 4);
    const model = mlp({ features: 12, hidden: [9, 7], classes: 4 });
    const parameters = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, ops.input(name, shape)]));
    const logits = logitsOf(model, ops.input('x', [20, 12]), parameters, byRunningStatistics(parameters));
    const labelInput = ops.input('labels', [20], 'int');
    const loss = ops.mean(ops.crossEntropy(logits, labelInput));
    const gradients = differentiate(loss, Object.values(parameters));
    const outputs = {
      loss,
      hits: ops.correct(logits, labelInput),
      ...Object.fromEntries(gradients.map((gradient, index) => [`gradient ${index}`, gradient])),
    };
    const feeds = {
      x: images,
      labels: Int32Array.from(labels),
      ...viewsOf(model.initialise(generatorFor(1, 'initialisation')), model.parameters),
    };
    const executable = await backend.compile(outputs);
    const results = await executable.run(feeds);
    for (const [name, exact] of Object.entries(evaluateReference(outputs, feeds)))
      expect(greatestDifference(results[name]!, exact), name).toBeLessThan(1e-6);
    await executable.dispose();
  });
});

describe('an executable', () => {
  const x = ops.input('x', [2]);

  it('writes into views that it is given, and nowhere else', async () => {
    const executable = await backend.compile({ double: ops.scale(x, 2), same: x });
    const memory = Float32Array.of(-1, -1, -1, -1);
    const results = await executable.run({ x: Float32Array.of(3, 4) }, { double: memory.subarray(1, 3) });
    expect([...memory]).toEqual([-1, 6, 8, -1]);
    expect([...results.double!]).toEqual([6, 8]);
    expect([...results.same!]).toEqual([3, 4]);
    await executable.dispose();
  });

  it('reads views of a larger array', async () => {
    const executable = await backend.compile({ double: ops.scale(x, 2) });
    const results = await executable.run({ x: Float32Array.of(9, 3, 4, 9).subarray(1, 3) });
    expect([...results.double!]).toEqual([6, 8]);
    await executable.dispose();
  });

  it('builds known inputs in, and does not mind that they are fed', async () => {
    const factor = ops.input('factor', [2]);
    const outputs = { product: ops.multiply(x, factor) };
    const executable = await backend.compile(outputs, { factor: Float32Array.of(2, 5), other: Float32Array.of(1) });
    const fed: Record<string, Float32Array>[] = [{}, { factor: Float32Array.of(2, 5) }];
    for (const more of fed) {
      const results = await executable.run({ x: Float32Array.of(3, 4), ...more });
      expect([...results.product!]).toEqual([6, 20]);
    }
    await executable.dispose();
  });

  it('names an input that is missing or of another size', async () => {
    const executable = await backend.compile({ double: ops.scale(x, 2) });
    await expect(executable.run({})).rejects.toThrow('input "x" was not fed');
    await expect(executable.run({ x: new Float32Array(3) })).rejects.toThrow('"x": 3 values do not fill shape [2]');
    await executable.dispose();
  });

  it('passes on numbers that are not finite', async () => {
    const logits = ops.input('logits', [3, 2]);
    const executable = await backend.compile({ loss: ops.crossEntropy(logits, ops.constant([0, 0, 0], [3], 'int')) });
    const results = await executable.run({ logits: Float32Array.of(NaN, 1, 1, Infinity, 0, 0) });
    expect([...results.loss!].map(Number.isFinite)).toEqual([false, false, true]);
    await executable.dispose();
  });

  it('is refused for an operation without translation', async () => {
    const strange: Operation = {
      name: 'strange',
      infer: () => ({ shape: [1], dtype: 'float' }),
      gradient: () => [],
      evaluate: () => new Float64Array(1),
    };
    await expect(backend.compile({ y: makeNode(strange, [], {}) })).rejects.toThrow(
      'operation "strange" has no ONNX translation',
    );
  });
});

describe('backends', () => {
  it('tell device and versions', () => {
    expect(backend.describe()).toMatchObject({ name: 'cpu', available: true, reason: null });
    expect(backend.describe().device).toMatch(/^CPU, 1 thread \(.+\)$/);
    expect(backend.describe().versions.onnxruntime).toMatch(/^\d+\.\d+/);
    expect(describeBackends().map(({ name }) => name)).toEqual(['cpu']);
  });

  it.each(['gpu', 'toString', ''])('refuse the unknown name %j and list what there is', (name) => {
    expect(() => openBackend(name)).toThrow(`there is no backend "${name}"; this installation has cpu`);
    expect(() => openBackend(name)).toThrow(expect.objectContaining({ kind: 'input' }));
  });
});
