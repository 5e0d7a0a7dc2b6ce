import { describe, expect, it } from 'vitest';
import { checkExperiment, experimentFields } from '../../shared/experiment.ts';
import { hasField, valueAt } from '../../shared/setting-fields.ts';
import {
  complete,
  defaultDraft,
  draftProblems,
  freshName,
  problemsByField,
  readJson,
  readNumber,
  readNumbers,
  withField,
} from './experiment-form.ts';
import { withValue } from '../../shared/settings.ts';
import type { Draft } from '../../shared/settings.ts';

describe('drafts', () => {
  it('set a value without touching the draft before', () => {
    const draft = defaultDraft();
    const changed = withValue(draft, 'optimizer.learningRate', 0.77);
    expect(valueAt(changed, 'optimizer.learningRate')).toBe(0.77);
    expect(valueAt(draft, 'optimizer.learningRate')).toBe(valueAt(defaultDraft(), 'optimizer.learningRate'));
    expect(changed['data']).toBe(draft['data']);
  });

  it('make missing objects on the way', () => {
    expect(withValue({}, 'probes.interpolation.points', 4)).toEqual({ probes: { interpolation: { points: 4 } } });
  });

  it('are completed with every default and keep what they say', () => {
    const whole = complete({ name: 'mine', optimizer: { learningRate: 'x' }, stray: 1 });
    expect(whole['stray']).toBe(1);
    expect(valueAt(whole, 'optimizer.learningRate')).toBe('x');
    for (const field of experimentFields())
      expect(valueAt(whole, field.path) !== undefined, field.path).toBe(hasField(whole, field));
  });

  it('have the settings of the chosen architecture, and no others', () => {
    const usual = { norm: { kind: 'none' }, activation: 'relu', initialisation: 'paper', initialScale: 1 };
    const normalised = withField(defaultDraft(), 'model.batchNorm', true);
    const cnn = withField(normalised, 'model.architecture', 'cnn');
    expect(cnn['model']).toEqual({ architecture: 'cnn', batchNorm: true, ...usual });
    const resnet = withField(cnn, 'model.architecture', 'resnet');
    expect(resnet['model']).toEqual({ architecture: 'resnet', depth: 56, batchNorm: true, ...usual });
    const mlp = withField(resnet, 'model.architecture', 'mlp');
    expect(mlp['model']).toEqual({ architecture: 'mlp', hidden: [500, 350], batchNorm: false, ...usual });
    for (const draft of [cnn, resnet, mlp]) expect(draftProblems(draft)).toEqual([]);
  });

  it('leave a norm with its groups behind where the new architecture has none, and find it again', () => {
    const layered = withField(withField(defaultDraft(), 'model.norm.kind', 'group'), 'model.norm.groups', 10);
    expect(draftProblems(layered)).toEqual([]);
    const lenet = withField(layered, 'model.architecture', 'lenet5');
    expect(valueAt(lenet, 'model.norm')).toBeUndefined();
    expect(draftProblems(lenet)).toEqual([]);
    const cnn = withField(lenet, 'model.architecture', 'cnn');
    expect(valueAt(cnn, 'model.norm')).toEqual({ kind: 'none' });
    expect(valueAt(withField(layered, 'model.norm.kind', 'layer'), 'model.norm')).toEqual({ kind: 'layer' });
  });

  it('have the learning rate of the chosen optimiser where nobody told another', () => {
    const rate = (draft: Draft): unknown => valueAt(draft, 'optimizer.learningRate');
    const adam = withField(defaultDraft(), 'optimizer.kind', 'adam');
    expect(rate(adam)).toBe(0.001);
    expect(rate(withField(adam, 'optimizer.kind', 'sgd'))).toBe(0.5);
    expect(rate(withField(defaultDraft(), 'optimizer.kind', 'gd'))).toBe(0.5);
    const reported = withField(defaultDraft(), 'optimizer.learningRate', 0.1);
    expect(rate(withField(reported, 'optimizer.kind', 'adam'))).toBe(0.1);
    expect(rate(complete({ optimizer: { kind: 'adam' } }))).toBe(0.001);
  });

  it('have the learning rate of the chosen optimiser where only a preset told another, and the preset’s on the way back', () => {
    const rate = (draft: Draft): unknown => valueAt(draft, 'optimizer.learningRate');
    const preset = withField(defaultDraft(), 'optimizer.learningRate', 0.1);
    const adam = withField(preset, 'optimizer.kind', 'adam', preset);
    expect(rate(adam)).toBe(0.001);
    expect(rate(withField(adam, 'optimizer.kind', 'sgd', preset))).toBe(0.1);
    expect(rate(withField(adam, 'optimizer.kind', 'gd', preset))).toBe(0.5);
    const own = withField(preset, 'optimizer.learningRate', 0.2, preset);
    expect(rate(withField(own, 'optimizer.kind', 'adam', preset))).toBe(0.2);
  });
});

describe('numbers as people type them', () => {
  it.each([
    ['0.1', 0.1],
    ['1e-3', 1e-3],
    [' 60,000 ', 60000],
    ['60 000', 60000],
    ['−2', -2],
    ['.5', 0.5],
    ['', ''],
    ['0,1', '0,1'],
    ['abc', 'abc'],
    ['0x10', '0x10'],
  ])('%j is %j', (text, value) => expect(readNumber(text)).toBe(value));

  it('come in lists', () => {
    expect(readNumbers('500, 350')).toEqual([500, 350]);
    expect(readNumbers('500 350;x')).toEqual([500, 350, 'x']);
    expect(readNumbers(' ')).toEqual([]);
  });
});

describe('problems', () => {
  const fields = experimentFields();
  const problemsOf = (draft: unknown) => {
    const check = checkExperiment(draft);
    return problemsByField(check.ok ? [] : check.problems, fields);
  };

  it('stand beside their fields, those of inner paths too', () => {
    const found = problemsOf({ optimizer: { learningRate: 'x' }, model: { hidden: [10, 0] }, length: { epochs: 0 } });
    expect([...found.keys()].sort()).toEqual(['length', 'model.hidden', 'optimizer.learningRate']);
  });

  it('name an unknown key', () => {
    expect(problemsOf({ optimizer: { learningrate: 1 } }).get('')).toEqual([
      'optimizer.learningrate is not a setting; did you mean optimizer.learningRate?',
    ]);
  });

  it('tell contradictions beside the field to change', () => {
    expect([...problemsOf({ optimizer: { batchSize: 7000 } }).keys()]).toEqual(['optimizer.batchSize']);
  });
});

describe('draftProblems', () => {
  it('tells contradictions beside other mistakes', () => {
    const draft = withValue(withValue(defaultDraft(), 'optimizer.learningRate', 'x'), 'optimizer.batchSize', 70_000);
    expect(draftProblems(draft).map((problem) => problem.path)).toEqual([
      'optimizer.learningRate',
      'optimizer.batchSize',
    ]);
  });
  it('does not blame a valid field for a mended one', () => {
    const draft = withValue(withValue(defaultDraft(), 'data.train', 'x'), 'optimizer.batchSize', 5000);
    expect(draftProblems(draft).map((problem) => problem.path)).toEqual(['data.train']);
  });
  it('is empty for a valid draft', () => expect(draftProblems(defaultDraft())).toEqual([]));
});

describe('JSON', () => {
  it('becomes an experiment with its defaults', () => {
    const reading = readJson('{"name": "mine"}');
    expect(reading.ok && reading.value['optimizer']).toMatchObject({ kind: 'sgd', batchSize: 100 });
  });
  it('becomes a study where it looks like one', () => {
    const reading = readJson('{"name": "mine", "sweep": {"optimizer.learningRate": [0.1, 0.5]}}');
    expect(reading.ok && reading.value).toEqual({
      name: 'mine',
      experiment: {},
      sweep: { 'optimizer.learningRate': [0.1, 0.5] },
    });
    expect(readJson('{"sweep": {"optimizer.learningRate": [-1]}}')).toMatchObject({
      ok: false,
      problems: [{ path: 'sweep.optimizer.learningRate.0' }],
    });
  });
  it('says where it is damaged', () => {
    const reading = readJson('{"name": }');
    expect(!reading.ok && reading.problems[0]!.message).toMatch(/^is not valid JSON/);
  });
  it('is refused when it is a list', () => {
    const reading = readJson('[1]');
    expect(reading.ok).toBe(false);
    expect(!reading.ok && reading.draft).toBeNull();
  });
});

it('freshName counts on', () => {
  expect(freshName('walk', [])).toBe('walk');
  expect(freshName('walk', ['walk', 'walk 2'])).toBe('walk 3');
  expect(freshName('walk 2', ['walk', 'walk 2'])).toBe('walk 3');
});
