import { describe, expect, it } from 'vitest';
import { noiseBatches } from '../../../../../shared/curvature/gradient-noise-scale.ts';
import { differentiate } from '../../../../../shared/graph/differentiate.ts';
import { crossEntropy, input, mean } from '../../../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../../../shared/graph/reference.ts';
import { usualLoss } from '../../../../../shared/losses/index.ts';
import { cnn } from '../../../../../shared/networks/cnn.ts';
import { mlp } from '../../../../../shared/networks/mlp.ts';
import { logitsOf } from '../../../../../shared/networks/model.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import { byRunningStatistics } from '../../../../../shared/networks/norms.ts';
import type { Examples } from '../../../../datasets/load.ts';
import type { Backend } from '../../../backends/backend.ts';
import { onnxCpu } from '../../../backends/onnx/onnx.ts';
import { generatorFor, generatorFrom } from '../../../random/generator.ts';
import { subset } from '../../../random/shuffle.ts';
import { syntheticExamples } from '../../../testing/examples.ts';
import { smallExperiment } from '../../../testing/walks.ts';
import { passingOf } from '../../chunks.ts';
import { pointEvaluator } from '../../evaluator.ts';
import { hessianProduct } from '../../hessian.ts';
import { openMeanGradient } from '../../mean-gradient.ts';
import { gradientRounding } from '../../noise-scale.ts';
import { pointInputs } from '../../point.ts';
import type { HostPoint } from '../../point.ts';
import { openSlope } from '../../slope.ts';
import type { Step } from '../../sources/source.ts';
import { measureNoiseScale, openGradientNoiseScale } from './gradient-noise-scale.ts';

/** The gradient of every example by itself, in float64. */
function gradientsOf(model: Model, { parameters, statistics }: HostPoint, examples: Examples): Float64Array[] {
  const tensors = pointInputs(model);
  const logits = logitsOf(model, input('x', [1, model.features]), tensors, byRunningStatistics(tensors));
  const names = model.parameters.map(({ name }) => name);
  const gradients = differentiate(
    mean(crossEntropy(logits, input('labels', [1], 'int'))),
    names.map((name) => tensors[name]!),
  );
  const outputs = Object.fromEntries(names.map((name, index) => [name, gradients[index]!]));
  const slots = (flat: Float32Array, of: Model['parameters']) =>
    Object.fromEntries(of.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
  return Array.from({ length: examples.count }, (_, example) => {
    const found = evaluateReference(outputs, {
      x: examples.images.subarray(example * model.features, (example + 1) * model.features),
      labels: examples.targets.subarray(example, example + 1),
      ...slots(parameters, model.parameters),
      ...slots(statistics, model.statistics),
    });
    return Float64Array.from(names.flatMap((name) => [...found[name]!]));
  });
}

const meanOf = (vectors: readonly Float64Array[]): Float64Array =>
  vectors[0]!.map((_, at) => vectors.reduce((sum, each) => sum + each[at]!, 0) / vectors.length);
const distance = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);

const shape = { channels: 1, height: 4, width: 4 };
const networks: [string, Model][] = [
  ['an MLP', mlp({ features: 16, hidden: [6, 5], outputs: 3 })],
  ['an MLP with batch norm', mlp({ features: 16, hidden: [6, 5], outputs: 3, batchNorm: true })],
  ['a CNN', cnn({ image: shape, outputs: 3, batchNorm: false, filters: [2, 3] })],
];

describe.each(networks)('the gradient noise scale of %s', (_, model) => {
  const train = syntheticExamples(240, 16, 3, 1, shape);
  const parameters = model.initialise(generatorFrom([1, 2, 3, 4]));
  const point: HostPoint = { parameters, statistics: model.initialStatistics() };
  const singles = gradientsOf(model, point, train);
  const whole = meanOf(singles);
  const squared = whole.reduce((sum, value) => sum + value ** 2, 0);

  it('is that of its batches in float64, however many examples pass at once', async () => {
    const { size, count } = noiseBatches(train.count)!;
    const generator = generatorFor(3, 'gradient noise 7');
    const distances = Array.from({ length: count }, () => {
      const chosen = subset(train.count, size, generator);
      return distance(meanOf(Array.from(chosen, (index) => singles[index]!)), whole);
    });
    const average = distances.reduce((sum, each) => sum + each, 0) / count;
    const expected = ((average / squared) * size) / (1 - size / train.count);
    const spread = distances.reduce((sum, each) => sum + (each - average) ** 2, 0) / (count - 1);
    const standardError = (Math.sqrt(spread / count) / average) * expected;
    for (const microBatch of [240, 100, 4]) {
      const gradient = openMeanGradient(onnxCpu(1), model, usualLoss, microBatch);
      const drawn = { train, gradient, generator: generatorFor(3, 'gradient noise 7') };
      const found = (await measureNoiseScale(point, drawn, () => false))!;
      await gradient.dispose();
      expect(Math.abs(found.value / expected - 1)).toBeLessThan(1e-5);
      expect(found.error).toBeGreaterThan(standardError * (1 - 1e-5));
      expect(found.error - standardError).toBeLessThan(1e-3 * expected);
    }
  });

  it('is within a few errors of the exact one of all examples', async () => {
    const exact = singles.reduce((sum, each) => sum + distance(each, whole), 0) / (train.count - 1) / squared;
    const gradient = openMeanGradient(onnxCpu(1), model, usualLoss, 240);
    let [inside, sum] = [0, 0];
    const runs = 12;
    for (let seed = 0; seed < runs; seed++) {
      const drawn = { train, gradient, generator: generatorFor(seed, 'gradient noise 0') };
      const { value, error } = (await measureNoiseScale(point, drawn, () => false))!;
      if (Math.abs(value - exact) < 2 * error) inside++;
      expect(error / exact).toBeLessThan(0.3);
      sum += value / runs;
    }
    await gradient.dispose();
    expect(inside).toBeGreaterThanOrEqual(9);
    expect(Math.abs(sum / exact - 1)).toBeLessThan(0.15);
  });

  it('rests on gradients that are as exact as its error says', async () => {
    const gradient = openMeanGradient(onnxCpu(1), model, usualLoss, 240);
    const found = new Float64Array(whole.length);
    await gradient.compute(point, train, found, () => false);
    await gradient.dispose();
    const typical = singles.reduce((sum, each) => sum + each.reduce((all, value) => all + value ** 2, 0), 0) / 240;
    expect(Math.sqrt(distance(found, whole) / typical)).toBeLessThan(gradientRounding / 4);
  });
});

const larger = cnn({ image: { channels: 1, height: 16, width: 16 }, outputs: 3, batchNorm: false, filters: [16, 16] });
const passing = [...networks, ['a CNN that passes in groups', larger] as const].flatMap(([name, model]) =>
  [true, false].map((cached) => ({ name, model, cached })),
);
it.each(passing)(
  'the noise scale of $name passes the views of the training set that evaluations pass, on a processor $cached',
  async ({ model, cached }) => {
    const onnx = onnxCpu(1);
    const views = { evaluated: new Set<string>(), differentiated: new Set<string>() };
    const { chunk, group } = passingOf(model);
    const side = Math.sqrt(model.features);
    const train = syntheticExamples(chunk + group, model.features, 3, 1, { channels: 1, height: side, width: side });

    const noting = (into: Set<string>): Backend => ({
      ...onnx,
      cached,
      async compile(...what) {
        const graph = await onnx.compile(...what);
        return {
          ...graph,
          run(feeds, ...more) {
            for (const feed of Object.values(feeds))
              if (feed instanceof Float32Array && feed.buffer === train.images.buffer)
                into.add(`${feed.byteOffset} ${feed.byteLength}`);
            return graph.run(feeds, ...more);
          },
        };
      },
    });
    const experiment = smallExperiment({});
    const point: HostPoint = {
      parameters: model.initialise(generatorFrom([1, 2, 3, 4])),
      statistics: model.initialStatistics(),
    };
    const [of, loss] = [{ model, loss: usualLoss, examples: train }, usualLoss];
    const evaluator = await pointEvaluator({ ...of, backend: noting(views.evaluated), population: train.count });
    await evaluator.measure(point);
    await evaluator.dispose();
    const backend = noting(views.differentiated);
    const hessian = await hessianProduct(onnx, model, loss, train, 1000);
    const slope = () => openSlope(onnx, model, loss, train, 1000);
    const tools = { ...of, experiment, train, backend, hessian, slope, microBatch: 1000 };
    const measurement = await openGradientNoiseScale(tools);
    const step = { iteration: 0, from: point } as unknown as Step;
    expect((await measurement.measure(step, () => false))!.gradient_noise_scale).toBeGreaterThan(0);
    await measurement.dispose();
    await hessian.dispose();
    expect(views.differentiated).toEqual(views.evaluated);
  },
);

describe('measuring the gradient noise scale', () => {
  const model = mlp({ features: 5, hidden: [4], outputs: 3 });
  const point: HostPoint = {
    parameters: model.initialise(generatorFrom([1, 2, 3, 4])),
    statistics: model.initialStatistics(),
  };
  const measure = async (count: number, between: () => boolean) => {
    const gradient = openMeanGradient(onnxCpu(1), model, usualLoss, 50);
    const train = syntheticExamples(count, 5, 3);
    return measureNoiseScale(point, { train, gradient, generator: generatorFor(1, 'gradient noise 0') }, between);
  };

  it('gives up when stopped, in the whole gradient and in batches', async () => {
    for (const last of [0, 1, 2, 30]) {
      let asked = 0;
      expect(await measure(100, () => asked++ >= last)).toBeNull();
      expect(asked).toBe(last + 1);
    }
  });

  it('tells nothing of one example, and something of two', async () => {
    expect((await measure(1, () => false))!.value).toBeNaN();
    expect((await measure(2, () => false))!.value).toBeGreaterThan(0);
  });

  it.each([2, 25, 40])('takes each of %i examples once: it is exact, whatever the generator', async (count) => {
    const train = syntheticExamples(count, 5, 3);
    const singles = gradientsOf(model, point, train);
    const whole = meanOf(singles);
    const exact =
      singles.reduce((sum, each) => sum + distance(each, whole), 0) /
      (count - 1) /
      distance(whole, new Float64Array(whole.length));
    const found = (await measure(count, () => false))!;
    expect(noiseBatches(count)).toEqual({ size: 1, count, every: true });
    expect(Math.abs(found.value - exact)).toBeLessThanOrEqual(found.error);
    expect(found.error / exact).toBeLessThan(1e-3);
  });

  it.each([
    [41, 1],
    [79, 1],
    [1000, 25],
    [4000, 100],
    [60_000, 100],
  ])('takes 40 batches of %i examples, each of %i', (train, size) => {
    expect(noiseBatches(train)).toEqual({ size, count: 40, every: false });
  });
});
