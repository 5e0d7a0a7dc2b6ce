/** Experiments, studies, trajectories and recipes: whatever is written in them is understood, or refused by path in words. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { damaged, damagedJson, expectSentence, few, readOrRefused } from '../build/fuzzing/inputs.ts';
import { checkExperiment, experimentSchema, totalIterations } from './experiment.ts';
import { problemsOf } from './problems.ts';
import type { Problem } from './errors.ts';
import { figureRecipeSchema } from './figures/recipe.ts';
import { recipeInFile } from './figures/recipe-file.ts';
import { checkStudy, looksLikeStudy, studySize } from './study.ts';
import { decodeJson, decodeText } from './text.ts';
import { checkTrajectory } from './trajectory.ts';

const experiment = experimentSchema.parse({ name: 'walk' });
const experiments = [
  experiment,
  { model: { architecture: 'resnet', depth: 20 }, optimizer: { kind: 'gd', learningRate: 0.1 }, length: { epochs: 2 } },
];
const studies = [
  { name: 'study', experiment, sweep: { 'optimizer.learningRate': [0.1, 0.5] }, seeds: 3 },
  {
    sweep: {
      'optimizer.learningRate': { from: 0.001, to: 1, distribution: 'log-uniform' },
      'optimizer.batchSize': { from: 10, to: 1000, spacing: 'logarithmic', count: 3 },
    },
    draws: { count: 4, seed: 2 },
  },
  { experiment: {}, sweep: { 'model.hidden': [[8], [16, 8]], 'model.batchNorm': [false, true] }, seeds: [1, 2] },
];
const trajectories = [
  {
    version: 1,
    name: 'elsewhere',
    data: { set: 'fashion-mnist-small', train: 100, validation: 50 },
    model: { architecture: 'mlp', hidden: [8] },
    iterations: [
      { iteration: 0, file: 'a.safetensors' },
      { iteration: 1, file: 'b.safetensors' },
    ],
  },
];
const recipes = [
  { panels: [{ chart: { chart: 'walk' }, runs: [{ run: 'a' }] }] },
  figureRecipeSchema.parse({
    name: 'all',
    panels: [
      { chart: { chart: 'comparison', record: 'iteration', metric: 'distance' }, runs: [{ run: 'a' }, { run: 'b' }] },
      { chart: { chart: 'plane', analysis: 'x' }, runs: [{ run: 'a' }], x: { from: 0, to: 1 } },
    ],
  }),
];
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function expectProblems(problems: readonly Problem[]): void {
  expect(problems.length).toBeGreaterThan(0);
  for (const { path, message } of problems) {
    expect(typeof path).toBe('string');
    expectSentence(`${path} ${message}`);
  }
}

test('experiments', () => {
  fc.assert(
    fc.property(damagedJson(...experiments), (value) => {
      const check = checkExperiment(value);
      if (check.ok) expect(totalIterations(check.experiment)).toBeGreaterThan(0);
      else expectProblems(check.problems);
    }),
    few,
  );
});

test('studies', () => {
  fc.assert(
    fc.property(damagedJson(...studies), (value) => {
      expect(typeof looksLikeStudy(value)).toBe('boolean');
      const check = checkStudy(value);
      if (check.ok) expect(studySize(check.study)).toBe(check.runs.length);
      else expectProblems(check.problems);
    }),
    few,
  );
});

test('trajectories', () => {
  fc.assert(
    fc.property(damagedJson(...trajectories), (value) => {
      const check = checkTrajectory(value);
      if (check.ok) expect(check.trajectory.points.length).toBeGreaterThan(1);
      else expectProblems(check.problems);
    }),
    few,
  );
});

test('recipes', () => {
  fc.assert(
    fc.property(damagedJson(...recipes), (value) => {
      const { data, error } = figureRecipeSchema.safeParse(value);
      // JSON has no −0
      const written: unknown = JSON.parse(JSON.stringify(data ?? null));
      if (data) expect(figureRecipeSchema.parse(written)).toEqual(written);
      else expectProblems(problemsOf(error));
    }),
    few,
  );
});

test('recipes in files of every kind', async () => {
  const svg = new TextEncoder().encode(
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><metadata>{}</metadata></svg>',
  );
  const any = fc.oneof(damaged(...recipes.map(bytesOf), svg), damagedJson(...recipes).map(bytesOf));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('a.json', 'a.svg', 'a.png', 'a.pdf', 'a'), any, async (name, bytes) => {
      const recipe = await readOrRefused(() => recipeInFile(name, bytes));
      if (recipe) expect(recipe.panels.length).toBeGreaterThan(0);
    }),
    few,
  );
});

test('text and JSON in any encoding', async () => {
  const text = '{"ä": "größer", "文": [1, 2]}';
  const little = Uint8Array.from(Buffer.from(text, 'utf16le'));
  const forms = [
    new TextEncoder().encode(text),
    Uint8Array.of(0xef, 0xbb, 0xbf, ...new TextEncoder().encode(text)),
    Uint8Array.of(0xff, 0xfe, ...little),
    little,
    little.map((_, at) => little[at ^ 1]!),
    Uint8Array.from(Buffer.from(text, 'latin1')),
  ];
  await fc.assert(
    fc.asyncProperty(damaged(...forms), async (bytes) => {
      const read = await readOrRefused(() => decodeText(bytes, 'f'));
      if (read !== null) expect(read.length).toBeLessThanOrEqual(bytes.length);
      await readOrRefused(() => decodeJson(bytes, 'f'));
    }),
    few,
  );
});
