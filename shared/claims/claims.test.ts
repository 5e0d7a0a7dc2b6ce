import { describe, expect, it } from 'vitest';
import { claimsEvaluationSchema } from './result.ts';
import type { ClaimId, ClaimResult } from './result.ts';
import { claims, evaluateClaims } from './index.ts';
import type { ClaimRun, FloorBarriers } from './index.ts';
import { ranks } from './ranks.ts';
import { claimColumns, claimRows, claimsMarkdown } from './text.ts';
import { walkValley } from './testing.ts';
import type { Valley } from './testing.ts';

function judged(claim: ClaimId, runs: ClaimRun[], floors: FloorBarriers[] = []): ClaimResult {
  const evaluation = claimsEvaluationSchema.parse(evaluateClaims({ runs, floors }));
  return evaluation.claims.find((entry) => entry.claim === claim)!;
}
const grid = <T>(values: readonly T[], make: (value: T, seed: number) => Valley, seeds = 3): ClaimRun[] =>
  values.flatMap((value) => Array.from({ length: seeds }, (_, index) => walkValley(make(value, index + 1))));

/** Bounced across: η · curvature = 1.9. */
const bouncing = walkValley({ noise: 2, iterations: 240 });
/** Slides: η · curvature = 0.1, always down. */
const sliding = walkValley({ curvature: 1, iterations: 60 });

describe('claims', () => {
  it('are the seven, each with words, a test and a preset', () => {
    expect(claims.map(({ claim }) => claim)).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7']);
    for (const { title, words } of claims) {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(words).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('a valley bounced across supports C1 and C2', () => {
    const first = judged('C1', [bouncing]);
    expect(first.verdict).toBe('supported');
    expect(first.statistics[0]).toMatchObject({ runs: 1, iterations: 240, over: 'iterations', outcome: 'for' });
    const second = judged('C2', [bouncing]);
    expect(second.verdict).toBe('supported');
    expect(second.statistics.map(({ outcome }) => outcome)).toEqual(['for', 'for', 'for']);
    expect(second.statistics[1]!.value).toBeLessThan(-0.5);
    expect(second.missing).toBeNull();
  });

  it('a monotone descent contradicts C1 and C2', () => {
    expect(judged('C1', [sliding])).toMatchObject({ verdict: 'contradicted', statistics: [{ value: 0 }] });
    const second = judged('C2', [sliding]);
    expect(second.verdict).toBe('contradicted');
    expect(second.statistics.map(({ outcome }) => outcome)).toEqual(['against', 'against', 'against']);
  });

  it('five iterations are not enough evidence, and it says what would be', () => {
    const runs = [walkValley({ iterations: 5, noise: 2 })];
    for (const { verdict, missing } of evaluateClaims({ runs, floors: [] }).claims) {
      expect(verdict).toBe('not-enough');
      expect(missing).toMatch(/^Needs .*\.$/);
    }
    const [statistic] = judged('C1', runs).statistics;
    expect(statistic).toMatchObject({ low: null, high: null, outcome: 'open' });
    expect(statistic!.value).not.toBeNull();
    expect(judged('C1', runs).missing).toContain('30 probed iterations');
  });

  it('C6 counts the floor of a walk once, however often it was walked or studied', () => {
    const once = walkValley({ noise: 2, iterations: 120 });
    const again = { ...once, run: `${once.run} again` };
    const floor = Array.from({ length: 25 }, (_, segment) => segment % 3 === 0);
    const walk = floor.map(() => false);
    const short = { run: once.run, floor: floor.slice(0, 21), walk: walk.slice(0, 21), settled: [] };
    const [alone, twice] = [[once], [once, again]].map((runs) =>
      judged('C6', runs, [short, ...runs.map(({ run }) => ({ run, floor, walk, settled: [] }))]),
    );
    expect(twice!.statistics).toEqual(alone!.statistics);
    expect(alone!.statistics.at(-1)).toMatchObject({ runs: 1, iterations: 25 });
  });

  it('are judged alike in whatever order the runs are named', () => {
    const runs = grid([0.1, 0.05], (learningRate, seed) => ({ learningRate, seed, noise: 2, iterations: 120 }));
    const { claims: forth } = evaluateClaims({ runs, floors: [] });
    const shuffled = [4, 1, 5, 0, 3, 2].map((index) => runs[index]!);
    expect(evaluateClaims({ runs: shuffled, floors: [] }).claims).toEqual(forth);
    expect(forth.some(({ statistics }) => statistics.some(({ over }) => over === 'seeds and iterations'))).toBe(true);
  });

  it('one half of a run says nothing about most of training', () => {
    const early = walkValley({ noise: 2, iterations: 200, probed: (iteration) => iteration < 60 });
    expect(judged('C1', [early])).toMatchObject({ verdict: 'not-enough' });
    expect(judged('C1', [early]).missing).toContain('each half');
  });

  it('as many bounces as not leave the verdict open', () => {
    const mixed = walkValley({ noise: 2, iterations: 120 });
    mixed.iterations.bounce = mixed.iterations.bounce.map((_, row) => Number(Math.floor(row / 10) % 2 === 0));
    const { verdict, reason, missing } = judged('C2', [mixed]);
    expect(verdict).toBe('not-enough');
    expect(reason).toContain('holds the threshold');
    expect(missing).toContain('more probed iterations');
  });

  describe('of the walk itself, on several settings', () => {
    const steep = [0.1, 0.099].map((learningRate) => walkValley({ learningRate, noise: 2, iterations: 240 }));
    const slow = walkValley({ learningRate: 0.01, curvature: 1, iterations: 240 });

    it('are judged in every setting apart, and mix no runs of two', () => {
      const both = judged('C1', steep);
      expect(both).toMatchObject({
        verdict: 'supported',
        settings: [
          { label: 'learning rate 0.099', verdict: 'supported' },
          { label: 'learning rate 0.1', verdict: 'supported' },
        ],
      });
      const alone = [steep[1]!, steep[0]!].map((run) => judged('C1', [run]).statistics[0]!);
      expect(
        both.statistics.map(({ value, low, high, runs, setting }) => ({ value, low, high, runs, setting })),
      ).toEqual(
        alone.map(({ value, low, high }, index) => ({
          value,
          low,
          high,
          runs: 1,
          setting: ['learning rate 0.099', 'learning rate 0.1'][index],
        })),
      );
    });

    it('depend on the setting where one contradicts what another supports', () => {
      const { verdict, reason, missing } = judged('C1', [...steep, slow]);
      expect(verdict).toBe('depends');
      expect(reason).toContain('Supported at learning rate 0.099 and learning rate 0.1.');
      expect(reason).toContain('Contradicted at learning rate 0.01.');
      expect(missing).toBeNull();
    });

    it('are not decided by a setting of which too little was measured, which is named', () => {
      const short = walkValley({ learningRate: 0.05, noise: 2, iterations: 5 });
      const { verdict, reason } = judged('C1', [...steep, short]);
      expect(verdict).toBe('supported');
      expect(reason).toContain('Too little was measured at learning rate 0.05.');
    });

    it('stay open where one setting is open', () => {
      const mixed = walkValley({ learningRate: 0.098, noise: 2, iterations: 240 });
      mixed.iterations.bounce = mixed.iterations.bounce.map((_, row) => Number(Math.floor(row / 10) % 2 === 0));
      expect(judged('C2', [...steep, mixed])).toMatchObject({
        verdict: 'not-enough',
        settings: [{ verdict: 'not-enough' }, { verdict: 'supported' }, { verdict: 'supported' }],
      });
    });

    it('tell imported trajectories of one name apart', () => {
      const imported = { batch_size: null, optimizer: null } as unknown as ClaimRun['imported'];
      const twins = steep.map((run, index) => ({ ...run, run: `twin-${index}`, name: 'twin', imported }));
      const labels = judged('C1', twins).settings.map(({ label }) => label);
      expect(new Set(labels).size).toBe(2);
    });

    it('leave settings out that they do not speak of', () => {
      const whole = walkValley({ batchSize: 6000, train: 6000, noise: 20 });
      expect(judged('C2', [steep[0]!, whole])).toMatchObject({ verdict: 'supported', settings: [] });
    });
  });

  it('C2 is about SGD: gradient descent says nothing about it', () => {
    const whole = walkValley({ batchSize: 6000, train: 6000, noise: 20 });
    expect(judged('C2', [whole])).toMatchObject({
      verdict: 'not-enough',
      statistics: [{ runs: 0, value: null }, {}, {}],
    });
    expect(judged('C1', [whole]).verdict).toBe('supported');
  });

  describe('with a study', () => {
    const rates = grid([0.05, 0.1, 0.2], (learningRate, seed) => ({ learningRate, seed, curvature: 8, noise: 5 }));
    const batches = grid([10, 100, 1000], (batchSize, seed) => ({ batchSize, seed, noise: 60, slope: 0.02 }), 8);

    it('C4: larger learning rates stand higher', () => {
      const { verdict, statistics } = judged('C4', rates);
      expect(verdict).toBe('supported');
      expect(statistics[0]).toMatchObject({ runs: 9, settings: 3, seeds: 3, over: 'seeds and iterations' });
      expect(statistics[0]!.groups.map(({ label }) => label)).toEqual([
        'learning rate 0.05',
        'learning rate 0.1',
        'learning rate 0.2',
      ]);
      const heights = statistics[0]!.groups.map(({ value }) => value!);
      expect(heights).toEqual([...heights].sort((a, b) => a - b));
    });

    it('C4 is contradicted where they stand lower', () => {
      const upside = rates.map((run) => ({
        ...run,
        iterations: { ...run.iterations, height_after: run.iterations.height_after.map((height) => 1 / (1 + height)) },
      }));
      expect(judged('C4', upside).verdict).toBe('contradicted');
    });

    it('C3 needs both halves', () => {
      const half = judged('C3', rates);
      expect(half.verdict).toBe('not-enough');
      expect(half.statistics.map(({ outcome }) => outcome)).toEqual(['for', 'open']);
      expect(half.missing).toContain('batch sizes with at least 3 seeds each');
      expect(judged('C3', [...rates, ...batches]).verdict).toBe('supported');
    });

    it('C5: the noise of a batch falls with the root of its size, and it explores', () => {
      const { verdict, statistics } = judged('C5', batches);
      expect(verdict).toBe('supported');
      expect(statistics[0]!.low).toBeLessThan(-0.5);
      expect(statistics[0]!.high).toBeGreaterThan(-0.5);
    });

    it('two seeds each are not enough, and a seed run twice is one', () => {
      const two = rates.filter(({ experiment }) => experiment.seed < 3);
      expect(judged('C4', two)).toMatchObject({ verdict: 'not-enough', statistics: [{ low: null, seeds: 2 }] });
      expect(judged('C4', two).missing).toContain('learning rates with at least 3 seeds each');
      const again = two.map((run) => ({ ...run, run: `${run.run}-again` }));
      const evaluation = evaluateClaims({ runs: [...two, ...again], floors: [] });
      expect(evaluation.left_out).toEqual([]);
      expect(evaluation.repeated).toHaveLength(two.length);
      expect(evaluation.claims[3]!.verdict).toBe('not-enough');
    });

    it('a setting with too few seeds does not spoil those that have enough', () => {
      const lone = walkValley({ learningRate: 0.15, curvature: 8, noise: 5 });
      expect(judged('C4', [...rates, lone])).toMatchObject({ verdict: 'supported', statistics: [{ runs: 9 }] });
    });

    it('nothing else may differ along a contrast', () => {
      const other = rates.map((run) =>
        run.experiment.optimizer.learningRate === 0.05
          ? run
          : { ...run, experiment: { ...run.experiment, data: { ...run.experiment.data, train: 5000 } } },
      );
      // 0.1 and 0.2 still compare; 0.05 stands alone on other data
      expect(judged('C4', other).statistics[0]).toMatchObject({ runs: 6, settings: 2 });
    });

    it('C7: where flatter runs do better it is supported, where they do worse contradicted', () => {
      const curved = (sign: number): ClaimRun[] =>
        grid([0.05, 0.1, 0.2], (learningRate, seed) => ({
          learningRate,
          seed,
          noise: 2,
          curvature: 8,
          epoch: {
            lambda_max: 1 / learningRate + 0.1 * seed,
            validation_accuracy: 0.8 + sign * 0.2 * learningRate + 0.001 * seed * sign,
          },
        }));
      expect(judged('C7', curved(1)).verdict).toBe('supported');
      expect(judged('C7', curved(-1)).verdict).toBe('contradicted');
      const bare = judged('C7', rates);
      expect(bare).toMatchObject({ verdict: 'not-enough', statistics: [{ runs: 0 }, { runs: 0 }] });
      expect(bare.missing).toContain('largest Hessian eigenvalue');
    });
  });

  describe('C6', () => {
    const study = (floor: number[], walk: number[]): FloorBarriers => ({
      run: bouncing.run,
      floor: floor.map((height) => height > 0),
      walk: walk.map((height) => height > 0),
      settled: [],
    });
    const some = Array.from({ length: 40 }, (_, index) => (index % 3 === 0 ? 0.01 : 0));
    const none = new Array<number>(40).fill(0);

    it('needs a valley-floor study', () => {
      const { verdict, missing } = judged('C6', [bouncing]);
      expect(verdict).toBe('not-enough');
      expect(missing).toContain('valley-floor study');
    });
    it('is supported by barriers on the floor that the walk avoids', () => {
      expect(judged('C6', [bouncing], [study(some, none)])).toMatchObject({
        verdict: 'supported',
        statistics: [{ value: 0 }, { value: 14 / 40 }],
      });
    });
    it('is contradicted by barriers that the walk crosses', () => {
      expect(judged('C6', [bouncing], [study(none, some)]).verdict).toBe('contradicted');
    });
    it('is open where the study is short', () => {
      expect(judged('C6', [bouncing], [study(some.slice(0, 8), none.slice(0, 8))]).verdict).toBe('not-enough');
    });
  });

  it('leaves out runs that are not over, diverged or failed, and says so', () => {
    const runs = (['running', 'diverged', 'finished'] as const).map((status, index) =>
      walkValley({ seed: index, status, noise: 2 }),
    );
    const evaluation = evaluateClaims({ runs, floors: [] });
    expect(evaluation.runs.map(({ name }) => name)).toEqual(['valley 2']);
    expect(evaluation.left_out.map(({ reason }) => reason)).toEqual(['is not over yet', 'has diverged']);
  });

  it('gives the same verdicts for the same records', () => {
    const evidence = { runs: [bouncing, sliding], floors: [] };
    expect(evaluateClaims(evidence)).toEqual(evaluateClaims(evidence));
  });

  it('says something about no runs at all', () => {
    const evaluation = claimsEvaluationSchema.parse(evaluateClaims({ runs: [], floors: [] }));
    expect(evaluation.claims.every(({ verdict }) => verdict === 'not-enough')).toBe(true);
  });
});

it('ranks share the mean of equal values', () => {
  expect(ranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
  expect(ranks([])).toEqual([]);
});

describe('as text', () => {
  const evaluation = evaluateClaims({ runs: [bouncing], floors: [] });

  it('is one CSV row a statistic', () => {
    const rows = claimRows(evaluation);
    expect(rows).toHaveLength(evaluation.claims.flatMap(({ statistics }) => statistics).length);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([claimColumns.length]));
    expect(rows[0]!.slice(0, 3)).toEqual(['C1', 'supported', 'convex_with_floor']);
  });

  it('is Markdown with a section a claim, its interval and what is missing', () => {
    const text = claimsMarkdown(evaluation);
    expect(text.match(/^## /gm)).toHaveLength(7);
    expect(text).toContain('## C1. A valley floor between the steps: supported');
    expect(text).toMatch(
      /\| 0\.\d+ \[0\.\d+, (0\.\d+|1)\] \| above 0\.5 \| 1 run, 240 iterations; interval over iterations, in blocks of \d+ \|/,
    );
    expect(text).toContain('Needs two or more learning rates with at least 3 seeds each');
  });
});
