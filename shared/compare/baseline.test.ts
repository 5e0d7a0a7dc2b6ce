import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testData, testIteration, testRun } from '../charts/testing.ts';
import { experimentSchema } from '../experiment.ts';
import type { RunRecord } from '../records.ts';
import { baselineSchema, findBaseline, fitsGroups, pairRuns } from './baseline.ts';
import { summaryRows } from './summary.ts';
import type { SummaryChoices } from './summary.ts';

/** t with two degrees of freedom, by its closed form. */
const quantile = 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025));
const rate = ['optimizer.learningRate'];

/** A run of a learning rate and a seed. */
function run(learningRate: number, seed: number, changes: object = {}): RunRecord {
  const { batchSize = 100, ...rest } = changes as { batchSize?: number };
  const experiment = experimentSchema.parse({ seed, data: { train: 200 }, optimizer: { learningRate, batchSize } });
  return testRun(`rate ${learningRate}, ${seed}`, {
    run: `${learningRate}-${seed}-${batchSize}`,
    seed,
    experiment,
    ...rest,
  });
}
const same = (one: RunRecord): RunRecord => one;
const pairsOf = (own: RunRecord[], others: RunRecord[], group: string[] = rate) => {
  const { pairs, words, ...rest } = pairRuns(own, others, same, group);
  return { ...rest, words: words(pairs.length), pairs: pairs.map((pair) => pair.map((one) => one.run)) };
};

describe('a baseline', () => {
  const runs = [run(0.1, 1), run(0.1, 2), run(0.5, 1)];
  const found = (baseline: unknown, group: string[] | null) => {
    const base = findBaseline(runs, same, { baseline: baselineSchema.parse(baseline), group });
    return base && [base.title, base.runs.map((one) => one.seed), base.isGroup];
  };

  it('is a run by its id, as recipes have always said it', () => {
    expect(found('0.1-2-100', null)).toEqual(['rate 0.1, 2', [2], false]);
    expect(found('0.1-2-100', rate)).toEqual(['rate 0.1, 2', [2], false]);
    expect(found('gone', rate)).toBeNull();
    expect(found(null, rate)).toBeNull();
  });

  it('is a group by its values, with the quotation marks of JSON or without', () => {
    expect(found({ group: ['0.1'] }, rate)).toEqual(['Learning rate 0.1', [1, 2], true]);
    expect(found({ group: ['0.3'] }, rate)).toBeNull();
    expect(found({ group: [] }, [])).toEqual(['all runs', [1, 2, 1], true]);
    for (const word of ['sgd', '"sgd"'])
      expect(found({ group: [word, '0.5'] }, ['optimizer.kind', ...rate])?.[1]).toEqual([1]);
    expect(found({ group: ['0.1'] }, null)).toBeNull();
  });

  it('is a group only where runs are grouped so', () => {
    expect(fitsGroups({ group: ['0.1'] }, rate)).toBe(true);
    expect(fitsGroups('a', null)).toBe(true);
    expect(fitsGroups(null, null)).toBe(true);
    expect(fitsGroups({ group: ['0.1'] }, null)).toBe(false);
    expect(fitsGroups({ group: ['0.1'] }, [])).toBe(false);
  });
});

describe('runs are paired', () => {
  it('by seed, whatever their order', () => {
    const [own, others] = [
      [run(0.5, 3), run(0.5, 1), run(0.5, 2)],
      [run(0.1, 1), run(0.1, 2), run(0.1, 3)],
    ];
    expect(pairsOf(own, others)).toEqual({
      pairs: [
        ['0.5-1-100', '0.1-1-100'],
        ['0.5-2-100', '0.1-2-100'],
        ['0.5-3-100', '0.1-3-100'],
      ],
      of: 3,
      words: 'paired by seed, 3 of 3 pairs',
      differing: [],
    });
    fc.assert(
      fc.property(fc.shuffledSubarray(own, { minLength: 3 }), fc.shuffledSubarray(others, { minLength: 3 }), (a, b) => {
        expect(pairsOf(a, b)).toEqual(pairsOf(own, others));
      }),
    );
  });

  it('as far as seeds match, at least half of the larger group', () => {
    const base = [1, 2, 3, 4, 5, 6].map((seed) => run(0.1, seed));
    expect(
      pairsOf(
        [2, 3, 4, 5, 6].map((seed) => run(0.5, seed)),
        base,
      ).words,
    ).toBe('paired by seed, 5 of 6 pairs');
    expect(
      pairsOf(
        [4, 5, 6, 7, 8, 9].map((seed) => run(0.5, seed)),
        base,
      ).words,
    ).toBe('paired by seed, 3 of 6 pairs');
    const few = pairsOf(
      [5, 6, 7].map((seed) => run(0.5, seed)),
      base,
    );
    expect(few).toMatchObject({ pairs: [], words: 'unpaired, 3 and 6 runs', differing: [] });
    expect(pairsOf([run(0.5, 1)], [run(0.1, 1)]).words).toBe('paired by seed, 1 of 1 pair');
  });

  it('not where they differ in anything else, and that is said', () => {
    const own = [1, 2].map((seed) => run(0.5, seed, { batchSize: 50 }));
    const others = [1, 2].map((seed) => run(0.1, seed));
    expect(pairsOf(own, others)).toEqual({
      pairs: [],
      of: 2,
      words: 'unpaired, 2 and 2 runs',
      differing: ['batch size'],
    });
    expect(pairsOf(own, others, [...rate, 'optimizer.batchSize']).words).toBe('paired by seed, 2 of 2 pairs');
  });

  it('with those of the same other settings, where a group mixes some', () => {
    const mixed = (learningRate: number) =>
      [50, 100].flatMap((batchSize) => [1, 2].map((seed) => run(learningRate, seed, { batchSize })));
    expect(pairsOf(mixed(0.5), mixed(0.1)).pairs).toEqual([
      ['0.5-1-100', '0.1-1-100'],
      ['0.5-1-50', '0.1-1-50'],
      ['0.5-2-100', '0.1-2-100'],
      ['0.5-2-50', '0.1-2-50'],
    ]);
  });

  it('by their other settings, where they are grouped by seed', () => {
    expect(pairsOf([run(0.1, 2), run(0.5, 2)], [run(0.5, 1), run(0.1, 1)], ['seed']).words).toBe(
      'paired by settings, 2 of 2 pairs',
    );
  });

  it('each with one partner, though several are equal', () => {
    const twice = [run(0.5, 1, { run: 'b' }), run(0.5, 1, { run: 'a' })];
    expect(pairsOf(twice, [run(0.1, 1, { run: 'y' }), run(0.1, 1, { run: 'x' })]).pairs).toEqual([
      ['a', 'x'],
      ['b', 'y'],
    ]);
    expect(pairsOf(twice, [run(0.1, 1)]).words).toBe('paired by seed, 1 of 2 pairs');
  });

  it('not where nobody knows the seed', () => {
    const unknown = { learning_rate: null, batch_size: null, seed: null, notes: null };
    const imported = (id: string) => run(0.1, 0, { run: id, kind: 'imported', imported: unknown });
    expect(pairsOf([imported('a')], [imported('b')], []).words).toBe('unpaired, 1 and 1 runs');
  });
});

describe('the table of differences', () => {
  const choices: SummaryChoices = {
    record: 'iteration',
    metric: 'distance',
    group: rate,
    band: 'deviation',
    baseline: { group: ['0.1'] },
  };
  const data = (learningRate: number, seed: number, last: number, changes: object = {}) =>
    testData(run(learningRate, seed, changes), [testIteration(0, { distance: last })]);
  const base = [data(0.1, 1, 1), data(0.1, 2, 2), data(0.1, 3, 4)];

  it('is of pairs where seeds match, with their 95 % interval', () => {
    // differences 1, 2, 3: mean 2, deviation 1
    const rows = summaryRows([...base, data(0.5, 1, 2), data(0.5, 2, 4), data(0.5, 3, 7)], choices);
    expect(rows.map(({ difference }) => difference?.words)).toEqual([undefined, 'paired by seed, 3 of 3 pairs']);
    const { value } = rows[1]!.difference!;
    expect(value).toMatchObject({ middle: 2, deviation: 1, pairs: 3 });
    expect(value.low).toBeCloseTo(2 - quantile / Math.sqrt(3), 12);
    expect(value.high).toBeCloseTo(2 + quantile / Math.sqrt(3), 12);
  });

  it('is Welch’s where they do not, and counts both spreads', () => {
    const rows = summaryRows([...base, data(0.5, 7, 2), data(0.5, 8, 4)], choices);
    const { value, words } = rows[1]!.difference!;
    expect(words).toBe('unpaired, 2 and 3 runs');
    expect(value).toMatchObject({ middle: 3 - 7 / 3, pairs: null });
    // variances 2 and 7/3, of two and of three: standard error √(1 + 7/9)
    expect(value.half).toBeGreaterThan(2 * Math.sqrt(1 + 7 / 9));
  });

  it('is to one run of each, and nothing of the baseline itself', () => {
    const rows = summaryRows([...base, data(0.5, 1, 3), data(0.5, 9, 5)], { ...choices, baseline: '0.1-1-100' });
    expect(rows[0]!.difference).toMatchObject({ words: 'to one run', value: { middle: 2, count: 2, pairs: null } });
    expect(rows[1]!.difference).toMatchObject({ words: 'to one run', value: { middle: 3, count: 2 } });
    const each = summaryRows(base, { ...choices, group: null, baseline: '0.1-1-100' });
    expect(each.map(({ difference }) => difference?.value.middle)).toEqual([undefined, 1, 3]);
    // the baseline may be none of the runs of the table
    const outside = summaryRows([data(0.5, 1, 3)], { ...choices, group: null, baseline: '0.1-1-100' }, base);
    expect(outside[0]!.difference?.value).toMatchObject({ middle: 2, count: 1, low: NaN });
    expect(summaryRows(base, { ...choices, baseline: 'gone' })[0]!.difference).toBeNull();
  });

  it('is of the number that is asked, and counts the pairs that have it', () => {
    const long = (learningRate: number, seed: number, values: (number | null)[]) =>
      testData(
        run(learningRate, seed),
        values.map((distance, t) => testIteration(t, { distance })),
      );
    const runs = [long(0.1, 1, [1, 5]), long(0.1, 2, [3, 4]), long(0.5, 1, [2, 9]), long(0.5, 2, [null, null])];
    const [, row] = summaryRows(runs, choices, runs, 'minimum');
    expect(row!.difference).toMatchObject({ value: { middle: 1, pairs: 1 }, words: 'paired by seed, 1 of 2 pairs' });
  });
});
