import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { automaticBlockLength } from './block-length.ts';
import { estimate } from './bootstrap.ts';
import type { Draw, Sample } from './bootstrap.ts';
import { uniforms } from './generator.ts';

/** Standard normal numbers from a seed (Box and Muller). */
function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** x_t = φ x_{t−1} + noise, begun in its stationary distribution, about a mean. */
function autoregressive(phi: number, length: number, mean: number, normal: () => number): Float64Array {
  let value = normal() / Math.sqrt(1 - phi * phi);
  return Float64Array.from({ length }, (_, index) => {
    if (index > 0) value = phi * value + normal();
    return mean + value;
  });
}

const mean = (draws: readonly Draw<Sample>[]): number =>
  draws.reduce((sum, { means }) => sum + means[0]!, 0) / draws.length;
const one = (series: Float64Array, setting = 'only'): Sample => ({ setting, series: [series] });

describe('automaticBlockLength', () => {
  it('grows with the correlation and stays within its bounds', () => {
    const lengths = [0, 0.5, 0.9].map((phi) => automaticBlockLength(autoregressive(phi, 1000, 0, normals(3))));
    expect(lengths[0]).toBeLessThanOrEqual(4);
    expect(lengths[1]).toBeGreaterThan(lengths[0]!);
    expect(lengths[2]).toBeGreaterThan(lengths[1]!);
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 80 }), (values) => {
        const length = automaticBlockLength(Float64Array.from(values));
        expect(Number.isInteger(length)).toBe(true);
        expect(length).toBeGreaterThanOrEqual(1);
        expect(length).toBeLessThanOrEqual(Math.max(1, values.length / 5));
      }),
    );
  });

  it('is near the optimum of a first-order autoregression, (6 φ² n / (1 − φ²)²)^{1/3}', () => {
    // for AR(1): G = 2 φ σ² / ((1−φ)³ (1+φ)), spectrum at 0 = σ² / (1−φ)², hence b³ = 6 φ² n / (1−φ²)²
    const [phi, n] = [0.5, 4000];
    const optimum = Math.cbrt((6 * phi ** 2 * n) / (1 - phi ** 2) ** 2);
    const lengths = Array.from({ length: 40 }, (_, index) =>
      automaticBlockLength(autoregressive(phi, n, 0, normals(100 + index))),
    );
    const typical = lengths.sort((a, b) => a - b)[20]!;
    expect(typical).toBeGreaterThan(0.75 * optimum);
    expect(typical).toBeLessThan(1.35 * optimum);
  });

  it('takes the cube root where nothing varies', () => {
    expect(automaticBlockLength(new Float64Array(64).fill(1))).toBe(4);
  });
});

describe('estimate', () => {
  /** Share of simulated samples whose interval holds the true mean. */
  function coverage(repeats: number, simulate: (index: number) => Sample[], truth: number): number {
    let held = 0;
    for (let index = 0; index < repeats; index++) {
      const { interval } = estimate(simulate(index), mean);
      if (interval!.low <= truth && truth <= interval!.high) held++;
    }
    return held / repeats;
  }

  // 300 repeats: one standard error of the coverage is 0.013
  it.each([
    [0, 0.91, 0.99],
    [0.5, 0.89, 0.99],
    [0.8, 0.85, 0.99],
    [-0.5, 0.91, 1],
  ])('covers the mean of correlated iterations about as often as it says, φ = %s', (phi, low, high) => {
    const covered = coverage(300, (index) => [one(autoregressive(phi, 200, 3, normals(index + 1)))], 3);
    expect(covered).toBeGreaterThanOrEqual(low);
    expect(covered).toBeLessThanOrEqual(high);
  });

  it('would not without blocks: the truth of the test above', () => {
    // the naive standard error of a mean is too small by √((1+φ)/(1−φ)) = 3 at φ = 0.8
    const series = autoregressive(0.8, 200, 3, normals(7));
    const centre = series.reduce((sum, value) => sum + value, 0) / 200;
    const naive = Math.sqrt(series.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 199 / 200);
    const { interval } = estimate([one(series)], mean);
    expect(interval!.high - interval!.low).toBeGreaterThan(2 * 2 * 1.96 * naive * 0.75);
  });

  it('covers the mean over seeds that differ', () => {
    const covered = coverage(
      300,
      (index) => {
        const normal = normals(5000 + index);
        return Array.from({ length: 4 }, () => one(autoregressive(0.3, 60, 3 + normal(), normal)));
      },
      3,
    );
    expect(covered).toBeGreaterThanOrEqual(0.89);
  });

  it('gives the same interval for the same records', () => {
    const samples = [one(autoregressive(0.5, 50, 0, normals(2)))];
    expect(estimate(samples, mean)).toEqual(estimate(samples, mean));
  });

  it('draws seeds only where every setting has three, and says what it drew', () => {
    const run = (seed: number, setting: string): Sample => one(autoregressive(0.2, 40, 0, normals(seed)), setting);
    expect(estimate([run(1, 'a'), run(2, 'a')], mean).interval!.over).toBe('iterations');
    expect(estimate([run(1, 'a'), run(2, 'a'), run(3, 'a')], mean).interval!.over).toBe('seeds and iterations');
    const mixed = [run(1, 'a'), run(2, 'a'), run(3, 'a'), run(4, 'b')];
    expect(estimate(mixed, mean).interval!.over).toBe('iterations');
    const numbers = [1, 2, 4].map((value) => one(Float64Array.of(value)));
    expect(estimate(numbers, mean)).toMatchObject({ blockLength: null, interval: { over: 'seeds' } });
    expect(estimate(numbers.slice(1), mean).interval).toBeNull();
  });

  it('takes a period of the length of a block for variation', () => {
    const everyThird = Float64Array.from({ length: 30 }, (_, index) => Number(index % 3 === 0));
    const { interval, blockLength } = estimate([one(everyThird)], mean, { low: -1, high: 1 });
    expect(blockLength).toBe(3);
    expect(interval!.low).toBeGreaterThan(0);
  });

  it('gives what never varies the rule of three, at whichever end of its bounds there is room', () => {
    const zeros = (size: number): Sample => one(new Float64Array(size));
    const blocksOf = (size: number): number => Math.ceil(size / estimate([zeros(size)], mean).blockLength!);
    const share = { low: 0, high: 1 };
    expect(estimate([zeros(60)], mean, share).interval).toEqual({ low: 0, high: 3 / blocksOf(60), over: 'iterations' });
    // a difference of shares has room on both sides
    const { low, high } = estimate([zeros(60)], mean, { low: -1, high: 1 }).interval!;
    expect([low, high]).toEqual([-3 / blocksOf(60), 3 / blocksOf(60)]);
    // more seeds know more, not less
    const three = estimate([zeros(60), zeros(60), zeros(60)], mean, share).interval!;
    expect(three).toEqual({ low: 0, high: 1 / blocksOf(60), over: 'seeds and iterations' });
    const single = [1, 2, 3].map(() => zeros(1));
    expect(estimate(single, mean, share).interval).toMatchObject({ low: 0, high: 1 });
  });

  it('agrees with the t interval of a few seeds within its own error', () => {
    const values = [2.1, 2.6, 1.9, 2.4, 2.2];
    const centre = 2.24;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 4);
    const half = (2.776445 * deviation) / Math.sqrt(5);
    const { interval } = estimate(
      values.map((value) => one(Float64Array.of(value))),
      mean,
    );
    expect((interval!.high - interval!.low) / 2 / half).toBeGreaterThan(0.85);
    expect((interval!.high - interval!.low) / 2 / half).toBeLessThan(1.15);
  });

  it('never tells a share to be certain', () => {
    const share = { low: 0, high: 1 };
    const all = estimate([one(new Float64Array(64).fill(1))], mean, share);
    expect(all).toMatchObject({ value: 1, blockLength: 4, interval: { high: 1 } });
    expect(all.interval!.low).toBeCloseTo(1 - 3 / 16, 12);
    const none = estimate([one(new Float64Array(64))], mean, share);
    expect(none.interval).toMatchObject({ low: 0, high: 3 / 16 });
    const most = estimate([one(Float64Array.from({ length: 64 }, (_, index) => Number(index % 16 > 0)))], mean, share);
    expect(most.interval!.high).toBeLessThanOrEqual(1);
  });
});
