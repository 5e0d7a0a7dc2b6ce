/** What a run's trainer needs in memory at its peak, told before it starts. Pure arithmetic on the experiment and its data. */
import { microBatchOf, parameterCount } from './cost.ts';
import { batchSizeOf } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { layersOf } from './networks.ts';
import type { DataShape } from './networks.ts';

/** A process that has loaded its libraries and computed nothing. */
const processBytes = 110 * 2 ** 20;

/** Copies of a data set's bytes while its files are read: as files, and as parsed. */
const readingCopies = 2.4;

/** Share of those bytes that is not given back afterwards. */
const readingRest = 0.5;

/**
 * Copies of the parameters: both ends of a step, a point between, the initial ones, two gradients; two more in the runtime.
 * Momentum adds one.
 */
const parameterCopies = 8;

/**
 * Numbers that a training pass holds for each that a convolution or pooling yields: the activations, their normalised and rectified
 * forms, and gradients. Measured: 2.4 (ResNet-56) to 3.4 (CNN with batch norm).
 */
const trainingCopies = 3.2;

/** Floats of stem values above which a segment evaluator keeps none; as in the trainer's evaluator. */
const keptFloats = 2 ** 28;

/**
 * Bytes of resident memory of a run's trainer at its peak. Compared with what it took on Linux x64 for an MLP, a CNN, VGG-11 and
 * ResNets of 20 and 56 layers, with and without batch norm, 2,200 and 50,000 images of 32 × 32 in colour: within 30 %
 * (docs/performance.md).
 * @param count examples of the whole data set, all of which are read
 */
export function peakMemory(experiment: Experiment, shape: DataShape & { count: number }): number {
  const features = shape.channels * shape.height * shape.width;
  const { data, model, optimizer, probes } = experiment;
  const images = 4 * features * (data.train + data.validation);
  const raw = shape.count * features;

  const copies = parameterCopies + (optimizer.momentum > 0 ? 1 : 0);
  const parameters = 4 * copies * parameterCount(experiment, shape);
  const layers = layersOf(model, shape);
  // a layer that only normalises is counted with the one before it
  const yielded = layers
    .filter(({ multiplyAdds, parameters: own }) => multiplyAdds > 0 || own === 0)
    .reduce((sum, { values }) => sum + values, 0);
  // gradient descent takes the images as they lie there
  const copied = optimizer.kind === 'sgd' || data.augment;
  const passing = microBatchOf(experiment, shape);
  const training = 4 * trainingCopies * passing * yielded + (copied ? 4 * features * batchSizeOf(experiment) : 0);

  const { evaluateOn, windows } = probes.interpolation;
  const evaluated = evaluateOn === 'train' ? data.train : evaluateOn.subset;
  const subset = evaluateOn === 'train' || windows.length === 0 ? 0 : 4 * features * evaluateOn.subset;
  const stem = model.architecture === 'mlp' && windows.length > 0 ? 2 * evaluated * (layers[0]?.values ?? 0) : 0;
  const slices = subset + (stem > keptFloats ? 0 : 4 * stem);

  return processBytes + images + Math.max(readingCopies * raw, readingRest * raw + parameters + training + slices);
}
