import { describe, expect, it } from 'vitest';
import { densityAt, densityGrid, meanEigenvalue, rangeOf, spectralDensitySettingsSchema } from './spectral-density.ts';
import type { SpectralDensityResult } from './spectral-density.ts';

/** What vectors see who all see a spectrum as it is. */
const exact = (values: number[], vectors = 2): SpectralDensityResult => ({
  kind: 'spectral-density',
  points: [
    {
      iteration: 0,
      vectors: Array.from({ length: vectors }, () => ({ values, weights: values.map(() => 1 / values.length) })),
    },
  ],
  parameters: values.length,
  examples: 10,
  population: 10,
});

describe('the density', () => {
  it('holds all eigenvalues between its ends, and none but as it is smoothed', () => {
    const result = exact([10, 1, 0, 0, -1]);
    const { x, width, least } = densityGrid(result)!;
    expect(rangeOf(result.points)).toEqual([-1, 10]);
    expect(width).toBeCloseTo(0.11, 12);
    const densities = x.map((at) => densityAt(result.points[0]!, at, width));
    const step = x[1]! - x[0]!;
    expect(densities.reduce((sum, { value }) => sum + value * step, 0)).toBeCloseTo(1, 4);
    densities.forEach(({ error }) => expect(error).toBeCloseTo(0, 12));
    expect(densityAt(result.points[0]!, 0, width).value / densityAt(result.points[0]!, 10, width).value).toBeCloseTo(2);
    // a single eigenvalue is ten times what is left out
    expect(densityAt(result.points[0]!, 10, width).value / least).toBeCloseTo(10, 9);
    expect(densityAt(result.points[0]!, 5, width).value).toBeLessThan(1e-20);
  });

  it('has the standard error of what vectors see', () => {
    const point = {
      iteration: 3,
      vectors: [1, 2, 6].map((value) => ({ values: [value], weights: [1] })),
    };
    const { value, error } = meanEigenvalue(point);
    expect(value).toBe(3);
    expect(error).toBeCloseTo(Math.sqrt(7 / 3), 12);
    const broken = { iteration: 3, vectors: [...point.vectors, { values: [], weights: [] }] };
    expect(meanEigenvalue(broken)).toEqual(meanEigenvalue(point));
    expect(meanEigenvalue({ iteration: 3, vectors: [] }).value).toBeNaN();
  });

  it('is not told where there is no range', () => {
    for (const values of [[], [0, 0], [3, 3 + 1e-15], [-1e308, 1e308], [0, 1e-310]])
      expect(densityGrid(exact(values))).toBeNull();
  });
});

it('is asked for of eight iterations at most, each named once', () => {
  expect(spectralDensitySettingsSchema.parse({})).toEqual({ points: [], examples: 2000, vectors: 5, steps: 40 });
  for (const points of [[1, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9], [-1]])
    expect(spectralDensitySettingsSchema.safeParse({ points }).success).toBe(false);
});
