import { describe, expect, it } from 'vitest';
import { curvatureMeasurements } from './curvature/index.ts';
import { checkExperiment, experimentFields, iterationsPerEpoch, totalIterations } from './experiment.ts';
import { hasField } from './setting-fields.ts';
import { architectures } from './networks/index.ts';

const problemsOf = (value: unknown) => {
  const check = checkExperiment(value);
  return check.ok ? [] : check.problems;
};
const modelOf = (model: unknown) => {
  const check = checkExperiment({ model });
  return check.ok ? check.experiment.model : check.problems;
};

/** What every network has beside its own settings. */
const usual = { norm: { kind: 'none' }, activation: 'relu', initialisation: 'paper', initialScale: 1 };

describe('a network', () => {
  it('is an MLP unless told otherwise, as in experiments from before there were others', () => {
    expect(modelOf(undefined)).toEqual({
      architecture: 'mlp',
      hidden: [500, 350],
      batchNorm: false,
      ...usual,
    });
    expect(modelOf({ hidden: [5] })).toEqual({
      architecture: 'mlp',
      hidden: [5],
      batchNorm: false,
      ...usual,
    });
    expect(modelOf({ architecture: 'mlp', hidden: [] })).toMatchObject({ hidden: [] });
  });

  it('has the settings of its architecture', () => {
    expect(modelOf({ architecture: 'cnn' })).toEqual({ architecture: 'cnn', batchNorm: false, ...usual });
    expect(modelOf({ architecture: 'vgg11', batchNorm: true })).toEqual({
      architecture: 'vgg11',
      batchNorm: true,
      ...usual,
    });
    expect(modelOf({ architecture: 'resnet' })).toEqual({
      architecture: 'resnet',
      depth: 56,
      batchNorm: true,
      ...usual,
    });
  });

  it('is refused with the path of what is wrong', () => {
    expect(problemsOf({ model: { architecture: 'lstm' } })).toEqual([
      { path: 'model.architecture', message: `must be one of ${Object.keys(architectures).join(', ')}` },
    ]);
    expect(problemsOf({ model: { architecture: 'resnet', depth: 55 } })).toEqual([
      { path: 'model.depth', message: 'must be 6n + 2, as 20, 32, 44, 56 or 110' },
    ]);
    expect(problemsOf({ model: { architecture: 'cnn', hidden: [3] } })).toEqual([
      { path: 'model.hidden', message: 'is a setting only where model.architecture is mlp; leave it out' },
    ]);
    expect(problemsOf({ model: { batchNorm: 'yes' } })).toEqual([
      { path: 'model.batchNorm', message: 'must be true or false' },
    ]);
    expect(problemsOf({ model: 7 })).toMatchObject([{ path: 'model' }]);
  });
});

describe('a norm of examples', () => {
  const refused = (model: object): string => {
    const [problem] = problemsOf({ model });
    return `${problem!.path} ${problem!.message}`;
  };
  const group = (groups: number) => ({ norm: { kind: 'group', groups } });

  it('is layer norm, or group norm with as many groups as divide every layer', () => {
    expect(modelOf({ norm: { kind: 'layer' } })).toMatchObject({ batchNorm: false, norm: { kind: 'layer' } });
    expect(modelOf({ norm: { kind: 'group' } })).toMatchObject({ norm: { kind: 'group', groups: 2 } });
    expect(modelOf({ architecture: 'vgg11', ...group(64) })).toMatchObject(group(64));
    expect(modelOf({ architecture: 'resnet', batchNorm: false, ...group(16) })).toMatchObject(group(16));
    expect(modelOf({ hidden: [], ...group(7) })).toMatchObject(group(7));
  });

  it('is refused beside batch norm, with what to do', () => {
    const words =
      /^model\.norm\.kind is (layer|group) norm, and model\.batchNorm is true: .*set model\.batchNorm to false/;
    expect(refused({ batchNorm: true, norm: { kind: 'layer' } })).toMatch(words);
    // which a residual network has unless told otherwise
    expect(refused({ architecture: 'resnet', ...group(2) })).toMatch(words);
  });

  it('is refused where its groups do not divide a layer, or leave one number', () => {
    const start = 'model.norm.groups must divide the channels of every normalised layer, and';
    expect(refused(group(8))).toBe(`${start} 500 is no multiple of 8; choose a divisor of 50, or other widths`);
    expect(refused({ hidden: [8, 9], ...group(8) })).toContain('choose 1, which is layer norm, or other widths');
    expect(refused({ architecture: 'cnn', ...group(32) })).toBe(
      `${start} 16 is no multiple of 32; choose a divisor of 16, or other widths`,
    );
    expect(refused({ hidden: [50, 25], ...group(25) })).toMatch(
      /^model\.norm\.groups leaves group norm one number a group in the layer of 25 units, and one number has no variance/,
    );
    expect(refused({ hidden: [3, 1], norm: { kind: 'layer' } })).toMatch(
      /^model\.norm\.kind leaves layer norm one number a group in the layer of 1 unit.*choose wider layers/,
    );
  });

  it('is a setting of networks that have norms', () => {
    expect(problemsOf({ model: { architecture: 'lenet5', norm: { kind: 'layer' } } })).toEqual([
      {
        path: 'model.norm',
        message: 'is a setting only where model.architecture is mlp or cnn or vgg11 or resnet; leave it out',
      },
    ]);
    expect(problemsOf({ model: { norm: { kind: 'layer', groups: 2 } } })).toEqual([
      { path: 'model.norm.groups', message: 'is a setting only where model.norm.kind is group; leave it out' },
    ]);
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

describe('an optimiser', () => {
  const optimizerOf = (optimizer: unknown) => {
    const check = checkExperiment({ optimizer });
    return check.ok ? check.experiment.optimizer : check.problems;
  };
  const rest = {
    microBatch: null,
    schedule: { kind: 'constant' },
    warmup: { kind: 'none' },
    clipping: { kind: 'none' },
    momentum: 0,
    dampening: 0,
    nesterov: false,
    weightDecay: 0,
  };

  it('is SGD unless told otherwise, as in experiments from before there were others', () => {
    const sgd = { kind: 'sgd', learningRate: 0.5, batchSize: 100, ...rest };
    expect(optimizerOf(undefined)).toEqual(sgd);
    expect(optimizerOf({})).toEqual(sgd);
    expect(optimizerOf({ kind: 'sgd', learningRate: 0.1, batchSize: 50, momentum: 0, weightDecay: 0 })).toEqual({
      ...sgd,
      learningRate: 0.1,
      batchSize: 50,
    });
  });

  it('unknown settings come with those that may have been meant', () => {
    expect(problemsOf({ nam: 'x', optimizer: { learningrate: 1, lernRate: 1 }, modell: {} })).toEqual([
      { path: 'optimizer.learningrate', message: 'is not a setting; did you mean optimizer.learningRate?' },
      { path: 'optimizer.lernRate', message: 'is not a setting; check its spelling' },
      { path: 'nam', message: 'is not a setting; did you mean name?' },
      { path: 'modell', message: 'is not a setting; did you mean model?' },
    ]);
  });

  it('has the settings of its kind', () => {
    expect(optimizerOf({ kind: 'gd' })).toEqual({ kind: 'gd', learningRate: 0.5, ...rest });
    expect(optimizerOf({ kind: 'gd-isotropic-noise' })).toMatchObject({ noiseDeviation: null });
    expect(optimizerOf({ schedule: { kind: 'step' } })).toMatchObject({
      schedule: { kind: 'step', factor: 0.1, everyEpochs: 30 },
    });
    expect(optimizerOf({ kind: 'gd', batchSize: 10 })).toEqual([
      {
        path: 'optimizer.batchSize',
        message: 'is a setting only where optimizer.kind is sgd or adam or adamw or rmsprop; leave it out',
      },
    ]);
    expect(optimizerOf({ kind: 'adagrad' })).toEqual([
      { path: 'optimizer.kind', message: 'must be one of sgd, gd, gd-isotropic-noise, adam, adamw, rmsprop' },
    ]);
    expect(optimizerOf({ schedule: { kind: 'linear' } })).toEqual([
      { path: 'optimizer.schedule.kind', message: 'must be one of constant, step, milestones, cosine' },
    ]);
    expect(optimizerOf({ kind: 'gd-isotropic-noise', noiseDeviation: -1 })).toMatchObject([
      { path: 'optimizer.noiseDeviation' },
    ]);
    expect(optimizerOf({ schedule: { kind: 'milestones', epochs: [] } })).toMatchObject([
      { path: 'optimizer.schedule.epochs' },
    ]);
  });

  it('refuses a Nesterov momentum without momentum, or with dampening, as PyTorch does', () => {
    expect(optimizerOf({ nesterov: true })).toEqual([
      {
        path: 'optimizer.nesterov',
        message: 'takes a momentum; set optimizer.momentum above 0, or switch it off',
      },
    ]);
    expect(optimizerOf({ kind: 'gd', nesterov: true, momentum: 0.9, dampening: 0.1 })).toEqual([
      { path: 'optimizer.nesterov', message: 'takes no dampening; set optimizer.dampening to 0, or switch it off' },
    ]);
    expect(optimizerOf({ nesterov: true, momentum: 0.9 })).toMatchObject({ nesterov: true });
  });

  it('warms up within the run', () => {
    const warmed = (iterations: number): unknown =>
      checkExperiment({ optimizer: { warmup: { kind: 'linear', iterations } }, length: { iterations: 50 } });
    expect(warmed(50)).toMatchObject({
      experiment: { optimizer: { warmup: { kind: 'linear', startFactor: 1 / 3, iterations: 50 } } },
    });
    expect(warmed(51)).toEqual({
      ok: false,
      problems: [
        {
          path: 'optimizer.warmup.iterations',
          message: 'is longer than the run: 51 > 50 iterations; lower it or lengthen the run',
        },
      ],
    });
  });

  it('has one iteration an epoch where it descends along the whole gradient', () => {
    const check = checkExperiment({ data: { train: 900 }, optimizer: { kind: 'gd' }, length: { epochs: 7 } });
    const experiment = check.ok ? check.experiment : null;
    expect(iterationsPerEpoch(experiment!)).toBe(1);
    expect(totalIterations(experiment!)).toBe(7);
    expect(problemsOf({ data: { train: 900 }, optimizer: { kind: 'gd', microBatch: 7 } })).toEqual([
      {
        path: 'optimizer.microBatch',
        message: 'does not divide the training set: 900 is no multiple of 7; choose a divisor, or leave it empty',
      },
    ]);
  });
});

describe('the curvature probe', () => {
  const probeOf = (hessian: unknown) => {
    const check = checkExperiment({ probes: { hessian } });
    return check.ok ? check.experiment.probes.hessian : check.problems;
  };

  it('is off unless told otherwise, and Lanczos unless told how', () => {
    expect(probeOf(undefined)).toEqual({ method: 'none' });
    const off = Object.fromEntries(curvatureMeasurements.map(({ key }) => [key, false]));
    expect(off).toMatchObject({ kinks: false, criticalSharpness: false, batchSharpness: false });
    const probe = { method: 'lanczos', every: 'epoch', eigenvalues: 1, examples: 2000, iterations: 15, ...off };
    expect(probeOf({})).toEqual(probe);
    expect(probeOf({ every: { iterations: 10 }, eigenvalues: 3 })).toEqual({
      ...probe,
      every: { iterations: 10 },
      eigenvalues: 3,
    });
    expect(probeOf({ method: 'power' })).toEqual({ ...probe, method: 'power' });
  });

  it('is refused with the path of what is wrong', () => {
    expect(probeOf({ every: 'week' })).toMatchObject([{ path: 'probes.hessian.every' }]);
    expect(probeOf({ examples: 6001 })).toMatchObject([{ path: 'probes.hessian.examples' }]);
    expect(probeOf({ eigenvalues: 16 })).toMatchObject([{ path: 'probes.hessian.iterations' }]);
    expect(probeOf({ method: 'power', eigenvalues: 16 })).toMatchObject({ eigenvalues: 16 });
    expect(probeOf({ method: 'arnoldi' })).toEqual([
      { path: 'probes.hessian.method', message: 'must be one of none, lanczos, power' },
    ]);
    expect(probeOf({ method: 'none', examples: 5 })).toMatchObject([{ path: 'probes.hessian.examples' }]);
  });
});

describe('fields', () => {
  it('of the optimiser and its schedule come with their kinds', () => {
    const of = (optimizer: object) =>
      experimentFields()
        .filter((field) => field.path.startsWith('optimizer.') && hasField({ optimizer }, field))
        .map(({ path }) => path.slice('optimizer.'.length));
    const steps = [
      'microBatch',
      'schedule.kind',
      'warmup.kind',
      'clipping.kind',
      'momentum',
      'dampening',
      'nesterov',
      'weightDecay',
    ];
    expect(of({ kind: 'sgd', schedule: { kind: 'constant' } })).toEqual([
      'kind',
      'learningRate',
      'batchSize',
      ...steps,
    ]);
    expect(of({ kind: 'gd' })).toEqual(['kind', 'learningRate', ...steps]);
    expect(of({ kind: 'gd-isotropic-noise' })).toContain('noiseDeviation');
    expect(of({ kind: 'gd', schedule: { kind: 'cosine' } })).toContain('schedule.finalRate');
    expect(of({ kind: 'gd', schedule: { kind: 'step' } })).toEqual(
      expect.arrayContaining(['schedule.factor', 'schedule.everyEpochs']),
    );
  });

  it('name every setting once, and the architectures that have it', () => {
    const fields = experimentFields();
    expect(new Set(fields.map(({ path }) => path)).size).toBe(fields.length);
    const of = (architecture: string) =>
      fields
        .filter((field) => field.path.startsWith('model.') && hasField({ model: { architecture } }, field))
        .map(({ path }) => path.slice('model.'.length));
    const start = ['activation', 'initialisation', 'initialScale'];
    const norms = ['batchNorm', 'norm.kind'];
    expect(of('mlp')).toEqual(['architecture', 'hidden', ...norms, ...start]);
    expect(of('cnn')).toEqual(['architecture', ...norms, ...start]);
    expect(of('vgg11')).toEqual(['architecture', ...norms, ...start]);
    expect(of('resnet')).toEqual(['architecture', ...norms, ...start, 'depth']);
    expect(of('lenet5')).toEqual(['architecture', ...start]);
    expect(fields.find(({ path }) => path === 'model.depth')).toMatchObject({ default: 56, title: 'Depth' });
    expect(fields.find(({ path }) => path === 'model.architecture')).toMatchObject({ default: 'mlp', when: null });
  });
});
