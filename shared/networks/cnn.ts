/**
 * A small convolutional network.
 *
 * | layer                 | shape                                  | parameters                                    |
 * |-----------------------|----------------------------------------|-----------------------------------------------|
 * | conv1                 | channels → 16, 3×3, zeros around       | weight [16, channels, 3, 3], bias [16]        |
 * | bn1, a norm           |                                        | weight and bias [16]                          |
 * | act., 2×2 max pool    | height/2 × width/2                     |                                               |
 * | conv2                 | 16 → 32, 3×3, zeros around             | weight [32, 16, 3, 3], bias [32]              |
 * | bn2, a norm           |                                        | weight and bias [32]                          |
 * | act., 2×2 max pool    | height/4 × width/4                     |                                               |
 * | fc                    | 32·height/4·width/4 → outputs          | weight [outputs, 32·height/4·width/4], bias   |
 *
 * Norms are there where asked for: batch, layer or group norm, by the same name, as with torchvision's `norm_layer`. act. is the activation, ReLU unless told otherwise. Unless told otherwise convolutions start N(0, √(2 / (k·k·out))) with bias 0, the linear layer as PyTorch's `nn.Linear`.
 */
import { convolution, linear, reshape } from '../graph/ops/index.ts';
import { activateAndPool, activationSetting, activationShort } from './activations.ts';
import type { ActivationName } from './activations.ts';
import { defineNetwork } from './define.ts';
import { initialisationSettings } from './initialisations.ts';
import type { Starting } from './initialisations.ts';
import { convolutionLayer, layOutLayers, linearLayer } from './layers.ts';
import type { ImageShape } from './layers.ts';
import { noStem } from './model.ts';
import type { Model } from './model.ts';
import { normSettings, normShort, normsOf } from './norm-settings.ts';
import type { NormChoice } from './norm-settings.ts';

/** Filters of the two convolutions. */
const cnnFilters = [16, 32] as const;

/**
 * Makes a small CNN.
 * @param image height and width are multiples of 4
 * @param filters of the two convolutions
 */
export function cnn({
  image: { channels, height, width },
  outputs,
  batchNorm,
  norm,
  activation = 'relu',
  filters = cnnFilters,
  ...starting
}: {
  image: ImageShape;
  outputs: number;
  activation?: ActivationName;
  filters?: readonly [number, number];
} & NormChoice &
  Starting): Model {
  const features = channels * height * width;
  const flat = (filters[1] * height * width) / 16;
  const norms = normsOf({ batchNorm, norm });
  return {
    features,
    outputs,
    ...layOutLayers(
      [
        convolutionLayer('conv1', channels, filters[0]),
        ...norms.layers('bn1', filters[0]),
        convolutionLayer('conv2', filters[0], filters[1]),
        ...norms.layers('bn2', filters[1]),
        linearLayer('fc', flat, outputs),
      ],
      starting,
    ),
    stem: noStem(features),
    head(values, tensors, normalise) {
      const images = reshape(values, [values.shape[0]!, channels, height, width]);
      const pooled = ['1', '2'].reduce((below, which) => {
        const weight = tensors[`conv${which}.weight`]!;
        const filtered = convolution(below, weight, tensors[`conv${which}.bias`]!, { padding: 1 });
        return activateAndPool(activation, norms.apply(filtered, `bn${which}`, tensors, normalise));
      }, images);
      return linear(reshape(pooled, [values.shape[0]!, flat]), tensors['fc.weight']!, tensors['fc.bias']!);
    },
  };
}

/** The small convolutional network. */
export const cnnNetwork = defineNetwork({
  key: 'cnn',
  title: 'Small convolutional network (CNN)',
  short: ({ activation, ...rest }) => `CNN${normShort(rest)}${activationShort(activation)}`,
  settings: { ...normSettings(false), activation: activationSetting, ...initialisationSettings },
  takes: { multiplesOf: 4, because: 'it halves them twice' },
  normalises: ({ batchNorm }) => batchNorm === true,
  normed: () => cnnFilters.map((channels) => ({ channels, single: false })),
  build: (settings, { outputs, ...image }) => cnn({ ...settings, image, outputs }),
});
