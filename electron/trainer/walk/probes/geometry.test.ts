import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorFor } from '../../random/generator.ts';
import { subset } from '../../random/shuffle.ts';
import { summarise } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';
import { measureGeometry, noGeometry } from './geometry.ts';

/** A measurement of one loss on the whole set. */
const whole = (loss: number): Measurement => ({
  loss,
  accuracy: 0,
  standardError: null,
  losses: Float32Array.of(loss),
  logitSize: 0,
});
const alphas = Array.from({ length: 11 }, (_, k) => k / 10);
const parabola = (bend: number, floor: number): number[] => alphas.map((a) => 1 + (bend / 2) * (a - floor) ** 2);
const measure = (losses: readonly number[], resolution = 1e-6) => measureGeometry(losses.map(whole), 1, resolution);

describe('measureGeometry', () => {
  it('finds the floor on the step, beyond it and before it', () => {
    for (const floor of [0.4, 1.7, -0.3]) expect(measure(parabola(2, floor)).extrapolated_floor).toBeCloseTo(floor, 6);
  });

  it('tells no floor of what opens downwards, is straight, or bends by no more than rounding may', () => {
    expect(measure(parabola(-2, 0.5)).extrapolated_floor).toBeNull();
    expect(measure(alphas.map((alpha) => 2 - alpha)).extrapolated_floor).toBeNull();
    expect(measure(parabola(2, 0.5), 1).extrapolated_floor).toBeNull();
    expect(measure([1, NaN, 2])).toEqual(noGeometry);
    expect(measure([1, 0.5, 2], NaN)).toEqual(noGeometry);
  });

  it('errs by no more than it says when every loss is off by a quarter of the resolution at most', () => {
    const off = fc.array(fc.double({ min: -0.25, max: 0.25, noNaN: true }), { minLength: 11, maxLength: 11 });
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.double({ min: -1, max: 3, noNaN: true }),
        fc.double({ min: 1e-7, max: 1e-3, noNaN: true }),
        off,
        (bend, floor, resolution, offs) => {
          const losses = parabola(bend, floor).map((loss, k) => loss + offs[k]! * resolution);
          const { extrapolated_floor: told, extrapolated_floor_error: error } = measure(losses, resolution);
          if (told !== null) expect(Math.abs(told - floor)).toBeLessThanOrEqual(error! * (1 + 1e-9) + 1e-9);
        },
      ),
    );
  });

  it('on a subset holds the floor of the whole set within its error in about 95 of 100 draws', () => {
    const population = 400;
    const generator = generatorFor(1, 'order');
    const uniform = (): number => generator.word() / 2 ** 32;
    const examples = Array.from({ length: population }, () => [0.5 + uniform(), 3 * uniform() - 0.5] as const);
    const lossesOf = (chosen: ArrayLike<number>): Measurement[] =>
      alphas.map((alpha) =>
        summarise(
          Float32Array.from(chosen, (index) => examples[index]![0] * (alpha - examples[index]![1]) ** 2),
          new Float32Array(chosen.length),
          population,
        ),
      );
    const truth = measureGeometry(lossesOf(examples.map((_, index) => index)), population, 0).extrapolated_floor!;
    let inside = 0;
    for (let draw = 0; draw < 400; draw++) {
      const found = measureGeometry(lossesOf(subset(population, 60, generatorFor(draw, 'subset'))), population, 0);
      inside += Number(Math.abs(found.extrapolated_floor! - truth) <= found.extrapolated_floor_error!);
    }
    expect(inside).toBeGreaterThan(368);
    expect(inside).toBeLessThan(396);
  });
});
