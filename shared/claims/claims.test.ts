import { describe, expect, it } from 'vitest';
import { claimsEvaluationSchema } from './result.ts';
import type { ClaimId, ClaimResult } from './result.ts';
import { experimentSchema } from '../experiment.ts';
import { claims, evaluateClaims } from './index.ts';
import type { ClaimRun, FloorStudy } from './index.ts';
import { liftedAcross, steeperLiftedAcross } from './calibration/contrasts.ts';
import { flatterIsBetter, accuracyOfItsOwn } from './calibration/curvature.ts';
import type { FloorSegment } from './evidence.ts';
import { randomFrom } from './generator.ts';
import { claimsMarkdown } from './text.ts';
import { walkValley } from './simulation.ts';
import type { Valley } from './simulation.ts';

function judged(claim: ClaimId, runs: ClaimRun[], floors: FloorStudy[] = []): ClaimResult {
  const evaluation = claimsEvaluationSchema.parse(evaluateClaims({ runs, floors }));
  return evaluation.claims.find((entry) => entry.claim === claim)!;
}
const grid = <T>(values: readonly T[], make: (value: T, seed: number) => Valley, seeds = 3): ClaimRun[] =>
  values.flatMap((value) => Array.from({ length: seeds }, (_, index) => walkValley(make(value, index + 1))));

/** Three seeds of one setting. */
const seeds = (valley: Valley): ClaimRun[] => [1, 2, 3].map((seed) => walkValley({ ...valley, seed }));
/** Bounced across: η · curvature = 1.9. */
const bouncing = seeds({ noise: 2, iterations: 240 });
/** Slides: η · curvature = 0.1, always down. */
const sliding = seeds({ curvature: 1, noise: 0.1, iterations: 60 });
/** Runs in which as many iterations bounce as not, ten after ten. */
const half = (runs: ClaimRun[]): ClaimRun[] =>
  runs.map((run, index) => ({
    ...run,
    iterations: {
      ...run.iterations,
      bounce: run.iterations.bounce.map((_, row) => Number(Math.floor((row + 3 * index) / 10) % 2 === 0)),
    },
  }));

/** A segment between settled floor points, half as long as the one above it. */
const segment = (floor: boolean | null, walk: boolean | null): FloorSegment => ({
  floor,
  walk,
  settled: true,
  floor_length: 0.5,
  walk_length: 1,
});

describe('claims', () => {
  it('are the seven, each with words, a test and a preset', () => {
    expect(claims.map(({ claim }) => claim)).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7']);
    for (const { title, words } of claims) {
      expect(title).toMatch(/^[A-Z].*[^.]$/);
      expect(words).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('a valley bounced across supports C1 and C2', () => {
    const first = judged('C1', bouncing);
    expect(first.verdict).toBe('supported');
    expect(first.statistics[0]).toMatchObject({
      runs: 3,
      iterations: 720,
      over: 'seeds',
      outcome: 'for',
      unresolved: 0,
    });
    const second = judged('C2', bouncing);
    expect(second.verdict).toBe('supported');
    expect(second.statistics.map(({ outcome }) => outcome)).toEqual(['for', 'for', 'for']);
    expect(second.statistics[1]!.value).toBeLessThan(-0.5);
    expect(second.missing).toBeNull();
  });

  it('a monotone descent contradicts C1 and C2', () => {
    expect(judged('C1', sliding)).toMatchObject({ verdict: 'contradicted', statistics: [{ value: 0 }] });
    const second = judged('C2', sliding);
    expect(second.verdict).toBe('contradicted');
    expect(second.statistics.map(({ outcome }) => outcome)).toEqual(['against', 'against', 'open']);
  });

  it('one run shows its own interval and decides nothing', () => {
    const { verdict, statistics, missing } = judged('C1', bouncing.slice(0, 1));
    expect(verdict).toBe('not-enough');
    expect(statistics[0]).toMatchObject({ over: 'iterations', outcome: 'open' });
    expect(statistics[0]!.low).toBeGreaterThan(0.5);
    expect(missing).toContain('at least 3 seeds');
    expect(judged('C1', bouncing.slice(0, 2)).verdict).toBe('not-enough');
  });

  it('five iterations are not enough evidence, and it says what would be', () => {
    const runs = seeds({ iterations: 5, noise: 2 });
    for (const { verdict, missing } of evaluateClaims({ runs, floors: [] }).claims) {
      expect(verdict).toBe('not-enough');
      expect(missing).toMatch(/^Needs .*\.$/);
    }
    const [statistic] = judged('C1', runs).statistics;
    expect(statistic).toMatchObject({ outcome: 'open' });
    expect(statistic!.value).not.toBeNull();
    expect(judged('C1', runs).missing).toContain('30 probed iterations');
  });

  it('slices that the evaluation does not resolve decide nothing, and are counted', () => {
    const open = bouncing.map((run) => {
      const nothing = run.iterations.convex.map(() => NaN);
      const { iterations } = run;
      return {
        ...run,
        iterations: { ...iterations, convex: nothing, bounce: nothing, interior_floor: nothing, barrier: nothing },
      };
    });
    for (const claim of ['C1', 'C2', 'C6'] as const) {
      const { verdict, reason, statistics } = judged(claim, open);
      expect(verdict).toBe('not-enough');
      expect(reason).toContain('below what the evaluation resolves');
      expect(statistics[0]).toMatchObject({ value: null, low: 0, high: 1 });
      expect(statistics[0]!.unresolved).toBeGreaterThan(700);
    }
  });

  it('what is not resolved may be so or not', () => {
    const some = bouncing.map((run) => ({
      ...run,
      iterations: {
        ...run.iterations,
        convex: run.iterations.convex.map((value, row) => (row % 4 === 0 ? NaN : value)),
      },
    }));
    const [all, fewer] = [bouncing, some].map((runs) => judged('C1', runs).statistics[0]!);
    expect(fewer!.low).toBeLessThan(all!.low! - 0.1);
    expect(fewer!.high).toBeGreaterThanOrEqual(all!.high! - 1e-12);
    expect(fewer!.unresolved).toBeGreaterThan(0);
  });

  it('C6 counts the floor of a walk once, however often it was walked or studied', () => {
    const once = walkValley({ noise: 2, iterations: 120 });
    const again = { ...once, run: `${once.run} again` };
    const segments = Array.from({ length: 25 }, (_, index) => segment(index % 3 === 0, false));
    const short = { run: once.run, segments: segments.slice(0, 21) };
    const [alone, twice] = [[once], [once, again]].map((runs) =>
      judged('C6', runs, [short, ...runs.map(({ run }) => ({ run, segments }))]),
    );
    expect(twice!.statistics).toEqual(alone!.statistics);
    expect(alone!.statistics[1]).toMatchObject({ runs: 1, iterations: 25 });
  });

  it('are judged alike in whatever order the runs are named', () => {
    const runs = grid([0.1, 0.05], (learningRate, seed) => ({ learningRate, seed, noise: 2, iterations: 120 }));
    const { claims: forth } = evaluateClaims({ runs, floors: [] });
    const shuffled = [4, 1, 5, 0, 3, 2].map((index) => runs[index]!);
    expect(evaluateClaims({ runs: shuffled, floors: [] }).claims).toEqual(forth);
    expect(forth.some(({ statistics }) => statistics.some(({ over }) => over === 'seeds'))).toBe(true);
  });

  it('one half of a run says nothing about most of training', () => {
    const early = seeds({ noise: 2, iterations: 200, probed: (iteration) => iteration < 60 });
    expect(judged('C1', early)).toMatchObject({ verdict: 'not-enough' });
    expect(judged('C1', early).missing).toContain('each half');
  });

  it('as many bounces as not leave the verdict open', () => {
    const { verdict, reason, missing } = judged('C2', half(seeds({ noise: 2, iterations: 120 })));
    expect(verdict).toBe('not-enough');
    expect(reason).toContain('reaches both sides of the threshold');
    expect(missing).toContain('more seeds');
  });

  describe('of the walk itself, on several settings', () => {
    const steep = [0.1, 0.099].flatMap((learningRate) => seeds({ learningRate, noise: 2, iterations: 240 }));
    const slow = seeds({ learningRate: 0.01, curvature: 1, noise: 0.1, iterations: 240 });

    it('are judged in every setting apart, and mix no runs of two', () => {
      const both = judged('C1', steep);
      expect(both).toMatchObject({
        verdict: 'supported',
        settings: [
          { label: 'learning rate 0.099', verdict: 'supported' },
          { label: 'learning rate 0.1', verdict: 'supported' },
        ],
      });
      const alone = [steep.slice(3), steep.slice(0, 3)].map((runs) => judged('C1', runs).statistics[0]!);
      expect(
        both.statistics.map(({ value, low, high, runs, setting }) => ({ value, low, high, runs, setting })),
      ).toEqual(
        alone.map(({ value, low, high }, index) => ({
          value,
          low,
          high,
          runs: 3,
          setting: ['learning rate 0.099', 'learning rate 0.1'][index],
        })),
      );
    });

    it('depend on the setting where one contradicts what another supports', () => {
      const { verdict, reason, missing } = judged('C1', [...steep, ...slow]);
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
      const mixed = half(seeds({ learningRate: 0.098, noise: 2, iterations: 240 }));
      expect(judged('C2', [...steep, ...mixed])).toMatchObject({
        verdict: 'not-enough',
        settings: [{ verdict: 'not-enough' }, { verdict: 'supported' }, { verdict: 'supported' }],
      });
    });

    it('tell imported trajectories of one name apart', () => {
      const imported = { batch_size: null, optimizer: null } as unknown as ClaimRun['imported'];
      const twins = steep.slice(0, 2).map((run, index) => ({ ...run, run: `twin-${index}`, name: 'twin', imported }));
      const labels = judged('C1', twins).settings.map(({ label }) => label);
      expect(new Set(labels).size).toBe(2);
    });

    it('leave settings out that they do not speak of', () => {
      const whole = walkValley({ batchSize: 6000, train: 6000, noise: 20 });
      expect(judged('C2', [...steep.slice(0, 3), whole])).toMatchObject({ verdict: 'supported', settings: [] });
    });
  });

  it('C2 is about SGD: gradient descent says nothing about it', () => {
    const whole = seeds({ batchSize: 6000, train: 6000, iterations: 60 });
    expect(judged('C2', whole)).toMatchObject({
      verdict: 'not-enough',
      statistics: [{ runs: 0, value: null }, {}, {}],
    });
    expect(judged('C1', whole).verdict).toBe('supported');
  });

  describe('with a study', () => {
    const values = [0.025, 0.05, 0.1, 0.2, 0.4];
    const rates = grid(values, (learningRate, seed) => ({ learningRate, seed, curvature: 2, noise: 10, start: 0 }));
    const { runs: lifted } = liftedAcross.draw(randomFrom(1));
    const ofRates = lifted.slice(0, 15);
    const ofSizes = lifted.slice(15);

    it('C4: larger learning rates stand higher', () => {
      const { verdict, statistics } = judged('C4', rates);
      expect(verdict).toBe('supported');
      expect(statistics.map(({ role }) => role)).toEqual(['decides', 'paper']);
      expect(statistics[0]).toMatchObject({ runs: 15, settings: 5, seeds: 3, over: 'settings' });
      expect(statistics[0]!.groups.map(({ label }) => label)).toEqual(values.map((value) => `learning rate ${value}`));
      const heights = statistics[0]!.groups.map(({ value }) => value!);
      expect(heights).toEqual([...heights].sort((a, b) => a - b));
    });

    it('C4 is contradicted where they stand lower', () => {
      const upside = rates.map((run) => {
        const inverse = run.iterations.height_after.map(() => 0.01 / run.experiment.optimizer.learningRate);
        const all = inverse.map(() => 1);
        return {
          ...run,
          iterations: { ...run.iterations, height_before: inverse, height_after: inverse, interior_floor: all },
        };
      });
      expect(judged('C4', upside).verdict).toBe('contradicted');
    });

    it('C4: a plane has no wall to stand on, though steps up it end high', () => {
      const plane = grid(values, (learningRate, seed) => ({ learningRate, seed, curvature: 0, slope: 1, noise: 20 }));
      const { verdict, statistics } = judged('C4', plane);
      expect(verdict).toBe('not-enough');
      expect(statistics[1]!.value).toBeGreaterThan(0);
      expect(statistics[1]!.null_low).toBeCloseTo(statistics[1]!.value!, 10);
      expect(statistics[0]).toMatchObject({ outcome: 'open', value: expect.closeTo(0, 10) as number });
    });

    it('C3 needs both halves', () => {
      const one = judged('C3', ofRates);
      expect(one.verdict).toBe('not-enough');
      expect(one.statistics.map(({ role, outcome }) => `${role} ${outcome}`)).toEqual([
        'decides for',
        'decides open',
        'paper for',
        'paper open',
      ]);
      expect(one.missing).toContain('4 or more batch sizes with at least 3 seeds each');
      expect(judged('C3', [...ofRates, ...ofSizes]).verdict).toBe('supported');
      expect(one.preset).toBe('batch-size-roles-desk');
      expect(judged('C3', ofSizes).preset).toBe('learning-rate-roles-desk');
      expect(judged('C3', []).preset).toBe('learning-rate-roles-desk');
    });

    it('C5: the noise of a batch falls with the root of its size, which any loss shows, and it explores', () => {
      const { verdict, statistics } = judged('C5', steeperLiftedAcross.draw(randomFrom(1)).runs.slice(15));
      expect(verdict).toBe('supported');
      expect(statistics[1]).toMatchObject({ key: 'noise_batch_size', role: 'paper', null_low: -0.5, null_high: -0.5 });
      expect(statistics[1]!.low).toBeLessThan(-0.5);
      expect(statistics[1]!.high).toBeGreaterThan(-0.5);
    });

    it('three settings are too few, two seeds each as well, and a seed run twice is one', () => {
      const three = rates.filter(({ experiment }) => experiment.optimizer.learningRate < 0.15);
      expect(judged('C4', three)).toMatchObject({ verdict: 'not-enough', statistics: [{ low: null }, { low: null }] });
      expect(judged('C4', three).missing).toContain('4 or more learning rates with at least 3 seeds each');
      const two = rates.filter(({ experiment }) => experiment.seed < 3);
      expect(judged('C4', two)).toMatchObject({
        verdict: 'not-enough',
        statistics: [{ seeds: 2, outcome: 'open' }, {}],
      });
      const again = two.map((run) => ({ ...run, run: `${run.run}-again` }));
      const evaluation = evaluateClaims({ runs: [...two, ...again], floors: [] });
      expect(evaluation.left_out).toEqual([]);
      expect(evaluation.repeated).toHaveLength(two.length);
      expect(evaluation.claims[3]!.verdict).toBe('not-enough');
    });

    it('a setting with too few seeds does not spoil those that have enough', () => {
      const lone = walkValley({ learningRate: 0.15, curvature: 2, noise: 10, start: 0 });
      expect(judged('C4', [...rates, lone])).toMatchObject({ verdict: 'supported', statistics: [{ runs: 15 }, {}] });
    });

    it('nothing else may differ along a contrast', () => {
      const other = rates.map((run) =>
        run.experiment.optimizer.learningRate === 0.05
          ? run
          : { ...run, experiment: { ...run.experiment, data: { ...run.experiment.data, train: 5000 } } },
      );
      // the other four still compare; 0.05 stands alone on other data
      expect(judged('C4', other).statistics[0]).toMatchObject({ runs: 12, settings: 4 });
    });

    it('C7: where flatter settings do better it is supported, where they do worse contradicted', () => {
      const better = flatterIsBetter.draw(randomFrom(1)).runs;
      const worse = better.map((run) => ({
        ...run,
        epochs: { ...run.epochs, validation_accuracy: run.epochs.validation_accuracy.map((value) => 1 - value) },
      }));
      expect(judged('C7', [...better]).verdict).toBe('supported');
      expect(judged('C7', worse).verdict).toBe('contradicted');
      const bare = judged('C7', rates);
      expect(bare).toMatchObject({ verdict: 'not-enough', statistics: [{ runs: 0 }, { runs: 0 }, { runs: 0 }] });
      expect(bare.missing).toContain('largest Hessian eigenvalue');
    });

    it('C7: settings whose accuracy differs for reasons of its own rarely decide it, and three never do', () => {
      const random = randomFrom(3);
      const verdicts = Array.from({ length: 100 }, () => {
        const { runs } = accuracyOfItsOwn.draw(random);
        const three = runs.filter(({ experiment }) => experiment.optimizer.learningRate < 0.15);
        expect(judged('C7', three).verdict).toBe('not-enough');
        return judged('C7', [...runs]).verdict;
      });
      expect(verdicts.filter((verdict) => verdict !== 'not-enough').length).toBeLessThan(12);
    });
  });

  describe('C6', () => {
    const study = (segments: FloorSegment[]): FloorStudy[] => bouncing.map(({ run }) => ({ run, segments }));
    const some = Array.from({ length: 40 }, (_, index) => index % 3 === 0);
    const rough = some.map((barrier) => segment(barrier, false));

    it('needs a valley-floor study', () => {
      const { verdict, missing } = judged('C6', bouncing);
      expect(verdict).toBe('not-enough');
      expect(missing).toContain('valley-floor study');
    });
    it('is supported by barriers on the floor that the walk avoids', () => {
      const found = judged('C6', bouncing, study(rough));
      expect(found).toMatchObject({ verdict: 'supported', statistics: [{ value: 0 }, {}, {}] });
      expect(found.statistics[1]!.value).toBeCloseTo(14 / 40, 12);
    });
    it('is contradicted by barriers that the walk crosses', () => {
      expect(judged('C6', bouncing, study(some.map((barrier) => segment(false, barrier)))).verdict).toBe(
        'contradicted',
      );
    });
    it('is open where the study is short, or of one seed', () => {
      expect(judged('C6', bouncing, study(rough.slice(0, 8))).verdict).toBe('not-enough');
      expect(judged('C6', bouncing, study(rough).slice(0, 1)).verdict).toBe('not-enough');
    });
    it('counts only segments between descents that settled, and says how many did', () => {
      const unsettled = rough.map((one, index) => ({ ...one, settled: index < 5 }));
      const { verdict, missing, statistics } = judged('C6', bouncing, study(unsettled));
      expect(verdict).toBe('not-enough');
      expect(missing).toContain('of 120 segments here 15 lie between descents that settled');
      expect(statistics[2]).toMatchObject({ key: 'floor_barriers_all', role: 'paper', iterations: 120 });
    });
    it('does not count segments of the floor that are longer than those above', () => {
      const longer = rough.map((one) => ({ ...one, floor_length: 2 }));
      const { verdict, missing } = judged('C6', bouncing, study(longer));
      expect(verdict).toBe('not-enough');
      expect(missing).toContain('120 of these are longer than the segment above');
    });
    it('takes an imported trajectory that tells of SGD, and leaves out one that does not, with the reason', () => {
      const imported = (batch_size: number | null): ClaimRun[] =>
        bouncing.map((run) => ({
          ...run,
          imported: { learning_rate: null, batch_size, seed: null, notes: null },
        }));
      const reported = judged('C6', imported(100), study(rough));
      expect(reported.statistics.filter(({ runs }) => runs > 0)).toHaveLength(9);
      expect(reported.reason).not.toContain('left out');
      for (const size of [null, 6000]) {
        const untold = judged('C6', imported(size), study(rough));
        expect(untold.statistics.map(({ runs }) => runs)).toEqual([0, 0, 0]);
        expect(untold.reason).toContain(
          '3 imported trajectories are left out: the claim is about SGD, and trajectory.json tells of no batches smaller than the training set.',
        );
      }
      expect(judged('C1', imported(null)).reason).not.toContain('left out');
      expect(judged('C2', imported(100)).reason).toContain(
        '3 imported trajectories are left out: batches, gradients and their settings are not in an imported trajectory.',
      );
    });
    it('is open where rounding is all that there is: a convex loss has no barrier', () => {
      const convex = some.map(() => segment(null, null));
      const { verdict, reason } = judged('C6', bouncing, study(convex));
      expect(verdict).toBe('not-enough');
      expect(reason).toContain('below what the evaluation resolves');
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

  it('names runs that count and yet walk otherwise than the paper’s, by momentum or clipping', () => {
    const trainedWith = (optimizer: object) =>
      evaluateClaims({
        runs: bouncing.map((run) => ({
          ...run,
          experiment: experimentSchema.parse({
            ...run.experiment,
            optimizer: { ...run.experiment.optimizer, ...optimizer },
          }),
        })),
        floors: [],
      });
    expect(trainedWith({})).not.toHaveProperty('unlike_paper');
    expect(trainedWith({ warmup: { kind: 'linear' } })).not.toHaveProperty('unlike_paper');
    const clipped = trainedWith({ momentum: 0.9, clipping: { kind: 'norm' } });
    expect(clipped.unlike_paper!.map(({ reason }) => reason)).toEqual(
      bouncing.map(() => 'has momentum 0.9 and gradients clipped by norm'),
    );
    expect(clipped.claims[0]!.verdict).toBe('supported');
    expect(claimsMarkdown(clipped)).toContain('(has momentum 0.9 and gradients clipped by norm); the paper’s SGD has');
    expect(trainedWith({ clipping: { kind: 'value' } }).unlike_paper![0]!.reason).toBe(
      'has gradients clipped by value',
    );
  });

  it('leaves out runs of an optimiser that the claims do not speak of, and says so', () => {
    const trainedWith = (optimizer: unknown): ClaimRun[] =>
      bouncing.map((run) => ({ ...run, experiment: experimentSchema.parse({ ...run.experiment, optimizer }) }));
    const adam = evaluateClaims({ runs: trainedWith({ kind: 'adam' }), floors: [] });
    expect(adam.runs).toEqual([]);
    expect(adam.left_out.map(({ reason }) => reason)).toEqual(
      bouncing.map(() => 'was trained with Adam while the claims are about SGD'),
    );
    expect(adam.claims).toEqual(evaluateClaims({ runs: [], floors: [] }).claims);
    expect(claimsMarkdown(adam)).toContain('(was trained with Adam while the claims are about SGD)');
    for (const kind of ['adamw', 'rmsprop'])
      expect(evaluateClaims({ runs: trainedWith({ kind }), floors: [] }).runs).toEqual([]);
    for (const kind of ['sgd', 'gd', 'gd-isotropic-noise']) {
      const { left_out, claims: found } = evaluateClaims({ runs: trainedWith({ kind }), floors: [] });
      expect([kind, left_out, found[0]!.verdict]).toEqual([kind, [], 'supported']);
    }
  });

  it('leaves out runs of another loss, whose heights are no nats, and says so; no other network', () => {
    const trainedWith = (change: object): ClaimRun[] =>
      bouncing.map((run) => ({ ...run, experiment: experimentSchema.parse({ ...run.experiment, ...change }) }));
    for (const loss of [{ kind: 'squared-error' }, { labelSmoothing: 0.1 }]) {
      const { runs, left_out } = evaluateClaims({ runs: trainedWith({ loss }), floors: [] });
      expect(runs).toEqual([]);
      expect(new Set(left_out.map(({ reason }) => reason))).toEqual(
        new Set(['has another loss than the cross-entropy without label smoothing that the claims are about']),
      );
    }
    const tanh = evaluateClaims({ runs: trainedWith({ model: { activation: 'tanh' } }), floors: [] });
    expect([tanh.left_out, tanh.claims[0]!.verdict]).toEqual([[], 'supported']);
  });

  it('gives the same verdicts for the same records', () => {
    const evidence = { runs: [...bouncing, ...sliding], floors: [] };
    expect(evaluateClaims(evidence)).toEqual(evaluateClaims(evidence));
  });

  it('says something about no runs at all', () => {
    const evaluation = claimsEvaluationSchema.parse(evaluateClaims({ runs: [], floors: [] }));
    expect(evaluation.claims.every(({ verdict }) => verdict === 'not-enough')).toBe(true);
  });
});
