import { describe, expect, it } from 'vitest';
import { differentiate } from '../../../../shared/graph/differentiate.ts';
import * as ops from '../../../../shared/graph/ops/index.ts';
import { plan } from '../../../../shared/graph/plan.ts';
import { evaluateReference } from '../../../../shared/graph/reference.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import { mlp } from '../../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../../shared/networks/norms.ts';
import { viewsOf } from '../../../../shared/networks/parameters.ts';
import { generatorFor, generatorFrom } from '../../random/generator.ts';
import { refusesStrangeOperation } from '../../testing/backend-suite.ts';
import { syntheticExamples } from '../../testing/examples.ts';
import { greatestDifference } from '../../../../shared/graph/testing/numbers.ts';
import { opCases } from '../../../../shared/graph/testing/op-cases.ts';
import { describeBackend, openBackend } from '../index.ts';
import { emit } from './emit.ts';
import { onnxCpu } from './onnx.ts';
import { processorAdaptation } from './processor.ts';

const backend = onnxCpu(1);

describe('ONNX Runtime computes what the float64 reference does', () => {
  it.each(opCases)('%s', async (_, shapes, build) => {
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
    const { images, targets: labels } = syntheticExamples(20, 12, 4);
    const model = mlp({ features: 12, hidden: [9, 7], outputs: 4 });
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

  it('is refused for an operation that no table has', async () => {
    await refusesStrangeOperation(backend);
  });
});

describe('backends', () => {
  it('tell device and versions', () => {
    expect(backend.describe()).toMatchObject({ name: 'cpu', available: true, reason: null });
    expect(backend.describe().device).toMatch(/^CPU, 1 thread \(.+\)$/);
    expect(backend.describe().versions.onnxruntime).toMatch(/^\d+\.\d+/);
  });

  it('are available once they have computed', async () => {
    expect(await describeBackend('cpu')).toEqual(onnxCpu().describe());
  });

  it.each(['gpu', 'toString', ''])('refuse the unknown name %j and list what there is', async (name) => {
    await expect(openBackend(name)).rejects.toThrow(
      `there is no backend "${name}"; Valleywalk knows cpu, webgpu, cuda`,
    );
    await expect(openBackend(name)).rejects.toThrow(expect.objectContaining({ kind: 'input' }));
  });

  const absent = process.platform === 'win32' ? 'coreml' : 'directml';
  it('say why they cannot be used and how to get them', async () => {
    const info = await describeBackend(absent);
    expect(info).toMatchObject({ name: absent, available: false, device: null });
    expect(info.reason).toMatch(/^ONNX Runtime has no such provider for \w+ \w+; it comes with /);
    await expect(openBackend(absent)).rejects.toThrow(
      `the backend ${absent} cannot be used here: ONNX Runtime has no such provider`,
    );
  });

  it('name themselves in what fails later', async () => {
    const opened = await openBackend('cpu');
    // the processor's cache is known behind what names failures too
    expect(opened.cached).toBe(true);
    const x = ops.input('x', [2]);
    const executable = await opened.compile({ y: ops.exp(x) });
    await expect(executable.run({})).rejects.toThrow(
      /^the backend cpu \(CPU, \d+ threads? \(.+\)\) failed while computing: input "x" was not fed$/,
    );
    await executable.dispose();
  });
});

describe('scales and shifts of channels as one operator', () => {
  const examples = 20;
  const x = ops.input('x', [examples, 3, 6, 5]);
  const statistics = (layer: string, channels: number) =>
    Object.fromEntries(
      ['weight', 'bias', 'running_mean', 'running_var'].map((name) => [
        `${layer}.${name}`,
        ops.input(`${layer}.${name}`, [channels]),
      ]),
    );
  const tensors = {
    ...statistics('one', 4),
    ...statistics('two', 4),
    ...statistics('three', 3),
    ...statistics('flat', 4),
  };
  const normalise = byRunningStatistics(tensors);
  const filters = ops.input('filters', [4, 3, 3, 3]);
  const more = ops.input('more', [4, 4, 3, 3]);
  const convolved = ops.convolution(x, filters, null, { padding: 1 });
  const inner = ops.convolution(ops.relu(normalise(convolved, 'one')), more, null, { padding: 1 });
  const pooled = ops.sum(ops.add(convolved, ops.relu(normalise(inner, 'two'))), [2, 3], false);
  const outputs = {
    // as a residual block: of what something else reads too, and of what nothing else reads
    pooled: normalise(pooled, 'flat'),
    image: normalise(x, 'three'),
    // a product that is read twice is made by itself
    twice: ((product) => ops.add(ops.add(product, ops.reshape(tensors['three.bias']!, [1, 3, 1, 1])), product))(
      ops.multiply(x, ops.reshape(tensors['three.weight']!, [1, 3, 1, 1])),
    ),
    // and one that stretches along another axis is no scale of channels
    rows: ops.add(
      ops.multiply(x, ops.reshape(ops.input('row', [5]), [1, 1, 1, 5])),
      ops.reshape(tensors['three.bias']!, [1, 3, 1, 1]),
    ),
  };
  const generator = generatorFrom([9, 8, 7, 6]);
  const feeds = Object.fromEntries(
    [x, filters, more, ops.input('row', [5]), ...Object.values(tensors)].map(({ attributes, shape }) => [
      (attributes as { name: string }).name,
      Float32Array.from({ length: sizeOf(shape) }, () => 0.25 + generator.uniform()),
    ]),
  );
  const { x: images, ...known } = feeds;
  const exact = evaluateReference(outputs, feeds);

  it.each([
    ['fed', {}, feeds],
    ['built in', known, { x: images! }],
  ])('with numbers %s', async (_, built, fed) => {
    const executable = await backend.compile(outputs, built);
    const results = await executable.run(fed);
    for (const name of Object.keys(outputs))
      expect(greatestDifference(results[name]!, exact[name as keyof typeof outputs]), name).toBeLessThan(2e-6);
    await executable.dispose();
  });

  it('are so where the runtime does not take them into filters, and nothing is computed that nobody reads', () => {
    const planned = plan(outputs);
    const names = (bytes: Uint8Array): string[] =>
      Buffer.from(bytes)
        .toString('latin1')
        .match(/BatchNormalization|Mul(?=[^a-zA-Z])/g) ?? [];
    const count = (found: string[], name: string): number => found.filter((each) => each === name).length;
    const fused = names(emit(planned, {}, processorAdaptation(planned)));
    const apart = names(emit(planned));
    expect(count(apart, 'BatchNormalization')).toBe(0);
    // of one and three
    expect(count(fused, 'BatchNormalization')).toBe(2);
    expect(count(apart, 'Mul') - count(fused, 'Mul')).toBe(2);
  });
});
