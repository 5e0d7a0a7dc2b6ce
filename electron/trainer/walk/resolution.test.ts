import { describe, expect, it } from 'vitest';
import { seconds } from '../../../build/machine.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { IterationRecord } from '../../../shared/records.ts';
import { isUnresolved, unmeasuredResolution } from '../../../shared/resolution.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { lossOf, usualLoss } from '../../../shared/losses/index.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { generatorFrom } from '../random/generator.ts';
import type { Generator } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { logitSize, summarise } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { blendPoints, emptyPoint } from './point.ts';
import type { HostPoint } from './point.ts';
import { lossResolution, moveByRounding, openNoiseScale, openResolution } from './resolution.ts';
import { openSegments } from './segments.ts';
import { measureSlice } from './probes/slice.ts';
import type { SliceMeasures } from './probes/slice.ts';

/** Slices of each property; 10,000 in all with VALLEYWALK_SLICES=5000. */
const wanted = Number(process.env['VALLEYWALK_SLICES'] ?? 250);

const backend = onnxCpu(1);
const whole = { windows: [{ firstIterations: 100 }], points: 10 };
/** 10 to a power between two. */
const power = (generator: Generator, low: number, high: number): number =>
  10 ** (low + (high - low) * generator.uniform());

/** Points by parameters, and a way to measure the segments between them. */
async function segmentsOf(
  experiment: Experiment,
  train: Examples,
  model = modelFor(experiment.model, { ...train.shape, classes: train.classes }),
) {
  const segments = await openSegments(experiment, { backend, model, train });
  const resolution = await openResolution(experiment, { backend, model, train });
  const point = (parameters: Float32Array): HostPoint => ({ parameters, statistics: model.initialStatistics() });
  let asked = 0;
  return {
    model,
    point,
    async slice(start: HostPoint, end: HostPoint, intervals = 10, raise = (_: number) => 0): Promise<SliceMeasures> {
      const [first, last] = [await segments.measure(start), await segments.measure(end)];
      const middle = emptyPoint(model);
      const points: Measurement[] = [first];
      for (let k = 1; k < intervals; k++) {
        blendPoints(start, end, k / intervals, middle);
        const found = await segments.between(k / intervals, middle);
        points.push({ ...found, loss: found.loss + raise(k) });
      }
      points.push(last);
      asked += 2;
      const nu = await resolution.of({ iteration: asked, point: start }, { iteration: asked + 1, point: end }, points);
      return measureSlice(points, train.count, nu, -1);
    },
    async dispose() {
      await segments.dispose();
      await resolution.dispose();
    },
  };
}

describe('a convex loss never has a barrier', () => {
  it(
    'nor a slice that is not convex: walks by softmax regression, step sizes from 1e-8 to 10',
    { timeout: seconds(3600) },
    async () => {
      const generator = generatorFrom([1, 20, 300, 4000]);
      let [slices, rises, unresolved] = [0, 0, 0];
      while (slices < wanted) {
        const train = 1 + generator.below(200);
        const classes = 2 + generator.below(9);
        const features = 1 + generator.below(20);
        const experiment = smallExperiment({
          hidden: [],
          data: { train, validation: 1 },
          seed: generator.below(1000),
          optimizer: {
            batchSize: 1 + generator.below(train),
            learningRate: power(generator, -8, 1),
            momentum: 0.5 * generator.below(2),
          },
          length: { iterations: 10 },
          interpolation: whole,
        });
        const examples = syntheticExamples(train + 1, features, classes, 1 + generator.below(1000));
        // images of any brightness, and so logits of any size
        const gain = power(generator, -2, 3);
        examples.images.forEach((value, index) => (examples.images[index] = value * gain));
        const part = (from: number, count: number): Examples => ({
          ...examples,
          images: examples.images.slice(from * features, (from + count) * features),
          targets: examples.targets.slice(from, from + count),
          count,
        });
        const data = { train: part(0, train), validation: part(train, 1), checksum: '' };
        const { iterations } = await walked(experiment, { data, image: { channels: 1, height: 1, width: features } });
        for (const record of iterations) {
          if (record.loss_resolution === null) continue;
          slices++;
          rises += Number(record.barrier_height! > 0);
          unresolved += Number(isUnresolved(record));
          const reported = { train, classes, features, gain, rate: experiment.optimizer.learningRate, record };
          expect(record.barrier, JSON.stringify(reported)).not.toBe(true);
          expect(record.convex, JSON.stringify(reported)).not.toBe(false);
        }
      }
      // what counted as barriers, and what is said of them now
      console.log(
        `${slices} slices of walks: ${rises} rise above their ends by rounding, ${unresolved} lie below the resolution`,
      );
      expect(rises).toBeGreaterThan(0);
      expect(unresolved).toBeGreaterThan(0);
    },
  );

  it('nor do floors: segments of every length between random points', { timeout: seconds(3600) }, async () => {
    const generator = generatorFrom([5, 60, 700, 8000]);
    let [slices, rises] = [0, 0];
    while (slices < wanted) {
      const train = 1 + generator.below(200);
      const examples = syntheticExamples(
        train,
        1 + generator.below(20),
        2 + generator.below(9),
        1 + generator.below(1000),
      );
      const experiment = smallExperiment({
        hidden: [],
        data: { train, validation: 1 },
        optimizer: { batchSize: 1 },
        interpolation: whole,
        seed: slices,
      });
      const on = await segmentsOf(experiment, examples);
      for (let each = 0; each < 25; each++, slices++) {
        const gain = power(generator, -2, 4);
        const start = on.point(on.model.initialise(generator).map((value) => gain * value));
        // from less than a unit in the last place to many times the point's own length
        const length = gain * power(generator, -9, 1);
        const end = on.point(start.parameters.map((value) => value + length * generator.normal()));
        const found = await on.slice(start, end, 2 + generator.below(19));
        rises += Number(found.barrier_height! > 0);
        const reported = { train, features: examples.features, gain, length, found };
        expect(found.barrier, JSON.stringify(reported)).not.toBe(true);
        expect(found.convex, JSON.stringify(reported)).not.toBe(false);
      }
      await on.dispose();
    }
    console.log(`${slices} segments: ${rises} rise above their ends by rounding`);
    expect(rises).toBeGreaterThan(0);
  });

  it('while barriers and floors that are made ten resolutions high are found', async () => {
    const generator = generatorFrom([9, 8, 7, 6]);
    const train = 60;
    const on = await segmentsOf(
      smallExperiment({ hidden: [8], optimizer: { batchSize: 1 }, interpolation: whole }),
      syntheticExamples(train, 6, 3),
    );
    for (let each = 0; each < 50; each++) {
      const start = on.point(on.model.initialise(generator));
      const length = power(generator, -9, -7);
      const end = on.point(start.parameters.map((value) => value + length * generator.normal()));
      const at = 1 + generator.below(9);
      const { loss_resolution: nu, ...flat } = await on.slice(start, end);
      expect(flat).toMatchObject({ barrier: null, interior_floor: null, convex: null, bounce: null });
      const made = (height: number) => on.slice(start, end, 10, (k) => (k === at ? height : 0));
      expect(await made(10 * nu!)).toMatchObject({ barrier: true, convex: false });
      expect(await made(-10 * nu!)).toMatchObject({ interior_floor: true, barrier: null, bounce: true });
    }
    await on.dispose();
  });
});

describe('a walk whose steps are smaller than rounding', () => {
  it('has no barrier, no interior floor and no bounce, and every slice lies below the resolution', async () => {
    const experiment = smallExperiment({
      hidden: [8],
      optimizer: { learningRate: 3e-7, batchSize: 20 },
      length: { iterations: 60 },
      interpolation: whole,
    });
    const { iterations, epochs } = await walked(experiment);
    const count = (of: (record: IterationRecord) => boolean): number => iterations.filter(of).length;
    expect(count(({ barrier_height }) => barrier_height! > 0)).toBeGreaterThan(5);
    expect(count(({ floor_alpha }) => floor_alpha! > 0 && floor_alpha! < 1)).toBeGreaterThan(5);
    expect(
      count(({ barrier, interior_floor, bounce, convex }) => [barrier, interior_floor, bounce, convex].includes(true)),
    ).toBe(0);
    expect(count(({ convex }) => convex === false)).toBe(0);
    expect(count(isUnresolved)).toBe(60);
    const total = (
      key: 'barriers' | 'barriers_above_noise' | 'interior_floors' | 'convex_slices' | 'unresolved_slices',
    ) => epochs.reduce((sum, epoch) => sum + epoch[key]!, 0);
    expect([
      total('barriers'),
      total('barriers_above_noise'),
      total('interior_floors'),
      total('convex_slices'),
    ]).toEqual([0, 0, 0, 0]);
    expect(total('unresolved_slices')).toBe(60);
  });

  it('of separable examples with huge logits and tiny losses is no different', async () => {
    for (const learningRate of [4, 34, 50]) {
      const experiment = smallExperiment({
        hidden: [4],
        data: { train: 40, validation: 20 },
        optimizer: { batchSize: 4, learningRate },
        length: { epochs: 2 },
        interpolation: { ...whole, points: 4 },
      });
      const { iterations } = await walked(experiment);
      for (const record of iterations.filter(({ loss_resolution }) => loss_resolution !== null)) {
        expect(record.loss_resolution).toBeGreaterThanOrEqual(
          unmeasuredResolution([record.loss_before, record.loss_after]),
        );
        if (record.barrier) expect(record.barrier_height).toBeGreaterThan(record.loss_resolution!);
        if (record.interior_floor)
          expect(Math.min(record.height_before!, record.height_after!)).toBeGreaterThan(record.loss_resolution!);
      }
    }
  });
});

describe('the scale of rounding noise', () => {
  const model = mlp({ features: 6, hidden: [8], outputs: 3 });
  const train = syntheticExamples(60, 6, 3);
  const point: HostPoint = {
    parameters: model.initialise(generatorFrom([1, 2, 3, 4])),
    statistics: new Float32Array(0),
  };

  it('is the same whenever a point is asked for, and another for another iteration', async () => {
    const experiment = smallExperiment({ interpolation: whole });
    const segments = await openSegments(experiment, { backend, model, train });
    const measured = await segments.measure(point);
    const opened = await Promise.all([0, 1].map(() => openNoiseScale(experiment, { backend, model, train })));
    const [first, again] = await Promise.all(opened.map((noise) => noise.at(7, point, measured)));
    await opened[0]!.at(8, point, measured);
    expect(await opened[0]!.at(7, point, measured)).toBe(first);
    expect(again).toBe(first);
    expect(await opened[0]!.at(9, point, measured)).not.toBe(first);
    expect(first).toBeGreaterThan(1e-9);
    expect(first).toBeLessThan(1e-6);
    for (const each of [segments, ...opened]) await each.dispose();
  });

  it('is measured once at each end of a slice, however often a slice asks', async () => {
    const experiment = smallExperiment({ interpolation: whole });
    let runs = 0;
    const counting: Backend = {
      ...backend,
      async compile(...asked) {
        const made = await backend.compile(...asked);
        return { run: (...fed) => (runs++, made.run(...fed)), dispose: () => made.dispose() };
      },
    };
    const segments = await openSegments(experiment, { backend, model, train });
    const resolution = await openResolution(experiment, { backend: counting, model, train });
    const other = { ...point, parameters: point.parameters.map((value) => 1.1 * value) };
    const [start, end] = [
      { iteration: 3, point },
      { iteration: 4, point: other },
    ];
    const ends = [await segments.measure(point), await segments.measure(other)] as const;
    await resolution.scale(start, end, ends);
    const first = runs;
    expect(first).toBeGreaterThan(0);
    await resolution.of(start, end, ends);
    expect(runs).toBe(first);
    // the next slice begins where this one ends, and measures its own end only
    await resolution.of(end, { iteration: 5, point }, [ends[1], ends[0]]);
    expect(runs).toBeLessThan(2 * first);
    await segments.dispose();
    await resolution.dispose();
  });

  it('grows with the logits', async () => {
    const experiment = smallExperiment({ interpolation: whole });
    const segments = await openSegments(experiment, { backend, model, train });
    const noise = await openNoiseScale(experiment, { backend, model, train });
    const scaleOf = async (gain: number): Promise<number> => {
      const large = { ...point, parameters: point.parameters.map((value) => gain * value) };
      return noise.at(0, large, await segments.measure(large));
    };
    expect(await scaleOf(100)).toBeGreaterThan(100 * (await scaleOf(1)));
    await segments.dispose();
    await noise.dispose();
  });

  it.each(['running', 'batch', 'recomputed'] as const)(
    'is measured with batch norm by %s statistics too',
    async (batchNorm) => {
      const experiment = smallExperiment({
        model: { hidden: [8], batchNorm: true },
        length: { iterations: 3 },
        interpolation: { ...whole, batchNorm },
      });
      const { iterations } = await walked(experiment);
      for (const { loss_resolution, loss_before, loss_after } of iterations) {
        const least = unmeasuredResolution([loss_before, loss_after]);
        expect(loss_resolution).toBeGreaterThan(least);
        // rounding it is, and no difference between two ways of normalising
        expect(loss_resolution).toBeLessThan(10 * least);
      }
    },
  );

  it('makes ν of it as docs/definitions.md says', () => {
    const point = (losses: number[], logitSize: number): Measurement => ({
      ...summarise(Float32Array.from(losses), new Float32Array(losses.length), losses.length),
      logitSize,
    });
    const slice = [point([1, 1, 1, 1], 5), point([0, 6, 6, 0], 7), point([2, 2, 2, 2], 6)];
    expect(lossResolution(slice, 0.5)).toBe(2 ** -22 * 4 * 1.5 + 2 ** -20 * 7 + 0.5 * 5);
    expect(lossResolution(slice, NaN)).toBe(Number.MAX_VALUE);
    // of the second example nothing depends on the logits
    expect(
      logitSize(
        { values: Float32Array.of(-3, 1, 9, -8, 2, 4), sensitivity: usualLoss.sensitivity },
        Float32Array.of(5, 0, 0.5),
      ),
    ).toBe(Math.hypot(3, 2) / 3);
    // of squared error an example moves by up to √(2ℓ) of what its outputs do
    const { sensitivity } = lossOf({ kind: 'squared-error' }, 'classes');
    expect(logitSize({ values: Float32Array.of(-3, 1, 4, 2), sensitivity }, Float32Array.of(0.5, 8))).toBe(
      Math.hypot(3, 16) / 2,
    );
  });
});

describe('moveByRounding', () => {
  it('moves a number to a neighbour or not at all, as often up as down, and leaves zeros and infinities', () => {
    const values = Float32Array.from({ length: 40_000 }, (_, index) => (index % 2 === 0 ? 1.5 : -0.1));
    const moved = new Float32Array(values.length);
    moveByRounding(values, generatorFrom([1, 2, 3, 4]), moved);
    const steps = values.map((value, index) => (moved[index]! - value) / (Math.abs(value) < 1 ? 2 ** -27 : 2 ** -23));
    const share = (step: number): number => steps.filter((each) => each === step).length / steps.length;
    expect(share(-1) + share(0) + share(1)).toBe(1);
    for (const [step, expected] of [
      [-1, 0.25],
      [0, 0.5],
      [1, 0.25],
    ] as const)
      expect(Math.abs(share(step) - expected)).toBeLessThan(0.02);
    const special = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 3.4028234663852886e38);
    const kept = new Float32Array(6);
    moveByRounding(special, generatorFrom([1, 2, 3, 4]), kept);
    expect([...kept]).toEqual([...special]);
  });
});
