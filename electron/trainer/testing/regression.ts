/** Regression on made-up numbers, and what it comes to in float64 without any code of the trainer's, for tests. */
import type { Examples, LoadedData } from '../../datasets/load.ts';
import { generatorFrom } from '../random/generator.ts';

/** Standardised inputs and targets that depend on them, linearly and by a sine, with some noise. */
export function regressionExamples(count: number, features: number, outputs: number, state = 1): Examples {
  const draw = generatorFrom([state, 7, 8, 9]);
  const images = Float32Array.from({ length: count * features }, () => 2 * draw.uniform() - 1);
  const weights = Array.from({ length: outputs * features }, () => 2 * draw.uniform() - 1);
  const targets = Float32Array.from({ length: count * outputs }, (_, at) => {
    const [row, output] = [Math.floor(at / outputs), at % outputs];
    let value = 0.1 * (draw.uniform() - 0.5) + 0.3 * Math.sin(3 * images[row * features]!);
    for (let feature = 0; feature < features; feature++)
      value += weights[output * features + feature]! * images[row * features + feature]!;
    return value;
  });
  return {
    images,
    targets,
    count,
    features,
    shape: { channels: 1, height: 1, width: features },
    black: [],
    classes: null,
    targetColumns: Array.from({ length: outputs }, (_, at) => ({
      name: `y${at}`,
      unit: null,
      mean: 5,
      deviation: 2 + at,
    })),
  };
}

/** Training and validation parts of one set. */
export function regressionData(train: number, validation: number, features = 5, outputs = 2): LoadedData {
  const all = regressionExamples(train + validation, features, outputs);
  const part = (from: number, count: number): Examples => ({
    ...all,
    images: all.images.slice(from * features, (from + count) * features),
    targets: all.targets.slice(from * outputs, (from + count) * outputs),
    count,
  });
  return { train: part(0, train), validation: part(train, validation), checksum: 'r'.repeat(64) };
}

/** ½ · mean over examples of the squared distance, and its gradient, of a linear network in float64; weight [outputs, features] before bias. */
export function linearTruth(
  parameters: ArrayLike<number>,
  { images, targets, features, count }: Examples,
): { loss: number; gradient: number[]; outputs: number[] } {
  const width = targets.length / count;
  const gradient = new Array<number>(parameters.length).fill(0);
  const outputs: number[] = [];
  let loss = 0;
  for (let row = 0; row < count; row++)
    for (let output = 0; output < width; output++) {
      let value = parameters[width * features + output]!;
      for (let feature = 0; feature < features; feature++)
        value += parameters[output * features + feature]! * images[row * features + feature]!;
      outputs.push(value);
      const away = value - targets[row * width + output]!;
      loss += away ** 2 / (2 * count);
      gradient[width * features + output]! += away / count;
      for (let feature = 0; feature < features; feature++)
        gradient[output * features + feature]! += (away * images[row * features + feature]!) / count;
    }
  return { loss, gradient, outputs };
}

/** The Hessian of that loss by the weights and the bias of one output: mean of [x, 1] [x, 1]ᵀ. */
export function linearHessian({ images, features, count }: Examples): number[][] {
  const size = features + 1;
  const entry = (row: number, at: number): number => (at < features ? images[row * features + at]! : 1);
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => {
      let sum = 0;
      for (let row = 0; row < count; row++) sum += entry(row, i) * entry(row, j);
      return sum / count;
    }),
  );
}

/** Greatest eigenvalue of a symmetric positive matrix, by the power method far beyond float64's digits. */
export function greatestEigenvalue(matrix: readonly (readonly number[])[]): number {
  let vector = matrix.map((_, index) => 1 + index / 7);
  let value = 0;
  for (let round = 0; round < 20_000; round++) {
    const next = matrix.map((row) => row.reduce((sum, each, index) => sum + each * vector[index]!, 0));
    value = Math.hypot(...next);
    vector = next.map((each) => each / value);
  }
  return value;
}

/** The same loss of an MLP with tanh after its one hidden layer, in float64; parameters in PyTorch's order. */
export function tanhTruth(
  parameters: ArrayLike<number>,
  { images, targets, features, count }: Examples,
  hidden: number,
): { loss: number; gradient: number[] } {
  const width = targets.length / count;
  const [bias1, weight2] = [hidden * features, hidden * features + hidden];
  const bias2 = weight2 + width * hidden;
  const gradient = new Array<number>(parameters.length).fill(0);
  let loss = 0;
  for (let row = 0; row < count; row++) {
    const x = images.subarray(row * features, (row + 1) * features);
    const units = Array.from({ length: hidden }, (_, unit) =>
      Math.tanh(
        x.reduce((sum, value, at) => sum + value * parameters[unit * features + at]!, parameters[bias1 + unit]!),
      ),
    );
    const back = new Array<number>(hidden).fill(0);
    for (let output = 0; output < width; output++) {
      const value = units.reduce(
        (sum, unit, at) => sum + unit * parameters[weight2 + output * hidden + at]!,
        parameters[bias2 + output]!,
      );
      const away = (value - targets[row * width + output]!) / count;
      loss += (away ** 2 * count) / 2;
      gradient[bias2 + output]! += away;
      units.forEach((unit, at) => {
        gradient[weight2 + output * hidden + at]! += away * unit;
        back[at]! += away * parameters[weight2 + output * hidden + at]!;
      });
    }
    back.forEach((each, unit) => {
      const slope = each * (1 - units[unit]! ** 2);
      gradient[bias1 + unit]! += slope;
      x.forEach((value, at) => (gradient[unit * features + at]! += slope * value));
    });
  }
  return { loss, gradient };
}
