/** What every backend that keeps vectors must pass: the numbers of the host's vectors, and the same walk as without them. */
import { beforeAll, describe, expect, it } from 'vitest';
import * as ops from '../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { modelFor } from '../../../shared/networks/index.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import { optimizer as optimizerSchema, vectorsOf } from '../../../shared/optimizers/index.ts';
import type { Backend, DeviceMemory, DeviceVector, Formula, Vector, VectorPart } from '../backends/backend.ts';
import { generatorFrom } from '../random/generator.ts';
import { gradientFunction } from '../walk/gradient.ts';
import { emptyPoint } from '../walk/point.ts';
import { openSpace, valuesOf, writeTo } from '../walk/space/space.ts';
import type { VectorSpace } from '../walk/space/space.ts';
import { decodeState } from '../walk/state.ts';
import { blend } from '../walk/vector.ts';
import { syntheticExamples } from './examples.ts';
import { ruleOnHost } from './rules.ts';
import { withoutMemory } from './transfers.ts';
import { smallExperiment, walked } from './walks.ts';

/** Errors that formulas may have, see {@link DeviceMemory}. */
const limits = { element: 2 ** -22, sum: 2 ** -17 };

/** Relative difference of a walk's losses and lengths over its first iterations: what float32 steps differ by, grown along the walk. */
const walkTolerance = 2e-5;

/** Lengths on both sides of blocks and of what fits at once. */
const lengths = [1, 63, 64, 65, 20_001];

/** The network of an experiment on the images of {@link walked}. */
function modelOf({ model }: Experiment): Model {
  return modelFor(model, { channels: 1, height: 1, width: 6, classes: 3 });
}

/** Tests the vectors of a backend. */
export function vectorSuite(open: () => Backend | Promise<Backend>): void {
  let backend: Backend;
  let memory: DeviceMemory;
  beforeAll(async () => {
    backend = await open();
    memory = backend.memory!;
  });
  const generator = generatorFrom([3, 1, 4, 1]);
  const numbers = (length: number, size = 1): Float32Array =>
    Float32Array.from({ length }, () => size * (generator.uniform() - 0.4));

  it('keeps what is written, and begins with zeros', async () => {
    for (const length of lengths) {
      const vector = await memory.vector(length);
      expect(vector.length).toBe(length);
      expect((await vector.read()).every((value) => value === 0)).toBe(true);
      const values = numbers(length);
      await vector.write(values);
      const kept = values.slice();
      values.fill(7);
      const into = new Float32Array(length);
      expect(await vector.read(into)).toBe(into);
      expect(into).toEqual(kept);
      await expect((async () => vector.write(new Float32Array(length + 1)))()).rejects.toThrow(/values/);
      await vector.dispose();
    }
  });

  it('feeds parts of vectors and writes results into parts, and nowhere else', async () => {
    const [x, y] = [ops.input('x', [2, 3]), ops.input('y', [3])];
    const outputs = { product: ops.multiply(x, y), total: ops.sum(x), y: ops.scale(y, 2) };
    const executable = await backend.compile(outputs, {});
    const [from, into] = [await memory.vector(20), await memory.vector(10)];
    const values = numbers(20);
    await from.write(values);
    await into.write(new Float32Array(10).fill(-1));
    const feeds = { x: values.slice(4, 10), y: values.slice(17, 20) };
    const exact = evaluateReference(outputs, feeds);
    const expected = new Float32Array(10).fill(-1);
    expected.set(exact.product, 1);
    expected.set(exact.y, 7);
    for (let time = 0; time < 2; time++) {
      const results = await executable.run(
        { x: { vector: from, offset: 4, length: 6 }, y: { vector: from, offset: 17, length: 3 } },
        { product: { vector: into, offset: 1, length: 6 }, y: { vector: into, offset: 7, length: 3 } },
      );
      expect(Object.keys(results)).toEqual(['total']);
      expect(results['total']![0]).toBeCloseTo(exact.total[0]!, 5);
      (await into.read()).forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 6));
    }
    // what is written afterwards is what the next run reads
    await from.write(values.map((value) => -value));
    const again = await executable.run({
      x: { vector: from, offset: 4, length: 6 },
      y: { vector: from, offset: 17, length: 3 },
    });
    expect(again['total']![0]).toBeCloseTo(-exact.total[0]!, 5);
    await executable.dispose();
    const built = await backend.compile({ total: outputs.total }, { x: { vector: from, offset: 4, length: 6 } });
    const found = await built.run({ x: { vector: from, offset: 4, length: 6 } });
    expect(found['total']![0]).toBeCloseTo(-exact.total[0]!, 5);
    await built.dispose();
    await from.dispose();
    await into.dispose();
  });

  it('keeps a copy where an output is an input as it is', async () => {
    const x = ops.input('x', [3]);
    const executable = await backend.compile({ x, twice: ops.scale(x, 2) });
    const [from, into] = [await memory.vector(3), await memory.vector(3)];
    const part = (vector: DeviceVector): Record<string, VectorPart> => ({ x: { vector, offset: 0, length: 3 } });
    const fed = Float32Array.of(1, 2, 3);
    await executable.run({ x: fed }, part(into));
    fed.fill(9);
    expect([...(await into.read())]).toEqual([1, 2, 3]);
    await from.write(Float32Array.of(4, 5, 6));
    await executable.run(part(from), part(into));
    await from.write(fed);
    expect([...(await into.read())]).toEqual([4, 5, 6]);
    for (const each of [executable, from, into]) await each.dispose();
  });

  it('refuses parts beyond a vector, and vectors that cannot take a result, before it has written any', async () => {
    const x = ops.input('x', [4]);
    const executable = await backend.compile({ twice: ops.scale(x, 2) });
    const formula = await memory.compile({ results: { a: ops.scale(x, 3), b: ops.scale(x, 4) }, sums: {} }, 4);
    const [from, a, gone] = [await memory.vector(4), await memory.vector(4), await memory.vector(4)];
    const other = await memory.vector(5);
    await gone.dispose();
    await from.write(Float32Array.of(1, 2, 3, 4));
    const beyond = { vector: from, offset: 2, length: 4 };
    const refused = (run: () => Promise<unknown>): Promise<void> =>
      expect((async () => run())()).rejects.toThrow(/vector|part/);
    await refused(() => executable.run({ x: beyond }));
    await refused(() => executable.run({ x: Float32Array.of(1, 2, 3, 4) }, { twice: beyond }));
    const into: Record<string, DeviceVector>[] = [{ a, b: gone }, { a, b: other }, { a }];
    for (const each of into) await refused(() => formula.run({ x: from }, {}, each));
    expect([...(await a.read())]).toEqual([0, 0, 0, 0]);
    expect([...(await from.read())]).toEqual([1, 2, 3, 4]);
    await formula.run({ x: from }, {}, { a, b: from });
    expect([...(await a.read())]).toEqual([3, 6, 9, 12]);
    for (const each of [executable, formula, from, a, other]) await each.dispose();
  });

  it('refuses what is no formula', async () => {
    const compile = async (formula: Formula): Promise<unknown> => memory.compile(formula, 4);
    const x = ops.input('x', [4]);
    await expect(compile({ results: { y: ops.softmax(x) }, sums: {} })).rejects.toThrow('"softmax" is not');
    await expect(compile({ results: {}, sums: { y: ops.input('y', [5]) } })).rejects.toThrow('shape [5]');
    await expect(compile({ results: {}, sums: { y: ops.input('y', []) } })).rejects.toThrow('shape []');
  });

  describe.each(lengths)('in vectors of %i', (size) => {
    async function inSpace<R>(work: (space: VectorSpace) => Promise<R>): Promise<R> {
      const space = openSpace(backend, 0, size);
      try {
        return await work(space);
      } finally {
        await space.dispose();
      }
    }

    it('blends as the host does, exactly the ends at 0 and 1', () =>
      inSpace(async (space) => {
        const [start, end] = [numbers(size), numbers(size)];
        const [a, b, into] = [await space.holding(start, null), await space.holding(end, null), await space.vector()];
        for (const alpha of [0, 0.1, 0.5, 0.7, 1]) {
          await space.blend(a, b, alpha, into);
          const found = await valuesOf(into);
          const exact = new Float32Array(size);
          blend(start, end, alpha, exact);
          if (alpha % 1 === 0) expect(found).toEqual(alpha === 0 ? start : end);
          else
            expect(
              found.findIndex((value, index) => {
                const terms = Math.abs((1 - alpha) * start[index]!) + Math.abs(alpha * end[index]!);
                return !(Math.abs(value - exact[index]!) <= limits.element * terms);
              }),
            ).toBe(-1);
        }
        const squares = start.reduce((sum, value, index) => sum + (value - end[index]!) ** 2, 0);
        expect(Math.abs((await space.distance(a, b)) / Math.sqrt(squares) - 1)).toBeLessThan(limits.sum);
        expect(await space.distance(a, a)).toBe(0);
        const norm = Math.hypot(...start);
        expect(Math.abs((await space.norm(a)) / norm - 1)).toBeLessThan(limits.sum);
      }));

    it.each([
      { kind: 'sgd', momentum: 0 },
      { kind: 'sgd', momentum: 0, weightDecay: 0.01 },
      { kind: 'sgd', momentum: 0.9 },
      { kind: 'sgd', momentum: 0.9, weightDecay: 0.01 },
      { kind: 'sgd', momentum: 0.9, dampening: 0.3, weightDecay: 0.01 },
      { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 },
      { kind: 'adam', weightDecay: 0.01 },
      { kind: 'adam' },
      { kind: 'adamw', weightDecay: 0.01 },
      { kind: 'rmsprop', weightDecay: 0.01 },
      { kind: 'rmsprop', momentum: 0.9, centered: true, epsilon: 0.01 },
    ])('steps as the host does: %j', (settings) =>
      inSpace(async (space) => {
        const optimizer = optimizerSchema.parse(settings);
        const names = vectorsOf(optimizer);
        const rule = await space.rule(optimizer);
        const host = Object.fromEntries(names.map((name) => [name, new Float32Array(size)]));
        const remembered: Record<string, Vector> = {};
        for (const name of names) remembered[name] = await rule.vector();
        const onHost = ruleOnHost(optimizer, host);
        const initial = numbers(size);
        let current: Float32Array = initial.map((value) => value + 0.125);
        const vectors = {
          initial: await rule.vector(),
          current: await space.vector(),
          next: await space.vector(),
          gradient: await rule.vector(),
          previous: await rule.vector(),
        };
        await writeTo(vectors.initial, initial);
        let previous: Float32Array = new Float32Array(size);
        for (let iteration = 0; iteration < 3; iteration++) {
          const gradient = numbers(size);
          const next = new Float32Array(size);
          await writeTo(vectors.current, current);
          await writeTo(vectors.gradient, gradient);
          await writeTo(vectors.previous, previous);
          for (const name of names) await writeTo(remembered[name]!, host[name]!);
          const learningRate = 0.1;
          const { sums, norm } = await rule.update({ iteration, learningRate, ...vectors }, remembered);
          const exact = onHost({ iteration, learningRate, current, next, initial, gradient, previous });
          const close = (found: Float32Array, right: Float32Array): void => {
            const largest = right.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
            const worst = found.reduce((most, value, at) => Math.max(most, Math.abs(value - right[at]!)), 0);
            expect(worst).toBeLessThan(8 * limits.element * largest);
          };
          close(await valuesOf(vectors.next), next);
          for (const name of names) close(await valuesOf(remembered[name]!), host[name]!);
          // sums of what is stored: where elements are rounded once more, lengths of small steps tell it
          const stored = await valuesOf(vectors.next);
          const over = (of: (at: number) => number): number => stored.reduce((sum, _, at) => sum + of(at), 0);
          const scale = Math.sqrt(exact.gradient * over((at) => previous[at]! ** 2));
          expect(Math.abs(sums.gradient / exact.gradient - 1)).toBeLessThan(limits.sum);
          expect(Math.abs(sums.product - exact.product)).toBeLessThanOrEqual(limits.sum * scale);
          expect(sums.update / over((at) => (stored[at]! - current[at]!) ** 2)).toBeCloseTo(1, 4);
          expect(sums.distance / over((at) => (stored[at]! - initial[at]!) ** 2)).toBeCloseTo(1, 4);
          expect((await norm()) / Math.sqrt(over((at) => current[at]! ** 2))).toBeCloseTo(1, 4);
          [current, previous] = [next, gradient];
        }
      }),
    );
  });

  it('has the gradient of a batch in micro-batches as the host does, the same each time', async () => {
    const model = mlp({ features: 6, hidden: [5], outputs: 3, batchNorm: true });
    const size = parameterTotal(model.parameters);
    const { images, targets: labels } = syntheticExamples(24, 6, 3);
    const start = model.initialise(generatorFrom([1, 2, 3, 4]));
    const statistics = model.initialStatistics();
    const gradient = await gradientFunction(backend, model, usualLoss, 24, 8);
    const found: Float32Array[] = [];
    const onDevice = [await memory.vector(size), await memory.vector(size)] as const;
    for (const [at, into] of [[start, new Float32Array(size)], onDevice] as const) {
      await writeTo(at, start);
      for (let time = 0; time < 2; time++) {
        const place = { gradient: into, statistics: statistics.slice() };
        const point = { ...emptyPoint(model, at), statistics };
        expect(await gradient.compute(point, images, Int32Array.from(labels), place)).toBeGreaterThan(0);
        found.push((await valuesOf(into)).slice());
      }
    }
    await gradient.dispose();
    for (const vector of onDevice) await vector.dispose();
    expect(found[1]).toEqual(found[0]);
    expect(found[3]).toEqual(found[2]);
    const largest = Math.max(...found[0]!.map(Math.abs));
    found[2]!.forEach((value, at) => expect(Math.abs(value - found[0]![at]!)).toBeLessThan(1e-6 * largest));
  });

  describe.each([
    ['SGD', {}],
    ['momentum and weight decay', { optimizer: { momentum: 0.9, weightDecay: 0.01, learningRate: 0.1 } }],
    ['Adam', { optimizer: { kind: 'adam', batchSize: 20, learningRate: 0.01 } }],
    [
      'AdamW, warm-up and the cosine of updates',
      {
        optimizer: { kind: 'adamw', batchSize: 20, learningRate: 0.01, warmup: { kind: 'linear' } },
        probes: { interpolation: { points: 4, windows: [{ firstIterations: 9 }] }, updateCosine: true },
      },
    ],
    [
      'clipped gradients',
      { optimizer: { momentum: 0.9, learningRate: 0.1, clipping: { kind: 'norm', maxNorm: 0.3 } } },
    ],
    ['batch norm in micro-batches', { model: { hidden: [8], batchNorm: true }, optimizer: { microBatch: 10 } }],
    ['added noise', { optimizer: { kind: 'gd-isotropic-noise', noiseDeviation: 0.01, learningRate: 0.1 } }],
  ])('a walk with %s', (_, change) => {
    const experiment = smallExperiment({
      length: { epochs: 3 },
      interpolation: { windows: [{ firstIterations: 9 }] },
      ...change,
    });

    it('is the same as without them', async () => {
      const here = await walked(experiment, { backend });
      const there = await walked(experiment, { backend: withoutMemory(backend) });
      expect(here.iterations.length).toBe(there.iterations.length);
      const close = (a: number | null, b: number | null): boolean =>
        a === b || (a !== null && b !== null && Math.abs(a - b) <= walkTolerance * Math.max(Math.abs(b), 0.01));
      const keys = [
        'batch_loss',
        'gradient_norm',
        'gradient_cosine',
        'clipped_gradient_norm',
        'update_cosine',
        'update_norm',
        'distance',
        'relative_update',
      ] as const;
      here.iterations.forEach((record, index) => {
        for (const key of keys)
          expect(close(record[key], there.iterations[index]![key]), `${key} of iteration ${index}`).toBe(true);
      });
      expect(here.slices.length).toBe(there.slices.length);
      here.slices.forEach(({ loss }, index) => expect(close(loss, there.slices[index]!.loss)).toBe(true));
      expect(here.epochs.every(({ train_loss: loss }, at) => close(loss, there.epochs[at]!.train_loss))).toBe(true);
    });

    it('goes on bit for bit from its checkpoints', async () => {
      const states: Uint8Array[] = [];
      const whole = await walked(experiment, { backend, due: () => true, checkpoint: (bytes) => states.push(bytes) });
      const { parameters, statistics } = modelOf(experiment);
      const sizes = { parameters: parameterTotal(parameters), statistics: parameterTotal(statistics) };
      for (const bytes of [states[1]!, states.at(-2)!]) {
        const resume = decodeState(bytes, sizes);
        const rest = await walked(experiment, { backend, resume });
        expect(rest.iterations).toEqual(whole.iterations.slice(resume.scalars.done));
      }
    });
  });
}
