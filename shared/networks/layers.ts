/** Layers as models list them: their tensors, named as PyTorch names them, and how each starts. */
import { layOut, parameterTotal } from './parameters.ts';
import type { ParameterSlot, ParameterTensor } from './parameters.ts';

/** What initial parameters are drawn from: uniform in [0, 1), and normal with mean 0 and variance 1. */
interface RandomNumbers {
  uniform(): number;
  normal(): number;
}

/** Size of an image. */
export interface ImageShape {
  channels: number;
  height: number;
  width: number;
}

/** A layer's tensors. */
export interface Layer {
  /** Trainable tensors, each with a draw of one element. */
  parameters: readonly (ParameterTensor & { draw: (generator: RandomNumbers) => number })[];
  /** Running statistics, each with the value that all elements start at. */
  statistics: readonly (ParameterTensor & { start: number })[];
}

/** A linear layer, started as PyTorch's `nn.Linear`: weight [out, in] and bias [out], U(−1/√in, 1/√in). */
export function linearLayer(name: string, inputs: number, outputs: number): Layer {
  const bound = 1 / Math.sqrt(inputs);
  const draw = (generator: RandomNumbers): number => bound * (2 * generator.uniform() - 1);
  return {
    parameters: [
      { name: `${name}.weight`, shape: [outputs, inputs], draw },
      { name: `${name}.bias`, shape: [outputs], draw },
    ],
    statistics: [],
  };
}

/** A convolution: weight [out, in, k, k], N(0, √(2 / (k·k·out))), and bias [out], 0, or none. */
export function convolutionLayer(
  name: string,
  inputs: number,
  outputs: number,
  { kernel = 3, bias = true }: { kernel?: number; bias?: boolean } = {},
): Layer {
  const deviation = Math.sqrt(2 / (kernel * kernel * outputs));
  return {
    parameters: [
      {
        name: `${name}.weight`,
        shape: [outputs, inputs, kernel, kernel],
        draw: (generator) => deviation * generator.normal(),
      },
      ...(bias ? [{ name: `${name}.bias`, shape: [outputs], draw: () => 0 }] : []),
    ],
    statistics: [],
  };
}

/** A batch norm: weight (its scale) 1 and bias (its shift) 0; running mean 0 and variance 1. */
export function normLayer(name: string, channels: number): Layer {
  return {
    parameters: [
      { name: `${name}.weight`, shape: [channels], draw: () => 1 },
      { name: `${name}.bias`, shape: [channels], draw: () => 0 },
    ],
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

/** Lays layers out one after the other. */
export function layOutLayers(layers: readonly Layer[]): LaidOut {
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
        const { draw } = drawn[index]!;
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
