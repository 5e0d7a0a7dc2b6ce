/** What a run's trainer needs in memory at its peak, told before it starts. Pure arithmetic on the experiment and its data. */
import { studyOf } from './analyses/valley-floor.ts';
import { curvatureMeasurements } from './curvature/index.ts';
import type { OpenPasses } from './curvature/index.ts';
import { batchCurvatureOf, curvatureBatchOf, descentOf, measuresNoise, microBatchOf, parameterCount } from './cost.ts';
import { batchSizeOf } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { clips } from './clipping/index.ts';
import { drawsBatches, vectorsOf } from './optimizers/index.ts';
import { mostKnown } from './losses/curve.ts';
import { heldBy } from './networks/activations.ts';
import { hasBatchNorm, networkCost, outputsOf } from './networks/index.ts';
import { sequentialOf, slicesCount, subsetOf } from './sequential/settings.ts';
import type { DataShape } from './networks/index.ts';

/** A process that has loaded its libraries and computed something small. */
const processBytes = 180 * 2 ** 20;

/** Copies of a data set's bytes while its files are read: as files, and as parsed. */
const readingCopies = 2.4;

/** Bytes for each number of a table while it is read: in float64, as part of the table and as a column, and what a list of them takes. */
const tableBytes = 16;

/** Share of those bytes that is not given back afterwards. */
const readingRest = 0.5;

/**
 * Copies of the parameters: both ends of a step, a point between, the initial ones, two gradients; two more in the runtime.
 * What an optimiser remembers comes on top, a clipped gradient, and the point before for the cosine of updates.
 */
const parameterCopies = 8;

/**
 * Numbers that a training pass holds for each that a convolution or pooling yields: the activations, their rectified
 * forms, and gradients. Activations other than ReLU may hold more, see `heldBy`, and norms, see `normCopies`.
 */
const trainingCopies = 3.2;

/**
 * Numbers that a training pass holds for each that a norm makes on the way to its result, and the result: 2.7 to 2.9 in convolutional
 * networks in batches of 500 and 1,000, with batch, layer and group norm. Of an MLP, whose layers are small, 1.3 to 7.
 */
const normCopies = 2.8;

/**
 * Copies of the parameters while a point is built into the graph of a network without a stem: as they are written, read and packed by the
 * runtime, and what the garbage collector has not taken away of the points before.
 */
const builtCopies = 10;

/** Bytes for each parameter while the scale of isotropic noise is measured: a mean and two sums of squares in float64. */
const scaleBytes = 3 * 8;

/** Most channels of images that are copied once for every place of a filter, and once more side by side, as the first layer trains. */
const copiedChannels = 3;

/** Numbers of the first layer's values above which a segment's evaluator keeps none: a larger set passes the whole network at every point. */
export const keptFloats = 2 ** 28;

/** Most examples that pass at once in evaluations, and in gradients of the whole training set: of networks with a stem, and of others, whose activations are larger. */
export const mostInChunk = { stem: 1000, noStem: 100 };

/** Most points of a segment that are evaluated together. */
const mostBatched = 16;
/** The most numbers that these points may have in all. */
const pointFloats = 2 ** 24;

/** How many points of a segment are evaluated together. @param parameters numbers of a point */
export function batchedPoints(parameters: number): number {
  return Math.max(1, Math.min(mostBatched, Math.floor(pointFloats / parameters)));
}

/**
 * Numbers that a Hessian-vector product holds for each that a convolution or pooling yields: the forward pass, its gradient, and the
 * gradient of that.
 */
const productCopies = 8;

/**
 * The same for each number that a norm makes: measured 10.9 with batch norm, which takes running statistics as given, 14.0 with layer norm and 14.3
 * with group norm, in the small CNN.
 */
const productNormCopies = { given: 11, own: 14 };

/**
 * Vectors of a Hessian-vector product, counted in copies of the parameters: its sum in float64, a micro-batch's part, both once more as
 * they are made orthogonal, and point, direction and result in the runtime.
 */
const productVectors = 8;

/** The most numbers that products of the Hessian at one point keep of it (512 MiB); of one micro-batch they always keep them. */
export const keptByProducts = 2 ** 27;

/**
 * Numbers that they keep for each that a convolution, pooling or linear layer yields (1.3 to 1.8), for each that a norm makes (0.8 to 1.1), and for each that a smooth
 * activation makes a product hold (up to 0.25), counted in the graphs of all networks.
 */
const keptCopies = { yielded: 1.5, normalised: 1.1, held: 0.25 };

/**
 * Bytes of a product of the Hessian with a vector, of what products at a point keep of it, and of what is kept beside them.
 * @param kept vectors of the parameters' length
 * @param examples that it is over
 */
function productBytes(
  experiment: Experiment,
  shape: DataShape,
  { kept, examples }: { kept: number; examples: number },
): number {
  const norms = hasBatchNorm(experiment.model) ? productNormCopies.given : productNormCopies.own;
  const vectors = (kept + productVectors) * parameterCount(experiment, shape);
  const passing = Math.min(curvatureBatchOf(experiment, shape), examples);
  const each = keptOfExample(experiment, shape);
  // as it is kept, and once more as the runtime's binding hands it over
  const ofPoint = Math.min(examples * each, Math.max(keptByProducts, passing * each)) + passing * each;
  return 4 * (vectors + ofPoint + passing * productNumbers(experiment, shape, norms));
}

/** Numbers of a point that products keep of an example. */
function keptOfExample({ model }: Experiment, shape: DataShape): number {
  const { yielded, normalised } = networkCost(model, shape);
  return (
    (keptCopies.yielded + keptCopies.held * heldBy(model.activation).product) * yielded +
    keptCopies.normalised * normalised
  );
}

/**
 * Of the micro-batches of a product over the curvature's examples the share, in [0, 1], that has a place of its own in what is kept: the others share the last
 * place, and are computed anew in every product (electron/trainer/walk/kept.ts).
 */
export function shareKeptByProducts(experiment: Experiment, shape: DataShape): number {
  const { hessian } = experiment.probes;
  if (hessian.method === 'none') return 0;
  const examples = Math.min(hessian.examples, experiment.data.train);
  const passing = Math.min(curvatureBatchOf(experiment, shape), examples);
  const chunks = Math.ceil(examples / passing);
  const places = Math.max(1, Math.floor(keptByProducts / (passing * keptOfExample(experiment, shape))));
  return places >= chunks ? 1 : (places - 1) / chunks;
}

/** Numbers that a product holds for an example. @param norms for each that a norm makes */
function productNumbers({ model }: Experiment, shape: DataShape, norms: number): number {
  const { yielded, normalised } = networkCost(model, shape);
  return (productCopies + heldBy(model.activation).product) * yielded + norms * normalised;
}

/** Bytes of a gradient. @param passing examples that pass at once */
function gradientBytes({ model }: Experiment, shape: DataShape, passing: number): number {
  const { yielded, normalised, firstPlaces } = networkCost(model, shape);
  const { channels, height, width } = shape;
  const shifted = channels <= copiedChannels ? 2 * firstPlaces * channels * height * width : 0;
  const numbers = (trainingCopies + heldBy(model.activation).training) * yielded + normCopies * normalised + shifted;
  return 4 * passing * numbers;
}

/** Bytes of what measurements beside the eigenvalues leave open: each with vectors of its own, and the numbers of its pass, which its runtime keeps. */
function openBytes(experiment: Experiment, shape: DataShape, examples: number): Record<OpenPasses, number> {
  const vector = 4 * parameterCount(experiment, shape);
  const most = curvatureBatchOf(experiment, shape);
  const chunk = networkCost(experiment.model, shape).stem > 0 ? mostInChunk.stem : mostInChunk.noStem;
  const [inUpdates, batch] = [microBatchOf(experiment, shape), batchSizeOf(experiment)];
  const product = productNumbers(experiment, shape, productNormCopies.own);
  return {
    // the gradient of a micro-batch
    slope: vector + gradientBytes(experiment, shape, Math.min(most, examples)),
    // of the training set, however few examples the curvature has, cut as evaluations cut it
    'mean gradient': vector + gradientBytes(experiment, shape, Math.min(most, chunk, experiment.data.train)),
    // micro-batches are summed up in float64; the examples of a batch lie side by side
    'batch gradient':
      (inUpdates < batch ? 2 : 0) * vector +
      gradientBytes(experiment, shape, inUpdates) +
      4 * shape.channels * shape.height * shape.width * batch,
    // its sum in float64 and a micro-batch's part; differentiated through a batch's own statistics
    'batch product': 3 * vector + 4 * batchCurvatureOf(experiment, shape) * product,
  };
}

/** Bytes of the curvature probe: the vectors that its method keeps, and a product of the Hessian. */
function curvatureBytes(experiment: Experiment, shape: DataShape): number {
  const { hessian } = experiment.probes;
  if (hessian.method === 'none') return 0;
  const { eigenvalues, iterations, method } = hessian;
  const size = parameterCount(experiment, shape);
  const pairs = eigenvalues + 1;
  // the Krylov space's basis and the eigenvectors made of it; the power method keeps eigenvectors, and while it takes the best of a span the
  // two vectors and their sum in float64
  const kept = method === 'lanczos' ? Math.min(Math.max(iterations, eigenvalues), size) + pairs : pairs + 4;
  const measured = curvatureMeasurements.filter(({ key }) => hessian[key]);
  // one measurement after the other, and none while eigenvalues are found; what they compute with stays open
  const measuring = Math.max(0, ...measured.map(({ vectors }) => vectors));
  const bytes = openBytes(experiment, shape, hessian.examples);
  const open = new Set(measured.flatMap(({ opens }): readonly OpenPasses[] => opens));
  const staying = [...open].reduce((sum, name) => sum + bytes[name], 0);
  return productBytes(experiment, shape, { kept: kept + measuring, examples: hessian.examples }) + staying;
}

/** A data set as memory sees it. */
type CountedShape = DataShape & {
  /** Examples of the whole set, all of which are read. */
  count: number;
  /** Null of a table, whose numbers are read from text or floats; anything else of images, which are bytes. */
  normalisation?: unknown;
};

/**
 * Bytes of resident memory at the peak of the trainers of a run: the one that walks, or the one that studies the valley floor afterwards,
 * whichever needs more. Compared with what they took on Linux x64 for an MLP, a CNN, VGG-11 and ResNets of 20 and 56 layers, with
 * and without batch norm and probes, 2,200 and 50,000 images of 32 × 32 in colour: within 30 % (docs/performance.md).
 */
export function peakMemory(experiment: Experiment, shape: CountedShape): number {
  const study = studyOf(experiment.probes.valleyFloor);
  return Math.max(walkMemory(experiment, shape), study ? walkMemory(descentOf(experiment, study), shape) : 0);
}

/** Python with PyTorch (2.13 for processors: 223 MiB on Linux x64) that has computed something small. */
const pythonBytes = 225 * 2 ** 20;

/** Bytes of arrays that never change, images above all, that stay in the process of a backend at most. */
export const mostKept = 2 ** 30;

/**
 * Bytes of a process that a backend computes in beside the trainer's, whose vectors and activations are there instead and so counted
 * already: it has the images of evaluations once more. 0 where there is none.
 */
export function memoryBeside(backend: string, { data }: Experiment, shape: DataShape): number {
  if (backend !== 'pytorch') return 0;
  const images = 4 * shape.channels * shape.height * shape.width * (data.train + data.validation);
  return pythonBytes + Math.min(images, mostKept);
}

/** Vectors of the parameters' length that a walk remembers from one update to the next, by its settings. */
export function rememberedVectors({ optimizer, probes }: Pick<Experiment, 'optimizer' | 'probes'>): number {
  return vectorsOf(optimizer).length + Number(clips(optimizer.clipping)) + Number(probes.updateCosine);
}

/** Bytes of the examples that are computed on, and of the whole set as it is read. */
function dataBytes({ data }: Experiment, shape: CountedShape): { images: number; raw: number } {
  const features = shape.channels * shape.height * shape.width;
  // classes are a byte each, next to nothing
  const predicted = shape.classes === null ? outputsOf(shape) : 0;
  return {
    images: 4 * (features + predicted) * (data.train + data.validation),
    raw: shape.count * (features * (shape.normalisation === null ? tableBytes : 1) + 8 * predicted),
  };
}

/**
 * Bytes at the peak of a trainer that computes a spectral density: the basis of Lanczos's method above all.
 * @param settings examples and products of each vector, as asked for
 */
export function spectralDensityMemory(
  experiment: Experiment,
  shape: CountedShape,
  settings: { examples: number; steps: number },
): number {
  const { images, raw } = dataBytes(experiment, shape);
  const size = parameterCount(experiment, shape);
  const examples = Math.min(settings.examples, experiment.data.train);
  const chosen = examples < experiment.data.train ? 4 * shape.channels * shape.height * shape.width * examples : 0;
  // the kept point as well
  const kept = Math.min(settings.steps, size) + 1;
  const working = readingRest * raw + chosen + productBytes(experiment, shape, { kept, examples });
  return processBytes + images + Math.max(readingCopies * raw, working);
}

/** Bytes at the peak of a trainer that walks. */
function walkMemory(experiment: Experiment, shape: CountedShape): number {
  const features = shape.channels * shape.height * shape.width;
  const { data, model, optimizer, probes } = experiment;
  const { images, raw } = dataBytes(experiment, shape);

  const network = networkCost(model, shape);
  const convolves = network.stem === 0;
  const copies = parameterCopies + rememberedVectors(experiment) + (convolves ? builtCopies : 0);
  const parameters = 4 * copies * parameterCount(experiment, shape);
  // gradient descent takes the images as they lie there
  const copied = drawsBatches(optimizer) || data.augment;
  const passing = microBatchOf(experiment, shape);
  const training = gradientBytes(experiment, shape, passing) + (copied ? 4 * features * batchSizeOf(experiment) : 0);

  const { evaluateOn, windows } = probes.interpolation;
  const evaluated = slicesCount(evaluateOn, data.train);
  const subset = subsetOf(evaluateOn) !== null && windows.length > 0 ? 4 * features * evaluated : 0;
  // outputs at all known points, losses too, in float32; sizes, their order and what a sample showed, in float64
  const sampled =
    sequentialOf(evaluateOn) && windows.length > 0
      ? data.train * (mostKnown * 4 * (outputsOf(shape) + 1) + 32) +
        (data.train / 2) * (64 + 24 * probes.interpolation.points)
      : 0;
  const stem = windows.length > 0 ? 2 * evaluated * network.stem : 0;
  const size = parameterCount(experiment, shape);
  const batched = Math.min(probes.interpolation.points - 1, batchedPoints(size));
  const slices =
    subset + sampled + (stem === 0 || stem > keptFloats ? 0 : 4 * (stem + Math.max(0, batched - 1) * size));

  // done before the first slice, and before a point is built into a graph
  const scaling = measuresNoise(experiment) ? size * Math.max(0, scaleBytes - (convolves ? 4 * builtCopies : 0)) : 0;

  const probing = Math.max(slices, scaling) + curvatureBytes(experiment, shape);
  const walking = readingRest * raw + parameters + training + probing;
  return processBytes + images + Math.max(readingCopies * raw, walking);
}
