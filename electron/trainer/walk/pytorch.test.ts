/** The walk's optimisers, clipping and schedules beside PyTorch's, over 100 steps. What PyTorch does was computed by testing/pytorch.py in float64. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declaredVectors, optimizer, vectorsOf } from '../../../shared/optimizers/index.ts';
import type { OptimizerSettings } from '../../../shared/optimizers/index.ts';
import type { FloatArray } from '../testing/formula-by-element.ts';
import { clippedByElement, ruleByElement, ruleOnHost } from '../testing/rules.ts';
import type { Rule } from '../testing/rules.ts';
import { smallExperiment } from '../testing/walks.ts';
import { gradientClipping } from './rules/clipping.ts';
import { learningRateAt } from './schedule.ts';

/** What PyTorch found. */
interface Found {
  every: number;
  curvature: number[];
  force: number[];
  start: number[];
  drive: number[];
  /** θ after so many steps each, of an optimiser's settings. */
  optimizers: { optimizer: object; theta: number[][] }[];
  /** Iterations of an epoch of the schedules, and the rate of every step. */
  perEpoch: number;
  schedules: { optimizer: object; rate: number[] }[];
}
const found = JSON.parse(readFileSync(new URL('testing/pytorch.json', import.meta.url), 'utf8')) as Found;
const steps = found.drive.length;

/** g_t of the made-up loss, see testing/pytorch.py. */
function gradientAt(theta: FloatArray, t: number): number[] {
  return Array.from(
    theta,
    (here, i) => found.curvature[i]! * here + 0.1 * here ** 3 - found.force[i]! * found.drive[t]!,
  );
}

/** The walk's own rule in vectors of one type. */
interface Way<V extends FloatArray> {
  vector: (values: number | readonly number[]) => V;
  rule: (settings: OptimizerSettings, vectors: Readonly<Record<string, V>>) => Rule<V>;
  /** A gradient as it is clipped. */
  clipped: (settings: OptimizerSettings, size: number) => (gradient: V, previous: V) => V;
}

const inFloat64: Way<Float64Array> = {
  vector: (values) => Float64Array.from(asList(values)),
  rule: ruleByElement,
  clipped:
    ({ clipping }) =>
    (gradient) =>
      clippedByElement(clipping, gradient),
};

/** As walks compute. */
const inFloat32: Way<Float32Array> = {
  vector: (values) => Float32Array.from(asList(values)),
  rule: ruleOnHost,
  clipped({ clipping }, size) {
    const clip = gradientClipping(clipping, () => new Float32Array(size));
    return (gradient, previous) => clip?.(gradient, previous).gradient ?? gradient;
  },
};

/** θ after every so many steps. */
function walkOf<V extends FloatArray>(settings: OptimizerSettings, { vector, rule, clipped }: Way<V>): V[] {
  const size = found.start.length;
  const update = rule(settings, Object.fromEntries(vectorsOf(settings).map((name) => [name, vector(size)])));
  const clip = clipped(settings, size);
  const initial = vector(found.start);
  let current = vector(found.start);
  let previous = vector(size);
  const thetas: V[] = [];
  for (let iteration = 0; iteration < steps; iteration++) {
    const next = vector(size);
    const plain = vector(gradientAt(current, iteration));
    const gradient = clip(plain, previous);
    const sums = update({
      iteration,
      current,
      next,
      initial,
      gradient,
      previous,
      learningRate: settings.learningRate,
    });
    const dot = (a: FloatArray, b: FloatArray): number =>
      Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
    const away = (from: FloatArray): number =>
      Array.from(next).reduce((sum, value, i) => sum + (value - from[i]!) ** 2, 0);
    const expected = {
      gradient: dot(gradient, gradient),
      product: dot(gradient, previous),
      update: away(current),
      distance: away(initial),
    };
    for (const name of ['gradient', 'product', 'update', 'distance'] as const)
      expect(Math.abs(sums[name] - expected[name]), name).toBeLessThanOrEqual(
        1e-12 * Math.abs(expected.gradient + expected[name]),
      );
    [current, previous] = [next, gradient];
    if ((iteration + 1) % found.every === 0) thetas.push(current);
  }
  return thetas;
}

/** The greatest difference of a parameter from PyTorch's, relative to its size where that is above the least. */
function apart(thetas: readonly FloatArray[], exact: readonly (readonly number[])[], least: number): number {
  expect(thetas).toHaveLength(exact.length);
  return Math.max(
    ...thetas.flatMap((theta, at) =>
      Array.from(theta, (value, i) => Math.abs(value - exact[at]![i]!) / Math.max(least, Math.abs(exact[at]![i]!))),
    ),
  );
}

describe.each(found.optimizers.map((each) => [JSON.stringify(each.optimizer), each] as const))(
  '%s',
  (_, { optimizer: told, theta }) => {
    const settings = optimizer.parse(told);

    it('is PyTorch’s over 100 steps, in float64', () =>
      expect(apart(walkOf(settings, inFloat64), theta, 1e-6)).toBeLessThan(1e-10));

    it('is so within 1e-5 in float32', () => expect(apart(walkOf(settings, inFloat32), theta, 1)).toBeLessThan(1e-5));
  },
);

function asList(values: number | readonly number[]): readonly number[] {
  return typeof values === 'number' ? Array<number>(values).fill(0) : values;
}

/** Whether PyTorch has the optimiser; gradient descent is its SGD on the whole training set, whose rule is compared. */
const compared: Record<OptimizerSettings['kind'], boolean> = {
  sgd: true,
  gd: false,
  'gd-isotropic-noise': false,
  adam: true,
  adamw: true,
  rmsprop: true,
};

it('has a case of every optimiser that PyTorch has, of every way to clip, and of every vector that one remembers', () => {
  const cases = found.optimizers.map(({ optimizer: told }) => optimizer.parse(told));
  const kinds = new Set(cases.map(({ kind }) => kind));
  for (const [kind, isCompared] of Object.entries(compared))
    expect(kinds.has(kind as OptimizerSettings['kind']), kind).toBe(isCompared);
  const clippings: Record<OptimizerSettings['clipping']['kind'], boolean> = { none: true, norm: true, value: true };
  expect(new Set(cases.map(({ clipping }) => clipping.kind))).toEqual(new Set(Object.keys(clippings)));
  for (const settings of cases)
    for (const name of declaredVectors(settings))
      expect(
        cases.some((each) => each.kind === settings.kind && vectorsOf(each).includes(name)),
        name,
      ).toBe(true);
});

describe.each(found.schedules.map((each) => [JSON.stringify(each.optimizer), each] as const))(
  'the rate of %s',
  (_, { optimizer: told, rate }) => {
    it('is PyTorch’s over 100 steps', () => {
      const experiment = smallExperiment({
        data: { train: 10 * found.perEpoch, validation: 20 },
        optimizer: { batchSize: 10, ...told },
        length: { iterations: steps },
      });
      const rates = Array.from({ length: steps }, (_, iteration) => learningRateAt(experiment, iteration));
      rates.forEach((each, t) => expect(Math.abs(each / rate[t]! - 1), `step ${t}`).toBeLessThan(1e-10));
    });
  },
);
