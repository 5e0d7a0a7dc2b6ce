import { describe, expect, it } from 'vitest';
import { experimentSchema } from './experiment.ts';
import { peakMemory } from './memory.ts';

const cifar = { count: 50_000, height: 32, width: 32, channels: 3, classes: 10 };

/** Peaks that were measured (MiB): loading, compiling, an evaluation and an update, with all vectors of a walk. */
const measured: [string, object, number][] = [
  ['MLP', { model: { hidden: [500, 350] } }, 466],
  ['wide MLP', { model: { hidden: [4000, 4000] } }, 973],
  ['CNN', { model: { architecture: 'cnn' } }, 467],
  ['CNN, batch norm', { model: { architecture: 'cnn', batchNorm: true } }, 493],
  [
    'CNN, batch norm, batch 1000',
    { model: { architecture: 'cnn', batchNorm: true }, optimizer: { batchSize: 1000 } },
    760,
  ],
  ['VGG-11', { model: { architecture: 'vgg11' } }, 741],
  ['ResNet-20', { model: { architecture: 'resnet', depth: 20 } }, 467],
  ['ResNet-56', { model: { architecture: 'resnet', depth: 56 } }, 739],
  [
    'VGG-11, batch norm, 45,000 images',
    { model: { architecture: 'vgg11', batchNorm: true }, data: { train: 45_000, validation: 5000 } },
    1379,
  ],
  ['MLP, 45,000 images', { data: { train: 45_000, validation: 5000 } }, 1005],
];

describe('the peak of memory', () => {
  it.each(measured)('of %s is told within 30 %% of what was measured', (_, change, mebibytes) => {
    const experiment = experimentSchema.parse({ data: { train: 2000, validation: 200 }, ...change });
    const told = peakMemory(experiment, cifar) / 2 ** 20;
    expect(told / mebibytes).toBeGreaterThan(0.7);
    expect(told / mebibytes).toBeLessThan(1.3);
  });

  it('grows with the micro-batch, not with the batch alone', () => {
    const of = (optimizer: object): number =>
      peakMemory(
        experimentSchema.parse({ data: { train: 40_000 }, model: { architecture: 'resnet' }, optimizer }),
        cifar,
      );
    const images = 4 * 3072 * 900;
    expect(of({ batchSize: 1000, microBatch: 100 }) - of({ batchSize: 100, microBatch: 100 })).toBe(images);
    expect(of({ batchSize: 1000, microBatch: 500 })).toBeGreaterThan(
      2 * of({ batchSize: 1000, microBatch: 100 }) - 2e9,
    );
  });
});
