import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../random/generator.ts';
import { stratifiedMean, studentQuantile } from './intervals.ts';

const row = (...values: number[]): Float64Array => Float64Array.from(values);

/** Every way to take so many of a list. */
function choices<T>(list: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return list.flatMap((first, index) => choices(list.slice(index + 1), count - 1).map((rest) => [first, ...rest]));
}

describe('a stratified mean', () => {
  it('is the population mean on average, and its squared standard error is its variance, over every possible sample', () => {
    const strata = [
      [row(1, 2), row(5, -1), row(2, 2), row(9, 4)],
      [row(-3, 0), row(0.5, 1), row(20, 3)],
    ];
    const contrast = [
      [0, 1],
      [1, -2],
    ] as const;
    const value = (each: Float64Array): number => each[0]! - 2 * each[1]!;
    const truth = strata.flat().reduce((sum, each) => sum + value(each), 0) / 7;
    const found = choices(strata[0]!, 2).flatMap((first) =>
      choices(strata[1]!, 2).map((second) =>
        stratifiedMean(
          [
            { size: 4, rows: first },
            { size: 3, rows: second },
          ],
          contrast,
        ),
      ),
    );
    expect(found).toHaveLength(18);
    const average = (of: (each: (typeof found)[number]) => number): number =>
      found.reduce((sum, each) => sum + of(each), 0) / found.length;
    expect(average(({ mean }) => mean)).toBeCloseTo(truth, 12);
    const variance = average(({ mean }) => (mean - truth) ** 2);
    expect(average(({ standardError }) => standardError ** 2)).toBeCloseTo(variance, 12);
  });

  it('has no error of strata that are taken whole', () => {
    const whole = { size: 2, rows: [row(1), row(5)] };
    expect(stratifiedMean([whole], [[0, 1]])).toEqual({ mean: 3, standardError: 0, freedom: Infinity });
    const part = { size: 8, rows: [row(1), row(2), row(4)] };
    const { mean, standardError } = stratifiedMean([whole, part], [[0, 1]]);
    expect(mean).toBeCloseTo(0.2 * 3 + (0.8 * 7) / 3, 12);
    // s² = 7/3
    expect(standardError).toBeCloseTo(0.8 * Math.sqrt((7 / 3 / 3) * (1 - 3 / 8)), 12);
  });

  it('has n − 1 degrees of freedom of light tails, and some two where one example is most of it', () => {
    const light = Array.from({ length: 100 }, (_, index) => row(index));
    expect(stratifiedMean([{ size: 1e6, rows: light }], [[0, 1]]).freedom).toBeCloseTo(99, 9);
    const heavy = Array.from({ length: 100 }, (_, index) => row(index === 7 ? 1e6 : index));
    const { freedom } = stratifiedMean([{ size: 1e6, rows: heavy }], [[0, 1]]);
    expect(freedom).toBeGreaterThan(1.5);
    expect(freedom).toBeLessThan(2.5);
  });

  it('has the degrees of freedom that the spread of its variance asks for', () => {
    // exponential values: excess kurtosis 6, so Var(s²) = σ⁴ (2/(n − 1) + 6/n)
    const generator = generatorFrom([5, 6, 7, 8]);
    const [count, size] = [400, 1e9];
    const variances: number[] = [];
    const freedoms: number[] = [];
    for (let time = 0; time < 400; time++) {
      const rows = Array.from({ length: count }, () => row(-Math.log(1 - generator.uniform())));
      const { standardError, freedom } = stratifiedMean([{ size, rows }], [[0, 1]]);
      variances.push(standardError ** 2 * count);
      freedoms.push(freedom);
    }
    const mean = variances.reduce((sum, each) => sum + each, 0) / variances.length;
    const spread = variances.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (variances.length - 1);
    // a variance with f degrees of freedom has variance 2σ⁴/f
    const median = freedoms.sort((a, b) => a - b)[200]!;
    expect(median / ((2 * mean ** 2) / spread)).toBeGreaterThan(0.8);
    expect(median / ((2 * mean ** 2) / spread)).toBeLessThan(1.5);
  });
});

describe("Student's quantile", () => {
  it('has the risk outside, far out too', () => {
    for (const risk of [1e-2, 2e-5, 1e-6])
      for (const freedom of [1, 3, 10, 30, 900]) {
        const quantile = studentQuantile(risk, freedom);
        // ∫ over t > q of (1 + t²/f)^(−(f+1)/2), with t = q/u, over the same integral from 0 (t = q'/u − q')
        const density = (t: number): number => (1 + (t * t) / freedom) ** (-(freedom + 1) / 2);
        let [tail, half] = [0, 0];
        const steps = 100_000;
        for (let step = 0; step < steps; step++) {
          const u = (step + 0.5) / steps;
          tail += (density(quantile / u) * quantile) / (u * u);
          half += density(1 / u - 1) / (u * u);
        }
        expect(tail / half / risk).toBeCloseTo(1, 3);
      }
  });

  it('never grows with the degrees of freedom, and is infinite below one', () => {
    expect(studentQuantile(0.01, 0.99)).toBe(Infinity);
    const found = [1, 1.9, 2, 5, 9.9, 10, 57, 123.4, 4999, 1e9, Infinity].map((each) => studentQuantile(1e-4, each));
    expect([...found].sort((a, b) => b - a)).toEqual(found);
    expect(studentQuantile(1e-4, 1.9)).toBe(studentQuantile(1e-4, 1));
  });
});
