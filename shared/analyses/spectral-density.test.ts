import { describe, expect, it } from 'vitest';
import {
  densityAt,
  densityGrid,
  endText,
  endsOf,
  meanEigenvalue,
  rangeOf,
  spectralDensitySettingsSchema,
} from './spectral-density.ts';
import type { SpectrumSeen } from './spectral-density.ts';

/** What vectors see who all see a spectrum as it is. */
const exact = (values: number[], vectors = 2): SpectrumSeen => ({
  iteration: 0,
  vectors: Array.from({ length: vectors }, () => ({
    values,
    weights: values.map(() => 1 / values.length),
    exact: true,
  })),
});

describe('the density', () => {
  it('holds all eigenvalues between its ends, and none but as it is smoothed', () => {
    const point = exact([10, 1, 0, 0, -1]);
    const { x, width, least } = densityGrid(point, 5)!;
    expect(rangeOf([point])).toEqual([-1, 10]);
    expect(width).toBeCloseTo(0.11, 12);
    const densities = x.map((at) => densityAt(point, at, width));
    const step = x[1]! - x[0]!;
    expect(densities.reduce((sum, { value }) => sum + value * step, 0)).toBeCloseTo(1, 4);
    densities.forEach(({ error }) => expect(error).toBeCloseTo(0, 12));
    expect(densityAt(point, 0, width).value / densityAt(point, 10, width).value).toBeCloseTo(2);
    // a single eigenvalue is ten times what is left out
    expect(densityAt(point, 10, width).value / least).toBeCloseTo(10, 9);
    expect(densityAt(point, 5, width).value).toBeLessThan(1e-20);
  });

  it('has the standard error of what vectors see', () => {
    const point = {
      iteration: 3,
      vectors: [1, 2, 6].map((value) => ({ values: [value], weights: [1] })),
    };
    const { value, error } = meanEigenvalue(point);
    expect(value).toBe(3);
    expect(error).toBeCloseTo(Math.sqrt(7 / 3), 12);
  });

  it('is not told of a point of which a vector saw nothing, nor of one vector, whose error nobody knows', () => {
    const seen = { values: [2, 1], weights: [0.5, 0.5] };
    for (const vectors of [[], [seen], [seen, seen, { values: [], weights: [] }]]) {
      const point = { iteration: 3, vectors };
      expect(meanEigenvalue(point)).toEqual({ value: NaN, error: NaN });
      expect(densityAt(point, 1, 1)).toEqual({ value: NaN, error: NaN });
      expect([rangeOf([point]), endsOf(point), densityGrid(point, 9)]).toEqual([null, null, null]);
    }
  });

  it('is smoothed by a hundredth of the range, but no narrower than Ritz values lie apart', () => {
    const widthOf = (count: number, exact?: boolean): number => {
      const values = Array.from({ length: count }, (_, at) => 3 - (5 * at) / (count - 1));
      const vector = { values, weights: values.map(() => 1 / count), ...(exact === undefined ? {} : { exact }) };
      return densityGrid({ iteration: 0, vectors: [vector, vector] }, 1000)!.width;
    };
    expect(widthOf(40)).toBeCloseTo(5 / 40, 12);
    expect(widthOf(10, false)).toBeCloseTo(5 / 10, 12);
    expect(widthOf(200)).toBeCloseTo(5 / 100, 12);
    // nothing is between the values of one that saw all that it sees
    expect(widthOf(10, true)).toBeCloseTo(5 / 100, 12);
  });

  it('is not told where there is no range', () => {
    for (const values of [[], [0, 0], [3, 3 + 1e-15], [-1e308, 1e308], [0, 1e-310]])
      expect(densityGrid(exact(values), 5)).toBeNull();
  });
});

describe('the ends', () => {
  const point = (values: number[], residuals?: number[]): SpectrumSeen => ({
    iteration: 0,
    vectors: [
      { values, weights: values.map(() => 1 / values.length), ...(residuals ? { residuals } : {}) },
      { values: [values[0]! / 2], weights: [1], residuals: [9, 9] },
    ],
  });

  it('have the residuals of the vectors that saw them, and no less than the rounding of products', () => {
    const { least, greatest } = endsOf(point([10, 1, -2], [0.5, 0.25]))!;
    expect([least, greatest]).toEqual([
      { value: -2, residual: 0.25 },
      { value: 10, residual: 0.5 },
    ]);
    expect(endText(least)).toBe('−2 ± 0.25');
    expect(endsOf(point([10, 1, -2], [0, 0]))!.greatest.residual).toBeCloseTo(1e-5, 12);
  });

  it('are 0 where rounding hides them: it is no negative curvature', () => {
    const { least } = endsOf(point([10, 1, -5e-6], [0, 1e-12]))!;
    expect(least.value).toBe(0);
    expect(endText(least)).toBe('0 ± 1.0e−5');
  });

  it('of an analysis of before residuals were kept are told without', () => {
    expect(endText(endsOf(point([10, 1, -2]))!.greatest)).toBe('10.00');
  });
});

it('is asked for of eight iterations at most, each named once', () => {
  expect(spectralDensitySettingsSchema.parse({})).toEqual({ points: [], examples: 2000, vectors: 5, steps: 40 });
  for (const points of [[1, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9], [-1]])
    expect(spectralDensitySettingsSchema.safeParse({ points }).success).toBe(false);
});
