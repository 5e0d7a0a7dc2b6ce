/** Steps by training: batches, their gradients, and a rule that makes updates of them. */
import type { z } from 'zod';
import { batchSizeOf, iterationsPerEpoch, totalIterations } from '../../../../shared/experiment.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { Model } from '../../../../shared/networks/model.ts';
import { clips } from '../../../../shared/clipping/index.ts';
import { drawsBatches, vectorsOf } from '../../../../shared/optimizers/index.ts';
import type { Examples, LoadedData } from '../../../datasets/load.ts';
import type { Backend } from '../../backends/backend.ts';
import { generatorFor, generatorFrom } from '../../random/generator.ts';
import type { Generator, GeneratorState } from '../../random/generator.ts';
import { cropAndFlip } from '../augmentation.ts';
import { batchesOf, wholeBatches } from '../batches.ts';
import type { Batches, OrderState } from '../batches.ts';
import { divergence, divergenceMessage } from '../divergence.ts';
import { gradientFunction } from '../gradient.ts';
import { finite } from '../measurement.ts';
import type { Meter } from '../meter.ts';
import type { Observer } from '../observer.ts';
import { emptyPoint } from '../point.ts';
import type { Point } from '../point.ts';
import { count, maybe } from '../remembered.ts';
import { learningRateAt } from '../schedule.ts';
import { ruleOf } from '../rules/index.ts';
import { gradientClipping } from './gradient-clipping.ts';
import { gradientNoiseState, openGradientNoise } from './gradient-noise.ts';
import type { StepSource } from './source.ts';
import { cosineOfUpdates } from './update-cosine.ts';

/** The numbers that it remembers. */
export const trainingState = {
  /** Iterations done. */
  done: count,
  /** ‖g‖₂ of the last update; NaN before the first. */
  previousNorm: maybe,
  ...gradientNoiseState,
};

/** Everything that it remembers. The initial parameters are not in it: the seed gives them. */
export interface TrainingState {
  scalars: z.output<z.ZodObject<typeof trainingState>>;
  /** θ and the running statistics that belong to it. */
  point: Point;
  /** g of the last update. */
  previous: Float32Array;
  /** θ before the last update; null where nothing is measured of it. */
  before: Float32Array | null;
  /** Vectors of the optimiser by name, `velocity`; each of the parameters' length. */
  optimizer: Readonly<Record<string, Float32Array>>;
  /** Null where every batch is the whole set. */
  order: OrderState | null;
  /** Generators other than that of the order, by purpose. */
  generators: Readonly<Record<string, GeneratorState>>;
}

/** A source that can be left and gone on with. */
export interface Training extends StepSource {
  /** Good for as long as nothing is computed. @param withCopies good during a step, too: what is written in place is copied */
  state(withCopies: boolean): TrainingState;
  /** @throws Error naming a vector of the optimiser that is missing */
  restore(state: TrainingState): void;
  dispose(): Promise<void>;
}

/** What training needs. */
export interface TrainingOptions {
  experiment: Experiment;
  data: LoadedData;
  model: Model;
  backend: Backend;
  /** Examples that pass at once in an update, see `microBatchOf`. */
  microBatch: number;
  meter: Meter;
  observer: Pick<Observer, 'tick'>;
  stopped: () => boolean;
}

/** Vectors of the parameters' length that training takes, those of the optimiser counted in. */
export function trainingVectors({ optimizer, probes }: Experiment): number {
  return 5 + vectorsOf(optimizer).length + Number(clips(optimizer.clipping)) + Number(probes.updateCosine);
}

/** The batches that an optimiser draws, or the whole set each time. @param from the order's generator, or where it stands */
function openBatches(
  { optimizer, data }: Experiment,
  train: Examples,
  augmentation: Generator,
  from: Generator | OrderState,
): Batches {
  const augment = data.augment ? cropAndFlip(train, augmentation) : null;
  return drawsBatches(optimizer) ? batchesOf(train, optimizer.batchSize, from, augment) : wholeBatches(train, augment);
}

/**
 * Opens training at its initialisation.
 * @param vector makes a vector of zeros; all of them lie where updates are fastest
 */
export async function openTraining(options: TrainingOptions, vector: () => Float32Array): Promise<Training> {
  const { experiment, data, model, backend, meter } = options;
  const { seed, optimizer } = experiment;
  const course = { first: 0, last: totalIterations(experiment), perEpoch: iterationsPerEpoch(experiment) };
  const gradientOf = await gradientFunction(backend, model, batchSizeOf(experiment), options.microBatch);
  const noise = openGradientNoise(options);
  let augmentation = generatorFor(seed, 'augmentation');
  let batches = openBatches(experiment, data.train, augmentation, generatorFor(seed, 'order'));
  const initial = vector();
  initial.set(model.initialise(generatorFor(seed, 'initialisation')));
  let current: Point = { parameters: vector(), statistics: model.initialStatistics() };
  current.parameters.set(initial);
  let next = emptyPoint(model, vector());
  let gradient = vector();
  let previous = vector();
  const before = experiment.probes.updateCosine ? vector() : null;
  const vectors = Object.fromEntries(vectorsOf(optimizer).map((name) => [name, vector()]));
  const update = ruleOf(optimizer, vectors);
  const clip = gradientClipping(optimizer.clipping, vector);
  let done = 0;
  let previousNorm = NaN;
  let gradientNorm = NaN;

  return {
    course,
    here: () => ({ iteration: done, point: current, done }),
    prepare: ({ point }) => noise.prepare(point),
    async step() {
      const began = performance.now();
      batches.next();
      const { images, labels } = batches;
      const batchLoss = await gradientOf.compute(current, images, labels, { gradient, statistics: next.statistics });
      noise.addTo(gradient);
      const clipped = clip?.(gradient, previous) ?? null;
      const learningRate = learningRateAt(experiment, done);
      const sums = update({
        iteration: done,
        current: current.parameters,
        next: next.parameters,
        initial,
        gradient: clipped?.gradient ?? gradient,
        previous,
        learningRate,
      });
      // what is told of the gradient is told of it before clipping
      const told = clipped?.sums ?? sums;
      meter.updated((performance.now() - began) / 1000);
      gradientNorm = Math.sqrt(told.gradient);
      const iteration = done;
      const distance = Math.sqrt(sums.distance);
      return {
        iteration,
        from: current,
        to: next,
        end: iteration + 1,
        gradient,
        measured: {
          learning_rate: learningRate,
          noise_deviation: noise.deviation(),
          batch_loss: finite(batchLoss),
          gradient_norm: finite(gradientNorm),
          gradient_cosine: iteration === 0 ? null : finite(told.product / (gradientNorm * previousNorm)),
          update_cosine:
            iteration === 0 || !before ? null : finite(cosineOfUpdates(before, current.parameters, next.parameters)),
          clipped_gradient_norm: clipped && finite(Math.sqrt(sums.gradient)),
        },
        updateNorm: Math.sqrt(sums.update),
        distance,
        walkable: Number.isFinite(distance) && Number.isFinite(batchLoss),
        trouble(loss, initialLoss) {
          const { distance: distanceSquared } = sums;
          const { gradient: gradientSquared } = told;
          const what = divergence({ batchLoss, gradientSquared, distanceSquared, loss }, initialLoss);
          return what && divergenceMessage(what, iteration, optimizer.learningRate);
        },
      };
    },
    advance() {
      before?.set(current.parameters);
      [current, next] = [next, current];
      [gradient, previous] = [previous, gradient];
      previousNorm = gradientNorm;
      done++;
    },
    state: (withCopies) => ({
      scalars: { done, previousNorm, ...noise.state() },
      point: current,
      previous,
      before,
      optimizer: withCopies
        ? Object.fromEntries(Object.entries(vectors).map(([name, values]) => [name, values.slice()]))
        : vectors,
      order: batches.state(),
      generators: { augmentation: augmentation.state(), noise: noise.generator() },
    }),
    restore(state) {
      ({ done, previousNorm } = state.scalars);
      current.parameters.set(state.point.parameters);
      current.statistics.set(state.point.statistics);
      previous.set(state.previous);
      if (before) {
        if (!state.before) throw new Error('the checkpoint holds no parameters before its last update');
        before.set(state.before);
      }
      for (const [name, values] of Object.entries(vectors)) {
        const kept = state.optimizer[name];
        if (!kept) throw new Error(`the checkpoint holds no ${name}, which ${optimizer.kind} remembers`);
        values.set(kept);
      }
      const generator = (purpose: 'augmentation' | 'noise'): Generator => {
        const kept = state.generators[purpose];
        return kept ? generatorFrom(kept) : generatorFor(seed, purpose);
      };
      augmentation = generator('augmentation');
      batches = openBatches(experiment, data.train, augmentation, state.order ?? generatorFor(seed, 'order'));
      noise.restore(state.scalars, generator('noise'));
    },
    dispose: () => gradientOf.dispose(),
  };
}
