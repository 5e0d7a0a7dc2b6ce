import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  curvatureBatchOf,
  descentOf,
  measurementWork,
  microBatchOf,
  multiplyAddsPerExample,
  multiplyAddsPerGradient,
  multiplyAddsPerUpdate,
  parameterCount,
  probedIterations,
  probedStretches,
  runCost,
  totalEpochs,
  valleyFloorCost,
} from './cost.ts';
import { experimentSchema, isProbed, totalIterations } from './experiment.ts';
import { keptFiles } from './kept-files.ts';
import type { Experiment } from './experiment.ts';

const shape = { height: 28, width: 28, channels: 1, classes: 10 };
const experiment = (value: object): Experiment => experimentSchema.parse(value);

describe('cost', () => {
  it('counts the parameters and multiply-adds of the paper’s MLP', () => {
    // 784·500 + 500 + 500·350 + 350 + 350·10 + 10
    expect(parameterCount(experiment({}), shape)).toBe(571_360);
    expect(multiplyAddsPerExample(experiment({}), shape)).toBe(570_500);
    expect(parameterCount(experiment({ model: { hidden: [] } }), shape)).toBe(7850);
    expect(multiplyAddsPerExample(experiment({ model: { hidden: [] } }), shape)).toBe(7840);
  });

  it('counts what every small set of a measurement feeds and reads, a number of each parameter', () => {
    const settings = { gradientNoiseScale: true, batchSharpness: true, trace: true };
    const of = (key: 'gradientNoiseScale' | 'batchSharpness' | 'trace', train: number): [number, number] => {
      const asked = experiment({
        data: { train },
        optimizer: { batchSize: 10 },
        probes: { hessian: { method: 'lanczos', ...settings, examples: Math.min(1000, train) } },
      });
      return [measurementWork(asked, shape, key).all, multiplyAddsPerGradient(asked, shape, 1)];
    };
    const weights = 250 * 571_360;
    const [scale, each] = of('gradientNoiseScale', 2000);
    // the training set, and 40 batches of 50; 40 of 100 of more
    expect(scale).toBeCloseTo((2000 + 40 * 50) * each + 41 * weights, -3);
    expect(of('gradientNoiseScale', 6000)[0]).toBeCloseTo((6000 + 40 * 100) * each + 41 * weights, -3);
    // each of few by itself, and nothing of one
    expect(of('gradientNoiseScale', 30)[0]).toBeCloseTo(60 * each + 31 * weights, -3);
    // a gradient and a product of 40 batches of 10, of two and a half gradients
    expect(of('batchSharpness', 2000)[0]).toBeCloseTo(40 * 10 * 3.5 * each + 80 * weights, -3);
    expect(of('trace', 2000)[0]).toBeCloseTo(30 * 1000 * 2.5 * each + 30 * weights, -3);
  });

  it('counts what optimisers and clipping take for each parameter beyond plain SGD', () => {
    const more = (optimizer: object): number =>
      (multiplyAddsPerUpdate(experiment({ optimizer }), shape, 'host') -
        multiplyAddsPerUpdate(experiment({}), shape, 'host')) /
      571_360;
    expect(more({ kind: 'adamw' })).toBe(more({ kind: 'adam' }));
    expect(more({ weightDecay: 0.1 })).toBe(0);
    expect(more({ momentum: 0.9 })).toBe(0);
    // one vector more, roots, divisions
    const nesterov = more({ momentum: 0.9, nesterov: true });
    for (const [less, greater] of [
      [0, nesterov],
      [nesterov, more({ kind: 'rmsprop' })],
      [more({ kind: 'rmsprop' }), more({ kind: 'rmsprop', centered: true })],
      [more({ kind: 'rmsprop' }), more({ kind: 'adamw' })],
      [more({ kind: 'adamw' }), more({ kind: 'adamw', clipping: { kind: 'norm' } })],
    ] as const)
      expect(greater).toBeGreaterThan(less);
  });

  it('counts the steps of optimisers where the host takes them, and not where a device does', () => {
    const update = (optimizer: object, vectors: 'host' | 'device'): number =>
      multiplyAddsPerUpdate(experiment({ optimizer }), shape, vectors);
    for (const optimizer of [
      { kind: 'adam' },
      { kind: 'adamw' },
      { kind: 'rmsprop', centered: true, momentum: 0.9 },
      { momentum: 0.9, nesterov: true },
    ]) {
      expect(update(optimizer, 'device')).toBe(update({}, 'host'));
      expect(update(optimizer, 'host')).toBeGreaterThan(update({}, 'host'));
      // clipping asks for the norm first, and the host takes the step
      const clipped = { ...optimizer, clipping: { kind: 'norm' } };
      expect(update(clipped, 'device')).toBe(update(clipped, 'host'));
    }
    expect(update({}, 'device')).toBe(update({}, 'host'));
  });

  it('counts smooth activations of images, GELU before and tanh after the pool, and none of vectors', () => {
    const ratio = (architecture: string, activation: string): number => {
      const [smooth, plain] = [{ architecture, activation }, { architecture }].map((model) =>
        multiplyAddsPerExample(experiment({ model }), shape),
      );
      return smooth! / plain!;
    };
    // as measured: 2.1, 2.4 and 1.25 times an evaluation of the small CNN with ReLU
    expect(ratio('cnn', 'gelu')).toBeCloseTo(2.1, 1);
    expect(ratio('cnn', 'gelu-tanh')).toBeCloseTo(2.4, 1);
    expect(ratio('cnn', 'silu')).toBeCloseTo(1.25, 1);
    expect(ratio('cnn', 'tanh')).toBe(1);
    expect(ratio('mlp', 'gelu')).toBe(1);
  });

  it('grows with the batch, and never falls to nothing', () => {
    const update = (batchSize: number): number =>
      multiplyAddsPerUpdate(experiment({ optimizer: { batchSize } }), shape, 'host');
    expect(update(200) - update(100)).toBe(100 * (3 * 570_500 - 392_000));
    expect(update(1)).toBeGreaterThan(571_360);
  });

  it('of gradient descent is that of SGD with the whole set as batch, and of its noise that of one more pass', () => {
    const [gd, sgd, noisy, reported] = [
      { kind: 'gd' },
      { batchSize: 6000 },
      { kind: 'gd-isotropic-noise' },
      { kind: 'gd-isotropic-noise', noiseDeviation: 0.1 },
    ].map((optimizer) => runCost(experiment({ optimizer, length: { epochs: 5 } }), shape, 'host'));
    expect(gd).toEqual(sgd);
    expect(gd!.iterations).toBe(5);
    expect(reported).toEqual(gd);
    expect(noisy).toEqual({ ...gd, derive: 6000 * (3 * 570_500 - 392_000) });
  });

  it('counts the products of the curvature probe', () => {
    const cost = (hessian: object) =>
      runCost(experiment({ probes: { hessian: { examples: 500, ...hessian } }, length: { epochs: 2 } }), shape, 'host')
        .derive;
    const product = 2.5 * 500 * (3 * 570_500 - 392_000);
    // initialisation and two epochs
    expect(cost({ eigenvalues: 2, iterations: 20 })).toBe(3 * 23 * product);
    expect(cost({ method: 'power', eigenvalues: 2 })).toBe(3 * 3 * 16 * product);
    // 120 iterations
    expect(cost({ every: { iterations: 50 } })).toBe(3 * 17 * product);
    expect(runCost(experiment({}), shape, 'host')).toMatchObject({ derive: 0, deriveKept: 0 });
    // each but the first at a point leaves out 0.6 of its 2.5 gradients
    const kept = (settings: object): number =>
      runCost(experiment({ probes: { hessian: { examples: 500, ...settings } }, length: { epochs: 2 } }), shape, 'host')
        .deriveKept;
    const left = 0.6 * 500 * (3 * 570_500 - 392_000);
    expect(kept({ eigenvalues: 2, iterations: 20 })).toBeCloseTo(3 * 22 * left, -2);
    expect(kept({ method: 'power', eigenvalues: 2 })).toBeCloseTo(3 * 47 * left, -2);
    expect(curvatureBatchOf(experiment({ probes: { hessian: {} } }), shape)).toBe(1000);
    const deep = experiment({ model: { architecture: 'resnet' } });
    const numbers = curvatureBatchOf(deep, { height: 32, width: 32, channels: 3, classes: 10 });
    expect(numbers).toBeGreaterThan(4);
    expect(numbers).toBeLessThan(200);
  });

  it.each([
    // two gradients and seven products of 2.5 gradients over 500 examples
    ['kinks', (2 + 7 * 2.5) * 500, 0, 9],
    // a gradient, a product and 40 losses over them
    ['criticalSharpness', 3.5 * 500, 40 * 500, 2],
    // the same of 40 batches of 100
    ['batchSharpness', 3.5 * 40 * 100, 0, 80],
    // gradients of the training set and of 40 batches of 100
    ['gradientNoiseScale', 6000 + 40 * 100, 0, 41],
    // 30 products
    ['trace', 30 * 2.5 * 500, 0, 30],
  ] as const)(
    'counts %s: its gradients, its losses apart, and the parameters of each set',
    (key, gradients, losses, sets) => {
      const [gradient, loss, weights] = [3 * 570_500 - 392_000, 570_500, 250 * 571_360];
      const asked = { every: { iterations: 50 }, examples: 500, iterations: 1 };
      const plain = experiment({ probes: { hessian: asked }, length: { epochs: 2 } });
      const measured = experiment({ probes: { hessian: { ...asked, [key]: true } }, length: { epochs: 2 } });
      expect(measurementWork(plain, shape, key)).toEqual({ all: 0, losses: 0, kept: 0 });
      expect(measurementWork(measured, shape, key)).toEqual({
        all: gradients * gradient + losses * loss + sets * weights,
        losses: losses * loss,
        // of the trace's products all but the first
        kept: key === 'trace' ? (expect.closeTo(29 * 0.6 * 500 * gradient, -2) as number) : 0,
      });
      // before steps 0, 50 and 100 of 120
      const [before, after] = [plain, measured].map((one) => runCost(one, shape, 'host'));
      expect(after!.derive - before!.derive).toBeCloseTo(
        3 * (gradients * gradient + losses * loss + sets * weights),
        0,
      );
      expect(after!.deriveLosses).toBe(3 * losses * loss);
      expect(after!.evaluate).toBe(before!.evaluate);
    },
  );

  it('counts a batch that is the whole set once in batch sharpness, and draws few examples’ rounding more often', () => {
    const of = (key: 'batchSharpness' | 'criticalSharpness', more: object, examples = 500) =>
      measurementWork(experiment({ probes: { hessian: { examples, [key]: true } }, ...more }), shape, key);
    expect(of('batchSharpness', { optimizer: { kind: 'gd' } }).all).toBe(
      3.5 * 6000 * (3 * 570_500 - 392_000) + 2 * 250 * 571_360,
    );
    // four draws at both ends for one each
    expect(of('criticalSharpness', {}, 10).losses).toBe((40 + 2 * 3) * 10 * 570_500);
  });

  it('counts the numbers that convolutions and batch norm move, beside their multiply-adds', () => {
    const evaluate = (model: object): number => multiplyAddsPerExample(experiment({ model }), shape);
    // 16 and 32 images of 28 × 28 and 14 × 14, and what the pools leave
    expect(evaluate({ architecture: 'cnn' })).toBe(
      9 * 16 * 784 + 9 * 16 * 32 * 196 + 15_680 + 60 * (16 * 784 + 16 * 196 + 32 * 196 + 32 * 49),
    );
    expect(evaluate({ batchNorm: true }) - evaluate({})).toBe(60 * 2 * 850);
    const update = (model: object): number => multiplyAddsPerUpdate(experiment({ model }), shape, 'host');
    expect(update({ batchNorm: true }) - update({})).toBe(100 * 600 * 2 * 850 + 250 * 2 * 850);
  });

  it('merges windows into the iterations that are probed', () => {
    const windows = fc.array(
      fc.oneof(
        fc.record({ firstIterations: fc.integer({ min: 1, max: 50 }) }),
        fc.record({ epochs: fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 }) }),
      ),
      { maxLength: 4 },
    );
    const length = fc.oneof(
      fc.record({ epochs: fc.integer({ min: 1, max: 6 }) }),
      fc.record({ iterations: fc.integer({ min: 1, max: 45 }) }),
    );
    fc.assert(
      fc.property(windows, length, (windows, length) => {
        const value = experiment({
          length,
          data: { train: 70 },
          optimizer: { batchSize: 10 },
          probes: { interpolation: { windows } },
        });
        const probed = Array.from({ length: totalIterations(value) }, (_, index) => index).filter((iteration) =>
          isProbed(value, iteration),
        );
        const stretches = probedStretches(value);
        expect(
          stretches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index)),
        ).toEqual(probed);
        stretches.slice(1).forEach(({ from }, index) => expect(from).toBeGreaterThan(stretches[index]!.to));
        expect(probedIterations(value)).toBe(probed.length);
      }),
    );
  });

  it('adds a run up: updates, slices and epochs', () => {
    const cost = runCost(experiment({}), shape, 'host');
    expect(cost).toMatchObject({
      iterations: 60,
      probedIterations: 40,
      // 40 slices of 10 new points and the very first; epoch 0 and epoch 1 on both parts
      evaluatedExamples: 401 * 6000 + 2 * 7000,
    });
    expect(cost.evaluate).toBe(cost.evaluatedExamples * 570_500);
    expect(cost.update).toBe(60 * multiplyAddsPerUpdate(experiment({}), shape, 'host'));
    const subset = runCost(experiment({ probes: { interpolation: { evaluateOn: { subset: 500 } } } }), shape, 'host');
    expect(subset.evaluatedExamples).toBe(401 * 500 + 2 * 7000);
  });

  it('counts what batch norm recomputes at every point of a slice', () => {
    const recomputed = (model: object): number =>
      runCost(experiment({ model, probes: { interpolation: { batchNorm: 'recomputed' } } }), shape, 'host')
        .evaluatedExamples;
    expect(recomputed({ batchNorm: true })).toBe(401 * 7000 + 2 * 7000);
    expect(recomputed({ batchNorm: false })).toBe(401 * 6000 + 2 * 7000);
  });

  it('passes a batch at once while it fits into memory, else in equal parts', () => {
    const microBatch = (value: object, of = shape): number => microBatchOf(experiment(value), of);
    const cifar = { height: 32, width: 32, channels: 3, classes: 10 };
    expect(microBatch({})).toBe(100);
    expect(microBatch({ optimizer: { microBatch: 20 } })).toBe(20);
    const whole = { data: { train: 45_000 }, optimizer: { batchSize: 45_000 } };
    expect(microBatch(whole)).toBe(45_000);
    for (const architecture of ['cnn', 'vgg11', 'resnet']) {
      expect(microBatch({ model: { architecture } }, cifar), architecture).toBe(100);
      const part = microBatch({ ...whole, model: { architecture } }, cifar);
      expect(45_000 % part).toBe(0);
      expect(part).toBeLessThan(10_000);
      expect(part).toBeGreaterThan(50);
    }
  });

  it('of the valley floor is that of its steps and of the loss along its segments', () => {
    const walked = experiment({ data: { train: 1000 }, optimizer: { batchSize: 20 } });
    const descent = descentOf(walked, { batchSize: null });
    const { update, evaluate } = valleyFloorCost(descent, shape, { steps: 30, intervals: 10 }, 5);
    const whole = experiment({ data: { train: 1000 }, optimizer: { kind: 'gd' } });
    expect(update).toBe(5 * 30 * multiplyAddsPerUpdate(whole, shape, 'host'));
    // five points and five floors, and four pairs of segments of 11 points each
    expect(evaluate).toBe((10 + 2 * 4 * 11) * 1000 * multiplyAddsPerExample(whole, shape));
    // statistics recomputed on 1,000 examples at every point are passes too
    const [running, recomputed] = ['running', 'recomputed'].map((batchNorm) => {
      const normed = experiment({
        data: { train: 1000 },
        model: { batchNorm: true },
        probes: { interpolation: { batchNorm } },
      });
      return valleyFloorCost(descentOf(normed, { batchSize: null }), shape, { steps: 30, intervals: 10 }, 5);
    });
    expect(recomputed!.evaluate).toBe(2 * running!.evaluate);
  });

  it('counts epochs and kept files', () => {
    expect(totalEpochs(experiment({ length: { iterations: 61 } }))).toBe(2);
    expect(keptFiles(experiment({}))).toBe(0);
    expect(keptFiles(experiment({ keepParameters: 'epochs', length: { epochs: 3 } }))).toBe(4);
    expect(keptFiles(experiment({ keepParameters: 'windows' }))).toBe(41);
  });
});
