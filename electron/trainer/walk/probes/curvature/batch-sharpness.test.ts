import { describe, expect, it } from 'vitest';
import { sharpnessBatches } from '../../../../../shared/curvature/batch-sharpness.ts';
import { usualLoss } from '../../../../../shared/losses/index.ts';
import { cnn } from '../../../../../shared/networks/cnn.ts';
import { mlp } from '../../../../../shared/networks/mlp.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import { onnxCpu } from '../../../backends/onnx/onnx.ts';
import { generatorFor, generatorFrom } from '../../../random/generator.ts';
import { exactCurvature, exactly } from '../../../testing/exactly.ts';
import { syntheticExamples } from '../../../testing/examples.ts';
import { smallExperiment, walked } from '../../../testing/walks.ts';
import { batchesOf, wholeBatches } from '../../batches.ts';
import { pick } from '../../chunks.ts';
import { gradientFunction } from '../../gradient.ts';
import { batchHessian } from '../../hessian.ts';
import type { HostPoint } from '../../point.ts';
import { measureBatchSharpness } from './batch-sharpness.ts';
import type { BatchTools } from './batch-sharpness.ts';

const drawing = () => generatorFor(3, 'batch sharpness 0');
const train = syntheticExamples(36, 16, 3);

const pointOf = (model: Model): HostPoint => ({
  parameters: model.initialise(generatorFor(2, 'initialisation')),
  statistics: model.initialStatistics(),
});

/** @param parts in which a batch passes: in gradients, and in products */
async function toolsFor(model: Model, size: number, parts: [number, number]): Promise<BatchTools> {
  return {
    gradients: await gradientFunction(onnxCpu(1), model, usualLoss, size, size / parts[0]),
    hessian: await batchHessian(onnxCpu(1), model, usualLoss, size, size / parts[1]),
  };
}

const image = { channels: 1, height: 4, width: 4 };
const networks: [string, Model, [number, number]][] = [
  ['linear softmax', mlp({ features: 16, hidden: [], outputs: 3 }), [1, 1]],
  ['an MLP', mlp({ features: 16, hidden: [8, 5], outputs: 3 }), [2, 3]],
  ['an MLP with batch norm', mlp({ features: 16, hidden: [8, 5], outputs: 3, batchNorm: true }), [1, 1]],
  ['a CNN with batch norm', cnn({ image, outputs: 3, batchNorm: true, filters: [2, 3] }), [1, 1]],
];

describe.each(networks)('batch sharpness of %s', (_, model, parts) => {
  it('is the mean over the batches drawn of what float64 and central differences say, with its standard error', async () => {
    const size = 12;
    const point = pointOf(model);
    const tools = await toolsFor(model, size, parts);
    const measured = (await measureBatchSharpness(point, batchesOf(train, size, drawing()), 5, tools, () => false))!;
    const at = exactly(model, usualLoss, 'batch');
    const again = batchesOf(train, size, drawing());
    const curvatures = Array.from({ length: 5 }, () => exactCurvature(at, point, pick(train, again.next())));
    const mean = curvatures.reduce((sum, value) => sum + value, 0) / 5;
    const spread = Math.sqrt(curvatures.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4 / 5);
    expect(Math.abs(measured.batch_sharpness! / mean - 1)).toBeLessThan(1e-3);
    expect(Math.abs(measured.batch_sharpness_error! / spread - 1)).toBeLessThan(0.02);
  });
});

describe('batch sharpness', () => {
  const model = networks[1]![1];

  it('of 40 batches is that of every batch there is within some standard errors', async () => {
    const few = pick(
      train,
      Uint32Array.from({ length: 8 }, (_, index) => index),
    );
    const at = exactly(model);
    const point = pointOf(model);
    const all: number[] = [];
    for (let one = 0; one < 8; one++)
      for (let other = one + 1; other < 8; other++)
        all.push(exactCurvature(at, point, pick(few, Uint32Array.of(one, other))));
    const expected = all.reduce((sum, value) => sum + value, 0) / all.length;
    const tools = await toolsFor(model, 2, [1, 1]);
    const measured = (await measureBatchSharpness(point, batchesOf(few, 2, drawing()), 40, tools, () => false))!;
    expect(Math.abs(measured.batch_sharpness! - expected)).toBeLessThan(3 * measured.batch_sharpness_error!);
    expect(measured.batch_sharpness_error!).toBeLessThan(0.3 * expected);
  });

  it('of the whole set is the curvature along its gradient, with the error of rounding alone', async () => {
    const tools = await toolsFor(model, train.count, [3, 2]);
    const point = pointOf(model);
    const measured = (await measureBatchSharpness(point, wholeBatches(train), 1, tools, () => false))!;
    const truth = exactCurvature(exactly(model), point, train);
    expect(Math.abs(measured.batch_sharpness! - truth)).toBeLessThan(measured.batch_sharpness_error! + 1e-5 * truth);
    expect(measured.batch_sharpness_error!).toBeLessThan(1e-3 * truth);
  });

  it('is told however small it is beside its error: kept values have the mean of all', async () => {
    // curvatures of batches that are ±1 at random, whose mean is below its error two times in three
    const point = pointOf(model);
    const told: number[] = [];
    let below = 0;
    for (let seed = 0; seed < 30; seed++) {
      const signs = generatorFrom([seed, 2, 3, 4]);
      const tools: BatchTools = {
        gradients: {
          compute(_, __, ___, { gradient }) {
            (gradient as Float32Array).fill(1);
            return Promise.resolve(1);
          },
        },
        hessian: {
          multiply: (_, __, vector) => {
            const sign = signs.uniform() < 0.5 ? -1 : 1;
            return Promise.resolve(Float64Array.from(vector, (value) => sign * value));
          },
        },
      };
      const found = (await measureBatchSharpness(point, batchesOf(train, 6, drawing()), 40, tools, () => false))!;
      expect(found.batch_sharpness_error).toBeGreaterThan(0.1);
      told.push(found.batch_sharpness!);
      if (Math.abs(found.batch_sharpness!) < found.batch_sharpness_error!) below++;
    }
    expect(below).toBeGreaterThan(10);
    expect(Math.abs(told.reduce((sum, each) => sum + each, 0) / 30)).toBeLessThan(3 / Math.sqrt(40 * 30));
  });

  it('is not told without a gradient, and gives up when stopped', async () => {
    const tools = await toolsFor(model, 6, [1, 1]);
    const point = pointOf(model);
    const still: BatchTools = {
      ...tools,
      gradients: {
        compute(_, __, ___, { gradient }) {
          (gradient as Float32Array).fill(0);
          return Promise.resolve(1);
        },
      },
    };
    const batches = () => batchesOf(train, 6, drawing());
    expect(await measureBatchSharpness(point, batches(), 3, still, () => false)).toEqual({
      batch_sharpness: null,
      batch_sharpness_error: null,
    });
    for (const after of [0, 1, 4]) {
      let asked = 0;
      expect(await measureBatchSharpness(point, batches(), 3, tools, () => ++asked > after)).toBeNull();
    }
  });
});

describe('a walk', () => {
  const hessian = { every: { iterations: 2 }, examples: 40, iterations: 3 };
  const settings = { length: { iterations: 5 } };
  const without = { batch_sharpness: null, batch_sharpness_error: null };

  it.each([
    ['of batches', { optimizer: { learningRate: 0.1 } }],
    ['of batches with batch norm', { optimizer: { learningRate: 0.1 }, model: { hidden: [8], batchNorm: true } }],
    ['of gradient descent', { optimizer: { kind: 'gd', learningRate: 0.5 } }],
  ])('%s tells it where curvature is measured, counts it, and walks as it did', async (_, change) => {
    const plain = await walked(smallExperiment({ ...settings, ...change, hessian }));
    const asked = { ...hessian, batchSharpness: true };
    const found = await walked(smallExperiment({ ...settings, ...change, hessian: asked }));
    expect(found.iterations.map((each) => each.batch_sharpness !== null)).toEqual([true, false, true, false, true]);
    expect(found.iterations.map((each) => ({ ...each, ...without }))).toEqual(plain.iterations);
    expect(found.curvature).toEqual(plain.curvature);
    expect(found.progress).toBeCloseTo(1, 9);
    expect(sharpnessBatches).toBe(40);
  });
});
