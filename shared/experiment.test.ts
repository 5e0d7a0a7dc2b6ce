import { describe, expect, it } from 'vitest';
import { checkExperiment, experimentFields, hasField } from './experiment.ts';

const problemsOf = (value: unknown) => {
  const check = checkExperiment(value);
  return check.ok ? [] : check.problems;
};
const modelOf = (model: unknown) => {
  const check = checkExperiment({ model });
  return check.ok ? check.experiment.model : check.problems;
};

describe('a network', () => {
  it('is an MLP unless told otherwise, as in experiments from before there were others', () => {
    expect(modelOf(undefined)).toEqual({ architecture: 'mlp', hidden: [500, 350], batchNorm: false });
    expect(modelOf({ hidden: [5] })).toEqual({ architecture: 'mlp', hidden: [5], batchNorm: false });
    expect(modelOf({ architecture: 'mlp', hidden: [] })).toMatchObject({ hidden: [] });
  });

  it('has the settings of its architecture', () => {
    expect(modelOf({ architecture: 'cnn' })).toEqual({ architecture: 'cnn', batchNorm: false });
    expect(modelOf({ architecture: 'vgg11', batchNorm: true })).toEqual({ architecture: 'vgg11', batchNorm: true });
    expect(modelOf({ architecture: 'resnet' })).toEqual({ architecture: 'resnet', depth: 56 });
  });

  it('is refused with the path of what is wrong', () => {
    expect(problemsOf({ model: { architecture: 'lstm' } })).toEqual([
      { path: 'model.architecture', message: 'must be one of mlp, cnn, vgg11, resnet' },
    ]);
    expect(problemsOf({ model: { architecture: 'resnet', depth: 55 } })).toEqual([
      { path: 'model.depth', message: 'must be 6n + 2, as 20, 32, 44, 56 or 110' },
    ]);
    expect(problemsOf({ model: { architecture: 'cnn', hidden: [3] } })).toEqual([
      { path: 'model.hidden', message: 'is not a setting; check its spelling' },
    ]);
    expect(problemsOf({ model: { batchNorm: 'yes' } })).toEqual([
      { path: 'model.batchNorm', message: 'must be true or false' },
    ]);
    expect(problemsOf({ model: 7 })).toMatchObject([{ path: 'model' }]);
  });
});

describe('a micro-batch', () => {
  it('divides the batch', () => {
    expect(problemsOf({ optimizer: { microBatch: 25 } })).toEqual([]);
    expect(problemsOf({ optimizer: { microBatch: 30 } })).toEqual([
      {
        path: 'optimizer.microBatch',
        message: 'does not divide the batch: 100 is no multiple of 30; choose a divisor, or leave it empty',
      },
    ]);
  });
});

describe('fields', () => {
  it('name every setting once, and the architectures that have it', () => {
    const fields = experimentFields();
    expect(new Set(fields.map(({ path }) => path)).size).toBe(fields.length);
    const of = (architecture: string) =>
      fields
        .filter((field) => field.path.startsWith('model.') && hasField({ model: { architecture } }, field))
        .map(({ path }) => path.slice('model.'.length));
    expect(of('mlp')).toEqual(['architecture', 'hidden', 'batchNorm']);
    expect(of('cnn')).toEqual(['architecture', 'batchNorm']);
    expect(of('vgg11')).toEqual(['architecture', 'batchNorm']);
    expect(of('resnet')).toEqual(['architecture', 'depth']);
    expect(fields.find(({ path }) => path === 'model.depth')).toMatchObject({ default: 56, title: 'Depth' });
    expect(fields.find(({ path }) => path === 'model.architecture')).toMatchObject({ default: 'mlp', when: null });
  });
});
