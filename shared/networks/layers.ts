/** Layers as models list them: their tensors, named as PyTorch names them, and how each starts. */
import { drawsOf } from './initialisations.ts';
import type { Draw, Fans, RandomNumbers, Starting } from './initialisations.ts';
import { layOut, parameterTotal } from './parameters.ts';
import type { ParameterSlot, ParameterTensor } from './parameters.ts';

/** Size of an image. */
export interface ImageShape {
  channels: number;
  height: number;
  width: number;
}

/** A layer's tensors. */
export interface Layer {
  /** Trainable tensors, each with the value that all elements start at or, of weights and biases, with what their draw depends on. */
  parameters: readonly (ParameterTensor & { starts: number | { role: 'weight' | 'bias'; fans: Fans } })[];
  /** Running statistics, each with the value that all elements start at. */
  statistics: readonly (ParameterTensor & { start: number })[];
}

/** A linear layer: weight [out, in] and bias [out]. */
export function linearLayer(name: string, inputs: number, outputs: number): Layer {
  const fans = { fanIn: inputs, fanOut: outputs, convolves: false };
  return {
    parameters: [
      { name: `${name}.weight`, shape: [outputs, inputs], starts: { role: 'weight', fans } },
      { name: `${name}.bias`, shape: [outputs], starts: { role: 'bias', fans } },
    ],
    statistics: [],
  };
}

/** A convolution: weight [out, in, k, k], and bias [out], or none. */
export function convolutionLayer(
  name: string,
  inputs: number,
  outputs: number,
  { kernel = 3, bias = true }: { kernel?: number; bias?: boolean } = {},
): Layer {
  const places = kernel * kernel;
  const fans = { fanIn: places * inputs, fanOut: places * outputs, convolves: true };
  return {
    parameters: [
      {
        name: `${name}.weight`,
        shape: [outputs, inputs, kernel, kernel],
        starts: { role: 'weight', fans },
      },
      ...(bias ? [{ name: `${name}.bias`, shape: [outputs], starts: { role: 'bias' as const, fans } }] : []),
    ],
    statistics: [],
  };
}

/** A layer norm or group norm: weight (its scale) 1 and bias (its shift) 0 for every channel. */
export function affineLayer(name: string, channels: number): Layer {
  return {
    parameters: [
      { name: `${name}.weight`, shape: [channels], starts: 1 },
      { name: `${name}.bias`, shape: [channels], starts: 0 },
    ],
    statistics: [],
  };
}

/** A batch norm: weight (its scale) 1 and bias (its shift) 0; running mean 0 and variance 1. */
export function batchNormLayer(name: string, channels: number): Layer {
  return {
    ...affineLayer(name, channels),
    statistics: [
      { name: `${name}.running_mean`, shape: [channels], start: 0 },
      { name: `${name}.running_var`, shape: [channels], start: 1 },
    ],
  };
}

/** The tensors of some layers, laid out, and how they start. */
export interface LaidOut {
  parameters: readonly ParameterSlot[];
  statistics: readonly ParameterSlot[];
  /** Draws initial parameters, in their order, into a new flat array. */
  initialise: (generator: RandomNumbers) => Float32Array;
  /** Running statistics before any batch, in a new flat array. */
  initialStatistics: () => Float32Array;
}

/** Lays layers out one after the other. @param starting how their weights and biases are drawn */
export function layOutLayers(layers: readonly Layer[], starting: Starting): LaidOut {
  const drawn = layers.flatMap(({ parameters }) => parameters);
  const started = layers.flatMap((layer) => layer.statistics);
  const parameters = layOut(drawn);
  const statistics = layOut(started);
  return {
    parameters,
    statistics,
    initialise(generator) {
      const flat = new Float32Array(parameterTotal(parameters));
      parameters.forEach(({ offset, size }, index) => {
        const { starts } = drawn[index]!;
        const draw: Draw = typeof starts === 'number' ? () => starts : drawsOf(starts.fans, starting)[starts.role];
        for (let at = offset; at < offset + size; at++) flat[at] = draw(generator);
      });
      return flat;
    },
    initialStatistics() {
      const flat = new Float32Array(parameterTotal(statistics));
      statistics.forEach(({ offset, size }, index) => flat.fill(started[index]!.start, offset, offset + size));
      return flat;
    },
  };
}
