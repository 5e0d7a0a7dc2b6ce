/**
 * The multilayer perceptron of "A Walk with SGD": linear layers with an activation between them (ReLU in the
 * paper), and norms where asked for.
 *
 * | layer          | shape                   | parameters                                           |
 * |----------------|-------------------------|------------------------------------------------------|
 * | layers.0       | features → hidden[0]    | weight [hidden[0], features], bias [hidden[0]]       |
 * | norms.0, activation |                         | weight and bias [hidden[0]]                          |
 * | layers.i       | hidden[i−1] → hidden[i] | weight [hidden[i], hidden[i−1]], bias [hidden[i]]    |
 * | norms.i, activation |                         | weight and bias [hidden[i]]                          |
 * | layers.n       | hidden[n−1] → outputs   | weight [outputs, hidden[n−1]], bias [outputs]        |
 *
 * Weights are stored [out, in] and biases [out] as PyTorch's `nn.Linear` stores them, so that kept files load into an
 * `nn.ModuleList` named `layers` (and one of `nn.BatchNorm1d`, `nn.LayerNorm` or `nn.GroupNorm` named `norms`). Unless told otherwise they start as PyTorch's
 * `nn.Linear`: weights and biases U(−1/√in, 1/√in), drawn in the order of the table.
 */
import { z } from 'zod';
import { field, integer } from '../fields.ts';
import { linear } from '../graph/ops/index.ts';
import { activate, activationSetting, activationShort } from './activations.ts';
import type { ActivationName } from './activations.ts';
import { defineNetwork } from './define.ts';
import { initialisationSettings } from './initialisations.ts';
import type { Starting } from './initialisations.ts';
import { layOutLayers, linearLayer } from './layers.ts';
import type { Model } from './model.ts';
import { normSettings, normShort, normsOf } from './norm-settings.ts';
import type { NormChoice } from './norm-settings.ts';

/**
 * Makes an MLP.
 * @param features numbers per example
 * @param hidden units in each hidden layer; none makes a linear softmax classifier
 * @param batchNorm and `norm`: how every hidden layer is normalised before its activation
 * @param activation after every hidden layer
 */
export function mlp({
  features,
  hidden,
  outputs,
  batchNorm,
  norm,
  activation = 'relu',
  ...starting
}: {
  features: number;
  hidden: readonly number[];
  outputs: number;
  activation?: ActivationName;
} & NormChoice &
  Starting): Model {
  const norms = normsOf({ batchNorm, norm });
  const widths = [features, ...hidden, outputs];
  const layers = widths.slice(1).map((out, index) => ({
    name: `layers.${index}`,
    norm: `norms.${index}`,
    in: widths[index]!,
    out,
    hidden: index < hidden.length,
  }));
  return {
    features,
    outputs,
    ...layOutLayers(
      layers.flatMap((layer) => [
        linearLayer(layer.name, layer.in, layer.out),
        ...(layer.hidden ? norms.layers(layer.norm, layer.out) : []),
      ]),
      starting,
    ),
    stem: {
      parameters: ['layers.0.weight', 'layers.0.bias'],
      width: widths[1]!,
      apply: (x, values) => linear(x, values['layers.0.weight']!, values['layers.0.bias']!),
    },
    head: (stem, values, normalise) =>
      layers.slice(1).reduce((below, { name }, index) => {
        const normalised = norms.apply(below, `norms.${index}`, values, normalise);
        return linear(activate(activation, normalised), values[`${name}.weight`]!, values[`${name}.bias`]!);
      }, stem),
  };
}

/** The multilayer perceptron. */
export const mlpNetwork = defineNetwork({
  key: 'mlp',
  title: 'Multilayer perceptron (MLP)',
  short: ({ hidden, activation, ...rest }) =>
    `MLP${Array.isArray(hidden) && hidden.length > 0 ? ` ${hidden.join('-')}` : ''}${normShort(rest)}${activationShort(activation)}`,
  settings: {
    hidden: field(
      {
        title: 'Hidden widths',
        help: 'Units in each hidden layer, in order; none makes a linear softmax classifier.',
        unit: 'units',
        group: 'what',
        control: 'integer-list',
      },
      z
        .array(integer(1, 8192), { error: 'must be a list of whole numbers' })
        .max(16, 'must name at most 16 hidden layers')
        .default([500, 350]),
    ),
    ...normSettings(false),
    activation: activationSetting,
    ...initialisationSettings,
  },
  takes: null,
  normalises: ({ batchNorm }) => batchNorm === true,
  normed: ({ hidden }) => hidden.map((channels) => ({ channels, single: true })),
  build: (settings, { outputs, channels, height, width }) =>
    mlp({ ...settings, features: channels * height * width, outputs }),
});
