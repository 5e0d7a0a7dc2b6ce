/**
 * LeNet-5 (LeCun, Bottou, Bengio and Haffner, 1998), as it is commonly written today: every map of the second convolution sees all of the
 * first, and the last layer is linear.
 *
 * | layer                          | shape                        | parameters                           |
 * |--------------------------------|------------------------------|--------------------------------------|
 * | conv1                          | channels → 6, 5×5            | weight [6, channels, 5, 5], bias [6] |
 * | activation, 2×2 average pool   | 14 × 14 of 28 × 28           |                                      |
 * | conv2                          | 6 → 16, 5×5                  | weight [16, 6, 5, 5], bias [16]      |
 * | activation, 2×2 average pool   | 5 × 5                        |                                      |
 * | fc1, activation                | 16·5·5 → 120                 | weight [120, 400], bias [120]        |
 * | fc2, activation                | 120 → 84                     | weight [84, 120], bias [84]          |
 * | fc3                            | 84 → outputs                 | weight [outputs, 84], bias           |
 *
 * The network was made for images of 32 × 32. Smaller ones get two zeros around in conv1, which makes MNIST's 28 × 28 the same: 61,706
 * parameters for one channel and ten classes. Larger images leave more than 5 × 5, all of which fc1 takes. Names are those of a
 * module with these attributes. Unless told otherwise convolutions start N(0, √(2 / (k·k·out))) with bias 0, linear layers as PyTorch's `nn.Linear`.
 */
import { averagePool, convolution, linear, reshape } from '../graph/ops/index.ts';
import { activate, activationSetting, activationShort } from './activations.ts';
import type { ActivationName } from './activations.ts';
import { defineNetwork } from './define.ts';
import { initialisationSettings } from './initialisations.ts';
import type { Starting } from './initialisations.ts';
import type { ImageShape } from './layers.ts';
import { convolutionLayer, layOutLayers, linearLayer } from './layers.ts';
import { noStem } from './model.ts';
import type { Model } from './model.ts';

/** Side of the images that it was made for, of its filters, and of its windows. */
const [made, kernel, window] = [32, 5, [2, 2] as const];

/**
 * Makes a LeNet-5.
 * @param image height and width are multiples of 4 and at least 12
 * @param maps of the two convolutions
 * @param units of the two hidden linear layers
 */
export function lenet5({
  image: { channels, height, width },
  outputs,
  activation,
  maps = [6, 16],
  units = [120, 84],
  ...starting
}: {
  image: ImageShape;
  outputs: number;
  activation: ActivationName;
  maps?: readonly [number, number];
  units?: readonly [number, number];
} & Starting): Model {
  const features = channels * height * width;
  const padding = Math.min(height, width) < made ? 2 : 0;
  /** What the two convolutions and pools leave of a side. */
  const left = (side: number): number => ((side + 2 * padding - 4) / 2 - 4) / 2;
  const flat = maps[1] * left(height) * left(width);
  return {
    features,
    outputs,
    ...layOutLayers(
      [
        convolutionLayer('conv1', channels, maps[0], { kernel }),
        convolutionLayer('conv2', maps[0], maps[1], { kernel }),
        linearLayer('fc1', flat, units[0]),
        linearLayer('fc2', units[0], units[1]),
        linearLayer('fc3', units[1], outputs),
      ],
      starting,
    ),
    stem: noStem(features),
    head(values, tensors) {
      const of = (name: string) => [tensors[`${name}.weight`]!, tensors[`${name}.bias`]!] as const;
      const images = reshape(values, [values.shape[0]!, channels, height, width]);
      const first = averagePool(activate(activation, convolution(images, ...of('conv1'), { padding })), window);
      const second = averagePool(activate(activation, convolution(first, ...of('conv2'))), window);
      const hidden = activate(activation, linear(reshape(second, [values.shape[0]!, flat]), ...of('fc1')));
      return linear(activate(activation, linear(hidden, ...of('fc2'))), ...of('fc3'));
    },
  };
}

/** LeNet-5. */
export const lenet5Network = defineNetwork({
  key: 'lenet5',
  title: 'LeNet-5',
  short: ({ activation }) => `LeNet-5${activationShort(activation)}`,
  settings: { activation: activationSetting, ...initialisationSettings },
  takes: {
    multiplesOf: 4,
    atLeast: 12,
    because: 'it halves them twice and cuts two pixels off every side between',
  },
  normalises: () => false,
  normed: () => [],
  build: (settings, { outputs, ...image }) => lenet5({ ...settings, image, outputs }),
});
