import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurementOf } from '../../testing/measurements.ts';
import { standardError, summarise } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';
import { measureSlice, noSlice, tolerancesOf } from './slice.ts';

const measure = (losses: readonly number[], cosine: number | null = -0.5, resolution = 0) =>
  measureSlice(
    losses.map((loss) => measurementOf(loss)),
    1,
    resolution,
    cosine,
  );

/** What is said of samples where there are none. */
const notSampled = { slice_examples: null, slice_tolerance: null, slice_confidence: null };

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
      // flat as it is, nothing can be told
      convex: null,
      bounce: null,
      loss_resolution: 0,
      interior_floor: null,
      barrier: null,
      ...notSampled,
    });
  });

  it('finds the floor of a falling slice at its end and of a rising one at its start', () => {
    expect(measure([4, 3, 2, 1, 0])).toMatchObject({
      floor_alpha: 1,
      height_before: 4,
      height_after: 0,
      barrier_height: 0,
      interior_floor: false,
      barrier: false,
      convex: null,
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
      loss_resolution: 0,
      interior_floor: true,
      barrier: false,
      ...notSampled,
    });
    expect(measure(valley, 0.5).bounce).toBe(false);
    expect(measure(valley, 0).bounce).toBe(false);
    expect(measure(valley, null).bounce).toBeNull();
  });

  it('measures a barrier above the higher end', () => {
    expect(measure([1, 2.5, 2, 1.5, 2])).toMatchObject({ barrier_height: 0.5, convex: false, floor_alpha: 0 });
    expect(measure([1, 2, 2])).toMatchObject({ barrier_height: 0, convex: false });
  });

  it('tells the raw heights whatever it resolves, and answers only above that', () => {
    const losses = [1, 1 + 1e-7, 1];
    const height = losses[1]! - 1;
    expect(measure(losses, null, 0.9e-7)).toMatchObject({
      barrier_height: height,
      barrier: true,
      convex: false,
      loss_resolution: 0.9e-7,
    });
    expect(measure(losses, null, 1.1e-7)).toMatchObject({ barrier_height: height, barrier: null, convex: false });
    expect(measure(losses, null, 2.1e-7)).toMatchObject({ barrier_height: height, barrier: null, convex: null });
  });

  it.each([NaN, Infinity, -Infinity])('tells nothing but the finite ends of a slice with %d', (bad) => {
    expect(Object.values(noSlice).every((value) => value === null)).toBe(true);
    expect(measure([1, bad, 2])).toEqual({ ...noSlice, loss_before: 1, loss_after: 2 });
    expect(measure([1, 1, bad])).toEqual({ ...noSlice, loss_before: 1 });
    expect(measure([bad, 1, 2])).toEqual({ ...noSlice, loss_after: 2 });
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
        expect(found.barrier === true).toBe(barrier);
        const interior = slice.slice(1, -1).some((loss) => loss < Math.min(slice[0]!, slice[last]!));
        expect(found.interior_floor === true).toBe(interior);
        expect(found.bounce).toBe(found.interior_floor);
      }),
    );
  });
});

describe('tolerancesOf', () => {
  const point = (...losses: number[]): Measurement =>
    summarise(Float32Array.from(losses), new Float32Array(losses.length), losses.length);
  const nu = 1e-6;

  it('is the resolution alone on a whole set', () => {
    const points = [point(1, 2), point(3, 4), point(0, 1), point(1, 1)];
    expect(tolerancesOf(points, 2, nu)).toEqual({ floor: nu, barrier: nu, bends: [nu, nu] });
  });

  it('adds twice the standard error of the difference in question on a subset, from every example’s own', () => {
    const points = [point(1, 2, 4), point(1, 1, 1), point(2, 1, 0)];
    // means 7/3, 1, 1; second differences 1, 1, 2: mean 4/3, s² = 1/3; 3 of 12 examples
    const error = (variance: number): number => Math.sqrt((variance / 3) * (1 - 3 / 12));
    const { floor, barrier, bends } = tolerancesOf(points, 12, nu);
    expect(bends[0]).toBeCloseTo(nu + 2 * error(1 / 3), 12);
    // to the lower end, the last: −1, 0, 1; to the higher one, the first: 0, −1, −3
    expect(floor).toBeCloseTo(nu + 2 * error(1), 12);
    expect(barrier).toBeCloseTo(nu + 2 * error(7 / 3), 12);
  });

  it('does not count what all examples share as noise', () => {
    const points = [point(1, 5, 9), point(2, 6, 10), point(1.5, 5.5, 9.5)];
    expect(tolerancesOf(points, 100, nu)).toEqual({ floor: nu, barrier: nu, bends: [nu] });
  });

  it('of a single example of many nothing can be told', () => {
    const points = [1, 5, 1].map((loss) => point(loss));
    expect(measureSlice(points, 100, nu, -1)).toMatchObject({
      barrier_height: 4,
      barrier: null,
      convex: null,
      bounce: null,
    });
    expect(measureSlice(points, 1, nu, -1)).toMatchObject({ barrier: true, convex: false, bounce: false });
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

describe('a barrier on a subset', () => {
  const barrier = (points: readonly Measurement[], population: number) =>
    measureSlice(points, population, 2 ** -22 * 4, null).barrier;

  it('is one that exceeds two standard errors of the difference, not of the losses', () => {
    // the examples differ much, the difference from point to point does not
    const flat = [0, 3, 0, 3];
    const steady = [flat, flat.map((loss) => loss + 0.5), flat].map(measurementOf);
    expect(barrier(steady, 1000)).toBe(true);
    // differences −2, 3, −2, 3: mean 0.5, standard error about 1.44
    const noisy = [flat, [-2, 6, -2, 6], flat].map(measurementOf);
    expect(noisy[1]!.loss).toBeCloseTo(2, 12);
    expect(barrier(noisy, 1000)).toBeNull();
    // as the whole set it is a barrier
    expect(barrier(noisy, 4)).toBe(true);
  });
});
