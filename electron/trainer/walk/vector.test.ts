import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blend, sgdStep } from './vector.ts';
import type { Step } from './vector.ts';

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
        const exact = start.map((value, index) => (1 - k / 10) * value + (k / 10) * end[index]!);
        expect(into.every((value, index) => value === exact[index])).toBe(true);
        if (k === 0) expect(into.every((value, index) => value === start[index])).toBe(true);
        if (k === 10) expect(into.every((value, index) => value === end[index])).toBe(true);
      }),
    );
  });
});
