import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standardError, summarise } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { roundingShare } from '../../../shared/noise.ts';
import { barrierAboveNoise, convexityTolerance, measureSlice } from './slice.ts';

const exactly = (losses: readonly number[]): number[] => losses.slice(2).map(() => 0);
const measure = (losses: readonly number[], cosine: number | null = -0.5) =>
  measureSlice(losses, exactly(losses), cosine);

describe('measureSlice', () => {
  it('takes the first of equal points of a flat slice as its floor', () => {
    expect(measure([2, 2, 2, 2, 2])).toEqual({
      loss_before: 2,
      loss_after: 2,
      floor_loss: 2,
      floor_alpha: 0,
      height_before: 0,
      height_after: 0,
      barrier_height: 0,
      convex: true,
      bounce: false,
    });
  });

  it('finds the floor of a falling slice at its end and of a rising one at its start', () => {
    expect(measure([4, 3, 2, 1, 0])).toMatchObject({
      floor_alpha: 1,
      height_before: 4,
      height_after: 0,
      barrier_height: 0,
      convex: true,
      bounce: false,
    });
    expect(measure([0, 1, 2, 3, 4])).toMatchObject({
      floor_alpha: 0,
      height_before: 0,
      height_after: 4,
      bounce: false,
    });
  });

  it('measures a valley on both sides and calls it a bounce when the gradients oppose', () => {
    const valley = [3, 2, 1, 1, 1.5];
    expect(measure(valley)).toEqual({
      loss_before: 3,
      loss_after: 1.5,
      floor_loss: 1,
      floor_alpha: 0.5,
      height_before: 2,
      height_after: 0.5,
      barrier_height: 0,
      convex: true,
      bounce: true,
    });
    expect(measure(valley, 0.5).bounce).toBe(false);
    expect(measure(valley, 0).bounce).toBe(false);
    expect(measure(valley, null).bounce).toBeNull();
  });

  it('measures a barrier above the higher end', () => {
    expect(measure([1, 2.5, 2, 1.5, 2])).toMatchObject({ barrier_height: 0.5, convex: false, floor_alpha: 0 });
    expect(measure([1, 2, 2])).toMatchObject({ barrier_height: 0, convex: false });
  });

  it('forgives second differences within the noise only', () => {
    const losses = [1, 1 + 1e-7, 1];
    expect(measureSlice(losses, [2.1e-7], null).convex).toBe(true);
    expect(measureSlice(losses, [1.9e-7], null).convex).toBe(false);
    expect(measureSlice([3, 2, 1.5, 0.5, 0], [0, 0.5, 0], null).convex).toBe(true);
    expect(measureSlice([3, 2, 1.5, 0.5, 0], [0.5, 0, 0.5], null).convex).toBe(false);
    expect(measureSlice(losses, [NaN], null).convex).toBeNull();
  });

  it.each([NaN, Infinity, -Infinity])('tells nothing but the finite ends of a slice with %d', (bad) => {
    const nothing = {
      floor_loss: null,
      floor_alpha: null,
      height_before: null,
      height_after: null,
      barrier_height: null,
      convex: null,
      bounce: null,
    };
    expect(measure([1, bad, 2])).toEqual({ loss_before: 1, loss_after: 2, ...nothing });
    expect(measure([1, 1, bad])).toEqual({ loss_before: 1, loss_after: null, ...nothing });
    expect(measure([bad, 1, 2])).toEqual({ loss_before: null, loss_after: 2, ...nothing });
  });

  it('keeps to its definitions on any slice', () => {
    const losses = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(losses, (slice) => {
        const found = measure(slice);
        const last = slice.length - 1;
        const place = Math.round(found.floor_alpha! * last);
        expect(found.floor_alpha).toBe(place / last);
        expect(slice[place]).toBe(found.floor_loss);
        expect(slice.every((loss, k) => (k < place ? loss > found.floor_loss! : loss >= found.floor_loss!))).toBe(true);
        expect(found.height_before).toBe(slice[0]! - found.floor_loss!);
        expect(found.height_after).toBe(slice[last]! - found.floor_loss!);
        const barrier = slice.slice(1, -1).some((loss) => loss > Math.max(slice[0]!, slice[last]!));
        expect(found.barrier_height! > 0).toBe(barrier);
        // a barrier is a bend upwards
        if (barrier) expect(found.convex).toBe(false);
        expect(found.bounce).toBe(place > 0 && place < last);
      }),
    );
  });
});

describe('convexityTolerance', () => {
  const point = (...losses: number[]): Measurement =>
    summarise(Float32Array.from(losses), new Float32Array(losses.length), losses.length);

  it('is rounding alone on a whole set', () => {
    const points = [point(1, 2), point(3, 4), point(0, 1), point(1, 1)];
    expect(convexityTolerance(points, 2)).toEqual([roundingShare * 4.5, roundingShare * 4.5]);
  });

  it('adds twice the standard error of the examples’ second differences on a subset', () => {
    const points = [point(1, 2, 4), point(1, 1, 1), point(2, 1, 0)];
    // second differences 1, 1, 2: mean 4/3, s² = 1/3; 3 of 12 examples
    const error = Math.sqrt((1 / 3 / 3) * (1 - 3 / 12));
    expect(convexityTolerance(points, 12)[0]).toBeCloseTo(roundingShare * (1 + 7 / 3) + 2 * error, 12);
  });

  it('does not count what all examples share as noise', () => {
    const points = [point(1, 5, 9), point(2, 6, 10), point(1.5, 5.5, 9.5)];
    expect(convexityTolerance(points, 100)).toEqual([roundingShare * 7]);
  });
});

describe('summarise', () => {
  it('means in float64', () => {
    const losses = Float32Array.from({ length: 100_001 }, (_, index) => (index === 0 ? 1e6 : 0.1));
    const exact = (1e6 + 100_000 * Math.fround(0.1)) / 100_001;
    expect(summarise(losses, new Float32Array(100_001), 100_001).loss / exact).toBeCloseTo(1, 10);
    const { loss, accuracy, standardError: error } = summarise(Float32Array.of(1, 2, 6), Float32Array.of(1, 0, 1), 3);
    expect([loss, accuracy, error]).toEqual([3, 2 / 3, null]);
  });

  it('has the standard error that the means of all subsets have', () => {
    // 2 of 4 without replacement: six equally likely subsets
    const population = [1, 2, 4, 9];
    const pairs = population.flatMap((a, i) => population.slice(i + 1).map((b) => [a, b] as const));
    const means = pairs.map(([a, b]) => (a + b) / 2);
    const variance = means.reduce((sum, each) => sum + (each - 4) ** 2, 0) / means.length;
    const estimated = pairs.reduce((sum, pair) => sum + standardError(pair, 4) ** 2, 0) / pairs.length;
    expect(estimated).toBeCloseTo(variance, 12);
    expect(summarise(Float32Array.of(1, 3), new Float32Array(2), 4).standardError).toBeCloseTo(Math.sqrt(0.5), 12);
  });
});

describe('a barrier above noise', () => {
  const whole = (losses: number[]) => losses.map((loss) => measured([loss, loss]));
  const measured = (losses: number[]) => ({
    loss: losses.reduce((a, b) => a + b) / losses.length,
    accuracy: 0,
    standardError: null,
    losses: Float32Array.from(losses),
  });

  it('on a whole set is one that exceeds rounding', () => {
    const noise = 2 ** -22 * (1 + 1.5);
    expect(barrierAboveNoise(whole([1, 1.5, 1]), 2)).toBe(true);
    expect(barrierAboveNoise(whole([1, 0.5, 1]), 2)).toBe(false);
    expect(barrierAboveNoise(whole([1.5 - noise / 2, 1.5, 1]), 2)).toBe(false);
    expect(barrierAboveNoise(whole([1, 1.5, 1.5 - 2 * noise]), 2)).toBe(true);
    expect(barrierAboveNoise(whole([1, NaN, 1]), 2)).toBe(false);
  });

  it('on a subset is one that exceeds two standard errors of the difference, not of the losses', () => {
    // the examples differ much, the difference from point to point does not
    const flat = [0, 3, 0, 3];
    const steady = [flat, flat.map((loss) => loss + 0.5), flat].map(measured);
    expect(barrierAboveNoise(steady, 1000)).toBe(true);
    // differences −2, 3, −2, 3: mean 0.5, standard error about 1.44
    const noisy = [flat, [-2, 6, -2, 6], flat].map(measured);
    expect(noisy[1]!.loss).toBeCloseTo(2, 12);
    expect(barrierAboveNoise(noisy, 1000)).toBe(false);
    // as the whole set it is a barrier
    expect(barrierAboveNoise(noisy, 4)).toBe(true);
  });
});
