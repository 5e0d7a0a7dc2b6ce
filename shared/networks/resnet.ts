/**
 * The pre-activation residual network of "A Walk with SGD", of 6n + 2 layers: n = 9 makes ResNet-56.
 *
 * | layers      | shape                                                          | at 32 × 32  |
 * |-------------|----------------------------------------------------------------|-------------|
 * | conv1       | channels → 16, 3×3                                             | 32 × 32     |
 * | layer1      | n blocks of 16                                                 | 32 × 32     |
 * | layer2      | n blocks of 32, the first with stride 2                        | 16 × 16     |
 * | layer3      | n blocks of 64, the first with stride 2                        | 8 × 8       |
 * | bn, act.    |                                                                |             |
 * | average     | over what is left of each channel                              | 1 × 1       |
 * | fc          | 64 → outputs                                                   |             |
 *
 * A block, f being the activation (act.): x + conv2(f(bn2(conv1(f(bn1(x)))))), 3×3 convolutions with zeros around. Where the stage changes, x passes
 * a 1×1 convolution of stride 2 (`downsample.0`) instead. No convolution has a bias. bn is batch norm or, where asked for, layer norm, group
 * norm or nothing. Unless told otherwise convolutions start
 * N(0, √(2 / (k·k·out))), norms with scale 1 and shift 0, the linear layer as PyTorch's `nn.Linear`.
 */
import { field, integer } from '../fields.ts';
import { add, averagePool, convolution, linear, reshape } from '../graph/ops/index.ts';
import type { Tensor } from '../graph/tensor.ts';
import { activate, activationSetting, activationShort } from './activations.ts';
import type { ActivationName } from './activations.ts';
import { defineNetwork } from './define.ts';
import { initialisationSettings } from './initialisations.ts';
import type { Starting } from './initialisations.ts';
import { convolutionLayer, layOutLayers, linearLayer } from './layers.ts';
import type { ImageShape, Layer } from './layers.ts';
import { noStem } from './model.ts';
import type { Model, TensorsByName } from './model.ts';
import { normSettings, normShort, normsOf } from './norm-settings.ts';
import type { NormChoice, Norms } from './norm-settings.ts';

/** Filters of the three stages. */
const resnetStages = [16, 32, 64] as const;

/** A residual block. */
interface Block {
  name: string;
  inputs: number;
  outputs: number;
  stride: 1 | 2;
}

/**
 * Makes a ResNet.
 * @param image height and width are multiples of 4
 * @param depth 6n + 2
 * @param stages filters of the three stages
 */
export function resnet({
  image: { channels, height, width },
  outputs,
  depth,
  batchNorm = true,
  norm,
  activation = 'relu',
  stages = resnetStages,
  ...starting
}: {
  image: ImageShape;
  outputs: number;
  depth: number;
  activation?: ActivationName;
  stages?: readonly [number, number, number];
} & NormChoice &
  Starting): Model {
  const norms = normsOf({ batchNorm, norm });
  const features = channels * height * width;
  const blocks = stages.flatMap((outputs, stage) =>
    Array.from({ length: (depth - 2) / 6 }, (_, index): Block => {
      const first = index === 0 && stage > 0;
      const name = `layer${stage + 1}.${index}`;
      return { name, inputs: first ? stages[stage - 1]! : outputs, outputs, stride: first ? 2 : 1 };
    }),
  );
  return {
    features,
    outputs,
    ...layOutLayers(
      [
        convolutionLayer('conv1', channels, stages[0], { bias: false }),
        ...blocks.flatMap((block) => blockLayers(block, norms)),
        ...norms.layers('bn', stages[2]),
        linearLayer('fc', stages[2], outputs),
      ],
      starting,
    ),
    stem: noStem(features),
    head(values, tensors, normalise) {
      const images = reshape(values, [values.shape[0]!, channels, height, width]);
      const toNext: ToNext = (x, name) => activate(activation, norms.apply(x, name, tensors, normalise));
      const first = convolution(images, tensors['conv1.weight']!, null, { padding: 1 });
      const last = blocks.reduce((below, block) => applyBlock(block, below, tensors, toNext), first);
      const averaged = averagePool(toNext(last, 'bn'), [height / 4, width / 4]);
      return linear(reshape(averaged, [values.shape[0]!, stages[2]]), tensors['fc.weight']!, tensors['fc.bias']!);
    },
  };
}

/** Normalises at the norm of a name, and activates. */
type ToNext = (x: Tensor, name: string) => Tensor;

function blockLayers({ name, inputs, outputs, stride }: Block, norms: Norms): Layer[] {
  return [
    ...norms.layers(`${name}.bn1`, inputs),
    convolutionLayer(`${name}.conv1`, inputs, outputs, { bias: false }),
    ...norms.layers(`${name}.bn2`, outputs),
    convolutionLayer(`${name}.conv2`, outputs, outputs, { bias: false }),
    ...(stride === 2 ? [convolutionLayer(`${name}.downsample.0`, inputs, outputs, { kernel: 1, bias: false })] : []),
  ];
}

function applyBlock({ name, stride }: Block, x: Tensor, tensors: TensorsByName, toNext: ToNext): Tensor {
  const filter = (which: string): Tensor => tensors[`${name}.${which}.weight`]!;
  const inner = convolution(toNext(x, `${name}.bn1`), filter('conv1'), null, { stride, padding: 1 });
  const outer = convolution(toNext(inner, `${name}.bn2`), filter('conv2'), null, { padding: 1 });
  const shortcut = stride === 2 ? convolution(x, filter('downsample.0'), null, { stride }) : x;
  return add(outer, shortcut);
}

const depthMessage = 'must be 6n + 2, as 20, 32, 44, 56 or 110';

/** The residual network. */
export const resnetNetwork = defineNetwork({
  key: 'resnet',
  title: 'Residual network (ResNet)',
  short: ({ depth, activation, batchNorm, norm }) => {
    const norms = batchNorm === false ? normShort({ norm }) || ' no norm' : '';
    return `ResNet${typeof depth === 'number' ? `-${depth}` : ''}${norms}${activationShort(activation)}`;
  },
  settings: {
    depth: field(
      {
        title: 'Depth',
        help: 'Layers with weights: 6n + 2, as 20, 32, 44, 56 or 110; the paper uses 56.',
        unit: 'layers',
        group: 'what',
        control: 'integer',
      },
      integer(8, 1202)
        .refine((layers) => layers % 6 === 2, depthMessage)
        .default(56),
    ),
    ...normSettings(true),
    activation: activationSetting,
    ...initialisationSettings,
  },
  takes: { multiplesOf: 4, because: 'it halves them twice' },
  normalises: ({ batchNorm }) => batchNorm !== false,
  normed: () => resnetStages.map((channels) => ({ channels, single: false })),
  build: (settings, { outputs, ...image }) => resnet({ ...settings, image, outputs }),
});
