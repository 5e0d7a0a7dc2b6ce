import jStat from 'jstat';
import { describe, expect, it } from 'vitest';
import { meanOf, worthOf } from './autocorrelation.ts';
import { randomFrom } from './generator.ts';
import {
  beyondAll,
  binomial,
  correlationOverSettings,
  meanOverSeeds,
  shareDifferenceOverSeeds,
  shareOverSeeds,
  slopeOverSettings,
} from './intervals.ts';
import type { Estimate, Interval, Placed } from './intervals.ts';
import { autoregression, binaryChain } from './simulation.ts';

const at95 = ({ at }: Estimate): Interval => at!(0.95);
const width = ({ low, high }: Interval): number => high - low;
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
/** Share of draws in which something is so. */
const often = (draws: number, so: () => boolean): number => times(draws, so).filter(Boolean).length / draws;

describe('what iterations are worth', () => {
  it('is their number where they are independent, and n (1 − φ)/(1 + φ) of a first-order autoregression', () => {
    const random = randomFrom(1);
    const worth = (phi: number): number =>
      meanOf(times(40, () => worthOf([autoregression(400, phi, random)])[0]!.effective));
    expect(worth(0)).toBeGreaterThan(300);
    expect(worth(0)).toBeLessThanOrEqual(400);
    expect(worth(0.5)).toBeGreaterThan(90);
    expect(worth(0.5)).toBeLessThan(145);
  });

  it('is never above their number, however a walk swings, and at least one', () => {
    const swinging = Float64Array.from({ length: 60 }, (_, t) => (t % 2 === 0 ? 1 : -1));
    expect(worthOf([swinging])[0]!.effective).toBeLessThanOrEqual(60);
    const ramp = Float64Array.from({ length: 30 }, (_, t) => t);
    expect(worthOf([ramp])[0]!.effective).toBeGreaterThanOrEqual(1);
    expect(worthOf([ramp])[0]!.effective).toBeLessThan(3);
    expect(worthOf([new Float64Array(64).fill(1)])[0]).toMatchObject({ effective: 16, variance: 0 });
  });
});

describe('a mean over seeds', () => {
  it('has Student’s interval over the runs’ means', () => {
    const means = [2.1, 2.6, 1.9, 2.4, 2.2];
    const estimate = meanOverSeeds(means.map((mean) => new Float64Array(40).fill(mean)));
    const half = (2.776445 * Math.sqrt(0.073)) / Math.sqrt(5);
    expect(estimate.value).toBeCloseTo(2.24, 12);
    expect(estimate.over).toBe('seeds');
    expect(at95(estimate).low).toBeCloseTo(2.24 - half, 6);
    expect(at95(estimate).high).toBeCloseTo(2.24 + half, 6);
  });

  it('of one run is about its iterations, and has no interval where these are worth too few', () => {
    const random = randomFrom(2);
    expect(meanOverSeeds([autoregression(100, 0, random)])).toMatchObject({ over: 'iterations' });
    // the landed bootstrap gave an interval in each of these, which held the mean in half of them
    expect(often(400, () => meanOverSeeds([autoregression(40, 0.95, random)]).at !== null)).toBeLessThan(0.02);
    const runs = times(400, () => meanOverSeeds([autoregression(200, 0.5, random)]));
    const reported = runs.filter(({ at }) => at !== null).map(at95);
    expect(reported.length).toBeGreaterThan(380);
    expect(reported.filter(({ low, high }) => low <= 0 && high >= 0).length / reported.length).toBeGreaterThan(0.9);
  });

  it.each([
    [0, 40],
    [0.8, 40],
    [0.95, 40],
    [0.5, 200],
    [-0.5, 40],
  ])('holds the true mean at correlation %s of %s iterations in nine of ten draws', (phi, length) => {
    const random = randomFrom(3);
    const held = often(400, () => {
      const { low, high } = at95(meanOverSeeds(times(3, () => autoregression(length, phi, random))));
      return low <= 0 && high >= 0;
    });
    expect(held).toBeGreaterThan(0.93);
  });

  it('is surer with every seed more', () => {
    const random = randomFrom(4);
    const widths = [2, 3, 5].map((seeds) =>
      meanOf(times(200, () => width(at95(shareOverSeeds(times(seeds, () => binaryChain(40, 0.8, 0, random))))))),
    );
    expect(widths[0]).toBeGreaterThan(widths[1]!);
    expect(widths[1]).toBeGreaterThan(widths[2]!);
  });

  it('does not take what training does to all runs for chance', () => {
    const random = randomFrom(5);
    const falling = times(3, () => autoregression(120, 0, random).map((value, t) => 0.01 * value + 10 / (1 + t)));
    const { value } = meanOverSeeds(falling);
    expect(width(at95(meanOverSeeds(falling)))).toBeLessThan(0.1 * value);
  });
});

describe('a share over seeds', () => {
  it('is the exact binomial’s where nothing was seen: 1 − 0.025^{1/n}', () => {
    expect(binomial(0, 20, 0.95)).toEqual({ low: 0, high: expect.closeTo(1 - 0.025 ** (1 / 20), 10) as number });
    expect(binomial(1, 20, 0.95)).toEqual({ low: expect.closeTo(0.025 ** (1 / 20), 10) as number, high: 1 });
    // Clopper and Pearson's own example: 10 of 30
    expect(binomial(1 / 3, 30, 0.95).low).toBeCloseTo(0.1729, 3);
    expect(binomial(1 / 3, 30, 0.95).high).toBeCloseTo(0.5281, 3);
  });

  it('is never certain', () => {
    const all = at95(shareOverSeeds(times(3, () => new Float64Array(64).fill(1))));
    expect(all).toEqual({ low: expect.closeTo(0.025 ** (1 / 48), 10) as number, high: 1 });
  });

  it('of 0.1 at correlation 0.5 is told to be below 0.1 in less than one of twenty draws', () => {
    const random = randomFrom(6);
    const falsely = often(
      400,
      () => at95(shareOverSeeds(times(3, () => binaryChain(100, 0.1, 0.5, random)))).high < 0.1,
    );
    expect(falsely).toBeLessThan(0.05);
  });

  it('less another one holds the difference, and 0 where both are alike', () => {
    const random = randomFrom(7);
    const draw = (share: number, less: number) =>
      at95(
        shareDifferenceOverSeeds(
          times(3, () => ({ share: binaryChain(25, share, 0, random), less: binaryChain(25, less, 0, random) })),
        ),
      );
    const held = (difference: number, share: number, less: number): number =>
      often(200, () => {
        const { low, high } = draw(share, less);
        return low <= difference && high >= difference;
      });
    expect(held(0.5, 0.6, 0.1)).toBeGreaterThan(0.93);
    expect(held(0, 0.4, 0.4)).toBeGreaterThan(0.93);
    const none = draw(0, 0);
    expect(none.low).toBeLessThan(0);
    expect(none.high).toBeGreaterThan(0);
  });
});

describe('a slope over settings', () => {
  const placed = (ys: readonly number[], spread = 0, family = 'all'): Placed[] =>
    ys.flatMap((y, x) => [-spread, 0, spread].map((off) => ({ setting: `${family} ${x}`, family, x, y: y + off })));

  it('is that of least squares, with Student’s interval over the settings', () => {
    const estimate = slopeOverSettings(placed([1, 3, 2, 5, 4]));
    expect(estimate.value).toBeCloseTo(0.8, 12);
    // residual sum of squares 3.6, three degrees of freedom, Σ (x − x̄)² = 10
    const half = jStat.studentt.inv(0.975, 3) * Math.sqrt(3.6 / 3 / 10);
    expect(at95(estimate).low).toBeCloseTo(0.8 - half, 10);
    expect(estimate.over).toBe('settings');
  });

  it('is not surer than its seeds are, however well its settings lie on a line', () => {
    const half = (spread: number): number => width(at95(slopeOverSettings(placed([1, 2, 3, 4, 5], spread)))) / 2;
    expect(half(0)).toBeCloseTo(0, 10);
    expect(half(1)).toBeCloseTo(jStat.studentt.inv(0.975, 3) * Math.sqrt(1 / 3 / 10), 10);
  });

  it('needs four settings, and has a level of its own for every family', () => {
    expect(slopeOverSettings(placed([1, 2, 3])).at).toBeNull();
    const two = [...placed([1, 2, 3.5], 0, 'a'), ...placed([101, 102, 103.5], 0, 'b')];
    expect(slopeOverSettings(two).value).toBeCloseTo(1.25, 12);
    expect(slopeOverSettings(two).at).not.toBeNull();
  });

  it('of settings that differ for reasons of their own is told to have a sign in one of twenty draws', () => {
    const random = randomFrom(8);
    const reported = often(1000, () => {
      const ys = times(5, () => 3 * random.normal());
      const runs = ys.flatMap((y, x) =>
        times(3, () => ({ setting: String(x), family: '', x, y: y + random.normal() })),
      );
      const { low, high } = at95(slopeOverSettings(runs));
      return low > 0 || high < 0;
    });
    expect(reported).toBeLessThan(0.07);
    expect(reported).toBeGreaterThan(0.03);
  });

  it('of such settings the correlation as well', () => {
    const random = randomFrom(9);
    const reported = often(1000, () => {
      const runs = times(4, (index) => index).flatMap((index) => {
        const [x, y] = [random.normal(), 3 * random.normal()];
        return times(3, () => ({ setting: String(index), family: '', x, y: y + 0.1 * random.normal() }));
      });
      const { low, high } = at95(correlationOverSettings(runs));
      return low > 0 || high < 0;
    });
    expect(reported).toBeLessThan(0.06);
  });

  it('the correlation has Fisher’s interval', () => {
    const { value, at } = correlationOverSettings(placed([1, 3, 2, 5, 4]));
    expect(value).toBeCloseTo(0.8, 12);
    expect(at!(0.95).low).toBeCloseTo(Math.tanh(Math.atanh(0.8) - 1.959964 / Math.SQRT2), 6);
    expect(correlationOverSettings(placed([1, 2, 3])).at).toBeNull();
  });
});

describe('beyond several nulls', () => {
  const sure = (value: number): Estimate => ({
    value,
    at: () => ({ low: value - 1, high: value + 1 }),
    over: 'settings',
    effective: null,
  });

  it('lies above only what is above all of them', () => {
    expect(beyondAll([sure(2), sure(3)])).toMatchObject({ value: 2 });
    expect(at95(beyondAll([sure(2), sure(3)]))).toEqual({ low: 1, high: 4 });
    expect(beyondAll([sure(-2), sure(-3)])).toMatchObject({ value: -2 });
    expect(at95(beyondAll([sure(-2), sure(3)]))).toEqual({ low: -3, high: 4 });
    expect(beyondAll([sure(-2), sure(3)])).toMatchObject({ value: 0 });
  });

  it('has no interval where one of them has none', () => {
    expect(beyondAll([sure(2), { ...sure(3), at: null }]).at).toBeNull();
  });
});
