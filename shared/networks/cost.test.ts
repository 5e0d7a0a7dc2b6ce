import { describe, expect, it } from 'vitest';
import type { DataShape } from './index.ts';
import { model, networkCost } from './index.ts';

const cifar: DataShape = { height: 32, width: 32, channels: 3, classes: 10 };
const fashion: DataShape = { height: 28, width: 28, channels: 1, classes: 10 };
/** Parameters; multiply-adds, and those of the first layer; numbers yielded, normalised and moved: added up by hand, layer by layer. */
const networks: [string, object, DataShape, [number, number, number, number, number, number]][] = [
  ['linear', { architecture: 'mlp', hidden: [], batchNorm: false }, fashion, [7850, 7840, 7840, 10, 0, 0]],
  [
    'MLP',
    { architecture: 'mlp', hidden: [500, 350], batchNorm: false },
    fashion,
    [571_360, 570_500, 392_000, 860, 0, 0],
  ],
  [
    'MLP with batch norm',
    { architecture: 'mlp', hidden: [500, 350], batchNorm: true },
    cifar,
    [1_717_060, 1_714_500, 1_536_000, 860, 1700, 1700],
  ],
  ['CNN', { architecture: 'cnn', batchNorm: false }, fashion, [20_490, 1_031_744, 112_896, 23_530, 0, 23_520]],
  [
    'CNN with batch norm',
    { architecture: 'cnn', batchNorm: true },
    { ...cifar, classes: 100 },
    [210_084, 1_826_816, 442_368, 30_820, 49_152, 79_872],
  ],
  // 28² and 10² places of 25 and 150 products for 6 and 16 maps, and the linear layers; pools tell nothing
  [
    'LeNet-5',
    { architecture: 'lenet5', activation: 'sigmoid' },
    fashion,
    [61_706, 416_520, 117_600, 4704 + 1600 + 214, 0, 6304],
  ],
  [
    'VGG-11',
    { architecture: 'vgg11', batchNorm: false },
    cifar,
    [9_750_922, 153_293_824, 1_769_472, 183_818, 0, 182_784],
  ],
  [
    'VGG-11 with batch norm',
    { architecture: 'vgg11', batchNorm: true },
    { ...cifar, height: 64, width: 96 },
    [11_067_146, 918_426_624, 10_616_832, 1_097_738, 1_818_624, 2_915_328],
  ],
  ['ResNet-8', { architecture: 'resnet', depth: 8 }, fashion, [77_562, 9_345_920, 112_896, 65_866, 112_896, 178_752]],
  [
    'ResNet-56',
    { architecture: 'resnet', depth: 56 },
    cifar,
    [855_578, 125_747_840, 442_368, 544_778, 1_064_960, 1_609_728],
  ],
  [
    'ResNet-110',
    { architecture: 'resnet', depth: 110 },
    { ...cifar, width: 36 },
    [1_730_522, 284_793_472, 497_664, 1_193_482, 2_359_296, 3_552_768],
  ],
];

describe('the cost of a network', () => {
  it.each(networks)('%s: its graph, folded, is its layers added up', (_, settings, shape, numbers) => {
    const [parameters, multiplyAdds, firstMultiplyAdds, yielded, normalised, moved] = numbers;
    expect(networkCost(model.parse(settings), shape)).toMatchObject({
      parameters,
      multiplyAdds,
      firstMultiplyAdds,
      yielded,
      normalised,
      moved,
    });
  });

  it.each([{ kind: 'layer' as const }, { kind: 'group' as const, groups: 2 }])(
    'of $kind norm is that of batch norm, whose layers it takes',
    (norm) => {
      for (const architecture of ['mlp', 'cnn', 'vgg11', 'resnet'] as const) {
        const cost = (settings: object) => networkCost(model.parse({ architecture, ...settings }), cifar);
        expect(cost({ batchNorm: false, norm }), architecture).toEqual(cost({ batchNorm: true }));
      }
    },
  );

  it('tells how many numbers a smooth activation makes of images', () => {
    const activated = (settings: object): number => networkCost(model.parse(settings), fashion).activated;
    // 16 maps of 28² and 32 of 14², or what their pools leave where activation and pool may change places
    expect(activated({ architecture: 'cnn', activation: 'gelu' })).toBe(16 * 784 + 32 * 196);
    expect(activated({ architecture: 'cnn', activation: 'tanh' })).toBe(16 * 196 + 32 * 49);
    expect(activated({ architecture: 'cnn' })).toBe(0);
    expect(activated({ architecture: 'mlp', activation: 'silu' })).toBe(0);
  });

  it('tells the places of the filter that sees the images', () => {
    const places = networks.map(([, settings, shape]) => networkCost(model.parse(settings), shape).firstPlaces);
    expect(places).toEqual([0, 0, 0, 9, 9, 25, 9, 9, 9, 9, 9]);
  });

  it('keeps what a slice keeps at the end of the stem, where there is one', () => {
    expect(networkCost(model.parse({ architecture: 'mlp', hidden: [500, 350], batchNorm: false }), fashion).stem).toBe(
      500,
    );
    expect(networkCost(model.parse({ architecture: 'cnn', batchNorm: false }), fashion).stem).toBe(0);
  });
});
