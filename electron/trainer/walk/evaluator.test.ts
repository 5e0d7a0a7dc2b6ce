import { describe, expect, it } from 'vitest';
import type { Examples } from '../../datasets/load.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { correct, crossEntropy, input } from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { mlp } from '../models/mlp.ts';
import type { Model } from '../models/model.ts';
import { viewsOf } from '../models/parameters.ts';
import { generatorFrom } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { chunkSize } from './chunks.ts';
import { parameterInputs, pointEvaluator, segmentEvaluator } from './evaluator.ts';
import type { Measurement } from './measurement.ts';
import { blend } from './vector.ts';

const backend = onnxCpu(1);
const model = mlp({ features: 6, hidden: [8, 5], classes: 3 });
// a chunk and a smaller, odd one
const examples = syntheticExamples(chunkSize + 37, 6, 3);
const start = model.initialise(generatorFrom([1, 2, 3, 4]));
const end = model.initialise(generatorFrom([4, 3, 2, 1]));

/** Everything in float64, over the whole set at once. */
function truth(of: Model, parameters: Float32Array, { images, labels, count }: Examples) {
  const tensors = parameterInputs(of);
  const logits = of.head(of.stem.apply(input('x', [count, of.features]), tensors), tensors);
  const labelInput = input('labels', [count], 'int');
  const { losses, hits } = evaluateReference(
    { losses: crossEntropy(logits, labelInput), hits: correct(logits, labelInput) },
    { x: images, labels, ...viewsOf(parameters, of.parameters) },
  );
  const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / count;
  const loss = mean(losses);
  const variance = losses.reduce((sum, each) => sum + (each - loss) ** 2, 0) / (count - 1);
  return { loss, accuracy: mean(hits), variance };
}

function expectTruth(found: Measurement, exact: { loss: number; accuracy: number }): void {
  expect(Math.abs(found.loss - exact.loss)).toBeLessThan(1e-7);
  expect(found.accuracy).toBeCloseTo(exact.accuracy, 12);
}

describe('pointEvaluator', () => {
  it('finds the mean loss and accuracy of plain float64', async () => {
    const evaluator = await pointEvaluator({ backend, model, examples, population: examples.count });
    const found = await evaluator.measure(start);
    expectTruth(found, truth(model, start, examples));
    expect(found.standardError).toBeNull();
    expect(found.losses).toHaveLength(examples.count);
    await evaluator.dispose();
  });

  it('tells the standard error of a sample', async () => {
    const evaluator = await pointEvaluator({ backend, model, examples, population: 4 * examples.count });
    const { variance } = truth(model, start, examples);
    const exact = Math.sqrt((variance / examples.count) * (1 - 1 / 4));
    expect((await evaluator.measure(start)).standardError! / exact).toBeCloseTo(1, 5);
    await evaluator.dispose();
  });
});

describe('segmentEvaluator', () => {
  it.each([[[8, 5]], [[8]], [[]]])('with hidden widths %j finds the loss between two ends', async (hidden) => {
    const each = mlp({ features: 6, hidden, classes: 3 });
    const [from, to] = [each.initialise(generatorFrom([1, 2, 3, 4])), each.initialise(generatorFrom([4, 3, 2, 1]))];
    const evaluator = await segmentEvaluator({ backend, model: each, examples, population: examples.count });
    expectTruth(await evaluator.measure(from), truth(each, from, examples));
    expectTruth(await evaluator.measure(to), truth(each, to, examples));
    const between = from.slice();
    for (const alpha of [0.1, 0.5, 0.9]) {
      blend(from, to, alpha, between);
      expectTruth(await evaluator.between(alpha, between), truth(each, between, examples));
    }
    await evaluator.dispose();
  });

  it('finds exactly the ends at the ends, and goes on from the last one', async () => {
    const evaluator = await segmentEvaluator({ backend, model, examples, population: examples.count });
    const third = start.map((value) => value / 2);
    const first = await evaluator.measure(start);
    const second = await evaluator.measure(end);
    expect(await evaluator.between(0, start)).toEqual(first);
    expect(await evaluator.between(1, end)).toEqual(second);
    const last = await evaluator.measure(third);
    expect(await evaluator.between(0, end)).toEqual(second);
    expect(await evaluator.between(1, third)).toEqual(last);
    await evaluator.dispose();
  });

  it('agrees with the evaluator of single points', async () => {
    const segments = await segmentEvaluator({ backend, model, examples, population: examples.count });
    const points = await pointEvaluator({ backend, model, examples, population: examples.count });
    expect((await segments.measure(start)).loss).toBeCloseTo((await points.measure(start)).loss, 7);
    await segments.dispose();
    await points.dispose();
  });

  it('takes a model without a stem through the whole network', async () => {
    const plain: Model = {
      ...model,
      stem: { parameters: [], width: model.features, apply: (x) => x },
      head: (values, tensors) => model.head(model.stem.apply(values, tensors), tensors),
    };
    const evaluator = await segmentEvaluator({ backend, model: plain, examples, population: examples.count });
    const between = start.slice();
    blend(start, end, 0.3, between);
    await evaluator.measure(start);
    await evaluator.measure(end);
    expectTruth(await evaluator.between(0.3, between), truth(model, between, examples));
    await evaluator.dispose();
  });

  it('wants both ends first', async () => {
    const evaluator = await segmentEvaluator({ backend, model, examples, population: examples.count });
    await evaluator.measure(start);
    await expect(evaluator.between(0.5, start)).rejects.toThrow('measure both');
    await evaluator.dispose();
  });
});
