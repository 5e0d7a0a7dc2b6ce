/** Walks with sequential slices, beside the same walks on the whole set. */
import { describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { cnn } from '../../../shared/networks/cnn.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { generatorFrom } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { pointEvaluator, segmentEvaluator } from './evaluator.ts';
import type { Measurement } from './measurement.ts';
import { blendPoints, emptyPoint } from './point.ts';
import type { HostPoint } from './point.ts';
import { openSample } from './sample.ts';
import { decodeState } from './state.ts';

const train = 3000;
const walk = (evaluateOn: unknown, change: object = {}): Experiment =>
  smallExperiment({
    data: { train, validation: 20 },
    optimizer: { learningRate: 0.5, batchSize: 500 },
    length: { iterations: 8 },
    interpolation: { points: 5, evaluateOn, windows: [{ firstIterations: 8 }], ...change },
    model: { hidden: [8], batchNorm: 'batchNorm' in change },
  });
const sequential = { sequential: { confidence: 0.99, tolerance: 0.05 } };

describe('a walk with sequential slices', () => {
  it.each([[{}], [{ batchNorm: 'running' }], [{ batchNorm: 'recomputed' }]])(
    'has the ends of the whole set to the bit, and its answers for a part of the work: %j',
    async (change) => {
      const [sampled, whole] = [await walked(walk(sequential, change)), await walked(walk('train', change))];
      const shares: number[] = [];
      for (const [index, record] of sampled.iterations.entries()) {
        const known = whole.iterations[index]!;
        expect(record.batch_loss).toBe(known.batch_loss);
        expect([record.loss_before, record.loss_after]).toEqual([known.loss_before, known.loss_after]);
        for (const flag of ['interior_floor', 'barrier', 'convex'] as const)
          if (record[flag] !== null) expect(record[flag], `${flag} of ${index}`).toBe(known[flag]);
        shares.push(record.slice_examples! / train);
        const of = <R extends { iteration: number }>(records: readonly R[]): R[] =>
          records.filter(({ iteration }) => iteration === index);
        const [points, exact] = [of(sampled.slices), of(whole.slices)];
        expect(points).toHaveLength(6);
        for (const [k, point] of points.entries()) {
          expect(Math.abs(point.loss! - exact[k]!.loss!)).toBeLessThanOrEqual(record.slice_tolerance! + 1e-6);
          expect(Math.abs(point.accuracy! - exact[k]!.accuracy!)).toBeLessThan(0.05);
          const isEnd = k === 0 || k === 5;
          // and so are points that were evaluated on the whole set
          if (record.slice_tolerance === 0 || isEnd) expect(point.standard_error).toBeNull();
          if (point.standard_error === null) expect(point).toEqual(exact[k]);
          else expect(point.standard_error).toBeGreaterThan(0);
        }
      }
      const decided = shares.filter((share) => share < 1).length;
      expect(decided).toBeGreaterThanOrEqual(4);
      const [epoch] = sampled.epochs.slice(1);
      const bySamples = sampled.iterations.filter((record) => record.epoch === 1 && record.slice_tolerance! > 0);
      expect(bySamples.length).toBeGreaterThan(0);
      expect(epoch!.expected_errors).toBeCloseTo(0.01 * bySamples.length, 10);
      expect(whole.epochs.every(({ expected_errors }) => expected_errors === null)).toBe(true);
      expect(whole.iterations.every((record) => record.slice_examples === null)).toBe(true);
      expect(sampled.progress).toBeCloseTo(1, 10);
    },
    seconds(60),
  );

  it.each([[10], [20], [37]])(
    'knows points between exactly where steps bend, whatever lies beside them: %i intervals',
    async (points) => {
      const bent = (evaluateOn: unknown): Experiment => {
        const { optimizer, ...rest } = walk(evaluateOn, { points });
        return { ...rest, optimizer: { ...optimizer, learningRate: 4 } };
      };
      const [sampled, whole] = [await walked(bent({ sequential: { tolerance: 0.03 } })), await walked(bent('train'))];
      let [between, estimated] = [0, 0];
      for (const { iteration, slice_tolerance } of sampled.iterations) {
        const exact = whole.slices.filter((point) => point.iteration === iteration);
        const found = sampled.slices.filter((point) => point.iteration === iteration);
        for (const [k, point] of found.entries()) {
          expect(Math.abs(point.loss! - exact[k]!.loss!), `${iteration} at ${k}`).toBeLessThanOrEqual(
            slice_tolerance! + 1e-6,
          );
          if (point.standard_error === null) expect(point).toEqual(exact[k]);
          else estimated++;
          between += Number(slice_tolerance! > 0 && point.standard_error === null && k > 0 && k < points);
        }
      }
      // both were met
      expect(between).toBeGreaterThan(0);
      expect(estimated).toBeGreaterThan(0);
    },
    seconds(60),
  );

  it(
    'goes on bit for bit from every checkpoint, and draws anew at every step',
    async () => {
      const experiment = walk(sequential);
      const states: Uint8Array[] = [];
      const whole = await walked(experiment, { due: () => true, checkpoint: (bytes) => states.push(bytes) });
      const model = modelFor(experiment.model, { channels: 1, height: 1, width: 6, classes: 3 });
      expect(states.length).toBeGreaterThan(5);
      for (const bytes of states) {
        const state = decodeState(bytes, { parameters: parameterTotal(model.parameters), statistics: 0 });
        const rest = await walked(experiment, { resume: state });
        const { done } = state.scalars;
        expect(rest.iterations).toEqual(whole.iterations.slice(done));
        expect(rest.slices).toEqual(whole.slices.filter(({ iteration }) => iteration >= done));
        expect(rest.epochs).toEqual(whole.epochs.filter(({ epoch }) => epoch > state.scalars.epoch));
      }
      const other = await walked({ ...experiment, seed: 2 });
      expect(other.slices).not.toEqual(whole.slices);
    },
    seconds(60),
  );

  it('evaluates a set that is too small to be sampled whole, and says so', async () => {
    const small = (evaluateOn: unknown): Experiment =>
      smallExperiment({ interpolation: { evaluateOn, windows: [{ firstIterations: 3 }] }, length: { iterations: 3 } });
    const [sampled, whole] = [await walked(small(sequential)), await walked(small('train'))];
    expect(sampled.slices).toEqual(whole.slices);
    const asWhole = { slice_examples: 60, slice_tolerance: 0, slice_confidence: 1 };
    expect(sampled.iterations).toEqual(whole.iterations.map((record) => ({ ...record, ...asWhole })));
    expect(sampled.epochs.at(-1)!.expected_errors).toBe(0);
  });

  it('leaves a stopped iteration without a slice', async () => {
    let asked = 0;
    const report = await walked(walk(sequential), { stopped: () => ++asked > 12 });
    expect(report.status).toBe('stopped');
    const slices = new Set(report.slices.map(({ iteration }) => iteration));
    for (const { iteration, slice_examples } of report.iterations)
      expect(slice_examples !== null).toBe(slices.has(iteration));
  });
});

describe('settings of sequential slices', () => {
  const parsed = (evaluateOn: unknown, more: object = {}) =>
    experimentSchema.safeParse({ probes: { interpolation: { evaluateOn, ...more } } });

  it('have defaults and ranges', () => {
    expect(parsed({ sequential: {} }).data?.probes.interpolation.evaluateOn).toEqual({
      sequential: { confidence: 0.99, tolerance: 0.02 },
    });
    for (const wrong of [{ confidence: 1 }, { confidence: 0.5 }, { tolerance: 0 }, { tolerance: 0.6 }, { other: 1 }])
      expect(parsed({ sequential: wrong }).success).toBe(false);
  });

  it('refuse points beyond the step and on the batch', () => {
    for (const [key, value] of Object.entries({ from: -0.5, to: 3, onBatch: true }))
      expect(parsed({ sequential: {} }, { [key]: value }).error?.issues[0]?.path.at(-1)).toBe(key);
  });

  it('refuse batch norm whose statistics are those of the batch', () => {
    const result = experimentSchema.safeParse({
      model: { batchNorm: true },
      probes: { interpolation: { evaluateOn: { sequential: {} }, batchNorm: 'batch' } },
    });
    expect(result.error?.issues[0]?.path).toEqual(['probes', 'interpolation', 'batchNorm']);
    expect(result.error?.issues[0]?.message).toMatch(/must be "running" or "recomputed"/);
    expect(parsed({ sequential: {} }, { batchNorm: 'batch' }).success).toBe(true);
  });
});

describe('a sample', () => {
  const normed = mlp({ features: 64, hidden: [7], outputs: 4, batchNorm: true });
  it.each([
    ['MLP with batch norm, whose stem is kept', normed, true],
    ['MLP with batch norm, whose stem is not', normed, false],
    ['CNN', cnn({ image: { channels: 1, height: 8, width: 8 }, outputs: 4, batchNorm: true, filters: [3, 4] }), false],
  ])('has the losses of the whole set: %s', async (_, model, keeps) => {
    const examples = syntheticExamples(1300, 64, 4, 1, { channels: 1, height: 8, width: 8 });
    const backend = onnxCpu(1);
    const set = { backend, model, loss: usualLoss, examples, population: 1300 };
    const segments = await segmentEvaluator(set);
    const sample = await openSample({ ...set, segments: keeps ? segments : { stems: () => null } });
    const whole = await pointEvaluator(set);
    const generator = generatorFrom([1, 2, 3, 4]);
    const pointOf = (): HostPoint => ({
      parameters: model.initialise(generator),
      statistics: model.initialStatistics().map((value) => value + 0.3 * generator.uniform()),
    });
    const [from, to] = [pointOf(), pointOf()];
    const places = [0.25, 0.5, 0.9].map((alpha) => ({ alpha, point: emptyPoint(model) }));
    for (const { alpha, point } of places) blendPoints(from, to, alpha, point);
    for (const point of [from, to]) await segments.measure(point);
    expect(segments.stems() !== null).toBe(model === normed);
    const known: Measurement[] = [];
    for (const { point } of places) known.push(await whole.measure(point));
    // fed, and built into the graph; whole chunks, and one that is filled up; several of a stem, too
    for (const count of [1, 100, 257, 600, 1230]) {
      const chosen = Uint32Array.from({ length: count }, (__, at) => (at * 311) % 1300);
      const found = await sample.measure({ from, to }, places, chosen);
      expect(found).toHaveLength(3);
      for (const [index, { losses, correct }] of found.entries()) {
        expect(losses).toHaveLength(count);
        chosen.forEach((example, at) => expect(losses[at]).toBeCloseTo(known[index]!.losses[example]!, 4));
        if (count < 600) continue;
        const share = correct.reduce((sum, each) => sum + each, 0) / count;
        expect(Math.abs(share - known[index]!.accuracy!)).toBeLessThan(0.1);
      }
    }
    for (const each of [sample, whole, segments]) await each.dispose();
  });
});
