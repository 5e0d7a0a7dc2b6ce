import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueAt } from './setting-fields.ts';
import { checkStudy, looksLikeStudy, studySchema, studySize } from './study.ts';
import { mostRuns } from './sweep.ts';

const runsOf = (value: unknown) => {
  const check = checkStudy(value);
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return check.runs;
};
const problemsOf = (value: unknown) => {
  const check = checkStudy(value);
  return check.ok ? [] : check.problems;
};

describe('the grid', () => {
  it('is every combination with every seed, named after what differs', () => {
    const runs = runsOf({ name: 'rates', sweep: { 'optimizer.learningRate': [0.1, 0.5] }, seeds: 2 });
    expect(runs.map(({ place, experiment }) => [place, experiment.name, experiment.seed])).toEqual([
      [[0, 0], 'learning rate 0.1 · seed 1', 1],
      [[0, 1], 'learning rate 0.1 · seed 2', 2],
      [[1, 0], 'learning rate 0.5 · seed 1', 1],
      [[1, 1], 'learning rate 0.5 · seed 2', 2],
    ]);
    expect(runs[2]!.experiment).toMatchObject({ optimizer: { learningRate: 0.5, batchSize: 100 } });
  });

  it('of nothing varied is one run with the name of the study', () => {
    expect(runsOf({ name: 'alone' }).map(({ experiment }) => experiment.name)).toEqual(['alone']);
    expect(runsOf({ experiment: { name: 'mine', seed: 7 } })[0]!.experiment).toMatchObject({ name: 'mine', seed: 7 });
    expect(runsOf({ experiment: { seed: 7 }, seeds: 3 }).map(({ experiment }) => experiment.seed)).toEqual([7, 8, 9]);
    expect(runsOf({ seeds: [4, 2] }).map(({ experiment }) => experiment.name)).toEqual(['seed 4', 'seed 2']);
  });

  it('takes whole objects, parts of fields, switches and lists', () => {
    const names = (sweep: object) => runsOf({ sweep }).map(({ experiment }) => experiment.name);
    expect(
      names({ model: [{ hidden: [10] }, { architecture: 'cnn', batchNorm: true }, { architecture: 'cnn' }] }),
    ).toEqual([
      'architecture mlp · hidden widths 10 · no batch norm',
      'architecture cnn · batch norm',
      'architecture cnn · no batch norm',
    ]);
    expect(names({ 'length.epochs': [1, 2] })).toEqual(['1 epoch', '2 epochs']);
    expect(names({ 'model.hidden': [[], [20, 10]] })).toEqual(['hidden widths none', 'hidden widths 20-10']);
    expect(names({ 'probes.interpolation.evaluateOn': ['train', { subset: 5 }] })).toEqual([
      'evaluate on train',
      'evaluate on subset of 5',
    ]);
  });

  it('starts the settings of another architecture anew', () => {
    const experiment = { model: { architecture: 'mlp', hidden: [10] } };
    const usual = { norm: { kind: 'none' }, activation: 'relu', initialisation: 'paper', initialScale: 1 };
    const runs = runsOf({ experiment, sweep: { 'model.batchNorm': [true], 'model.architecture': ['mlp', 'cnn'] } });
    expect(runs.map((run) => run.experiment.model)).toEqual([
      { architecture: 'mlp', hidden: [10], batchNorm: true, ...usual },
      { architecture: 'cnn', batchNorm: true, ...usual },
    ]);
  });

  it('holds each combination exactly once, whatever is varied', () => {
    const distinct = <T>(value: fc.Arbitrary<T>) => fc.uniqueArray(value, { minLength: 1, maxLength: 4 });
    const values: Record<string, fc.Arbitrary<unknown[]>> = {
      'optimizer.learningRate': distinct(fc.double({ min: 1e-6, max: 10, noNaN: true })),
      'optimizer.batchSize': distinct(fc.integer({ min: 1, max: 200 })),
      'data.train': distinct(fc.integer({ min: 200, max: 5000 })),
      'model.batchNorm': fc.constantFrom([true], [false, true]),
      'length.epochs': distinct(fc.integer({ min: 1, max: 9 })),
    };
    const sweeps = fc
      .subarray(Object.keys(values))
      .chain((paths) => fc.record(Object.fromEntries(paths.map((path) => [path, values[path]!]))));
    const seedLists = distinct(fc.integer({ min: 0, max: 4_294_967_295 }));
    fc.assert(
      fc.property(sweeps, seedLists, (sweep, seeds) => {
        const runs = runsOf({ sweep, seeds });
        expect(runs).toHaveLength(studySize(studySchema.parse({ sweep, seeds })));
        const paths = Object.keys(sweep);
        for (const { place, experiment } of runs) {
          paths.forEach((path, axis) => expect(valueAt(experiment, path)).toEqual(sweep[path]![place[axis]!]));
          expect(experiment.seed).toBe(seeds[place.at(-1)!]);
        }
        expect(new Set(runs.map(({ place }) => place.join())).size).toBe(runs.length);
        expect(new Set(runs.map(({ experiment }) => experiment.name)).size).toBe(runs.length);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every place when lists grow at their ends', () => {
    const before = runsOf({ sweep: { 'optimizer.learningRate': [0.1, 0.5] }, seeds: [1] });
    const after = runsOf({ sweep: { 'optimizer.learningRate': [0.1, 0.5, 1] }, seeds: [1, 5] });
    for (const run of before) {
      const same = after.find(({ place }) => place.join() === run.place.join());
      expect({ ...same?.experiment, name: '' }).toEqual({ ...run.experiment, name: '' });
    }
  });

  it('has names of at most 120 characters, all different', () => {
    const wide = (last: number) => Array.from({ length: 16 }, (_, index) => (index === 15 ? last : 1000 + index));
    const names = runsOf({
      sweep: {
        model: [1, 2].map((last) => ({ hidden: [...wide(last)], batchNorm: last === 1 })),
        'length.epochs': [1, 2],
      },
      seeds: 2,
    }).map(({ experiment }) => experiment.name);
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(120);
    expect(new Set(names).size).toBe(8);
  });
});

describe('what is wrong with a study', () => {
  it.each([
    [{ sweep: { 'optimizer.learningRate': [] } }, 'sweep.optimizer.learningRate', /is empty/],
    [{ sweep: { 'optimizer.learningRate': 0.1 } }, 'sweep.optimizer.learningRate', /must be a list/],
    [{ sweep: { 'optimizer.lerningRate': [1] } }, 'sweep.optimizer.lerningRate', /is not a setting/],
    [{ sweep: { 'optimizer.learningRate.deep': [1] } }, 'sweep.optimizer.learningRate.deep', /is not a setting/],
    [{ sweep: { '__proto__.x': [1] } }, 'sweep.__proto__.x', /is not a setting/],
    [{ sweep: { seed: [1, 2] } }, 'sweep.seed', /"seeds"/],
    [{ sweep: { name: ['a'] } }, 'sweep.name', /cannot be varied/],
    [{ sweep: { 'model.hidden': [[1]], model: [{}] } }, 'sweep.model.hidden', /contradicts model/],
    [{ sweep: { 'optimizer.batchSize': [10, 20, 10] } }, 'sweep.optimizer.batchSize.2', /repeats 10, the 1st/],
    [{ sweep: { 'optimizer.learningRate': [0.1, -1] } }, 'sweep.optimizer.learningRate.1', /^must be above 0.*is -1$/],
    [{ seeds: [] }, 'seeds', /is empty/],
    [{ seeds: [1, 1] }, 'seeds.1', /repeats 1/],
    [{ seeds: [-1] }, 'seeds.0', /whole number from 0/],
    [{ seeds: 0 }, 'seeds', /at least one/],
    [{ seeds: 'three' }, 'seeds', /list of seeds/],
    [{ experiment: { optimizer: { lr: 1 } } }, 'experiment.optimizer.lr', /is not a setting/],
    [{ experiment: { data: { train: 0 } }, seeds: 2 }, 'experiment.data.train', /whole number from 1[^(]*$/],
    [{ swep: {} }, 'swep', /is not a setting/],
    [{ name: ' ' }, 'name', /must not be empty/],
    [{ sweep: { model: [{}, { hidden: [500, 350] }] } }, 'sweep.model.1', /same run as model/],
    [{ experiment: { seed: 4_294_967_295 }, seeds: 2 }, 'seeds', /beyond the largest seed/],
    ['nothing', '', /./],
  ])('%j', (study, path, message) => {
    const problems = problemsOf(study);
    expect(problems.map((problem) => problem.path)).toContain(path);
    expect(problems.find((problem) => problem.path === path)?.message).toMatch(message);
  });

  it('is told with the combination where only some have it', () => {
    const sweep = { 'optimizer.batchSize': [10, 200], 'data.train': [100, 1000] };
    expect(problemsOf({ sweep })).toEqual([
      {
        path: 'sweep.optimizer.batchSize.1',
        message: expect.stringMatching(/200 > 100.*\(with batch size 200 · training examples 100\)$/) as string,
      },
    ]);
    expect(problemsOf({ sweep: { 'optimizer.learningRate': [0.1, 0.2], 'optimizer.momentum': [0, 2] } })).toEqual([
      { path: 'sweep.optimizer.momentum.1', message: 'must be at least 0 and below 1; it is 2' },
    ]);
    expect(
      problemsOf({ sweep: { 'model.architecture': ['mlp', 'resnet'], 'model.depth': [20, 56] } })[0],
    ).toMatchObject({ message: expect.stringContaining('architecture mlp') as string });
  });

  it('is a size beyond the limit, told before anything is expanded', () => {
    const many = Array.from({ length: mostRuns }, (_, index) => index + 1);
    const sweep = { 'optimizer.learningRate': many, 'optimizer.batchSize': many, 'data.train': many };
    expect(problemsOf({ sweep })).toEqual([
      { path: 'sweep', message: expect.stringContaining('1,000,000,000,000 runs') as string },
    ]);
    expect(problemsOf({ seeds: mostRuns + 1 })).toMatchObject([{ path: 'seeds' }]);
  });
  it('is a hole in a list, which would be counted and make no run', () => {
    const holed: unknown[] = [[8]];
    holed[2] = [16];
    expect(problemsOf({ sweep: { 'model.hidden': holed } })).toEqual([
      { path: 'sweep.model.hidden.1', message: 'is missing; give a value' },
    ]);
  });
});

it('a study is told from an experiment', () => {
  expect(looksLikeStudy({ seeds: 2 })).toBe(true);
  expect(looksLikeStudy({ seed: 2 })).toBe(false);
  expect(looksLikeStudy(null)).toBe(false);
});
