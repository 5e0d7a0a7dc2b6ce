import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { optimizer } from '../../../shared/optimizers/index.ts';
import { allocateVectors } from './loops/arena.ts';
import { openUpdate } from './rules/host-update.ts';
import type { UpdateOf } from './rules/rule.ts';
import { blend } from './vector.ts';
import type { StepSums } from './vector.ts';

/** What one update works on; all arrays have one length. */
interface Step extends Omit<UpdateOf<Float32Array>, 'iteration'> {
  /** v, read and written; null without momentum. */
  velocity: Float32Array | null;
  momentum: number;
  weightDecay: number;
}

/** One update of SGD as walks take it. */
function sgdStep({ velocity, momentum, weightDecay, ...rest }: Step): StepSums {
  const settings = optimizer.parse({ kind: 'sgd', momentum: velocity ? momentum : 0, weightDecay });
  const update = openUpdate(settings, () => new Float32Array(0));
  return update({ iteration: 1, ...rest }, velocity ? { velocity } : {}).sums;
}

function step(change: Partial<Step>): Step {
  return {
    current: Float32Array.of(1, -2),
    next: new Float32Array(2),
    initial: Float32Array.of(0, 0),
    gradient: Float32Array.of(0.5, 1),
    previous: Float32Array.of(2, -1),
    velocity: null,
    learningRate: 0.5,
    momentum: 0,
    weightDecay: 0,
    ...change,
  };
}

describe('sgdStep', () => {
  it('steps against the gradient and measures the step', () => {
    const each = step({});
    expect(sgdStep(each)).toEqual({
      gradient: 1.25,
      product: 0,
      update: 0.25 ** 2 + 0.5 ** 2,
      distance: 0.75 ** 2 + 2.5 ** 2,
    });
    expect([...each.next]).toEqual([0.75, -2.5]);
    expect([...each.current]).toEqual([1, -2]);
  });

  it('adds weight decay to the step, not to the gradient that it measures', () => {
    const each = step({ weightDecay: 0.25 });
    expect(sgdStep(each).gradient).toBe(1.25);
    // d = (0.5 + 0.25, 1 − 0.5)
    expect([...each.next]).toEqual([0.625, -2.25]);
  });

  it('gathers momentum as written by hand', () => {
    const velocity = new Float32Array(2);
    const first = step({ velocity, momentum: 0.5, weightDecay: 0.25 });
    sgdStep(first);
    // v = (0.75, 0.5)
    expect([...velocity]).toEqual([0.75, 0.5]);
    expect([...first.next]).toEqual([0.625, -2.25]);
    const second = step({ current: first.next, velocity, momentum: 0.5, weightDecay: 0.25 });
    sgdStep(second);
    // d = (0.5 + 0.15625, 1 − 0.5625), v = 0.5·v + d = (1.03125, 0.6875)
    expect([...velocity]).toEqual([1.03125, 0.6875]);
    expect([...second.next]).toEqual([0.109375, -2.59375]);
  });

  it('sums in float64 what float32 would lose', () => {
    const count = 200_000;
    const gradient = new Float32Array(count).fill(0.1);
    const zeros = new Float32Array(count);
    const sums = sgdStep(
      step({ current: zeros, next: zeros.slice(), initial: zeros, previous: gradient, gradient, learningRate: 1 }),
    );
    // float32 sums would be wrong in the fourth digit
    const exact = count * Math.fround(0.1) ** 2;
    for (const sum of Object.values(sums)) expect(Math.abs(sum / exact - 1)).toBeLessThan(1e-10);
  });

  describe('element by element', () => {
    /** Settings, and lengths around a turn of the loop (4) and a block that is carried (4096). */
    const settings = fc.record({
      size: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 4090, max: 4103 })),
      seed: fc.integer(),
      learningRate: fc.double({ min: 1e-6, max: 10, noNaN: true }),
      momentum: fc.constantFrom(0, 0.9),
      weightDecay: fc.constantFrom(0, 5e-4),
    });

    /** Vectors of numbers of many magnitudes: current, next, initial, gradient, previous, velocity. */
    function fill(vectors: Float32Array[], seed: number): Float32Array[] {
      vectors.forEach((vector, which) =>
        vector.forEach((_, index) => {
          const angle = seed + 7 * which + index;
          vector[index] = Math.sin(angle) * 10 ** (4 * Math.cos(3 * angle));
        }),
      );
      return vectors;
    }

    function stepOf(vectors: Float32Array[], rest: Partial<Step>): Step {
      const [current, next, initial, gradient, previous, velocity] = vectors;
      return step({ current, next, initial, gradient, previous, velocity: rest.momentum ? velocity! : null, ...rest });
    }

    it('is PyTorch’s formula in float64 rounded once, wherever the vectors lie, and the sums are those of the elements', () => {
      fc.assert(
        fc.property(settings, ({ size, seed, ...rest }) => {
          const together = stepOf(fill(allocateVectors(6, size), seed), rest);
          const apart = stepOf(
            fill(
              Array.from({ length: 6 }, () => new Float32Array(size)),
              seed,
            ),
            rest,
          );
          const exact = { gradient: 0, product: 0, update: 0, distance: 0 };
          const magnitude = { ...exact };
          const velocities = apart.velocity?.slice();
          const expected = apart.current.map((here, index) => {
            const [slope, before] = [apart.gradient[index]!, apart.previous[index]!];
            const decay = rest.weightDecay * here;
            if (velocities) velocities[index] = rest.momentum * velocities[index]! + slope + decay;
            const there = Math.fround(here - rest.learningRate * (velocities ? velocities[index]! : slope + decay));
            exact.gradient += slope ** 2;
            exact.product += slope * before;
            exact.update += (there - here) ** 2;
            exact.distance += (there - apart.initial[index]!) ** 2;
            magnitude.product += Math.abs(slope * before);
            return there;
          });
          const sums = sgdStep(together);
          expect(sgdStep(apart)).toEqual(sums);
          for (const each of [together, apart]) {
            expect(each.next.every((value, index) => Object.is(value, expected[index]))).toBe(true);
            expect(each.velocity ?? []).toEqual(velocities ?? []);
          }
          for (const name of ['gradient', 'product', 'update', 'distance'] as const)
            expect(Math.abs(sums[name] - exact[name])).toBeLessThanOrEqual(
              1e-12 * (name === 'product' ? magnitude.product : exact[name]),
            );
        }),
      );
    });
  });

  it('takes vectors of several memories together', () => {
    const vectors = Array.from({ length: 5 }, () => allocateVectors(1, 6)[0]!);
    vectors.forEach((vector, which) => vector.set([1, 2, 3, 4, 5, 6].map((value) => value * (which + 1))));
    const [current, next, initial, gradient, previous] = vectors as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    // θ = n, θ₀ = 3n, g = 4n, g′ = 5n for n = 1…6, whose squares sum to 91
    const sums = sgdStep(step({ current, next, initial, gradient, previous, learningRate: 0.5 }));
    expect([...next]).toEqual([-1, -2, -3, -4, -5, -6]);
    expect(sums).toEqual({ gradient: 16 * 91, product: 20 * 91, update: 4 * 91, distance: 16 * 91 });
  });

  it('tells parameters that are not finite', () => {
    expect(sgdStep(step({ gradient: Float32Array.of(NaN, 1) })).distance).toBeNaN();
    expect(sgdStep(step({ gradient: Float32Array.of(-3e38, 1), learningRate: 10 })).distance).toBe(Infinity);
  });
});

describe('blend', () => {
  const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5 });

  it('is (1−α)·start + α·end rounded once, and exactly the ends at the ends', () => {
    fc.assert(
      fc.property(vector, vector, fc.integer({ min: 0, max: 10 }), (a, b, k) => {
        const length = Math.min(a.length, b.length);
        const [start, end] = [Float32Array.from(a.slice(0, length)), Float32Array.from(b.slice(0, length))];
        const into = new Float32Array(length);
        blend(start, end, k / 10, into);
        const [from, to, together] = allocateVectors(3, length) as [Float32Array, Float32Array, Float32Array];
        from.set(start);
        to.set(end);
        blend(from, to, k / 10, together);
        expect(together).toEqual(into);
        const exact = start.map((value, index) => (1 - k / 10) * value + (k / 10) * end[index]!);
        expect(into.every((value, index) => value === exact[index])).toBe(true);
        if (k === 0) expect(into.every((value, index) => value === start[index])).toBe(true);
        if (k === 10) expect(into.every((value, index) => value === end[index])).toBe(true);
      }),
    );
  });
});
