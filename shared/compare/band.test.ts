import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bandKeys, bandOf, bands, defaultBand, estimateDifference, estimateOf } from './band.ts';
import type { BandKey, Estimate } from './band.ts';
import { momentsOf, quantileOf } from './sample.ts';
import { samplesOf, sampleAt } from './samples.ts';
import { studentQuantile } from './student.ts';

/** What NumPy says: testing/reference.py made it. */
interface Reference {
  name: string;
  mean: number;
  deviation: number | null;
  error: number | null;
  half: number | null;
  least: number;
  greatest: number;
  quartiles: [number, number, number];
}
const reference = JSON.parse(readFileSync(new URL('testing/reference.json', import.meta.url), 'utf8')) as {
  samples: (Reference & { values: (number | null)[] })[];
  differences: (Reference & { a: number[]; b: number[] })[];
  curves: { name: string; runs: (number | null)[][]; places: (Reference | null)[] }[];
  students: { freedom: number; quantile: number }[];
};

/** Equal within 10⁻¹² of the number, or of what it was made of. @param of greatest value that it was made of */
function expectNear(got: number, want: number | null, of = 0): void {
  // what is no number, and what none is as large as
  if (want === null || !Number.isFinite(want)) expect(got).not.toSatisfy(Number.isFinite);
  else expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(want), of) + 5e-324);
}

/** Every band of a sample, or of a difference, against NumPy. */
function expectBands(estimate: (key: BandKey) => Estimate, want: Reference, of: number): void {
  const { mean, deviation, error, half, least, greatest, quartiles } = want;
  for (const key of bandKeys) {
    const found = estimate(key);
    expectNear(found.middle, bandOf(key).middle === 'median' ? quartiles[1] : mean, of);
    const halves: Partial<Record<BandKey, number | null>> = { deviation, error, confidence: half };
    const ends: Partial<Record<BandKey, [number, number]>> = {
      range: [least, greatest],
      quartiles: [quartiles[0], quartiles[2]],
    };
    if (key in halves) {
      const wanted = halves[key]!;
      expectNear(found.half, wanted, key in halves && of > 1e14 ? of : 0);
      expectNear(found.low, wanted === null ? null : mean - wanted, of);
      expectNear(found.high, wanted === null ? null : mean + wanted, of);
    } else {
      const [low, high] = ends[key] ?? [null, null];
      expectNear(found.low, low, of);
      expectNear(found.high, high, of);
    }
  }
}
const greatest = (values: readonly (number | null)[]): number =>
  Math.max(...values.map((value) => Math.abs(value ?? 0)));
const numbers = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values.filter((value) => value !== null));

describe('against NumPy, within 1e-12', () => {
  it.each(reference.samples)('$name', (want) => {
    expectBands((key) => estimateOf(bandOf(key), numbers(want.values)), want, greatest(want.values));
  });

  it.each(reference.differences)('the difference of two groups: $name', (want) => {
    expectBands(
      (key) => estimateDifference(bandOf(key), Float64Array.from(want.a), Float64Array.from(want.b)),
      want,
      greatest([...want.a, ...want.b]),
    );
  });

  it.each(reference.curves)('place by place: $name', ({ runs, places }) => {
    const samples = samplesOf(
      runs.map((run) => {
        const x = Float64Array.from(run.keys());
        return { x, tick: x, y: Float64Array.from(run, (value) => value ?? NaN) };
      }),
    );
    expect([...samples.x]).toEqual([...places.keys()]);
    for (const [place, want] of places.entries()) {
      const values = sampleAt(samples, place);
      if (want === null) expect(values).toHaveLength(0);
      else expectBands((key) => estimateOf(bandOf(key), values), want, greatest([...values]));
    }
  });

  it('quantiles of Student’s distribution, to 1e-13', () => {
    for (const { freedom, quantile } of reference.students)
      expect(Math.abs(studentQuantile(freedom) / quantile - 1), `${freedom}`).toBeLessThan(1e-13);
    expect(studentQuantile(1)).toBeCloseTo(Math.tan(0.475 * Math.PI), 12);
    expect(studentQuantile(NaN)).toBeNaN();
  });
});

/** Values as runs have them, and as no run should. */
const value = fc.oneof(
  fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e307, max: 1e307 }),
  fc.constantFrom(0, 1, 1e-300, 5e-324, -1e300),
);
const someValues = fc.array(value, { minLength: 1, maxLength: 12 });

describe('whatever the values', () => {
  it('equal ones have no height, and their middle is theirs', () => {
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 9 }), (one, count) => {
        const equal = new Float64Array(count).fill(one);
        for (const { key } of bands) {
          const { middle, low, high } = estimateOf(bandOf(key), equal);
          expect(middle).toBeCloseTo(one, 300);
          expect(middle - one).toBe(0);
          if (!Number.isNaN(low)) expect([low - one, high - one]).toEqual([0, 0]);
        }
      }),
    );
  });

  it('their order changes nothing beyond rounding, and nothing of ends among them', () => {
    fc.assert(
      fc.property(someValues, fc.infiniteStream(fc.double({ noNaN: true, min: 0, max: 1 })), (values, keys) => {
        const shuffled = values
          .map((one) => [keys.next().value as number, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
        const of = greatest(values);
        for (const key of bandKeys) {
          const [a, b] = [values, shuffled].map((all) => estimateOf(bandOf(key), Float64Array.from(all))) as [
            Estimate,
            Estimate,
          ];
          for (const end of ['middle', 'low', 'high'] as const) {
            if (bandOf(key).draws === 'ends' && end !== 'middle') expect(b[end]).toBe(a[end]);
            else if (Number.isFinite(a[end]) && Number.isFinite(b[end]))
              expect(Math.abs(b[end] / 16 - a[end] / 16)).toBeLessThanOrEqual(1e-12 * of + 5e-324);
          }
        }
      }),
    );
  });

  it('the middle lies within the band, and the band within least and greatest where it is of the values', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const [least, most] = [Math.min(...values), Math.max(...values)];
        for (const { key } of bands) {
          const { middle, low, high, count } = estimateOf(bandOf(key), Float64Array.from(values));
          expect(count).toBe(values.length);
          if (Number.isNaN(low)) continue;
          expect(low).toBeLessThanOrEqual(high);
          if (bandOf(key).draws === 'half') continue;
          expect(low).toBeGreaterThanOrEqual(least);
          expect(high).toBeLessThanOrEqual(most);
          expect(middle).toBeGreaterThanOrEqual(least - 1e-12 * greatest(values));
        }
      }),
    );
  });

  it('a difference of a group to itself has the middle 0, and the other way round the other sign', () => {
    fc.assert(
      fc.property(someValues, someValues, (one, other) => {
        const [a, b] = [Float64Array.from(one), Float64Array.from(other)];
        for (const key of bandKeys) {
          const band = bandOf(key);
          expectNear(estimateDifference(band, a, a).middle, 0, greatest(one));
          const [there, back] = [estimateDifference(band, a, b), estimateDifference(band, b, a)];
          if (Number.isFinite(there.middle)) expectNear(there.middle, -back.middle, greatest([...one, ...other]));
          if (Number.isFinite(there.low) && Number.isFinite(back.high))
            expectNear(there.low, -back.high, greatest([...one, ...other]));
        }
      }),
    );
  });
});

describe('bands', () => {
  it('are known by their keys, the old ones among them', () => {
    expect(bandKeys).toEqual(expect.arrayContaining(['none', 'deviation', 'confidence']));
    expect(new Set(bands.map(({ title }) => title)).size).toBe(bands.length);
  });

  it('none where nothing is known of the spread', () => {
    const one = Float64Array.of(3);
    for (const key of ['deviation', 'error', 'confidence'] as const) {
      expect(estimateOf(bandOf(key), one)).toMatchObject({ middle: 3, low: NaN, high: NaN, count: 1 });
      expect(estimateDifference(bandOf(key), one, Float64Array.of(1, 2))).toMatchObject({ middle: 1.5, low: NaN });
    }
    for (const { key } of bands) {
      expect(estimateOf(bandOf(key), new Float64Array(0))).toMatchObject({ middle: NaN, count: 0 });
      expect(estimateDifference(bandOf(key), one, new Float64Array(0))).toMatchObject({ middle: NaN, count: 0 });
    }
    expect(momentsOf(new Float64Array(0)).mean).toBeNaN();
    expect(quantileOf(new Float64Array(0), 0.5)).toBeNaN();
  });

  it('every run where no group has more than three, else the deviation', () => {
    expect(defaultBand([3, 1, 2])).toBe('runs');
    expect(defaultBand([3, 4])).toBe('deviation');
    expect(defaultBand([])).toBe('runs');
  });
});

describe('samples of runs', () => {
  const series = (...points: [x: number, y: number][]) => ({
    x: Float64Array.from(points, ([x]) => x),
    tick: Float64Array.from(points, ([x]) => x),
    y: Float64Array.from(points, ([, y]) => y),
  });
  const listed = (all: ReturnType<typeof series>[]) => {
    const samples = samplesOf(all);
    return Array.from(samples.x, (x, place) => [x, [...sampleAt(samples, place)]]);
  };

  it('are the same, however places are told', () => {
    const plain = listed([series([0, 1], [1, NaN], [3, 2]), series([0, 5], [2, 6])]);
    expect(plain).toEqual([
      [0, [1, 5]],
      [1, []],
      [2, [6]],
      [3, [2]],
    ]);
    // out of order, twice, and at no place
    expect(listed([series([3, 2], [0, 1], [NaN, 9], [1, NaN]), series([2, 6], [0, 5])])).toEqual(plain);
    expect(listed([series([0, 1], [0, 2])])).toEqual([[0, [1, 2]]]);
  });

  it('know the iteration of a place where it is the same of all runs', () => {
    const [one, other] = [series([0, 1], [1, 2]), { ...series([0, 1], [1, 2]), tick: Float64Array.of(0, 7) }];
    expect([...samplesOf([one, other]).tick]).toEqual([0, NaN]);
    expect([...samplesOf([one, one]).tick]).toEqual([0, 1]);
  });
});
