import { describe, expect, it } from 'vitest';
import type { Examples } from '../../datasets/load.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { correct, crossEntropy, input } from '../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { cnn } from '../../../shared/networks/cnn.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { logitsOf, noStem } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics, byRunningStatistics } from '../../../shared/networks/norms.ts';
import { generatorFrom } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { chunkSize, passingOf, pick } from './chunks.ts';
import { pointEvaluator, segmentEvaluator } from './evaluator.ts';
import type { Measurement } from './measurement.ts';
import { blendPoints, emptyPoint, feedsOf, pointInputs } from './point.ts';
import type { HostPoint } from './point.ts';

const backend = onnxCpu(1);
const model = mlp({ features: 6, hidden: [8, 5], outputs: 3 });
const normed = mlp({ features: 6, hidden: [8, 5], outputs: 3, batchNorm: true });
// a chunk and a smaller, odd one
const examples = syntheticExamples(chunkSize + 37, 6, 3);

/** A point of a model, its running statistics somewhere between 0.5 and 1.5. */
function pointOf(of: Model, seed: number): HostPoint {
  const generator = generatorFrom([seed, 2, 3, 4]);
  return {
    parameters: of.initialise(generator),
    statistics: of.initialStatistics().map(() => 0.5 + generator.uniform()),
  };
}

const start = pointOf(model, 1);
const end = pointOf(model, 4);

/** Everything in float64, over the whole set at once. */
function truth(of: Model, point: HostPoint, { images, targets: labels, count }: Examples, statistics = 'running') {
  const tensors = pointInputs(of);
  const normalise = statistics === 'running' ? byRunningStatistics(tensors) : byBatchStatistics(tensors).normalise;
  const logits = logitsOf(of, input('x', [count, of.features]), tensors, normalise);
  const labelInput = input('labels', [count], 'int');
  const { losses, hits } = evaluateReference(
    { losses: crossEntropy(logits, labelInput), hits: correct(logits, labelInput) },
    { x: images, labels, ...feedsOf(point, of) },
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
    const evaluator = await pointEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
    const found = await evaluator.measure(start);
    expectTruth(found, truth(model, start, examples));
    expect(found.standardError).toBeNull();
    expect(found.losses).toHaveLength(examples.count);
    await evaluator.dispose();
  });

  it.each(['running', 'chunk'] as const)(
    'finds it where the point is built into the graph, by the %s statistics',
    async (statistics) => {
      const image = { channels: 1, height: 4, width: 4 };
      const network = cnn({ image, outputs: 3, batchNorm: true });
      const many = syntheticExamples(620, 16, 3);
      const evaluator = await pointEvaluator({
        backend,
        model: network,
        loss: usualLoss,
        examples: many,
        population: 620,
        statistics,
      });
      for (const seed of [1, 4]) {
        const point = pointOf(network, seed);
        const found = await evaluator.measure(point);
        // by its own statistics no chunk is small
        const counts = [100, 100, 100, 100, 100, ...(statistics === 'chunk' ? [60, 60] : [100, 20])];
        const parts = counts.map((count, index) => {
          const from = counts.slice(0, index).reduce((a, b) => a + b, 0);
          const part = pick(
            many,
            Uint32Array.from({ length: count }, (_, row) => from + row),
          );
          return (count / 620) * truth(network, point, part, statistics).loss;
        });
        expect(found.loss).toBeCloseTo(
          parts.reduce((a, b) => a + b, 0),
          5,
        );
      }
      await evaluator.dispose();
    },
  );

  it('finds it where a chunk passes in groups that the cache keeps', async () => {
    const image = { channels: 1, height: 28, width: 28 };
    const network = cnn({ image, outputs: 3, batchNorm: true });
    const passing = passingOf(network);
    expect(passing).toEqual({ chunk: 100, group: 25 });
    // a whole chunk, and an odd one
    const many = syntheticExamples(517, 28 * 28, 3);
    const evaluator = await pointEvaluator({
      backend,
      model: network,
      loss: usualLoss,
      examples: many,
      population: 517,
    });
    const point = pointOf(network, 1);
    const found = await evaluator.measure(point);
    const few = pick(many, Uint32Array.of(0, 24, 25, 199, 200, 516));
    const alone = await pointEvaluator({ backend, model: network, loss: usualLoss, examples: few, population: 6 });
    const { losses } = await alone.measure(point);
    [0, 24, 25, 199, 200, 516].forEach((example, index) =>
      expect(found.losses[example]! / losses[index]!).toBeCloseTo(1, 5),
    );
    await evaluator.dispose();
    await alone.dispose();
  });

  it('leaves no example alone with its own statistics', async () => {
    const odd = syntheticExamples(chunkSize + 1, 6, 3);
    for (const open of [pointEvaluator, segmentEvaluator]) {
      const evaluator = await open({
        backend,
        model: normed,
        loss: usualLoss,
        examples: odd,
        population: odd.count,
        statistics: 'chunk',
      });
      const point = pointOf(normed, 1);
      const found = await evaluator.measure(point);
      const parts = [
        Uint32Array.from({ length: 501 }, (_, at) => at),
        Uint32Array.from({ length: 500 }, (_, at) => 501 + at),
      ];
      const exact = parts.map(
        (part) => (part.length / odd.count) * truth(normed, point, pick(odd, part), 'batch').loss,
      );
      expect(found.loss).toBeCloseTo(exact[0]! + exact[1]!, 6);
      await evaluator.dispose();
    }
  });

  it('tells the standard error of a sample', async () => {
    const evaluator = await pointEvaluator({
      backend,
      model,
      loss: usualLoss,
      examples,
      population: 4 * examples.count,
    });
    const { variance } = truth(model, start, examples);
    const exact = Math.sqrt((variance / examples.count) * (1 - 1 / 4));
    expect((await evaluator.measure(start)).standardError! / exact).toBeCloseTo(1, 5);
    await evaluator.dispose();
  });
});

describe('segmentEvaluator', () => {
  it.each([[[8, 5]], [[8]], [[]]])('with hidden widths %j finds the loss between two ends', async (hidden) => {
    const each = mlp({ features: 6, hidden, outputs: 3 });
    const [from, to] = [pointOf(each, 1), pointOf(each, 4)];
    const evaluator = await segmentEvaluator({
      backend,
      model: each,
      loss: usualLoss,
      examples,
      population: examples.count,
    });
    expectTruth(await evaluator.measure(from), truth(each, from, examples));
    expectTruth(await evaluator.measure(to), truth(each, to, examples));
    const between = emptyPoint(each);
    for (const alpha of [0.1, 0.5, 0.9]) {
      blendPoints(from, to, alpha, between);
      expectTruth(await evaluator.between(alpha, between), truth(each, between, examples));
    }
    await evaluator.dispose();
  });

  it('finds exactly the ends at the ends, and goes on from the last one', async () => {
    const evaluator = await segmentEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
    const third = { ...start, parameters: start.parameters.map((value) => value / 2) };
    const first = await evaluator.measure(start);
    const second = await evaluator.measure(end);
    expect(await evaluator.between(0, start)).toEqual(first);
    expect(await evaluator.between(1, end)).toEqual(second);
    const last = await evaluator.measure(third);
    expect(await evaluator.between(0, end)).toEqual(second);
    expect(await evaluator.between(1, third)).toEqual(last);
    await evaluator.dispose();
  });

  it.each([1, 5, 16])('finds the same at %i points together as one by one, to the bit', async (count) => {
    const few = syntheticExamples(1050, 6, 3);
    const evaluator = await segmentEvaluator({
      backend,
      model: normed,
      loss: usualLoss,
      examples: few,
      population: few.count,
    });
    expect(evaluator.batchedPoints).toBe(16);
    const [from, to] = [pointOf(normed, 1), pointOf(normed, 4)];
    await evaluator.measure(from);
    await evaluator.measure(to);
    const places = Array.from({ length: count }, (_, index) => {
      const place = { alpha: (index + 1) / (count + 1), point: emptyPoint(normed) };
      blendPoints(from, to, place.alpha, place.point);
      return place;
    });
    const found = await evaluator.betweenAll(places);
    for (const [index, { alpha, point }] of places.entries())
      expect(found[index]).toEqual(await evaluator.between(alpha, point));
    await evaluator.dispose();
  });

  it('takes points of large networks one by one', async () => {
    const wide = mlp({ features: 6, hidden: [4000, 4000], outputs: 3 });
    const evaluator = await segmentEvaluator({
      backend,
      model: wide,
      loss: usualLoss,
      examples,
      population: examples.count,
    });
    expect(evaluator.batchedPoints).toBe(1);
    await evaluator.dispose();
  });

  it('agrees with the evaluator of single points', async () => {
    const segments = await segmentEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
    const points = await pointEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
    expect((await segments.measure(start)).loss).toBeCloseTo((await points.measure(start)).loss, 7);
    await segments.dispose();
    await points.dispose();
  });

  it('takes a model without a stem through the whole network', async () => {
    const plain: Model = {
      ...model,
      stem: noStem(model.features),
      head: (values, tensors, normalise) => logitsOf(model, values, tensors, normalise),
    };
    const evaluator = await segmentEvaluator({
      backend,
      model: plain,
      loss: usualLoss,
      examples,
      population: examples.count,
    });
    const between = emptyPoint(model);
    blendPoints(start, end, 0.3, between);
    await evaluator.measure(start);
    await evaluator.measure(end);
    expectTruth(await evaluator.between(0.3, between), truth(model, between, examples));
    await evaluator.dispose();
  });

  it.each(['running', 'chunk'] as const)('normalises by the %s statistics', async (statistics) => {
    const few = syntheticExamples(50, 6, 3);
    const options = { backend, model: normed, loss: usualLoss, examples: few, population: few.count, statistics };
    const [from, to] = [pointOf(normed, 1), pointOf(normed, 4)];
    const between = emptyPoint(normed);
    blendPoints(from, to, 0.3, between);
    const evaluator = await segmentEvaluator(options);
    const close = (found: Measurement, point: HostPoint): void =>
      expect(Math.abs(found.loss - truth(normed, point, few, statistics).loss)).toBeLessThan(1e-6);
    close(await evaluator.measure(from), from);
    close(await evaluator.measure(to), to);
    close(await evaluator.between(0.3, between), between);
    await evaluator.dispose();
  });

  it('wants both ends first', async () => {
    const evaluator = await segmentEvaluator({ backend, model, loss: usualLoss, examples, population: examples.count });
    await evaluator.measure(start);
    await expect(evaluator.between(0.5, start)).rejects.toThrow('measure both');
    await evaluator.dispose();
  });
});
