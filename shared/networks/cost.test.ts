import { describe, expect, it } from 'vitest';
import { layersOf } from '../networks.ts';
import type { DataShape, NetworkSettings } from '../networks.ts';
import { costOf } from './cost.ts';
import { modelFor } from './index.ts';

const cifar: DataShape = { height: 32, width: 32, channels: 3, classes: 10 };
const fashion: DataShape = { height: 28, width: 28, channels: 1, classes: 10 };
const networks: [string, NetworkSettings, DataShape][] = [
  ['linear', { architecture: 'mlp', hidden: [], batchNorm: false }, fashion],
  ['MLP', { architecture: 'mlp', hidden: [500, 350], batchNorm: false }, fashion],
  ['MLP with batch norm', { architecture: 'mlp', hidden: [500, 350], batchNorm: true }, cifar],
  ['CNN', { architecture: 'cnn', batchNorm: false }, fashion],
  ['CNN with batch norm', { architecture: 'cnn', batchNorm: true }, { ...cifar, classes: 100 }],
  ['VGG-11', { architecture: 'vgg11', batchNorm: false }, cifar],
  ['VGG-11 with batch norm', { architecture: 'vgg11', batchNorm: true }, { ...cifar, height: 64, width: 96 }],
  ['ResNet-8', { architecture: 'resnet', depth: 8 }, fashion],
  ['ResNet-56', { architecture: 'resnet', depth: 56 }, cifar],
  ['ResNet-110', { architecture: 'resnet', depth: 110 }, { ...cifar, width: 36 }],
];

describe('the cost of a network', () => {
  it.each(networks)('%s: its graph, folded, is its layers added up', (_, settings, shape) => {
    const layers = layersOf(settings, shape);
    const sum = (key: 'parameters' | 'multiplyAdds' | 'values' | 'moved', which = layers): number =>
      which.reduce((total, layer) => total + layer[key], 0);
    const norms = layers.filter(({ multiplyAdds, parameters }) => multiplyAdds === 0 && parameters > 0);
    expect(costOf(modelFor(settings, shape))).toEqual({
      parameters: sum('parameters'),
      multiplyAdds: sum('multiplyAdds'),
      firstMultiplyAdds: layers[0]!.multiplyAdds,
      yielded: sum('values') - sum('values', norms),
      normalised: sum('values', norms),
      moved: sum('moved'),
    });
  });
});
