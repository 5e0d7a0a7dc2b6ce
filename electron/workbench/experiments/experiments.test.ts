import { claims } from '../../../shared/claims/index.ts';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { bundledDatasets } from '../../datasets/bundled.ts';
import { workAtATime } from '../../../shared/cost.ts';
import { experimentSchema, totalIterations } from '../../../shared/experiment.ts';
import { architectures } from '../../../shared/networks/index.ts';
import { estimateSchema } from '../../../shared/estimate.ts';
import type { Preset } from '../../../shared/presets.ts';
import { checkStudy } from '../../../shared/study.ts';
import type { MeasuredPace } from '../store/paces.ts';
import { prepareStudy } from '../studies/prepare.ts';
import { resources } from '../testing/open.ts';
import { checkRunnable, requireRunnable } from './check.ts';
import { estimate } from './estimate.ts';
import { readPresets } from './presets.ts';

const datasets = bundledDatasets(join(resources, 'datasets'));
const unknown: readonly MeasuredPace[] = [];
const problemsOf = (value: unknown) => checkRunnable(value, datasets).problems;

describe('checkRunnable', () => {
  it('accepts the defaults', () => {
    expect(problemsOf({})).toEqual([]);
    expect(requireRunnable({}, datasets)).toMatchObject({ dataset: { id: 'fashion-mnist-small' } });
  });

  it('names the path and the facts of every problem', () => {
    expect(problemsOf({ data: { set: 'faces' } })).toEqual([
      { path: 'data.set', message: 'names a data set that is not here, "faces"; there are fashion-mnist-small' },
    ]);
    // of the paper's own data sets it says how to get them
    expect(problemsOf({ data: { set: 'mnist' } })).toMatchObject([
      {
        path: 'data.set',
        message: expect.stringMatching(/"mnist"; there are fashion-mnist-small\. .*title MNIST/) as string,
      },
    ]);
    expect(problemsOf({ data: { set: 'cifar-10' } })[0]!.message).toContain('--title CIFAR-10');
    expect(problemsOf({ data: { train: 6001 } })).toEqual([
      {
        path: 'data.train',
        message:
          'asks for more than there is: 6001 training and 1000 validation examples of the 7000 in fashion-mnist-small; lower one of them',
      },
    ]);
    expect(problemsOf({ data: { validation: 9000 } })).toMatchObject([{ path: 'data.validation' }]);
    const windows = [{ firstIterations: 3 }, { epochs: [2, 5] }, { epochs: [1, 9] }];
    expect(problemsOf({ probes: { interpolation: { windows } } })).toEqual([
      {
        path: 'probes.interpolation.windows.1',
        message: 'probes nothing: it names epoch 2, 5, but the run has one epoch; lower it or lengthen the run',
      },
    ]);
    expect(problemsOf({ keepParameters: 'windows', probes: { interpolation: { windows: [] } } })).toMatchObject([
      { path: 'keepParameters' },
    ]);
    expect(problemsOf({ model: { architecture: 'vgg11' } })).toEqual([
      {
        path: 'model.architecture',
        message:
          'needs images whose height and width are multiples of 32 (it halves them five times), and these are 28 × 28; choose another architecture or data set',
      },
    ]);
    expect(problemsOf({ model: { batchNorm: true }, optimizer: { batchSize: 1 } })).toEqual([
      {
        path: 'optimizer.batchSize',
        message:
          'leaves batch norm one example at a time (batches of 1), and one example has no variance; choose a larger one, or a network without batch norm',
      },
    ]);
    expect(problemsOf({ model: { batchNorm: true }, optimizer: { microBatch: 1 } })).toMatchObject([
      { path: 'optimizer.microBatch' },
    ]);
    expect(problemsOf({ model: { architecture: 'cnn' } })).toEqual([]);
    expect(problemsOf({ model: { architecture: 'lenet5', activation: 'sigmoid' } })).toEqual([]);
    expect(problemsOf({ model: { architecture: 'lenet5', activation: 'softplus' } })).toMatchObject([
      { path: 'model.activation', message: 'must be relu, tanh, gelu, gelu-tanh, silu, or sigmoid' },
    ]);
    expect(problemsOf({ model: { architecture: 'resnet', depth: 20 } })).toEqual([]);
    expect(problemsOf('not an experiment')).toMatchObject([{ path: '' }]);
    expect(() => requireRunnable({ data: { validation: 0 } }, datasets)).toThrow(
      expect.objectContaining({ kind: 'input', problems: [expect.objectContaining({ path: 'data.validation' })] }),
    );
  });

  it('leaves batch norm no single example, wherever it normalises by the statistics of a batch', () => {
    const normed = { model: { batchNorm: true }, keepParameters: 'windows' };
    const by = (batchNorm: string, subset = 1, more: object = {}) =>
      problemsOf({ ...normed, probes: { interpolation: { batchNorm, evaluateOn: { subset }, ...more } } });
    expect(by('batch')).toEqual([
      {
        path: 'probes.interpolation.evaluateOn.subset',
        message:
          'is one example, which batch norm would normalise by its own statistics, and one example has no variance; take at least two, or set probes.interpolation.batchNorm to "running"',
      },
    ]);
    expect(by('batch', 2)).toEqual([]);
    expect(by('running')).toEqual([]);
    const plain = { interpolation: { batchNorm: 'batch', evaluateOn: { subset: 1 } } };
    expect(problemsOf({ probes: plain })).toEqual([]);
    expect(problemsOf({ ...normed, probes: { valleyFloor: { batchSize: 1 } } })).toEqual([
      {
        path: 'probes.valleyFloor.batchSize',
        message:
          'leaves batch norm one example at a time (batches of 1), and one example has no variance; choose a larger one, or a network without batch norm',
      },
    ]);
    expect(problemsOf({ keepParameters: 'windows', probes: { valleyFloor: { batchSize: 1 } } })).toEqual([]);
  });

  it('asks for examples to measure noise on, unless the run has begun', () => {
    const few = (train: number, change: object = {}, optimizer: object = {}) => ({
      data: { train },
      optimizer: { kind: 'gd-isotropic-noise', ...optimizer },
      probes: { interpolation: { windows: [] } },
      ...change,
    });
    expect(problemsOf(few(3))).toEqual([
      {
        path: 'optimizer.noiseDeviation',
        message:
          'cannot be measured: 3 training examples are too few to tell the variance of their gradients (4 without batch norm, 8 with it); tell optimizer.noiseDeviation or raise data.train',
      },
    ]);
    expect(problemsOf(few(4))).toEqual([]);
    expect(problemsOf(few(7, { model: { batchNorm: true } }))).toMatchObject([{ path: 'optimizer.noiseDeviation' }]);
    expect(problemsOf(few(8, { model: { batchNorm: true } }))).toEqual([]);
    expect(problemsOf(few(3, {}, { noiseDeviation: 0.1 }))).toEqual([]);
    expect(() => requireRunnable(few(3), datasets)).toThrow('cannot be measured');
    expect(requireRunnable(few(3), datasets, true).experiment.data.train).toBe(3);
  });

  it('accepts no window and the whole set', () => {
    expect(problemsOf({ probes: { interpolation: { windows: [] } } })).toEqual([]);
    expect(problemsOf({ data: { train: 6999, validation: 1 } })).toEqual([]);
  });
});

describe('estimate', () => {
  it('tells time, size and counts', () => {
    const quick = estimateSchema.parse(estimate({}, datasets, unknown));
    expect(quick).toMatchObject({
      problems: [],
      basis: 'typical',
      iterations: 60,
      probed_iterations: 40,
      parameters: 571_360,
    });
    expect(quick.seconds).toBeGreaterThan(5);
    expect(quick.seconds).toBeLessThan(60);
    expect(quick.disk_bytes).toBeLessThan(100_000);
    const keeping = estimate({ keepParameters: 'epochs' }, datasets, unknown);
    expect(keeping.disk_bytes - quick.disk_bytes).toBeGreaterThan(2 * 4 * 571_360);
  });

  it('says of how much it was measured', () => {
    const work = workAtATime(experimentSchema.parse({}), datasets[0]!, 'host');
    const fast = (kind: 'update' | 'evaluate'): MeasuredPace => ({
      architecture: 'mlp',
      kind,
      work: work[kind],
      pace: 1e12,
    });
    expect(estimate({}, datasets, [fast('update')]).basis).toBe('typical');
    const measured = estimate({}, datasets, [fast('update'), fast('evaluate')]);
    expect(measured.basis).toBe('measured');
    expect(measured.seconds).toBeLessThan(5);
    const other = { ...fast('evaluate'), architecture: 'cnn' } as const;
    expect(estimate({}, datasets, [fast('update'), other]).basis).toBe('similar');
  });

  it('counts the steps of AdamW where the host takes them', () => {
    const seconds = (kind: string, backend: string): number =>
      estimate({ optimizer: { kind }, length: { iterations: 2000 } }, datasets, unknown, backend).seconds!;
    // 2 ms a step and more of the default network
    expect(seconds('adamw', 'cpu')).toBeGreaterThan(seconds('sgd', 'cpu') + 0.5);
    expect(seconds('adamw', 'pytorch')).toBe(seconds('sgd', 'pytorch'));
  });

  it('prices the losses of critical sharpness as evaluations, and its derivatives as updates', () => {
    const work = workAtATime(experimentSchema.parse({}), datasets[0]!, 'host');
    const paces = { update: 1e9, evaluate: 4e9 };
    const measured = (['update', 'evaluate'] as const).map((kind): MeasuredPace => {
      return { architecture: 'mlp', kind, work: work[kind], pace: paces[kind] };
    });
    const seconds = (criticalSharpness: boolean): number =>
      estimate(
        { probes: { hessian: { every: { iterations: 1000 }, examples: 500, criticalSharpness } } },
        datasets,
        measured,
      ).seconds!;
    const steps = Math.ceil(totalIterations(experimentSchema.parse({})) / 1000);
    const [gradient, loss, weights] = [3 * 570_500 - 392_000, 570_500, 250 * 571_360];
    expect(seconds(true) - seconds(false)).toBeCloseTo(
      steps * ((3.5 * 500 * gradient + 2 * weights) / paces.update + (40 * 500 * loss) / paces.evaluate),
      6,
    );
  });

  it('tells the problems of what cannot run, and what it can of the rest', () => {
    expect(estimate({ sed: 1 }, datasets, unknown)).toMatchObject({
      problems: [{ path: 'sed' }],
      seconds: null,
      parameters: null,
    });
    expect(estimate({ data: { train: 6500 } }, datasets, unknown)).toMatchObject({
      problems: [{ path: 'data.train' }],
      parameters: 571_360,
    });
  });
});

describe('images that a network cannot take', () => {
  const [usual] = datasets as [Dataset];
  const sides = [1, 2, 4, 5, 7, 8, 12, 28, 30, 31, 32, 36, 64];
  const more = { probes: { valleyFloor: { when: 'end' }, hessian: { method: 'lanczos' } }, keepParameters: 'epochs' };

  it.each(Object.keys(architectures))(
    'are a problem of %s by name, never an error, in a run and in a study',
    (architecture) => {
      for (const height of sides)
        for (const width of [height, 32]) {
          const sized = [{ ...usual, height, width }];
          const experiment = { model: { architecture }, ...more };
          const { problems, seconds, parameters } = estimate(experiment, sized, unknown);
          const fits = problems.every(({ path }) => path !== 'model.architecture');
          expect(parameters === null, `${height} × ${width}`).toBe(!fits);
          expect(seconds === null, `${height} × ${width}`).toBe(!fits);
          const study = prepareStudy(
            { experiment, seeds: 2 },
            { datasets: sized, backend: 'cpu', paces: unknown, concurrentRuns: 1 },
          );
          if (!fits) expect(study.ok).toBe(false);
        }
    },
  );

  it('are told with the least side where a network needs one', () => {
    const sized = [{ ...usual, height: 8, width: 16 }];
    expect(checkRunnable({ model: { architecture: 'lenet5' } }, sized).problems).toEqual([
      {
        path: 'model.architecture',
        message:
          'needs images whose height and width are multiples of 4 and at least 12 (it halves them twice and cuts two pixels off every side between), and these are 8 × 16; choose another architecture or data set',
      },
    ]);
  });
});

describe('presets', () => {
  const presets = readPresets(join(resources, 'presets'));
  /** The runs of a preset. */
  const experimentsOf = (preset: Preset) => {
    if (!('study' in preset)) return [preset.experiment];
    const check = checkStudy(preset.study);
    expect(check).toMatchObject({ ok: true });
    return check.ok ? check.runs.map(({ experiment }) => experiment) : [];
  };
  const settingsOf = (preset: Preset) => ('study' in preset ? preset.study : preset.experiment);

  it('are named like their files, and the quick walk is the defaults', () => {
    expect(presets.map(({ id }) => `${id}.json`).sort()).toEqual(readdirSync(join(resources, 'presets')).sort());
    expect(presets[0]).toMatchObject({ id: 'quick-walk' });
    expect(presets[0]).toMatchObject({ experiment: checkRunnable({}, datasets).experiment });
    expect(new Set(presets.map((preset) => settingsOf(preset).name)).size).toBe(presets.length);
  });

  const ofPaper = presets.filter(({ paper }) => paper?.scale === 'paper');
  const bundled = presets.filter((preset) => !ofPaper.includes(preset));
  const named = (list: typeof presets) => list.map((preset) => [preset.id, preset] as const);

  it.each(named(bundled))('%s can start and takes minutes', (_id, preset) => {
    if ('study' in preset) {
      const prepared = prepareStudy(preset.study, { datasets, backend: 'cpu', paces: unknown, concurrentRuns: 1 });
      expect(prepared.ok && prepared.prepared.estimate.seconds).toBeLessThan(600);
      return;
    }
    const { problems, seconds } = estimate(preset.experiment, datasets, unknown);
    expect(problems).toEqual([]);
    expect(seconds).toBeLessThan(preset.paper ? 300 : 120);
    expect(totalIterations(preset.experiment)).toBeGreaterThanOrEqual(40);
  });

  it.each(named(ofPaper))('%s is the paper at its own scale, and says what it needs', (id, preset) => {
    expect(id).toMatch(/-paper$/);
    const experiments = experimentsOf(preset);
    const { data } = experiments[0]!;
    const shape =
      data.set === 'mnist' ? { height: 28, width: 28, channels: 1 } : { height: 32, width: 32, channels: 3 };
    const count = data.set === 'mnist' ? 60_000 : 50_000;
    const there = [{ ...datasets[0]!, id: data.set, count, ...shape }];
    expect(preset.description).toMatch(/Needs (MNIST|the binary version of CIFAR-10)/);
    for (const experiment of experiments) {
      expect(experiment.data).toMatchObject({ set: data.set, train: 45_000, validation: 5000 });
      const reported = estimate(experiment, datasets, unknown).problems;
      expect(reported).toHaveLength(1);
      expect(reported[0]!.message).toContain('valleywalk data add FOLDER --title');
      // with the data set there is nothing else in the way, nor on a machine of the size that the paper's scale takes
      expect(checkRunnable(experiment, there, 64 * 2 ** 30).problems).toEqual([]);
    }
  });

  const studies = presets.filter((preset) => 'study' in preset);

  it('are studies where a claim compares settings, at both scales, and of seeds for the others at desk scale', () => {
    const claimsOf = (scale: string) =>
      [...new Set(studies.filter(({ paper }) => paper?.scale === scale).flatMap(({ paper }) => paper!.claims))].sort();
    expect(claimsOf('paper')).toEqual(['C2', 'C3', 'C4', 'C5', 'C7']);
    expect(claimsOf('desk')).toEqual(['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7']);
    expect(presets.filter(({ paper }) => paper?.scale === 'desk').filter((preset) => !('study' in preset))).toEqual([]);
  });

  it.each(named(studies))(
    '%s has at least three seeds of each combination, and settings that carry its claims',
    (_id, preset) => {
      const experiments = experimentsOf(preset);
      const seeds = new Map<string, Set<number>>();
      for (const experiment of experiments) {
        const settings = JSON.stringify({ ...experiment, name: '', seed: 0 });
        seeds.set(settings, (seeds.get(settings) ?? new Set()).add(experiment.seed));
      }
      const compares = claims.some(
        ({ claim, comparesSettings }) => comparesSettings && preset.paper?.claims.includes(claim),
      );
      // a slope needs four settings
      expect(seeds.size).toBeGreaterThanOrEqual(compares ? 4 : 1);
      for (const each of seeds.values()) expect(each.size).toBeGreaterThanOrEqual(3);
    },
  );

  it.each(named(presets))('%s says what it shows', (_id, { description }) => {
    expect(description).toMatch(/^[A-Z].*\.$/);
  });

  it('tell a damaged installation', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder.path, 'bad.json'), '{"id": 7}');
    expect(() => readPresets(folder.path)).toThrow(/install Valleywalk again/);
    folder.remove();
  });
});

describe('memory', () => {
  const sets: Dataset[] = [
    {
      id: 'cifar',
      title: 'CIFAR',
      format: 'cifar-10',
      files: ['/a'],
      count: 50_000,
      height: 32,
      width: 32,
      channels: 3,
      classes: 10,
      classNames: null,
      normalisation: { mean: [0, 0, 0], std: [1, 1, 1] },
      checksum: 'c'.repeat(64),
      bundled: false,
      licence: null,
    },
  ];
  const gibibyte = 2 ** 30;
  const vgg = {
    data: { set: 'cifar', train: 45_000, validation: 5000 },
    model: { architecture: 'vgg11', batchNorm: true },
    probes: { interpolation: { windows: [{ epochs: [1] }], batchNorm: 'recomputed' } },
  };

  it('that the machine does not have keeps a run from starting, with both figures and what to lower', () => {
    expect(estimate(vgg, sets, unknown, 'cpu', { total: gibibyte, free: gibibyte }).problems).toEqual([
      {
        path: 'optimizer.microBatch',
        message: expect.stringMatching(
          /needs about 2\.0 GiB of memory at its peak, and this machine has 1\.0 GiB; take a smaller micro-batch than 100/,
        ) as string,
      },
    ]);
    const deep = { ...vgg, model: { architecture: 'resnet' }, optimizer: { batchSize: 5000, microBatch: 5000 } };
    expect(estimate(deep, sets, unknown, 'cpu', { total: 8 * gibibyte, free: gibibyte }).problems).toEqual([
      {
        path: 'optimizer.microBatch',
        message: expect.stringMatching(/take a smaller micro-batch than 5000/) as string,
      },
    ]);
  });

  it('that is not free is a warning', () => {
    const { problems, warnings, memory_bytes } = estimate(vgg, sets, unknown, 'cpu', {
      total: 8 * gibibyte,
      free: gibibyte / 2,
    });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/needs about 2\.0 GiB of memory and 0\.5 GiB are free/)]);
    // 1,878 MiB were measured (docs/performance.md)
    expect(memory_bytes! / 2 ** 20 / 1878).toBeGreaterThan(0.9);
    expect(memory_bytes! / 2 ** 20 / 1878).toBeLessThan(1.15);
    expect(estimate(vgg, sets, unknown, 'cpu', { total: 8 * gibibyte, free: 8 * gibibyte }).warnings).toEqual([]);
  });

  it('running statistics that have not settled are a warning, for deep networks with batch norm', () => {
    const warned = (model: object, windows: object[], batchNorm = 'running'): number =>
      estimate({ ...vgg, model, probes: { interpolation: { windows, batchNorm } } }, sets, unknown, 'cpu', {
        total: 64 * gibibyte,
        free: 64 * gibibyte,
      }).warnings.length;
    expect(warned({ architecture: 'resnet' }, [{ firstIterations: 4 }])).toBe(1);
    expect(warned({ architecture: 'resnet' }, [{ epochs: [2] }])).toBe(0);
    expect(warned({ architecture: 'resnet' }, [{ firstIterations: 4 }], 'recomputed')).toBe(0);
    expect(warned({ architecture: 'vgg11' }, [{ firstIterations: 4 }])).toBe(0);
  });
});
