import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { smallestCrossing } from './crossing.ts';
import type { Crossing } from './crossing.ts';

/** Searches a function of the rate, and counts. */
async function search(
  change: (rate: number) => number,
  {
    slope = 1,
    start = 0.1,
    most = 38,
    resolution = 0,
  }: { slope?: number; start?: number; most?: number; resolution?: number } = {},
): Promise<{ found: Crossing | 'none' | 'stopped'; rates: number[] }> {
  const rates: number[] = [];
  const found = await smallestCrossing(
    (rate) => {
      rates.push(rate);
      return Promise.resolve({ change: change(rate), resolution });
    },
    { squaredNorm: slope, start, left: () => most - rates.length },
  );
  return { found, rates };
}

describe('smallestCrossing', () => {
  it('finds 2/h of every quadratic from a quarter of it in ten changes, within its bracket and 10⁻⁹', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: -6, max: 6, noNaN: true }),
        fc.double({ min: 0.05, max: 0.45, noNaN: true }),
        async (size, bend, share) => {
          const [slope, curvature] = [10 ** size, 10 ** bend];
          const truth = 2 / curvature;
          const { found, rates } = await search((rate) => slope * (-rate + (curvature * rate ** 2) / 2), {
            slope,
            start: share * truth,
          });
          const { rate, lower, upper } = found as Crossing;
          expect(Math.abs(rate / truth - 1)).toBeLessThan(1e-9);
          expect(lower).toBeLessThanOrEqual(truth * (1 + 1e-12));
          expect(upper).toBeGreaterThanOrEqual(truth * (1 - 1e-12));
          expect(upper / lower).toBeLessThan(1.011);
          expect(rates.length).toBeLessThanOrEqual(14);
        },
      ),
    );
  });

  it('begins lower where the first rate is no longer well below', async () => {
    for (const start of [0.9, 1.9, 3, 200]) {
      const { found } = await search((rate) => -rate + rate ** 2 / 2, { start });
      expect((found as Crossing).rate).toBeCloseTo(2, 9);
    }
  });

  it('brackets what is no quadratic, also where the loss soon is infinite', async () => {
    const curves: [(rate: number) => number, number][] = [
      [(rate) => -rate + rate ** 4, 1],
      [(rate) => -rate + Math.expm1(rate) / 3, 1.9038136],
      [(rate) => (rate < 1.7 ? -rate : Infinity), 1.7],
      [(rate) => -rate + 40 * Math.max(0, rate - 0.5), 20 / 39],
    ];
    for (const [curve, truth] of curves) {
      const { found } = await search(curve);
      const { rate, lower, upper } = found as Crossing;
      expect(lower).toBeLessThanOrEqual(truth);
      expect(upper).toBeGreaterThanOrEqual(truth);
      expect(upper / lower).toBeLessThan(1.02);
      expect(Math.abs(rate / truth - 1)).toBeLessThan(0.01);
    }
  });

  it('finds the first of several crossings, where doubling from the same rate steps over it', async () => {
    // below, above from 1 to 1.7, below again until 6
    const curve = (rate: number): number => (rate * (rate - 1) * (rate - 1.7) * (rate - 6)) / 10.2;
    expect([0.225, 0.45, 0.9, 1.8, 3.6, 7.2].map((rate) => curve(rate) > 0)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
    ]);
    const { found } = await search(curve, { start: 0.225 });
    expect((found as Crossing).rate).toBeCloseTo(1, 2);
  });

  it('leaves open what rounding hides', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 1e-7, max: 0.02, noNaN: true }),
        fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })),
        async (resolution, noise) => {
          const { found } = await search((rate) => -rate + rate ** 2 / 2 + resolution * noise.next().value!, {
            resolution,
            start: 0.5,
          });
          const { rate, lower, upper } = found as Crossing;
          expect(lower).toBeLessThanOrEqual(2);
          expect(upper).toBeGreaterThanOrEqual(2);
          expect(rate).toBeGreaterThanOrEqual(lower);
          expect(rate).toBeLessThanOrEqual(upper);
          // the loss rises by the rate here: rounding alone leaves ±resolution, twice where that counts as none
          expect(upper - lower).toBeLessThan(0.025 + 8 * resolution);
        },
      ),
    );
  });

  it('tells none where no rate lowers the loss by more than rounding, and where none raises it', async () => {
    expect((await search((rate) => -rate + rate ** 2, { resolution: 0.3 })).found).toBe('none');
    expect((await search((rate) => rate)).found).toBe('none');
    const { found, rates } = await search((rate) => -rate);
    expect(found).toBe('none');
    expect(rates.length).toBeLessThanOrEqual(38);
    expect(rates.at(-1)! / rates[0]!).toBeGreaterThan(4000);
  });

  it('grows where rounding hides what the first rate does, and searches between that and one that is too far', async () => {
    // at its first rate the loss falls by less than rounding: 100 times below the crossing at 2
    for (const start of [0.02, 0.1, 0.3]) {
      const { found } = await search((rate) => -rate + rate ** 2 / 2, { start, resolution: 0.3 });
      const { rate, lower, upper } = found as Crossing;
      expect(lower).toBeLessThan(2);
      expect(upper).toBeGreaterThan(2);
      expect(Math.abs(rate / 2 - 1)).toBeLessThan(0.1);
    }
    // what falls beyond rounding, from 0.74 to 1.26, lies between 0.6, which hides it, and 1.8, which is too far
    const { found, rates } = await search((rate) => -rate + rate ** 2 / 2, { start: 3.6, resolution: 0.46 });
    const { lower, upper } = found as Crossing;
    expect(rates.slice(0, 2)).toEqual([3.6, 0.9]);
    expect(lower).toBeLessThan(2);
    expect(upper).toBeGreaterThan(2);
  });

  it('never computes more than it may, and stops when stopped', async () => {
    for (const most of [1, 2, 5, 8]) {
      const { rates } = await search((rate) => -rate + rate ** 4, { most });
      expect(rates.length).toBeLessThanOrEqual(most);
    }
    for (const after of [1, 3, 7]) {
      let asked = 0;
      const found = await smallestCrossing(
        (rate) => Promise.resolve(++asked > after ? null : { change: -rate + rate ** 4, resolution: 0 }),
        { squaredNorm: 1, start: 0.1, left: () => 38 - asked },
      );
      expect(found).toBe('stopped');
    }
  });
});
