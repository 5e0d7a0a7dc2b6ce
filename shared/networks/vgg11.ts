/**
 * VGG-11 for small images, as "A Walk with SGD" trains it on CIFAR-10.
 *
 * | layers     | shape                                                     | at 32 × 32       |
 * |------------|-----------------------------------------------------------|------------------|
 * | features   | 64 M                                                      | 16 × 16          |
 * |            | 128 M                                                     | 8 × 8            |
 * |            | 256 256 M                                                 | 4 × 4            |
 * |            | 512 512 M                                                 | 2 × 2            |
 * |            | 512 512 M                                                 | 1 × 1            |
 * | classifier | 512 → 512, act., 512 → 512, act., 512 → outputs           |                  |
 *
 * A number is a 3×3 convolution to so many channels, with zeros around and a bias, then a norm where asked for, then the activation (act.); M is a
 * 2×2 max pool. Larger images leave more than 1 × 1, all of which the classifier takes. Names are those of
 * `nn.Sequential`: `features.<place>` and `classifier.<place>`. Unless told otherwise convolutions start N(0, √(2 / (k·k·out))) with bias 0, linear
 * layers as PyTorch's `nn.Linear`.
 */
import { convolution, linear, reshape } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { activate, activateAndPool, activationSetting, activationShort } from './activations.ts';
import type { ActivationName } from './activations.ts';
import { defineNetwork } from './define.ts';
import { initialisationSettings } from './initialisations.ts';
import type { Starting } from './initialisations.ts';
import { convolutionLayer, layOutLayers, linearLayer } from './layers.ts';
import type { ImageShape, Layer } from './layers.ts';
import { noStem } from './model.ts';
import type { Model, Normalise, TensorsByName } from './model.ts';
import { normSettings, normShort, normsOf } from './norm-settings.ts';
import type { NormChoice, Norms } from './norm-settings.ts';

/** Output channels of the convolutions; `M` is a pooling. */
const vgg11Plan = [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'] as const;

/** Widths of the classifier before the outputs. */
const vggClassifier = [512, 512] as const;

/** A step of the network: its tensors, and what it does. */
interface Step {
  layers: Layer[];
  apply(x: Tensor, tensors: TensorsByName, normalise: Normalise): Tensor;
}

/**
 * Makes a VGG-11.
 * @param image height and width are multiples of 32
 * @param thinner divides every width, for tests
 */
export function vgg11({
  image: { channels, height, width },
  outputs,
  batchNorm,
  norm,
  activation = 'relu',
  thinner = 1,
  ...starting
}: {
  image: ImageShape;
  outputs: number;
  activation?: ActivationName;
  thinner?: number;
} & NormChoice &
  Starting): Model {
  const features = channels * height * width;
  const steps = convolutions(channels, { norms: normsOf({ batchNorm, norm }), activation, thinner });
  const flat = ((vgg11Plan.at(-2) as number) / thinner) * (height / 32) * (width / 32);
  const widths = [flat, ...vggClassifier.map((each) => each / thinner), outputs];
  // a dropout would stand between them, as in the names
  const linears = widths
    .slice(1)
    .map((out, index) => ({ name: `classifier.${3 * index + 1}`, in: widths[index]!, out }));
  return {
    features,
    outputs,
    ...layOutLayers(
      [
        ...steps.flatMap(({ layers }) => layers),
        ...linears.map((layer) => linearLayer(layer.name, layer.in, layer.out)),
      ],
      starting,
    ),
    stem: noStem(features),
    head(values, tensors, normalise) {
      const examples = values.shape[0]!;
      const images = reshape(values, [examples, channels, height, width]);
      const filtered = steps.reduce((below, step) => step.apply(below, tensors, normalise), images);
      return linears.reduce(
        (below, { name }, index) =>
          linear(
            index === 0 ? below : activate(activation, below),
            tensors[`${name}.weight`]!,
            tensors[`${name}.bias`]!,
          ),
        reshape(filtered, [examples, flat]),
      );
    },
  };
}

/** The part before the classifier. */
function convolutions(
  channels: number,
  { norms, activation, thinner }: { norms: Norms; activation: ActivationName; thinner: number },
): Step[] {
  const steps: Step[] = [];
  let inputs = channels;
  let place = 0;
  vgg11Plan.forEach((entry, index) => {
    if (entry === 'M') {
      place++;
      return;
    }
    const outputs = entry / thinner;
    const [name, norm] = [`features.${place}`, `features.${place + 1}`];
    const pooled = vgg11Plan[index + 1] === 'M';
    steps.push({
      layers: [convolutionLayer(name, inputs, outputs), ...norms.layers(norm, outputs)],
      apply(x, tensors, normalise) {
        const filtered = convolution(x, tensors[`${name}.weight`]!, tensors[`${name}.bias`]!, { padding: 1 });
        const normalised = norms.apply(filtered, norm, tensors, normalise);
        return pooled ? activateAndPool(activation, normalised) : activate(activation, normalised);
      },
    });
    place += norms.present ? 3 : 2;
    inputs = outputs;
  });
  return steps;
}

/** VGG-11. */
export const vgg11Network = defineNetwork({
  key: 'vgg11',
  title: 'VGG-11',
  short: ({ activation, ...rest }) => `VGG-11${normShort(rest)}${activationShort(activation)}`,
  settings: { ...normSettings(false), activation: activationSetting, ...initialisationSettings },
  takes: { multiplesOf: 32, because: 'it halves them five times' },
  normalises: ({ batchNorm }) => batchNorm === true,
  normed: () => vgg11Plan.flatMap((channels) => (channels === 'M' ? [] : [{ channels, single: false }])),
  build: (settings, { outputs, ...image }) => vgg11({ ...settings, image, outputs }),
});
