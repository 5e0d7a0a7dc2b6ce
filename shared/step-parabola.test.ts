import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundingOf, stepParabola } from './step-parabola.ts';

const grid = (intervals: number): number[] => Array.from({ length: intervals + 1 }, (_, k) => k / intervals);
const slice = fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 3, maxLength: 21 });

describe('stepParabola', () => {
  it('of the losses of a parabola is that parabola, wherever it is lowest', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.double({ min: -4, max: 5, noNaN: true }),
        fc.integer({ min: 2, max: 40 }),
        (bend, floor, intervals) => {
          const found = stepParabola(grid(intervals).map((alpha) => 2 + (bend / 2) * (alpha - floor) ** 2));
          expect(found.bend / bend).toBeCloseTo(1, 8);
          expect(found.floor).toBeCloseTo(floor, 6);
          expect(found.at(floor)).toBeCloseTo(2, 6);
        },
      ),
    );
  });

  it('of three losses bends by their second difference over ¼', () => {
    const { bend, floor, floorWeights } = stepParabola([2, 1, 1.5]);
    expect(bend).toBeCloseTo(4 * (2 - 2 * 1 + 1.5), 12);
    expect(floor).toBeCloseTo((3 * 2 - 4 * 1 + 1.5) / bend, 12);
    expect(floorWeights).toHaveLength(3);
  });

  it('of eleven losses is what numpy.polyfit(alphas, losses, 2) makes of them', () => {
    const losses = [2.31, 1.87, 1.52, 1.29, 1.1, 0.98, 0.93, 0.95, 1.04, 1.2, 1.37];
    const { bend, floor } = stepParabola(losses);
    // p = numpy.polyfit(numpy.arange(11) / 10, losses, 2): 2 * p[0] and -p[1] / (2 * p[0])
    expect(bend).toBeCloseTo(6.888111888111893, 10);
    expect(floor).toBeCloseTo(0.6276243654822335, 10);
  });

  it('has no floor where it opens downwards or is straight', () => {
    expect(stepParabola([1, 2, 1]).floor).toBeNaN();
    expect(stepParabola([3, 3, 3]).floor).toBeNaN();
  });

  it('moves with its losses as its weights say', () => {
    fc.assert(
      fc.property(slice, fc.nat(), (losses, at) => {
        const here = stepParabola(losses);
        const k = at % losses.length;
        const moved = stepParabola(losses.map((loss, index) => (index === k ? loss + 1e-4 : loss)));
        expect(moved.bend - here.bend).toBeCloseTo(1e-4 * here.bendWeights[k]!, 8);
        if (!(here.bend > 1)) return;
        const first = 1e-4 * here.floorWeights[k]!;
        expect(Math.abs(moved.floor - here.floor - first)).toBeLessThan(1e-4 * (1 + Math.abs(here.floor)));
      }),
    );
  });
});

it('rounding moves a second difference by the resolution', () => {
  expect(roundingOf([1, -2, 1], 3e-7)).toBeCloseTo(3e-7, 15);
});
