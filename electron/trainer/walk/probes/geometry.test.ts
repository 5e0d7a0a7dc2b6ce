import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurementOf } from '../../testing/measurements.ts';
import { generatorFor } from '../../random/generator.ts';
import { subset } from '../../random/shuffle.ts';
import { summarise } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';
import { measureGeometry, noGeometry } from './geometry.ts';

const alphas = Array.from({ length: 11 }, (_, k) => k / 10);
const parabola = (bend: number, floor: number): number[] => alphas.map((a) => 1 + (bend / 2) * (a - floor) ** 2);
const measure = (losses: readonly number[], resolution = 1e-6, updateNorm = 1) =>
  measureGeometry(
    losses.map((loss) => measurementOf(loss)),
    1,
    resolution,
    updateNorm,
  );

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

  it('tells the curvature along the step per squared length, downwards too, and the learning rate whose edge that is', () => {
    const found = measure(parabola(0.8, 1.3), 1e-9, 0.2);
    expect(found.step_curvature).toBeCloseTo(20, 6);
    expect(found.predicted_edge).toBeCloseTo(0.1, 8);
    const down = measure(parabola(-0.8, 1.3), 1e-9, 0.2);
    expect(down.step_curvature).toBeCloseTo(-20, 6);
    expect(down).toMatchObject({ predicted_edge: null, extrapolated_floor: null, extrapolated_floor_error: null });
  });

  it('tells no curvature of a step so short that rounding may bend its slice as much', () => {
    const curvatureOf = (length: number) => measure(parabola(20 * length ** 2, 0.5), 1e-6, length).step_curvature;
    expect(curvatureOf(0.1)).toBeCloseTo(20, 6);
    expect(curvatureOf(1e-4)).toBeNull();
  });

  it('of a step of gradient descent on a quadratic at rate η has its floor at 1/(ηλ): ½ at the edge of stability', () => {
    const [rate, curvature, start] = [0.1, 20, 0.7];
    const end = start - rate * curvature * start;
    const losses = alphas.map((alpha) => (curvature / 2) * ((1 - alpha) * start + alpha * end) ** 2);
    const found = measure(losses, 1e-9, Math.abs(end - start));
    expect(found.extrapolated_floor).toBeCloseTo(0.5, 9);
    expect(found.step_curvature).toBeCloseTo(2 / rate, 6);
    expect(found.predicted_edge).toBeCloseTo(rate, 9);
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
          const found = measure(losses, resolution);
          const { extrapolated_floor: told, extrapolated_floor_error: error } = found;
          if (found.step_curvature !== null)
            expect(Math.abs(found.step_curvature - bend)).toBeLessThanOrEqual(found.step_curvature_error! + 1e-9);
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
    const truth = measureGeometry(lossesOf(examples.map((_, index) => index)), population, 0, 1).extrapolated_floor!;
    let inside = 0;
    for (let draw = 0; draw < 400; draw++) {
      const found = measureGeometry(lossesOf(subset(population, 60, generatorFor(draw, 'subset'))), population, 0, 1);
      inside += Number(Math.abs(found.extrapolated_floor! - truth) <= found.extrapolated_floor_error!);
    }
    expect(inside).toBeGreaterThan(368);
    expect(inside).toBeLessThan(396);
  });
});
