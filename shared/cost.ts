/**
 * What an experiment costs, in multiply-adds: for the estimate before a run, the progress during it and the pace measured
 * after it. Pure arithmetic on the experiment and the shape of its data.
 */
import type { ValleyFloorSettings } from './analyses/valley-floor.ts';
import type { VectorPlace } from './backends.ts';
import { curvatureMeasurements } from './curvature/index.ts';
import type { MeasurementKey } from './curvature/index.ts';
import { batchSizeOf, curvaturePoints, iterationsPerEpoch, totalIterations } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { lineExamples } from './line.ts';
import { activationWork } from './networks/activations.ts';
import { hasBatchNorm, networkCost } from './networks/index.ts';
import type { DataShape } from './networks/index.ts';
import { noiseOf, stepWorkOf } from './optimizers/index.ts';
import { typicalSample } from './sequential/plan.ts';
import { sequentialOf, slicesCount, subsetOf } from './sequential/settings.ts';
import type { SlicesOn } from './sequential/settings.ts';

/** Number of trainable parameters. */
export function parameterCount(experiment: Experiment, shape: DataShape): number {
  return networkCost(experiment.model, shape).parameters;
}

/**
 * What a number of an image or a normalised layer costs beyond the multiply-adds that make it, told in multiply-adds that take as
 * long: such layers wait for memory, in training for several passes. Measured so that one pace of a machine fits MLP, CNN,
 * VGG-11 and ResNet within about a factor of 2.
 */
const perNumber = { evaluate: 60, update: 600 };

/** Work of one example's forward pass: its multiply-adds, and what its images and smooth activations cost. */
export function multiplyAddsPerExample(experiment: Experiment, shape: DataShape): number {
  const { multiplyAdds, moved, activated } = networkCost(experiment.model, shape);
  return multiplyAdds + perNumber.evaluate * moved + activationWork(experiment.model.activation).evaluate * activated;
}

/**
 * Work per parameter of an update by plain SGD beyond forward and backward pass (the step itself, norms, cosine and distance in
 * float64, feeding the weights), told in multiply-adds that take as long; what other optimisers take on top they declare, see `stepWorkOf`.
 */
const perParameter = 250;

/**
 * Work of the gradient over some examples, in multiply-adds: forward and backward pass (the backward pass costs two forward
 * passes, less the first layer's input gradient, which nobody needs).
 */
export function multiplyAddsPerGradient(experiment: Experiment, shape: DataShape, examples: number): number {
  const { multiplyAdds, firstMultiplyAdds, moved, activated } = networkCost(experiment.model, shape);
  const { update } = activationWork(experiment.model.activation);
  return examples * (3 * multiplyAdds - firstMultiplyAdds + perNumber.update * moved + update * activated);
}

/**
 * Work of one update, in multiply-adds: the gradient of a batch, and the work on every parameter.
 * @param vectors where the backend keeps them, which decides who takes the optimiser's step
 */
export function multiplyAddsPerUpdate(experiment: Experiment, shape: DataShape, vectors: VectorPlace): number {
  return (
    multiplyAddsPerGradient(experiment, shape, batchSizeOf(experiment)) +
    (perParameter + stepWorkOf(experiment.optimizer, vectors)) * parameterCount(experiment, shape)
  );
}

/** Examples of a micro-batch by which isotropic noise is scaled where the training set allows it. */
const scaleBatchSize = 100;
/** Micro-batches that a smaller set is cut into, and the fewest: two halves of two. */
const scaleBatchCount = { usual: 30, least: 4 };

/**
 * Examples of each micro-batch whose gradients scale isotropic noise at initialisation, and how many micro-batches there are:
 * batches of 100, or 30 batches of a training set of less than 3,000. Batch norm needs two examples to a micro-batch. Null for a
 * training set that has no four micro-batches.
 */
export function scaleBatches(train: number, batchNorm: boolean): { size: number; count: number } | null {
  const size = Math.max(batchNorm ? 2 : 1, Math.min(scaleBatchSize, Math.floor(train / scaleBatchCount.usual)));
  const count = Math.floor(train / size);
  return count < scaleBatchCount.least ? null : { size, count };
}

/** Why the scale of isotropic noise cannot be measured on so few examples, and what to do. */
export function tooFewToScale(train: number): string {
  return `${train} training ${train === 1 ? 'example is' : 'examples are'} too few to tell the variance of their gradients (4 without batch norm, 8 with it); tell optimizer.noiseDeviation or raise data.train`;
}

/** Whether an experiment measures the scale of its noise. */
export function measuresNoise({ optimizer }: Experiment): boolean {
  return noiseOf(optimizer)?.deviation === null;
}

/** Work of measuring the scale of isotropic noise, in multiply-adds; 0 where it is not measured. */
function scaleWork(experiment: Experiment, shape: DataShape): number {
  const scale = measuresNoise(experiment) && scaleBatches(experiment.data.train, hasBatchNorm(experiment.model));
  return scale ? multiplyAddsPerGradient(experiment, shape, scale.size * scale.count) : 0;
}

/**
 * Numbers that a training pass may hold (2 GiB of float32): three for each that a layer yields, for the forward pass, its
 * gradient and what is made on the way.
 */
const trainingNumbers = 2 ** 29;

/** Numbers that layers yield and normalise for an example. */
function numbersPerExample({ model }: Experiment, shape: DataShape): number {
  const { yielded, normalised } = networkCost(model, shape);
  return yielded + normalised;
}

/** Examples that pass at once in an update: as told, or the largest divisor of the batch that fits into memory. */
export function microBatchOf(experiment: Experiment, shape: DataShape): number {
  const batchSize = batchSizeOf(experiment);
  const { microBatch } = experiment.optimizer;
  if (microBatch !== null) return microBatch;
  const perExample = numbersPerExample(experiment, shape);
  const parts = Math.ceil((3 * perExample * batchSize) / trainingNumbers);
  return equalPart(batchSize, parts);
}

/** The largest equal part of a batch that makes at least so many of them, more than 0. */
function equalPart(batchSize: number, least: number): number {
  for (let parts = Math.min(batchSize, least); ; parts++) if (batchSize % parts === 0) return batchSize / parts;
}

/** What batch norm cannot do, in words that follow the name of a setting. */
const oneHasNoVariance = 'and one example has no variance';

/**
 * Why updates would leave batch norm one example at a time, in words that follow the name of the setting of the batch size; null where
 * they do not. PyTorch refuses it too.
 */
export function aloneInUpdates(experiment: Experiment, shape: DataShape): string | null {
  if (!hasBatchNorm(experiment.model) || microBatchOf(experiment, shape) > 1) return null;
  const batchSize = batchSizeOf(experiment);
  return `leaves batch norm one example at a time (batches of ${batchSize}), ${oneHasNoVariance}; choose a larger one${batchSize > 1 ? ' with more divisors' : ''}, or a network without batch norm`;
}

/** Why losses between points would normalise one example by itself, in words that follow the name of the setting; null where they do not. */
export function aloneInEvaluation({ model, probes }: Experiment, evaluateOn: SlicesOn): string | null {
  if (subsetOf(evaluateOn) !== 1 || !hasBatchNorm(model) || probes.interpolation.batchNorm !== 'batch') return null;
  return `is one example, which batch norm would normalise by its own statistics, ${oneHasNoVariance}; take at least two, or set probes.interpolation.batchNorm to "running"`;
}

/**
 * Multiply-adds that are done at a time when updating (a micro-batch, with its part of the work on parameters) and when evaluating (one
 * point on the slices' examples, or the training set where nothing is probed): what a measured pace holds for.
 * @param vectors where the backend keeps them
 */
export function workAtATime(
  experiment: Experiment,
  shape: DataShape,
  vectors: VectorPlace,
): { update: number; evaluate: number } {
  const parts = batchSizeOf(experiment) / microBatchOf(experiment, shape);
  const { evaluateOn } = experiment.probes.interpolation;
  const { train } = experiment.data;
  const examples = probedIterations(experiment) === 0 ? train : slicesCount(evaluateOn, train);
  return {
    update: multiplyAddsPerUpdate(experiment, shape, vectors) / parts,
    evaluate: examples * multiplyAddsPerExample(experiment, shape),
  };
}

/** A Hessian-vector product differentiates the gradient: measured at two to three gradients. */
const gradientsPerProduct = 2.5;

/** Of these, what a product after another at the same point leaves out, since activations and the gradient's own are kept: of 2.6 gradients' multiply-adds of a convolutional network 2.0 are left, of 1.8 of an MLP 1.4. Checkpoints count the whole, as they did before anything was kept; estimates leave it out. */
const gradientsKept = 0.6;

/** Work of one Hessian-vector product of the curvature probe, in multiply-adds; 0 where there is none. */
export function multiplyAddsPerProduct(experiment: Experiment, shape: DataShape): number {
  const { hessian } = experiment.probes;
  return hessian.method === 'none'
    ? 0
    : gradientsPerProduct * multiplyAddsPerGradient(experiment, shape, hessian.examples);
}

/**
 * Hessian-vector products at a point at most: Lanczos may settle before, and one for each eigenvalue, the smallest counted in, tells its
 * residual.
 */
function productsAtPoint({ probes: { hessian } }: Experiment): number {
  if (hessian.method === 'none') return 0;
  const { eigenvalues, iterations, method } = hessian;
  const pairs = eigenvalues + 1;
  return method === 'lanczos' ? iterations + pairs : pairs * (iterations + 1);
}

/** Work of the products of the whole run at most, and of it what those after the first at a point leave out. */
function curvatureWork(experiment: Experiment, shape: DataShape): { all: number; kept: number } {
  const [points, products] = [curvaturePoints(experiment), productsAtPoint(experiment)];
  const each = multiplyAddsPerProduct(experiment, shape);
  const share = gradientsKept / gradientsPerProduct;
  return { all: points * products * each, kept: points * Math.max(0, products - 1) * share * each };
}

/** Work of measurements, in multiply-adds at most: of all their passes, of those among them that are losses alone, and what products leave out of it. */
interface MeasurementWork {
  all: number;
  losses: number;
  kept: number;
}

/** Work of one of the measurements beside the eigenvalues at one step; 0 where it is not measured. */
export function measurementWork(experiment: Experiment, shape: DataShape, key: MeasurementKey): MeasurementWork {
  const { hessian } = experiment.probes;
  if (hessian.method === 'none' || !hessian[key]) return { all: 0, losses: 0, kept: 0 };
  const sizes = { examples: hessian.examples, batchSize: batchSizeOf(experiment), train: experiment.data.train };
  const { passes } = curvatureMeasurements.find((one) => one.key === key)!;
  const work = { all: 0, losses: 0, kept: 0 };
  for (const { examples, sets = 1, evaluations = 0, gradients = 0, products = 0, again = 0 } of passes(sizes)) {
    const losses = evaluations * sets * examples * multiplyAddsPerExample(experiment, shape);
    const derivatives = gradients + products * gradientsPerProduct;
    work.losses += losses;
    work.kept += again * gradientsKept * multiplyAddsPerGradient(experiment, shape, sets * examples);
    work.all +=
      losses +
      derivatives * multiplyAddsPerGradient(experiment, shape, sets * examples) +
      (gradients + products) * sets * perParameter * parameterCount(experiment, shape);
  }
  return work;
}

/** Steps that begin where curvature is measured. */
function curvatureSteps(experiment: Experiment): number {
  const { hessian } = experiment.probes;
  return curvaturePoints(experiment) - Number(hessian.method !== 'none' && hessian.every === 'epoch');
}

/** Examples that pass at once in a Hessian-vector product: it holds some eight numbers for each that a layer yields. */
export function curvatureBatchOf(experiment: Experiment, shape: DataShape): number {
  const perExample = numbersPerExample(experiment, shape);
  return Math.max(1, Math.min(1000, Math.floor(trainingNumbers / 2 / (8 * perExample))));
}

/**
 * Examples that pass at once in a Hessian-vector product of a batch: those of an update where batch norm normalises them together, else the most
 * that {@link curvatureBatchOf} allows and that divide the batch.
 */
export function batchCurvatureOf(experiment: Experiment, shape: DataShape): number {
  const inUpdates = microBatchOf(experiment, shape);
  if (hasBatchNorm(experiment.model)) return inUpdates;
  return equalPart(inUpdates, Math.ceil(inUpdates / curvatureBatchOf(experiment, shape)));
}

/** Training examples that batch norm's statistics are recomputed on at each point, where an experiment asks for that; else 0. */
export function recomputedOn({ model, data, probes }: Pick<Experiment, 'model' | 'data' | 'probes'>): number {
  return hasBatchNorm(model) && probes.interpolation.batchNorm === 'recomputed' ? Math.min(1000, data.train) : 0;
}

/**
 * The descents of the valley-floor study as an experiment: each of its updates is one step of theirs, and its slices are the segments
 * of the floor.
 */
export function descentOf(experiment: Experiment, { batchSize }: Pick<ValleyFloorSettings, 'batchSize'>): Experiment {
  const { data, optimizer, probes } = experiment;
  const { learningRate, schedule, warmup } = optimizer;
  const steps = {
    learningRate,
    schedule,
    warmup,
    clipping: { kind: 'none' },
    microBatch: null,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    weightDecay: 0,
  } as const;
  return {
    ...experiment,
    data: { ...data, augment: false },
    optimizer: batchSize === null ? { kind: 'gd', ...steps } : { kind: 'sgd', batchSize, ...steps },
    probes: {
      ...probes,
      interpolation: { ...probes.interpolation, evaluateOn: 'train', from: 0, to: 1, onBatch: false },
      hessian: { method: 'none' },
      valleyFloor: { when: 'never' },
    },
  };
}

/**
 * Work of the valley-floor study at most, in multiply-adds: the steps of every descent (`update`), the loss at both of its ends and along both
 * segments to the next (`evaluate`).
 * @param descent what {@link descentOf} makes of the experiment
 * @param descents how many points descend
 */
export function valleyFloorCost(
  descent: Experiment,
  shape: DataShape,
  { steps, intervals }: Pick<ValleyFloorSettings, 'steps' | 'intervals'>,
  descents: number,
): { update: number; evaluate: number } {
  const points = 2 * descents + 2 * Math.max(0, descents - 1) * (intervals + 1);
  return {
    // plain gradient descent, whose step is the same wherever it is taken
    update: descents * steps * multiplyAddsPerUpdate(descent, shape, 'host'),
    evaluate: points * (descent.data.train + recomputedOn(descent)) * multiplyAddsPerExample(descent, shape),
  };
}

/** A stretch of iterations: `from` up to, not including, `to`. */
export interface Stretch {
  from: number;
  to: number;
}

/** The probed iterations as disjoint stretches in order, cut at the end of the run: the windows of `isProbed`, merged. */
export function probedStretches(experiment: Experiment): Stretch[] {
  const total = totalIterations(experiment);
  const perEpoch = iterationsPerEpoch(experiment);
  const stretches = experiment.probes.interpolation.windows
    .flatMap((window): Stretch[] =>
      'firstIterations' in window
        ? [{ from: 0, to: window.firstIterations }]
        : window.epochs.map((epoch) => ({ from: (epoch - 1) * perEpoch, to: epoch * perEpoch })),
    )
    .map(({ from, to }) => ({ from, to: Math.min(to, total) }))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  const merged: Stretch[] = [];
  for (const stretch of stretches) {
    const last = merged.at(-1);
    if (last && stretch.from <= last.to) last.to = Math.max(last.to, stretch.to);
    else merged.push({ ...stretch });
  }
  return merged;
}

/** Number of probed iterations of the whole run. */
export function probedIterations(experiment: Experiment): number {
  return probedStretches(experiment).reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Number of epochs of the whole run, a last, partial one counted in. */
export function totalEpochs(experiment: Experiment): number {
  return Math.ceil(totalIterations(experiment) / iterationsPerEpoch(experiment));
}

/**
 * Examples that pass the network at every point between the ends of a slice; of sequential slices, whose samples are as large as they have to
 * be, those of a typical one.
 */
export function examplesBetween(experiment: Pick<Experiment, 'model' | 'data' | 'probes'>): number {
  const { train } = experiment.data;
  const { evaluateOn } = experiment.probes.interpolation;
  const examples = sequentialOf(evaluateOn) ? typicalSample(train) : slicesCount(evaluateOn, train);
  return examples + recomputedOn(experiment);
}

/** The whole run's work, in counts and in multiply-adds. */
export interface Cost {
  iterations: number;
  probedIterations: number;
  /** Forward passes of single examples: slices, and training and validation set at the end of each epoch and before the first. */
  evaluatedExamples: number;
  /** Multiply-adds of all updates. */
  update: number;
  /** Multiply-adds of all evaluations. */
  evaluate: number;
  /** Multiply-adds of what probes take with derivatives beside the updates, losses that they are timed with counted in. */
  derive: number;
  /** Those losses: as fast as evaluations. */
  deriveLosses: number;
  /** Of these, what Hessian-vector products leave out because they keep what others at the same point have computed. */
  deriveKept: number;
}

/**
 * The cost of a whole run. A slice's last point is the next one's first, so K evaluations a probed iteration, and one more
 * for the first of each stretch; what is evaluated beyond the step and on the batch comes on top.
 * @param vectors where the backend keeps them
 */
export function runCost(experiment: Experiment, shape: DataShape, vectors: VectorPlace): Cost {
  const iterations = totalIterations(experiment);
  const { points, evaluateOn } = experiment.probes.interpolation;
  const { train, validation } = experiment.data;
  const ofEnd = slicesCount(evaluateOn, train) + recomputedOn(experiment);
  const stretches = probedStretches(experiment);
  const probed = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const evaluatedExamples =
    (probed + stretches.length) * ofEnd +
    probed * (points - 1) * examplesBetween(experiment) +
    probed * lineExamples(experiment.probes.interpolation, ofEnd, batchSizeOf(experiment)) +
    (totalEpochs(experiment) + 1) * (train + validation);
  const measured = curvatureMeasurements.map(({ key }) => measurementWork(experiment, shape, key));
  const atSteps = (part: keyof MeasurementWork): number =>
    curvatureSteps(experiment) * measured.reduce((sum, work) => sum + work[part], 0);
  const products = curvatureWork(experiment, shape);
  return {
    iterations,
    probedIterations: probed,
    evaluatedExamples,
    update: iterations * multiplyAddsPerUpdate(experiment, shape, vectors),
    evaluate: evaluatedExamples * multiplyAddsPerExample(experiment, shape),
    derive: scaleWork(experiment, shape) + products.all + atSteps('all'),
    deriveLosses: atSteps('losses'),
    deriveKept: products.kept + atSteps('kept'),
  };
}
