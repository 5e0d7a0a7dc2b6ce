/**
 * What is said against a setting is a sentence wherever it stands: after the field's title in the form, after its path in a terminal, a file or
 * an answer of the workbench.
 */
import { expect, it } from 'vitest';
import { faultsText } from './bounded.ts';
import { checkExperiment, experimentFields } from './experiment.ts';
import type { Problem } from './errors.ts';
import { nameSchema, titleSchema } from './names.ts';
import { problemsOf } from './problems.ts';
import type { ExperimentField } from './setting-fields.ts';
import { withValue } from './settings.ts';
import type { Draft } from './settings.ts';
import { checkStudy } from './study.ts';

/** Words that make a sentence of what stands before them. */
const verbs = [
  ...['must', 'is', 'has', 'does', 'holds', 'names', 'asks', 'needs', 'takes', 'makes', 'repeats', 'cannot'],
  ...['contradicts', 'count'],
];

/** The experiment whose case has the field, so that the field is judged. */
function withCase({ when }: ExperimentField, draft: Draft = {}): Draft {
  if (!when) return draft;
  const above = experimentFields().find(({ path }) => path === when.path);
  return withValue(above ? withCase(above, draft) : draft, when.path, when.values[0]);
}

/** Values that a setting may not have, of every kind that people and files write. */
const wrong: readonly unknown[] = [
  ...[null, '', 'x', ' ', 'x'.repeat(200), true, -1, 0.5, 0, 1e12, NaN, Infinity],
  ...[[], [0], [1, 1], ['x'], [1.5], Array.from({ length: 2000 }, () => 1), [{}]],
  ...[{}, { epochs: 0 }, { epochs: 'x' }, { epochs: [] }, { epochs: [0] }, { iterations: -1 }, { subset: 0 }, { x: 1 }],
  ...[[{ epochs: [] }], [{ epochs: Array.from({ length: 1001 }, () => 1) }], [{ firstIterations: 0 }], [{ x: 1 }]],
  Array.from({ length: 101 }, () => ({ firstIterations: 1 })),
];

function expectSentence(subject: string, message: string): void {
  const sentence = `${subject} ${message}.`;
  expect(verbs, sentence).toContain(message.split(/[ ,]/)[0]);
  expect(sentence).not.toMatch(/\b([a-z]+) \1\b/i);
  expect(sentence).not.toMatch(/invalid|expected|too (big|small)|undefined|\[object|\.\.$/i);
}

/** What the form, the terminal and the workbench say about a problem beside a field. */
function expectSentences(field: ExperimentField, problem: Problem): void {
  expectSentence(field.title, problem.message);
  expectSentence(problem.path, problem.message);
  expect(faultsText([problem])).toBe(`${problem.path} ${problem.message}`);
}

it.each(experimentFields().map((field) => [field.path, field] as const))('%s', (_, field) => {
  let refused = 0;
  for (const value of wrong) {
    const check = checkExperiment(withValue(withCase(field), field.path, value));
    if (check.ok) continue;
    refused++;
    for (const problem of check.problems)
      if (problem.path === field.path || problem.path.startsWith(`${field.path}.`)) expectSentences(field, problem);
  }
  expect(refused).toBeGreaterThan(0);
});

it('settings that contradict each other', () => {
  const contradictions: object[] = [
    { optimizer: { batchSize: 7000 } },
    { optimizer: { microBatch: 33 } },
    { probes: { hessian: { method: 'lanczos', examples: 7000 } } },
    { probes: { hessian: { method: 'lanczos', eigenvalues: 20, iterations: 2 } } },
    { probes: { valleyFloor: { when: 'end', batchSize: 7000 } } },
    { probes: { interpolation: { evaluateOn: { subset: 7000 } } } },
    { optimizer: { lerningRate: 1 } },
    { model: { architecture: 'cnn', hidden: [1] } },
  ];
  for (const draft of contradictions) {
    const check = checkExperiment(draft);
    if (check.ok) throw new Error(`${JSON.stringify(draft)} is no contradiction`);
    for (const { path, message } of check.problems) expectSentence(path, message);
  }
});

it('studies', () => {
  const rate = 'optimizer.learningRate';
  const drawn = { from: 0.1, to: 1, distribution: 'uniform' };
  const studies: object[] = [
    { sweep: { [rate]: [] } },
    { sweep: { [rate]: [1, 1] } },
    { sweep: { [rate]: 0.1 } },
    { sweep: { [rate]: { from: 1 } } },
    { sweep: { [rate]: { ...drawn, to: 0.01 } }, draws: 1 },
    { sweep: { [rate]: { ...drawn, x: 1 } }, draws: 1 },
    { sweep: { [rate]: drawn } },
    { sweep: { [rate]: drawn }, draws: 'x' },
    { sweep: { [rate]: [1] }, draws: 2 },
    { sweep: { seed: [1], name: ['x'], lerningRate: [1] } },
    { sweep: { 'model.hidden': [[1]], model: [{}] } },
    { sweep: { model: [{}, { hidden: [500, 350] }] } },
    { seeds: 0 },
    { seeds: [] },
    { seeds: [1, 1] },
    { seeds: 'x' },
    { seeds: 10_001 },
    { seed: 1 },
    { name: '' },
    { name: 'x'.repeat(200) },
    { experiment: 1 },
    { experiment: { seed: 4_294_967_295 }, seeds: 2 },
  ];
  for (const study of studies) {
    const check = checkStudy(study);
    if (check.ok) throw new Error(`${JSON.stringify(study)} is a study`);
    for (const { path, message } of check.problems) expectSentence(path, message);
  }
});

it('names and titles', () => {
  for (const [schema, text] of [
    [nameSchema('the run'), ' '],
    [nameSchema('the run'), 'x'.repeat(200)],
    [nameSchema('the run'), 'a\u0007'],
    [titleSchema(80), 'x'.repeat(81)],
  ] as const)
    for (const { message } of problemsOf(schema.safeParse(text).error!)) expectSentence('name', message);
});
