import { describe, expect, it } from 'vitest';
import { unlikePaper } from './optimizers/index.ts';
import { knownSettings } from './records.ts';
import { valueAt } from './setting-fields.ts';
import { checkTrajectory } from './trajectory.ts';
import type { Trajectory } from './trajectory.ts';

const plain = {
  version: 1,
  name: 'from elsewhere',
  data: { set: 'fashion-mnist-small', train: 200, validation: 50 },
  model: { architecture: 'mlp', hidden: [8] },
  iterations: [0, 1, 2].map((iteration) => ({ iteration, file: `iteration-${iteration}.safetensors` })),
};

function trajectoryOf(more: object): Trajectory {
  const check = checkTrajectory({ ...plain, ...more });
  if (!check.ok) throw new Error(JSON.stringify(check.problems));
  return check.trajectory;
}
function problemsOf(more: object): { path: string; message: string }[] {
  const check = checkTrajectory({ ...plain, ...more });
  return check.ok ? [] : check.problems;
}

describe('the optimiser of a trajectory', () => {
  it('is not known where it is not told', () => {
    const { imported, experiment } = trajectoryOf({ learningRate: 0.1, batchSize: 50 });
    expect(imported).not.toHaveProperty('optimizer');
    expect(valueAt(knownSettings({ imported, experiment }), 'optimizer')).toEqual({ learningRate: 0.1, batchSize: 50 });
    // what stands for it is the paper's
    expect(experiment.optimizer.kind).toBe('sgd');
    expect(unlikePaper(experiment.optimizer)).toBeNull();
  });

  it('is told as in an experiment, beside learning rate and batch size', () => {
    const { imported, experiment } = trajectoryOf({
      optimizer: { kind: 'adamw', beta1: 0.8 },
      learningRate: 0.001,
      batchSize: 50,
    });
    expect(imported).toMatchObject({ optimizer: 'adamw', learning_rate: 0.001, batch_size: 50 });
    expect(experiment.optimizer).toMatchObject({ kind: 'adamw', beta1: 0.8, learningRate: 0.001, batchSize: 50 });
    expect(valueAt(knownSettings({ imported, experiment }), 'optimizer')).toMatchObject({ kind: 'adamw', beta1: 0.8 });
  });

  it('leaves what is not told of it open', () => {
    const known = knownSettings(trajectoryOf({ optimizer: { kind: 'gd' } }));
    expect(valueAt(known, 'optimizer.kind')).toBe('gd');
    expect(valueAt(known, 'optimizer.learningRate')).toBeUndefined();
    expect(
      valueAt(knownSettings(trajectoryOf({ optimizer: { kind: 'adam' } })), 'optimizer.batchSize'),
    ).toBeUndefined();
  });

  it('is refused with the path of what is wrong', () => {
    expect(problemsOf({ optimizer: { kind: 'adm' } })).toMatchObject([{ path: 'optimizer.kind' }]);
    expect(problemsOf({ optimizer: {} })).toMatchObject([{ path: 'optimizer.kind' }]);
    expect(problemsOf({ optimizer: 'adam' })).toMatchObject([{ path: 'optimizer' }]);
    expect(problemsOf({ optimizer: { kind: 'sgd', momentum: 2 } })).toMatchObject([{ path: 'optimizer.momentum' }]);
    expect(problemsOf({ optimizer: { kind: 'sgd', learningRate: 1 } })).toEqual([
      { path: 'optimizer.learningRate', message: 'is told as learningRate, beside optimizer; leave it out here' },
    ]);
    expect(problemsOf({ optimizer: { kind: 'gd' }, batchSize: 50 })).toMatchObject([{ path: 'batchSize' }]);
    expect(problemsOf({ batchSize: 500 })).toMatchObject([{ path: 'batchSize' }]);
  });
});

it('a trajectory has a network with layer or group norm as an experiment has', () => {
  const norm = { kind: 'group', groups: 4 };
  const model = { architecture: 'mlp', hidden: [8], norm };
  expect(trajectoryOf({ model }).experiment.model).toMatchObject(model);
  expect(problemsOf({ model: { ...model, norm: { kind: 'group', groups: 3 } } })).toMatchObject([
    { path: 'model.norm.groups' },
  ]);
});
