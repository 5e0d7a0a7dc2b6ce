import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';
import { architectures, imageProblem, model, modelFor, shortName } from './index.ts';
import type { DataShape } from './index.ts';

const sides = Array.from({ length: 40 }, (_, index) => index + 1);
const shapes: DataShape[] = sides
  .flatMap((height) => [height, 12, 28, 32].map((width): [number, number] => [height, width]))
  .map(([height, width]) => ({ height, width, channels: 1, classes: 10 }));

describe.each(Object.keys(architectures))('images that %s takes', (architecture) => {
  const settings = model.parse({ architecture });

  it('are those of which its graph can be built', () => {
    let taken = 0;
    for (const shape of shapes) {
      const problem = imageProblem(settings, shape);
      const size = `${shape.height} × ${shape.width}`;
      if (problem !== null) {
        expect(problem, size).toContain(`and these are ${size}; choose another architecture or data set`);
        continue;
      }
      taken++;
      expect(() => costOf(modelFor(settings, shape)), size).not.toThrow();
    }
    expect(taken).toBeGreaterThan(0);
    expect(imageProblem(settings, { height: 32, width: 32, channels: 3, classes: 10 })).toBeNull();
  });

  it('are no fewer than its layers need', () => {
    for (const shape of shapes.filter((each) => imageProblem(settings, each) !== null))
      expect(() => costOf(modelFor(settings, shape)), `${shape.height} × ${shape.width}`).toThrow();
  });
});

it('every network has a short name, whatever its settings hold', () => {
  const names = Object.keys(architectures).map((architecture) => shortName({ architecture }));
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain('');
  expect(shortName({ architecture: 'mlp', hidden: [500, 350], batchNorm: true })).toBe('MLP 500-350 BN');
  expect(shortName({ architecture: 'mlp', hidden: 'none', batchNorm: 'yes' })).toBe('MLP');
  expect(shortName({ architecture: 'resnet', depth: 56 })).toBe('ResNet-56');
  expect(shortName({ architecture: 'vgg11', batchNorm: true })).toBe('VGG-11 BN');
  expect(shortName({ architecture: 'vgg11', batchNorm: false, norm: { kind: 'layer' } })).toBe('VGG-11 LN');
  expect(shortName({ hidden: [8], architecture: 'mlp', norm: { kind: 'group', groups: 4 } })).toBe('MLP 8 GN4');
  const residual = { architecture: 'resnet', depth: 20, batchNorm: false };
  expect(shortName({ ...residual, norm: { kind: 'group', groups: 8 } })).toBe('ResNet-20 GN8');
  expect(shortName({ ...residual, norm: { kind: 'none' } })).toBe('ResNet-20 no norm');
  expect(shortName({ architecture: 'another' })).toBe('another');
  expect([null, undefined, 'mlp', {}].map(shortName)).toEqual(['', '', '', '']);
});
