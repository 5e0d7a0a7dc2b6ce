import { describe, expect, it } from 'vitest';
import { parameterCount } from './cost.ts';
import { experimentSchema } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { memoryBeside, mostInChunk, peakMemory, shareKeptByProducts, spectralDensityMemory } from './memory.ts';
import { networkCost } from './networks/index.ts';

const cifar = { height: 32, width: 32, channels: 3, classes: 10 };

const wide = { hidden: [2000, 2000] };
const hessian = { method: 'lanczos', eigenvalues: 2, examples: 100, iterations: 20 };
const valleyFloor = { when: 'end', maximum: 2, steps: 1, intervals: 2 };

/** Peaks of whole walks that were measured on 2,200 images, of which nine tenths train (MiB): bench/peak-memory.ts. */
const measured: [string, object, object, number, images?: number][] = [
  ['MLP', {}, {}, 275],
  ['MLP, curvature', {}, { hessian }, 544],
  ['MLP, valley floor', {}, { valleyFloor }, 323],
  ['wide MLP', wide, {}, 644],
  ['wide MLP, curvature', wide, { hessian }, 1730],
  ['wide MLP, valley floor', wide, { valleyFloor }, 691],
  ['CNN', { architecture: 'cnn' }, {}, 305],
  ['CNN, curvature', { architecture: 'cnn' }, { hessian }, 514],
  ['CNN, valley floor', { architecture: 'cnn' }, { valleyFloor }, 1689],
  ['VGG-11', { architecture: 'vgg11' }, {}, 1148],
  ['VGG-11, curvature', { architecture: 'vgg11' }, { hessian }, 2974],
  ['ResNet-20, curvature', { architecture: 'resnet', depth: 20 }, { hessian }, 2815],
  ['VGG-11, valley floor', { architecture: 'vgg11' }, { valleyFloor }, 2426],
  ['MLP, 50,000 images', {}, {}, 1040, 50_000],
  ['VGG-11, 50,000 images', { architecture: 'vgg11' }, {}, 1596, 50_000],
  ['VGG-11 with batch norm, 50,000 images', { architecture: 'vgg11', batchNorm: true }, {}, 1878, 50_000],
];

/** The experiment that was measured. */
function walkOf(model: object, probes: object, images = 2200): Experiment {
  return experimentSchema.parse({
    data: { train: 0.9 * images, validation: 0.1 * images },
    model,
    length: { iterations: 2 },
    probes: { interpolation: { points: 2, windows: [{ firstIterations: 1 }] }, ...probes },
    keepParameters: 'valleyFloor' in probes ? 'windows' : 'none',
  });
}

describe('the peak of memory', () => {
  it.each(measured)('of %s is told within 30 %% of what was measured', (_, model, probes, mebibytes, images = 2200) => {
    const reported = peakMemory(walkOf(model, probes, images), { ...cifar, count: images }) / 2 ** 20;
    expect(reported / mebibytes).toBeGreaterThan(0.7);
    expect(reported / mebibytes).toBeLessThan(1.3);
  });

  it('of a spectral density is a copy of the parameters for each product, and what a curvature probe takes', () => {
    const vgg = walkOf({ architecture: 'vgg11' }, { hessian });
    const of = (steps: number): number =>
      spectralDensityMemory(vgg, { ...cifar, count: 2200 }, { examples: 100, steps });
    expect((of(200) - of(40)) / 160 / 4).toBe(parameterCount(vgg, cifar));
    expect(of(22)).toBeLessThan(peakMemory(vgg, { ...cifar, count: 2200 }));
    // no more vectors than there are parameters
    const tiny = walkOf({ hidden: [1] }, {});
    const ofTiny = (steps: number): number =>
      spectralDensityMemory(
        tiny,
        { height: 1, width: 2, channels: 1, classes: 2, count: 2200 },
        { examples: 100, steps },
      );
    expect(ofTiny(200)).toBe(ofTiny(100));
  });

  it('of a Python beside the trainer is told where there is one: PyTorch (223 MiB measured) and the images once more', () => {
    const small = walkOf({}, {});
    expect(memoryBeside('cpu', small, cifar)).toBe(0);
    expect(memoryBeside('tensorflow', small, cifar)).toBe(0);
    const images = 4 * 3 * 32 * 32 * 2200;
    const python = (memoryBeside('pytorch', small, cifar) - images) / 2 ** 20;
    expect(python / 223).toBeGreaterThan(0.9);
    expect(python / 223).toBeLessThan(1.1);
    // as many as it keeps
    expect(memoryBeside('pytorch', walkOf({}, {}, 200_000), cifar) / 2 ** 20).toBeCloseTo(python + 1024, 6);
  });

  it('counts what products keep of a point: of all their examples, to 512 MiB, and once more of those that pass at once', () => {
    const of = (examples: number, model: object = { architecture: 'cnn' }): number =>
      peakMemory(walkOf(model, { hessian: { ...hessian, examples } }), { ...cifar, count: 2200 });
    // 1.5 numbers for each that convolutions, pools and layers yield: 16 and 32 images, a quarter of each, and the outputs
    const each = 4 * 1.5 * (16 * 1024 + 16 * 256 + 32 * 256 + 32 * 64 + 10);
    expect(of(1900) - of(1800)).toBeCloseTo(100 * each, 0);
    // an eighth of 2 GiB passes at once, so that 512 MiB are kept of two micro-batches and a bit
    const deep = { architecture: 'resnet', depth: 56 };
    expect(of(1900, deep)).toBe(of(1800, deep));
  });

  it('counts every vector that Lanczos keeps; the power method keeps none of them', () => {
    const of = (iterations: number, hidden: number[]): number =>
      peakMemory(walkOf({ hidden }, { hessian: { ...hessian, iterations } }), { ...cifar, count: 2200 });
    const parameters = 3073 * 2000 + 2001 * 2000 + 2001 * 10;
    expect(of(30, [2000, 2000]) - of(20, [2000, 2000])).toBe(4 * 10 * parameters);
    const power = (iterations: number): number =>
      peakMemory(walkOf(wide, { hessian: { ...hessian, method: 'power', iterations } }), { ...cifar, count: 2200 });
    expect(power(30)).toBe(power(20));
  });

  it('counts the gradients of the noise scale, of the training set however few examples the curvature has', () => {
    const of = (settings: object, train: number): number =>
      peakMemory(walkOf({ architecture: 'cnn' }, { hessian: { ...hessian, ...settings } }, train), {
        ...cifar,
        count: train,
      });
    const more = (examples: number, train: number): number =>
      of({ examples, gradientNoiseScale: true }, train) - of({ examples }, train);
    const [few, many] = [more(100, 2200), more(1000, 2200)];
    expect(few).toBe(many);
    // no more than pass at once
    expect(more(100, 20_000)).toBe(few);
    // as an update of as many does, whose batch is drawn
    const updates = (batchSize: number): number =>
      peakMemory(
        experimentSchema.parse({
          data: { train: 2000, validation: 200 },
          model: { architecture: 'cnn' },
          optimizer: { batchSize },
          probes: { interpolation: { windows: [] } },
        }),
        { ...cifar, count: 2200 },
      );
    const drawn = 4 * 3 * 32 * 32 * 900;
    const vectors = 4 * 5 * parameterCount(walkOf({ architecture: 'cnn' }, {}), cifar);
    expect(few - vectors).toBeCloseTo(((updates(1000) - updates(100) - drawn) / 900) * mostInChunk.noStem, 0);
  });

  it('counts what measurements beside the eigenvalues leave open, once where they share it, and what one holds at a time', () => {
    const on = (...keys: string[]): number =>
      peakMemory(walkOf(wide, { hessian: { ...hessian, ...Object.fromEntries(keys.map((key) => [key, true])) } }), {
        ...cifar,
        count: 2200,
      });
    const size = 3073 * 2000 + 2001 * 2000 + 2001 * 10;
    const { yielded, firstPlaces: places } = networkCost(experimentSchema.parse({ model: wide }).model, cifar);
    // both over 100 examples, whose first layer's places are copied; those of a batch lie side by side
    const [gradient, product, images] = [100 * (3.2 * yielded + 2 * places * 3072), 100 * 8 * yielded, 100 * 3072];
    const more = (...keys: string[]): number => (on(...keys) - on()) / 4;
    // a gradient; the step and a point, or six vectors of the search
    expect(more('kinks')).toBeCloseTo((1 + 2) * size + gradient, 0);
    expect(more('criticalSharpness')).toBeCloseTo((1 + 6) * size + gradient, 0);
    expect(more('kinks', 'criticalSharpness')).toBe(more('criticalSharpness'));
    // gradient and product of batches, both of which stay
    const ofBatches = gradient + images + 3 * size + product;
    expect(more('batchSharpness')).toBeCloseTo(2 * size + ofBatches, 0);
    expect(more('batchSharpness', 'criticalSharpness')).toBeCloseTo((1 + 6) * size + gradient + ofBatches, 0);
  });

  // whole walks of the small CNN on 1,080 of 1,200 images, batches of 500 and 1,000 examples for curvature (MiB)
  it.each([
    ['nothing', {}, 1491],
    ['batch sharpness', { batchSharpness: true }, 2283],
    ['critical sharpness', { criticalSharpness: true }, 2204],
  ])('with %s beside the eigenvalues is told within 30 %% of what was measured', (_, switches, mebibytes) => {
    const experiment = experimentSchema.parse({
      data: { train: 1080, validation: 120 },
      model: { architecture: 'cnn' },
      optimizer: { batchSize: 500 },
      length: { iterations: 2 },
      probes: {
        interpolation: { points: 2, windows: [{ firstIterations: 1 }] },
        hessian: { ...hessian, every: { iterations: 1 }, examples: 1000, iterations: 4, ...switches },
      },
      keepParameters: 'none',
    });
    const reported = peakMemory(experiment, { ...cifar, count: 1200 }) / 2 ** 20;
    expect(reported / mebibytes).toBeGreaterThan(0.7);
    expect(reported / mebibytes).toBeLessThan(1.3);
  });

  it('counts a product of batches by its own examples and, with batch norm, as one through their own statistics', () => {
    const of = (batchNorm: boolean, batchSize: number, batchSharpness: boolean): number =>
      peakMemory(
        experimentSchema.parse({
          data: { train: 2000, validation: 200 },
          model: { architecture: 'cnn', batchNorm },
          optimizer: { batchSize },
          probes: { interpolation: { windows: [] }, hessian: { ...hessian, batchSharpness } },
        }),
        { ...cifar, count: 2200 },
      );
    const images = 3072;
    /** Numbers of an example of its gradient and product, for each of a batch's. */
    const measured = (batchNorm: boolean): number =>
      (of(batchNorm, 100, true) - of(batchNorm, 100, false) - (of(batchNorm, 50, true) - of(batchNorm, 50, false))) /
        (4 * 50) -
      images;
    const { yielded, firstPlaces } = networkCost(
      experimentSchema.parse({ model: { architecture: 'cnn' } }).model,
      cifar,
    );
    const { normalised } = networkCost(
      experimentSchema.parse({ model: { architecture: 'cnn', batchNorm: true } }).model,
      cifar,
    );
    const copied = 2 * firstPlaces * images;
    expect(measured(false)).toBeCloseTo((3.2 + 8) * yielded + copied, 3);
    // 14 of each that a norm makes, as of layer norm, and not the 11 of running statistics
    expect(measured(true)).toBeCloseTo((3.2 + 8) * yielded + (2.8 + 14) * normalised + copied, 3);
  });

  it('counts what the scale of isotropic noise is measured with', () => {
    const of = (optimizer: object): number =>
      peakMemory(
        experimentSchema.parse({
          data: { train: 2000, validation: 200 },
          model: wide,
          optimizer: { kind: 'gd-isotropic-noise', ...optimizer },
          probes: { interpolation: { windows: [] } },
        }),
        { ...cifar, count: 2200 },
      );
    const parameters = 3073 * 2000 + 2001 * 2000 + 2001 * 10;
    expect(of({}) - of({ noiseDeviation: 0.1 })).toBe(3 * 8 * parameters);
  });

  it('counts the points of a slice that are evaluated together', () => {
    const of = (points: number): number =>
      peakMemory(walkOf({ hidden: [1000, 500] }, { interpolation: { points, windows: [{ firstIterations: 1 }] } }), {
        ...cifar,
        count: 2200,
      });
    const parameters = 3073 * 1000 + 1001 * 500 + 501 * 10;
    // four have less than 2²⁴ numbers
    expect(of(17) - of(2)).toBe(4 * 3 * parameters);
  });

  // whole walks of the small CNN in batches of 1,000 of 1,000 images, nothing probed, on the bundled set (MiB)
  it.each([
    ['relu', 543],
    ['tanh', 542],
    ['sigmoid', 542],
    ['silu', 987],
    ['gelu', 1039],
    ['gelu-tanh', 1361],
  ])('of the activation %s is told within 30 %% of what was measured', (activation, mebibytes) => {
    const experiment = experimentSchema.parse({
      data: { train: 1000, validation: 50 },
      model: { architecture: 'cnn', activation },
      optimizer: { batchSize: 1000 },
      probes: { interpolation: { windows: [] } },
    });
    const reported = peakMemory(experiment, { height: 28, width: 28, channels: 1, classes: 10, count: 7000 }) / 2 ** 20;
    expect(reported / mebibytes).toBeGreaterThan(0.7);
    expect(reported / mebibytes).toBeLessThan(1.3);
  });

  const none = { batchNorm: false };
  const layer = { batchNorm: false, norm: { kind: 'layer' } };
  const group = { batchNorm: false, norm: { kind: 'group', groups: 2 } };
  const batch = { batchNorm: true };
  const small = { architecture: 'cnn' };
  const wider = { architecture: 'mlp', hidden: [4000, 4000] };
  const residual = { architecture: 'resnet', depth: 8 };
  // whole walks in large batches of 1,000 images, nothing probed, on the bundled set (MiB)
  it.each([
    ['CNN', 1000, { ...small, ...none }, 596],
    ['CNN, batch norm', 1000, { ...small, ...batch }, 997],
    ['CNN, batch norm', 500, { ...small, ...batch }, 606],
    ['CNN, layer norm', 1000, { ...small, ...layer }, 1007],
    ['CNN, layer norm', 500, { ...small, ...layer }, 614],
    ['CNN, group norm', 1000, { ...small, ...group }, 1035],
    ['CNN, GELU and batch norm', 1000, { ...small, ...batch, activation: 'gelu' }, 1216],
    ['CNN, GELU and layer norm', 1000, { ...small, ...layer, activation: 'gelu' }, 1237],
    ['CNN, GELU and group norm', 1000, { ...small, ...group, activation: 'gelu' }, 1247],
    ['wide MLP', 1000, { ...wider, ...none }, 912],
    ['wide MLP, batch norm', 1000, { ...wider, ...batch }, 994],
    ['wide MLP, layer norm', 1000, { ...wider, ...layer }, 1148],
    ['wide MLP, group norm', 1000, { ...wider, ...group }, 1360],
    ['ResNet-8 without norm', 500, { ...residual, ...none }, 797],
    ['ResNet-8', 500, { ...residual, ...batch }, 1401],
    ['ResNet-8, layer norm', 500, { ...residual, ...layer }, 1395],
    ['ResNet-8, group norm', 500, { ...residual, ...group }, 1386],
    ['ResNet-20', 100, { ...residual, depth: 20 }, 698],
    ['ResNet-20, layer norm', 100, { ...residual, depth: 20, ...layer }, 709],
    ['ResNet-56', 100, { ...residual, depth: 56 }, 1390],
  ])('of %s in batches of %i is told within 30 %% of what was measured', (_, batchSize, model, mebibytes) => {
    const experiment = experimentSchema.parse({
      data: { train: 1000, validation: 100 },
      model,
      optimizer: { batchSize },
      probes: { interpolation: { windows: [] } },
    });
    const reported = peakMemory(experiment, { height: 28, width: 28, channels: 1, classes: 10, count: 7000 }) / 2 ** 20;
    expect(reported / mebibytes).toBeGreaterThan(0.7);
    expect(reported / mebibytes).toBeLessThan(1.3);
  });

  // the small CNN with curvature on 1,000 images of the bundled set, batches of 10 (MiB)
  it.each([
    ['ReLU', none, 1179],
    ['tanh', { activation: 'tanh' }, 1201],
    ['sigmoid', { activation: 'sigmoid' }, 1249],
    ['SiLU', { activation: 'silu' }, 2501],
    ['GELU', { activation: 'gelu' }, 2816],
    ['GELU, tanh approximation', { activation: 'gelu-tanh' }, 3373],
    ['batch norm', batch, 1954],
    ['layer norm', layer, 2327],
    ['group norm', group, 2265],
    ['GELU and batch norm', { ...batch, activation: 'gelu' }, 3093],
  ])('of Hessian-vector products with %s is told within 30 %% of what was measured', (_, model, mebibytes) => {
    const experiment = experimentSchema.parse({
      data: { train: 1000, validation: 100 },
      model: { ...small, ...model },
      optimizer: { batchSize: 10 },
      length: { iterations: 2 },
      probes: {
        interpolation: { windows: [] },
        hessian: { method: 'lanczos', every: { iterations: 1 }, eigenvalues: 2, examples: 1000, iterations: 4 },
      },
    });
    const reported = peakMemory(experiment, { height: 28, width: 28, channels: 1, classes: 10, count: 7000 }) / 2 ** 20;
    expect(reported / mebibytes).toBeGreaterThan(0.7);
    expect(reported / mebibytes).toBeLessThan(1.3);
  });

  it('grows with the micro-batch, not with the batch alone', () => {
    const of = (optimizer: object): number =>
      peakMemory(experimentSchema.parse({ data: { train: 40_000 }, model: { architecture: 'resnet' }, optimizer }), {
        ...cifar,
        count: 50_000,
      });
    const images = 4 * 3072 * 900;
    expect(of({ batchSize: 1000, microBatch: 100 }) - of({ batchSize: 100, microBatch: 100 })).toBe(images);
    expect(of({ batchSize: 1000, microBatch: 500 })).toBeGreaterThan(
      2 * of({ batchSize: 1000, microBatch: 100 }) - 2e9,
    );
  });
});

describe('what products of the Hessian keep of a point', () => {
  const shareOf = (model: object, examples: number): number =>
    shareKeptByProducts(
      experimentSchema.parse({
        data: { train: 2500, validation: 100 },
        model,
        probes: { hessian: { method: 'lanczos', examples } },
      }),
      cifar,
    );

  it('is all of it where there is room, and of more micro-batches than have a place all but the last place’s', () => {
    expect(shareOf({}, 2000)).toBe(1);
    expect(shareOf({ architecture: 'cnn' }, 100)).toBe(1);
    expect(shareOf({ architecture: 'vgg11' }, 100)).toBe(1);
    // of eleven micro-batches of 182 examples two have a place, which the second shares with nine
    expect(shareOf({ architecture: 'vgg11' }, 2000)).toBeCloseTo(1 / 11, 10);
    expect(shareOf({ architecture: 'resnet', depth: 56 }, 2000)).toBeLessThan(0.05);
  });

  it('is nothing without curvature', () => {
    expect(shareKeptByProducts(experimentSchema.parse({}), cifar)).toBe(0);
  });
});
