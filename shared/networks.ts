/**
 * The networks as bookkeeping sees them: parameters, multiply-adds and memory of every layer, and which images they take. Their
 * graphs are in shared/networks, and tested against these numbers.
 */
import type { Experiment } from './experiment.ts';

/** The settings of a network. */
export type NetworkSettings = Experiment['model'];

/** What a data set asks of a network. */
export interface DataShape {
  height: number;
  width: number;
  channels: number;
  classes: number;
}

/** A layer with parameters, or a pooling. */
interface Layer {
  /** Trainable parameters. */
  parameters: number;
  /** Multiply-adds of one example's forward pass. */
  multiplyAdds: number;
  /** Numbers that one example leaves in memory. */
  values: number;
  /** Those of them that take time of their own: all but the few of linear layers. */
  moved: number;
}

/** Output channels of VGG-11's convolutions; `M` is a pooling. */
export const vgg11Plan = [64, 'M', 128, 'M', 256, 256, 'M', 512, 512, 'M', 512, 512, 'M'] as const;

/** Filters of the three stages of a ResNet. */
export const resnetStages = [16, 32, 64] as const;

/** Filters of the two convolutions of the small CNN. */
export const cnnFilters = [16, 32] as const;

/** Widths of VGG-11's classifier before the classes. */
export const vggClassifier = [512, 512] as const;

/** Image sides are divided by so much; 1 where any image is taken. */
function divisor({ architecture }: NetworkSettings): { by: number; because: string } {
  switch (architecture) {
    case 'mlp':
      return { by: 1, because: '' };
    case 'cnn':
      return { by: 4, because: 'it halves them twice' };
    case 'vgg11':
      return { by: 32, because: 'it halves them five times' };
    case 'resnet':
      return { by: 4, because: 'it halves them twice' };
  }
}

/** Why a network cannot take images of this size, in words that follow the name of a setting; null when it can. */
export function imageProblem(model: NetworkSettings, { height, width }: DataShape): string | null {
  const { by, because } = divisor(model);
  if (height % by === 0 && width % by === 0) return null;
  return `needs images whose height and width are multiples of ${by} (${because}), and these are ${height} × ${width}; choose another architecture or data set`;
}

/** Whether a network normalises batches. */
export function hasBatchNorm(model: NetworkSettings): boolean {
  return model.architecture === 'resnet' || model.batchNorm;
}

/** Every layer of a network in order; the first is the one that sees the images. */
export function layersOf(model: NetworkSettings, { height, width, channels, classes }: DataShape): Layer[] {
  const layers: Layer[] = [];
  let [wide, high, deep] = [width, height, channels];

  /** Adds a layer that yields whole images, or normalises. */
  const add = (parameters: number, multiplyAdds: number, values: number): void =>
    void layers.push({ parameters, multiplyAdds, values, moved: values });
  const norm = (): void => add(2 * deep, 0, 2 * deep * high * wide);
  const convolution = (filters: number, bias: boolean, kernel = 3, stride = 1, from = deep): void => {
    [high, wide] = [Math.ceil(high / stride), Math.ceil(wide / stride)];
    const weights = from * filters * kernel * kernel;
    deep = filters;
    add(weights + (bias ? filters : 0), weights * high * wide, deep * high * wide);
  };
  const pool = (): void => {
    [high, wide] = [high / 2, wide / 2];
    add(0, 0, deep * high * wide);
  };
  const linear = (out: number): void => {
    const inputs = deep * high * wide;
    layers.push({ parameters: (inputs + 1) * out, multiplyAdds: inputs * out, values: out, moved: 0 });
    [deep, high, wide] = [out, 1, 1];
  };

  switch (model.architecture) {
    case 'mlp':
      for (const units of model.hidden) {
        linear(units);
        if (model.batchNorm) norm();
      }
      break;
    case 'cnn':
      for (const filters of cnnFilters) {
        convolution(filters, true);
        if (model.batchNorm) norm();
        pool();
      }
      break;
    case 'vgg11':
      for (const step of vgg11Plan) {
        if (step === 'M') pool();
        else {
          convolution(step, true);
          if (model.batchNorm) norm();
        }
      }
      vggClassifier.forEach(linear);
      break;
    case 'resnet': {
      const blocks = (model.depth - 2) / 6;
      convolution(resnetStages[0], false);
      resnetStages.forEach((filters, stage) => {
        for (let block = 0; block < blocks; block++) {
          const stride = stage > 0 && block === 0 ? 2 : 1;
          const inputs = deep;
          norm();
          convolution(filters, false, 3, stride);
          norm();
          convolution(filters, false);
          if (stride === 2) convolution(filters, false, 1, 1, inputs);
        }
      });
      norm();
      [high, wide] = [1, 1];
      break;
    }
  }
  linear(classes);
  return layers;
}
