import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeSlice } from '../resolution.ts';
import { decideSlice } from './verdicts.ts';

/** A slice of so many intervals. */
const truths = fc
  .array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 3, maxLength: 12 })
  .map((losses) => losses.map((loss) => Math.round(loss * 100) / 100));

/** What a slice is known as whose losses are surely within so much of what was estimated. */
function known(estimates: readonly number[], half: number, share = 0.02, resolution = 1e-6) {
  const last = estimates.length - 1;
  const of = (k: number): number => (k === 0 || k === last ? 0 : half);
  return decideSlice(
    {
      losses: estimates,
      halves: estimates.map((_, k) => of(k)),
      halfBetween: (j, k) => of(j) + of(k),
      halfBend: (k) => of(k - 1) + 2 * of(k) + of(k + 1),
    },
    share,
    resolution,
  );
}

const answersOf = (losses: readonly number[], resolution: number) =>
  judgeSlice(losses, { floor: resolution, barrier: resolution, bends: losses.slice(2).map(() => resolution) }, null);

describe('decideSlice', () => {
  it('says of losses that are known exactly what judgeSlice says', () => {
    fc.assert(
      fc.property(truths, (losses) => {
        const { interior_floor, barrier, convex, floor, isDecided } = known(losses, 0, 1e-9);
        const answers = answersOf(losses, 1e-6);
        expect({ interior_floor, barrier, convex }).toEqual({
          interior_floor: answers.interior_floor,
          barrier: answers.barrier,
          convex: answers.convex,
        });
        expect(floor).toBe(losses.indexOf(Math.min(...losses)));
        expect(isDecided).toBe(true);
      }),
    );
  });

  it('never contradicts a slice within its intervals, and tells every place where its floor may be', () => {
    const errors = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 });
    const half = fc.double({ min: 0, max: 1, noNaN: true });
    const share = fc.double({ min: 0.001, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(truths, errors, half, share, (losses, away, width, tolerance) => {
        const last = losses.length - 1;
        const estimates = losses.map((loss, k) => (k === 0 || k === last ? loss : loss + width * away[k]!));
        const found = known(estimates, width * 1.000001, tolerance);
        const answers = answersOf(losses, 1e-6);
        for (const key of ['interior_floor', 'barrier', 'convex'] as const)
          if (found[key] !== null) expect(found[key]).toBe(answers[key]);
        if (found.isDecided && found.convex === null)
          for (let k = 1; k < last; k++)
            expect(losses[k - 1]! - 2 * losses[k]! + losses[k + 1]!).toBeGreaterThanOrEqual(
              -Math.max(1e-6, (8 * found.tolerance) / last ** 2) * (1 + 1e-9),
            );
        const floor = losses.indexOf(Math.min(...losses));
        const isTied = (k: number): boolean => losses[k] === losses[floor];
        expect([found.floor, ...found.alsoFloor].some((k) => k === floor || isTied(k))).toBe(true);
        if (!found.isDecided) return;
        for (const [k, estimate] of estimates.entries())
          expect(Math.abs(estimate - losses[k]!)).toBeLessThanOrEqual(found.tolerance);
        for (const k of [found.floor, ...found.alsoFloor])
          expect(losses[k]! - losses[floor]!).toBeLessThanOrEqual(found.tolerance * (1 + 1e-9));
        const range = Math.max(...losses) - Math.min(...losses);
        expect(found.tolerance).toBeLessThanOrEqual(Math.max(1e-6, tolerance * range) * (1 + 1e-9));
      }),
      { numRuns: 2000 },
    );
  });

  it('leaves open what its intervals leave open', () => {
    const valley = [1, 0.5, 0.3, 0.6, 1.1];
    expect(known(valley, 0.001)).toMatchObject({
      isDecided: true,
      floor: 2,
      alsoFloor: [],
      convex: true,
      barrier: false,
    });
    expect(known(valley, 0.1)).toMatchObject({ isDecided: false, interior_floor: true });
    expect(known(valley, 0.8)).toMatchObject({ isDecided: false, interior_floor: null, alsoFloor: [0, 1, 3, 4] });
  });

  it('may leave the floor between points that lie within the tolerance', () => {
    const found = known([1, 0.302, 0.3, 0.6, 1.1], 0.003);
    expect(found).toMatchObject({ isDecided: true, floor: 2, alsoFloor: [1] });
  });

  it('decides nothing where a loss is not finite', () => {
    for (const loss of [NaN, Infinity]) expect(known([1, loss, 0.3, 0.6, 1.1], 0.001).isDecided).toBe(false);
  });
});
