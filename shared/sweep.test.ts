/** Ranges of a study: their values are within, as they are said to lie, the same every time, and kept when there are more. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAt } from './setting-fields.ts';
import { checkStudy, studySchema, studySize } from './study.ts';
import type { StudyRun } from './study.ts';
import { extendStudy } from './study-record.ts';
import { combinationCount, listsOf, rangeProblem, variedWords } from './sweep.ts';
import type { Range } from './sweep.ts';

const rate = 'optimizer.learningRate';
const batch = 'optimizer.batchSize';
const valuesOf = (path: string, range: Range, count = 10, seed = 1): number[] =>
  listsOf({ [path]: range }, { count, seed })[path] as number[];
const runsOf = (study: unknown): StudyRun[] => {
  const check = checkStudy(study);
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return check.runs;
};
const problemsOf = (study: unknown) => {
  const check = checkStudy(study);
  return check.ok ? [] : check.problems;
};

/** Kolmogorov–Smirnov: the greatest distance of an empirical distribution from the uniform one on [0, 1]. */
function distanceFromUniform(shares: readonly number[]): number {
  const sorted = shares.toSorted((a, b) => a - b);
  return Math.max(...sorted.map((share, i) => Math.max((i + 1) / sorted.length - share, share - i / sorted.length)));
}

describe('evenly spaced values', () => {
  it('are those of numpy.linspace and geomspace, rounded, with the ends as they are', () => {
    expect(valuesOf(rate, { from: 0.1, to: 0.5, spacing: 'linear', count: 5 })).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(valuesOf(rate, { from: 0, to: 1, spacing: 'linear', count: 4 })).toEqual([0, 0.3333, 0.6667, 1]);
    expect(valuesOf(rate, { from: 0.001, to: 1, spacing: 'logarithmic', count: 4 })).toEqual([0.001, 0.01, 0.1, 1]);
    expect(valuesOf(rate, { from: 0.001, to: 1, spacing: 'logarithmic', count: 7 })).toEqual([
      0.001, 0.0031623, 0.01, 0.031623, 0.1, 0.31623, 1,
    ]);
    expect(valuesOf(batch, { from: 10, to: 1000, spacing: 'logarithmic', count: 5 })).toEqual([10, 32, 100, 316, 1000]);
    expect(valuesOf('length.epochs', { from: 1, to: 10, spacing: 'linear', count: 4 })).toEqual([1, 4, 7, 10]);
  });

  it('are different, ascending and within, however many and however narrow', () => {
    const spaced = fc
      .record({
        from: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
        factor: fc.double({ min: 1.0001, max: 1e9, noNaN: true }),
        spacing: fc.constantFrom('linear' as const, 'logarithmic' as const),
        count: fc.integer({ min: 2, max: 2000 }),
      })
      .map(({ factor, ...range }) => ({ ...range, to: range.from * factor }));
    fc.assert(
      fc.property(spaced, (range) => {
        const values = valuesOf(rate, range);
        expect(values).toHaveLength(range.count);
        expect([values[0], values.at(-1)]).toEqual([range.from, range.to]);
        values.forEach((value, index) => expect(index === 0 || value > values[index - 1]!).toBe(true));
      }),
      { numRuns: 60 },
    );
  });
});

describe('draws', () => {
  const ranges = fc
    .record({
      from: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
      factor: fc.double({ min: 1.001, max: 1e9, noNaN: true }),
      distribution: fc.constantFrom('uniform' as const, 'log-uniform' as const),
    })
    .map(({ from, factor, distribution }) => ({ from, to: from * factor, distribution }));
  const seeds = fc.integer({ min: 0, max: 4_294_967_295 });

  it('lie within their range, are different, and the same every time', () => {
    fc.assert(
      fc.property(ranges, seeds, fc.integer({ min: 1, max: 100 }), (range, seed, count) => {
        const values = valuesOf(rate, range, count, seed);
        expect(values).toHaveLength(count);
        expect(new Set(values).size).toBe(count);
        for (const value of values) expect(value >= range.from && value <= range.to).toBe(true);
        expect(valuesOf(rate, range, count, seed)).toEqual(values);
        expect(JSON.parse(JSON.stringify(values))).toEqual(values);
      }),
    );
  });

  it('are kept when there are more of them, and when another setting is drawn as well', () => {
    fc.assert(
      fc.property(ranges, seeds, fc.integer({ min: 1, max: 40 }), fc.nat(40), (range, seed, count, more) => {
        const values = valuesOf(rate, range, count, seed);
        expect(valuesOf(rate, range, count + more, seed).slice(0, count)).toEqual(values);
        const other = { from: 0, to: 0.9, distribution: 'uniform' as const };
        const both = listsOf({ 'optimizer.momentum': other, [rate]: range }, { count, seed });
        expect(both[rate]).toEqual(values);
      }),
    );
  });

  // as xoshiro128** and FNV-1a written anew in Python give them
  it('are these, on every machine', () => {
    expect(valuesOf(rate, { from: 0.001, to: 1, distribution: 'log-uniform' }, 4)).toMatchInlineSnapshot(`
      [
        0.0062826,
        0.91856,
        0.0018438,
        0.59722,
      ]
    `);
    expect(valuesOf(batch, { from: 1, to: 100, distribution: 'uniform' }, 4)).toMatchInlineSnapshot(`
      [
        93,
        76,
        42,
        66,
      ]
    `);
  });

  // the distance of 2,000 draws exceeds 1.63/√2000 = 0.0364 for one seed in a hundred; these seeds are fixed
  it.each([1, 2, 3])('are uniform, and the logarithm of log-uniform ones is (Kolmogorov–Smirnov), seed %d', (seed) => {
    const bound = 1.63 / Math.sqrt(2000);
    const logs = valuesOf(rate, { from: 1e-4, to: 10, distribution: 'log-uniform' }, 2000, seed);
    expect(distanceFromUniform(logs.map((value) => Math.log(value / 1e-4) / Math.log(1e5)))).toBeLessThan(bound);
    const even = valuesOf(rate, { from: 2, to: 7, distribution: 'uniform' }, 2000, seed);
    expect(distanceFromUniform(even.map((value) => (value - 2) / 5))).toBeLessThan(bound);
  });

  it('of whole numbers take each as often as it should be, and none twice', () => {
    // the first draw of 3,000 seeds: χ² with 5 degrees of freedom is below 20.5 in 999 of 1,000
    const first = (distribution: 'uniform' | 'log-uniform'): number[] =>
      Array.from({ length: 3000 }, (_, seed) => valuesOf(batch, { from: 1, to: 6, distribution }, 1, seed)[0]!);
    const chiSquare = (drawn: readonly number[], shares: readonly number[]): number =>
      shares.reduce((sum, share, at) => {
        const expected = share * drawn.length;
        return sum + (drawn.filter((value) => value === at + 1).length - expected) ** 2 / expected;
      }, 0);
    const sixths = [1, 2, 3, 4, 5, 6].map(() => 1 / 6);
    // a whole number stands for all that rounds to it: P(k) = ln((k + ½)/(k − ½)) / ln(6.5/0.5)
    const logs = [1, 2, 3, 4, 5, 6].map((k) => Math.log((k + 0.5) / (k - 0.5)) / Math.log(13));
    expect(chiSquare(first('uniform'), sixths)).toBeLessThan(20.5);
    expect(chiSquare(first('log-uniform'), logs)).toBeLessThan(20.5);
    expect(valuesOf(batch, { from: 1, to: 6, distribution: 'log-uniform' }, 6).toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('of fewer whole numbers than are asked for end with the last of them', () => {
    expect(valuesOf(batch, { from: 1, to: 3, distribution: 'uniform' }, 10_000).toSorted()).toEqual([1, 2, 3]);
  });

  it('says what a narrow range has too few of', () => {
    const narrow = { from: 1, to: 1 + 2 ** -51, spacing: 'linear', count: 10 };
    expect(rangeProblem(rate, narrow)).toMatch(/^has only \d+ different values in a range of 10 values/);
    expect(rangeProblem(batch, { ...narrow, to: 3 })).toMatch(/^has only 3 different whole numbers/);
  });
});

describe('a study of ranges', () => {
  const study = {
    name: 'search',
    sweep: {
      [rate]: { from: 0.01, to: 1, distribution: 'log-uniform' },
      'model.batchNorm': [false, true],
      'optimizer.momentum': { from: 0, to: 0.9, distribution: 'uniform' },
      [batch]: { from: 10, to: 100, spacing: 'logarithmic', count: 2 },
    },
    draws: { count: 3, seed: 5 },
    seeds: 2,
  };

  it('draws its settings together, each draw crossed with the grid and the seeds', () => {
    const runs = runsOf(study);
    expect(runs).toHaveLength(3 * 2 * 2 * 2);
    expect(studySize(studySchema.parse(study))).toBe(24);
    const pairs = new Set(
      runs.map(
        ({ experiment }) => `${String(valueAt(experiment, rate))} ${String(valueAt(experiment, 'optimizer.momentum'))}`,
      ),
    );
    expect(pairs.size).toBe(3);
    for (const { place } of runs) expect(place[0]).toBe(place[2]);
    expect(new Set(runs.map(({ experiment }) => experiment.name)).size).toBe(24);
  });

  it('keeps every run when it is extended by draws, and a spaced range takes more values', () => {
    const before = runsOf(study);
    const record = { ...studySchema.parse(study), seeds: [1, 2], draws: study.draws };
    const longer = extendStudy(record, { sweep: { [batch]: [50] }, draws: 2 });
    if (!longer.ok) throw new Error(JSON.stringify(longer.problems));
    expect(longer.study.sweep[batch]).toEqual([10, 100, 50]);
    expect(longer.study.draws).toEqual({ count: 5, seed: 5 });
    const after = new Map(runsOf(longer.study).map(({ place, experiment }) => [String(place), experiment]));
    expect(after.size).toBe(5 * 2 * 3 * 2);
    for (const { place, experiment } of before)
      expect({ ...after.get(String(place)), name: '' }).toEqual({ ...experiment, name: '' });
    expect(extendStudy(record, { sweep: { [rate]: [0.5] } })).toMatchObject({ ok: false });
  });

  it.each([
    [{ sweep: { [rate]: { from: 0.1 } } }, `sweep.${rate}`, /needs numbers/],
    [{ sweep: { [rate]: { from: 1, to: 0.1, spacing: 'linear', count: 3 } } }, `sweep.${rate}`, /goes up/],
    [{ sweep: { [rate]: { from: 0.1, to: 1 } } }, `sweep.${rate}`, /needs either "spacing"/],
    [
      { sweep: { [rate]: { from: 0.1, to: 1, spacing: 'log', count: 3 } } },
      `sweep.${rate}`,
      /"linear" or "logarithmic"/,
    ],
    [{ sweep: { [rate]: { from: 0.1, to: 1, distribution: 'normal' } }, draws: 2 }, `sweep.${rate}`, /"uniform" or/],
    [{ sweep: { [rate]: { from: 0, to: 1, spacing: 'logarithmic', count: 3 } } }, `sweep.${rate}`, /begins above 0/],
    [{ sweep: { [rate]: { from: 0.1, to: 1, spacing: 'linear', count: 1 } } }, `sweep.${rate}`, /at least 2/],
    [{ sweep: { [rate]: { from: 0.1, to: 1, step: 0.1 } } }, `sweep.${rate}`, /"step"/],
    [{ sweep: { [batch]: { from: 1.5, to: 9, spacing: 'linear', count: 3 } } }, `sweep.${batch}`, /whole numbers/],
    [{ sweep: { [batch]: { from: 1, to: 4, spacing: 'linear', count: 9 } } }, `sweep.${batch}`, /only 4 different/],
    [{ sweep: { 'data.set': { from: 1, to: 4, spacing: 'linear', count: 2 } } }, 'sweep.data.set', /list of values/],
    [
      { sweep: { [rate]: { from: 0.1, to: 1, distribution: 'uniform' } } },
      'draws',
      /how many values are drawn of Learning rate/,
    ],
    [{ sweep: { [rate]: [0.1] }, draws: 3 }, 'draws', /left out/],
    [{ sweep: { [rate]: { from: 0.1, to: 1, distribution: 'uniform' } }, draws: 0 }, 'draws', /at least one/],
    [{ sweep: { [batch]: { from: 1, to: 6, distribution: 'uniform' } }, draws: 9 }, 'draws', /at most 6/],
    // of many values that are wrong in a range, one is told
    [
      { sweep: { [rate]: { from: -1, to: -0.5, distribution: 'uniform' } }, draws: 9 },
      `sweep.${rate}`,
      /must be above 0/,
    ],
  ])('is refused: %j', (given, path, message) => {
    const problems = problemsOf(given);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path });
    expect(problems[0]!.message).toMatch(message);
  });

  it('is told in words', () => {
    expect(variedWords(study.sweep[rate])).toBe('log-uniform from 0.01 to 1');
    expect(variedWords(study.sweep[batch])).toBe('10 to 100, 2 values, logarithmic');
    expect(variedWords([0.1, 0.5])).toBe('0.1, 0.5');
    expect(rangeProblem(rate, { from: 0.1, to: 1, spacing: 'linear', count: 3 })).toBeNull();
    expect(combinationCount(studySchema.parse(study).sweep, study.draws)).toBe(12);
  });
});
