/**
 * The walk: an optimiser with its probes. Each iteration takes one step along one batch's gradient, the whole training set
 * being the batch of gradient descent; where it is probed, the loss over
 * the evaluation set is measured on the segment between the parameters before and after.
 */
import { setImmediate } from 'node:timers/promises';
import { multiplyAddsPerGradient } from '../../../shared/cost.ts';
import { batchSizeOf, isProbed, iterationsPerEpoch, totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { drawsBatches } from '../../../shared/optimizers.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import type { Examples, LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { generatorFor, generatorFrom } from '../random/generator.ts';
import type { Generator } from '../random/generator.ts';
import { cropAndFlip } from './augmentation.ts';
import { batchesOf, wholeBatches } from './batches.ts';
import type { Batches } from './batches.ts';
import type { Checkpoints } from './checkpoint.ts';
import { openCurvature } from './probes/curvature.ts';
import type { Curvature } from './probes/curvature.ts';
import { count, noCounts, sliceRecord } from './probes/counts.ts';
import { divergence, divergenceMessage } from './divergence.ts';
import type { Evaluator, Place, SegmentEvaluator } from './evaluator.ts';
import { openEvaluators } from './evaluators.ts';
import type { Evaluators } from './evaluators.ts';
import { gradientFunction } from './gradient.ts';
import { writeSnapshot } from './probes/snapshot-file.ts';
import { accuracyOf, finite } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import type { Meter } from './meter.ts';
import { addNoise, measureDeviation } from './noise.ts';
import { blendPoints, emptyPoint } from './point.ts';
import type { Point } from './point.ts';
import { learningRateAt } from './schedule.ts';
import { measureSlice, noSlice } from './probes/slice.ts';
import type { SliceMeasures } from './probes/slice.ts';
import type { Scalars, WalkState } from './state.ts';
import { allocateVectors } from './vector-kernels.ts';
import { sgdStep } from './vector.ts';

/** Who hears what the walk finds, in order. */
export interface Observer {
  iteration: (record: IterationRecord) => void;
  /** A whole slice, α ascending. */
  slice: (records: SliceRecord[]) => void;
  epoch: (record: EpochRecord) => void;
  /** The eigenvalues at one iteration, by rising rank; before that iteration's record, after the epoch's that ends there. */
  curvature: (records: CurvatureRecord[]) => void;
  parameters: (file: ParameterFile) => void;
  /** Called after every piece of work, several times an iteration where it is probed. */
  tick: (iterationsDone: number) => void;
  /** Waits until there is room for more records. */
  room?: () => Promise<void>;
}

/** What a walk needs. */
export interface WalkOptions {
  experiment: Experiment;
  data: LoadedData;
  model: Model;
  backend: Backend;
  /** Existing folder for kept parameters; needed when the experiment keeps some. */
  parametersDirectory: string | null;
  observer: Observer;
  meter: Meter;
  /** Examples that pass at once in an update, see `microBatchOf`. */
  microBatch: number;
  /** Where to go on; null starts from the initialisation. */
  resume?: WalkState | null;
  /** Keeps the state now and then, and where the walk stops or fails before its end; null keeps none. */
  checkpoints?: Checkpoints | null;
  /** Asked between iterations and between evaluations; once it says true the walk ends. */
  stopped: () => boolean;
}

/** How a walk ended. */
export interface Outcome {
  status: 'finished' | 'stopped' | 'diverged';
  /** What happened, where, what to do; null unless diverged. */
  message: string | null;
}

/**
 * Walks an experiment from its initialisation to its end. It yields to the event loop between pieces of work.
 *
 * A slice's last point is the next one's first: an iteration evaluates K points, and one more where the iteration before it was not
 * probed. Where the slices are taken on the whole training set, the epochs' training loss is the same measurement.
 * An iteration that diverges keeps its record (null where a number is not finite) and is the last one; one that is interrupted
 * by a stop keeps its record without a slice; the checkpoint then stands before it, and a walk that goes on does it again.
 * @throws Error when parameters cannot be written or the backend fails.
 */
export async function walk(options: WalkOptions): Promise<Outcome> {
  const workshop = await openWorkshop(options);
  try {
    return await run(options, workshop);
  } finally {
    await workshop.dispose();
  }
}

/** What computes. */
interface Workshop extends Evaluators {
  gradient: Awaited<ReturnType<typeof gradientFunction>>;
  /** Measures the Hessian's eigenvalues; null when it does not. */
  curvature: Curvature | null;
  dispose(): Promise<void>;
}

async function openWorkshop(options: WalkOptions): Promise<Workshop> {
  const { experiment, data, model, backend, microBatch, meter, stopped } = options;
  const evaluators = await openEvaluators(experiment, { backend, model, data });
  const gradient = await gradientFunction(backend, model, batchSizeOf(experiment), microBatch);
  const curvature = await openCurvature({ experiment, train: data.train, backend, model, meter, stopped });
  return {
    ...evaluators,
    gradient,
    curvature,
    async dispose() {
      const { segments, train, validation, resolution } = evaluators;
      for (const each of new Set([gradient, segments, train, validation, resolution, curvature])) await each?.dispose();
    },
  };
}

/** The batches that an optimiser draws, or the whole set each time. @param resume where a resumed run stands */
function openBatches(
  experiment: Experiment,
  train: Examples,
  augmentation: Generator,
  resume: WalkState | null,
): Batches {
  const { seed, optimizer } = experiment;
  const augment = experiment.data.augment ? cropAndFlip(train, augmentation) : null;
  return drawsBatches(optimizer)
    ? batchesOf(train, optimizer.batchSize, resume?.order ?? generatorFor(seed, 'order'), augment)
    : wholeBatches(train, augment);
}

/** Standard deviation of the noise that every gradient gets: as told or measured here; null without noise, or when stopped. */
async function noiseDeviation(
  { experiment, data, model, backend, meter, stopped, observer }: WalkOptions,
  initial: Point,
): Promise<number | null> {
  const { optimizer, seed } = experiment;
  if (optimizer.kind !== 'gd-isotropic-noise') return null;
  if (optimizer.noiseDeviation !== null) return optimizer.noiseDeviation;
  return measureDeviation(initial, {
    backend,
    model,
    examples: data.train,
    generator: generatorFor(seed, 'noise scale'),
    worked(examples, seconds) {
      meter.derived(
        multiplyAddsPerGradient(experiment, { ...data.train.shape, classes: data.train.classes }, examples),
        seconds,
      );
      observer.tick(0);
    },
    stopped,
  });
}

/** Before epoch 0, the initialisation, was recorded. */
const beginning: Scalars = {
  done: 0,
  epoch: -1,
  kept: -1,
  owesEnd: false,
  initialLoss: NaN,
  pathLength: 0,
  distance: 0,
  previousNorm: NaN,
  noiseDeviation: null,
  counts: noCounts,
};

async function run(
  options: WalkOptions,
  { gradient, segments, train, validation, resolution, curvature }: Workshop,
): Promise<Outcome> {
  const { experiment, data, model, parametersDirectory, observer, meter, stopped } = options;
  const { resume = null, checkpoints = null } = options;
  const { momentum, weightDecay } = experiment.optimizer;
  const { points } = experiment.probes.interpolation;
  const total = totalIterations(experiment);
  const perEpoch = iterationsPerEpoch(experiment);

  const first = model.initialise(generatorFor(experiment.seed, 'initialisation'));
  /** Points of a slice that are evaluated together. */
  const batched = Math.min(points - 1, segments?.batchedPoints ?? 0);
  const [initial, ...vectors] = allocateVectors(6 + batched, first.length) as [Float32Array, ...Float32Array[]];
  initial.set(first);
  /** A vector beside the others, where updates and blends are fastest. @param values zeros when left out */
  const vector = (values?: Float32Array): Float32Array => {
    const made = vectors.pop()!;
    if (values) made.set(values);
    return made;
  };
  const generator = (purpose: 'augmentation' | 'noise'): Generator => {
    const kept = resume?.generators[purpose];
    return kept ? generatorFrom(kept) : generatorFor(experiment.seed, purpose);
  };
  const augmentation = generator('augmentation');
  const noise = generator('noise');
  const batches = openBatches(experiment, data.train, augmentation, resume);
  const between = Array.from({ length: batched }, () => emptyPoint(model, vector()));
  const velocity = momentum > 0 ? vector(resume?.optimizer['velocity']) : null;
  let current: Point = {
    parameters: vector(resume?.point.parameters ?? initial),
    statistics: resume?.point.statistics ?? model.initialStatistics(),
  };
  let next = emptyPoint(model, vector());
  let slope = vector();
  let previous = vector(resume?.previous);
  /** Everything between two iterations that is a number. */
  const now: Scalars = { ...(resume?.scalars ?? beginning) };
  /** The state before the iteration that is under way, or was left unfinished; null between two. */
  let before: WalkState | null = null;

  /** Last measurements by evaluator: at the parameters before which iteration, and what. */
  const known = new Map<Evaluator, { iteration: number; measurement: Measurement }>();

  /**
   * The state as it is, by reference: good for as long as nothing is computed.
   * @param withCopies good while an iteration is probed: the only thing that it writes in place is copied
   */
  function state(withCopies = false): WalkState {
    return {
      scalars: { ...now },
      point: current,
      previous,
      optimizer: velocity ? { velocity: withCopies ? velocity.slice() : velocity } : {},
      order: batches.state(),
      generators: { augmentation: augmentation.state(), noise: noise.state() },
      meter: meter.state(),
    };
  }

  /** Measures at θ_iteration, or tells what was measured there before. */
  async function measureAt(evaluator: Evaluator, iteration: number, point: Point): Promise<Measurement> {
    const last = known.get(evaluator);
    if (last?.iteration === iteration) {
      meter.evaluated(evaluator.count, 0);
      return last.measurement;
    }
    const measurement = (await timed(evaluator.count, async () => [await evaluator.measure(point)]))[0]!;
    known.set(evaluator, { iteration, measurement });
    return measurement;
  }

  /** Measures at some points and tells the meter of each. */
  async function timed(examples: number, work: () => Promise<Measurement[]>): Promise<Measurement[]> {
    const start = performance.now();
    const found = await work();
    const seconds = (performance.now() - start) / 1000 / found.length;
    found.forEach(() => meter.evaluated(examples, seconds));
    return found;
  }

  /** Records the epoch that has ended; epoch 0 is the initialisation. False when stopped on the way, its curvature missing. */
  async function recordEpoch(epoch: number): Promise<boolean> {
    const { done, distance, counts } = now;
    const onTrain = await measureAt(train, done, current);
    observer.tick(done);
    const onValidation = await measureAt(validation, done, current);
    observer.tick(done);
    const ends = curvature?.everyEpoch ? await curvature.measure(current, done, () => observer.tick(done)) : null;
    const whole = !(curvature?.everyEpoch && ends === null && stopped());
    observer.epoch({
      epoch,
      iterations: epoch === 0 ? 0 : done - (epoch - 1) * perEpoch,
      train_loss: finite(onTrain.loss),
      train_accuracy: accuracyOf(onTrain),
      validation_loss: finite(onValidation.loss),
      validation_accuracy: accuracyOf(onValidation),
      distance,
      ...counts,
      lambda_max: ends?.largest ?? null,
      spectral_norm: ends?.norm ?? null,
    });
    now.counts = noCounts;
    now.epoch = epoch;
    if (epoch === 0) now.initialLoss = onTrain.loss;
    observer.tick(done);
    if (experiment.keepParameters === 'epochs') await keep(done, current);
    return whole;
  }

  async function keep(iteration: number, point: Point): Promise<void> {
    if (parametersDirectory === null)
      throw new Error('The experiment keeps parameters but there is no folder for them; start it with one.');
    now.owesEnd = false;
    observer.parameters(await writeSnapshot(parametersDirectory, experiment.name, iteration, point, model));
    now.kept = iteration;
  }

  /** Slice of the segment from `current` to `next`; null when stopped on the way. */
  async function probe(evaluator: SegmentEvaluator, iteration: number): Promise<Measurement[] | null> {
    const end = await measureAt(evaluator, iteration + 1, next);
    const inner: Measurement[] = [];
    while (inner.length < points - 1) {
      observer.tick(iteration);
      if (stopped()) return null;
      const places = between.slice(0, points - 1 - inner.length).map((point, index): Place => {
        const alpha = (inner.length + index + 1) / points;
        blendPoints(current, next, alpha, point);
        return { alpha, point };
      });
      inner.push(...(await timed(evaluator.count, () => evaluator.betweenAll(places))));
    }
    return [...inner, end];
  }

  async function end(status: Outcome['status'], message: string | null = null): Promise<Outcome> {
    if (now.owesEnd) await keep(now.done, current);
    if (curvature) observer.curvature(curvature.rest());
    return { status, message };
  }

  /** Ends before the end; a walk that did not even begin needs no checkpoint. */
  async function stop(at: WalkState): Promise<Outcome> {
    if (at.scalars.epoch >= 0) await checkpoints?.save(at);
    return end('stopped');
  }

  /** One iteration; an outcome when it is the last one. */
  async function iterate(iteration: number): Promise<Outcome | null> {
    const probed = segments !== null && isProbed(experiment, iteration);
    before = state(probed);
    if (probed && experiment.keepParameters === 'windows') await keep(iteration, current);
    const start = probed ? await measureAt(segments, iteration, current) : null;

    const began = performance.now();
    batches.next();
    const batchLoss = await gradient.compute(current, batches.images, batches.labels, {
      gradient: slope,
      statistics: next.statistics,
    });
    if (now.noiseDeviation !== null) addNoise(slope, now.noiseDeviation, noise);
    if (curvature) observer.curvature(curvature.align(slope, iteration));
    const learningRate = learningRateAt(experiment, iteration);
    const sums = sgdStep({
      current: current.parameters,
      next: next.parameters,
      initial,
      gradient: slope,
      previous,
      velocity,
      learningRate,
      momentum,
      weightDecay,
    });
    meter.updated((performance.now() - began) / 1000);

    const gradientNorm = Math.sqrt(sums.gradient);
    const cosine = iteration === 0 ? null : finite(sums.product / (gradientNorm * now.previousNorm));
    const updateNorm = Math.sqrt(sums.update);
    now.distance = Math.sqrt(sums.distance);
    now.pathLength += updateNorm;

    // a slice towards parameters that are not finite says nothing
    const walkable = Number.isFinite(now.distance) && Number.isFinite(batchLoss);
    const rest = start && walkable ? await probe(segments!, iteration) : null;
    const interrupted = start !== null && walkable && rest === null ? before : null;
    const slice = start && rest ? [start, ...rest] : null;
    let measures: SliceMeasures = noSlice;
    if (slice) {
      const resolved = await resolution!.of(
        { iteration, point: current },
        { iteration: iteration + 1, point: next },
        slice,
      );
      measures = measureSlice(slice, data.train.count, resolved, cosine);
      now.counts = count(now.counts, measures);
      observer.slice(slice.map((point, k) => sliceRecord(iteration, k / points, point)));
    }
    observer.iteration({
      iteration,
      epoch: Math.floor(iteration / perEpoch) + 1,
      learning_rate: learningRate,
      noise_deviation: now.noiseDeviation,
      batch_loss: finite(batchLoss),
      gradient_norm: finite(gradientNorm),
      gradient_cosine: cosine,
      update_norm: finite(updateNorm),
      distance: finite(now.distance),
      path_length: finite(now.pathLength),
      ...measures,
    });

    [current, next] = [next, current];
    [slope, previous] = [previous, slope];
    now.previousNorm = gradientNorm;
    now.done = iteration + 1;
    before = interrupted;
    observer.tick(now.done);

    now.owesEnd = probed && experiment.keepParameters === 'windows';
    const trouble = divergence(
      {
        batchLoss,
        gradientSquared: sums.gradient,
        distanceSquared: sums.distance,
        loss: slice ? slice.at(-1)!.loss : null,
      },
      now.initialLoss,
    );
    if (trouble) return end('diverged', divergenceMessage(trouble, iteration, experiment.optimizer.learningRate));
    return interrupted ? stop(interrupted) : null;
  }

  async function walkOn(): Promise<Outcome> {
    for (;;) {
      // lets a stop in
      await setImmediate();
      await observer.room?.();
      if (stopped()) return stop(state());
      if (now.owesEnd && !isProbed(experiment, now.done)) await keep(now.done, current);
      const epoch = Math.ceil(now.done / perEpoch);
      const ended = now.epoch < epoch && (now.done % perEpoch === 0 || now.done === total);
      const unrecorded = state();
      if (ended && !(await recordEpoch(epoch))) return stop(unrecorded);
      if (now.done === total) return end('finished');
      if (experiment.optimizer.kind === 'gd-isotropic-noise' && now.noiseDeviation === null) {
        now.noiseDeviation = await noiseDeviation(options, current);
        if (stopped()) return stop(state());
      }
      // where an epoch has just ended it was measured with it, but a walk that goes on from there measures again, the same
      if (curvature?.due(now.done)) {
        await curvature.measure(current, now.done, () => observer.tick(now.done));
        if (stopped()) return stop(state());
      }
      if (checkpoints?.due(ended)) await checkpoints.save(state());
      const outcome = await iterate(now.done);
      if (outcome) return outcome;
    }
  }

  try {
    return await walkOn();
  } catch (error) {
    // what failed may work another time; that this cannot be written either is no news
    if (now.epoch >= 0) await checkpoints?.save(before ?? state()).catch(() => undefined);
    throw error;
  }
}
