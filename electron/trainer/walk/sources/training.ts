/** Steps by training: batches, their gradients, and a rule that makes updates of them. */
import type { z } from 'zod';
import { batchSizeOf, iterationsPerEpoch, totalIterations } from '../../../../shared/experiment.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { Model } from '../../../../shared/networks/model.ts';
import { rememberedVectors } from '../../../../shared/memory.ts';
import { drawsBatches, vectorsOf } from '../../../../shared/optimizers/index.ts';
import type { Examples, LoadedData } from '../../../datasets/load.ts';
import type { Backend, Vector } from '../../backends/backend.ts';
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
import { writeTo } from '../space/space.ts';
import type { OpenRule, VectorSpace } from '../space/space.ts';
import { gradientNoiseState, openGradientNoise } from './gradient-noise.ts';
import type { StepSource } from './source.ts';
import { lossFor } from '../targets.ts';

/** The numbers that it remembers. */
export const trainingState = {
  /** Iterations done. */
  done: count,
  /** ‖g‖₂ of the last update; NaN before the first. */
  previousNorm: maybe,
  ...gradientNoiseState,
};

/** Everything that it remembers. The initial parameters are not in it: the seed gives them. */
export interface TrainingState<V extends Vector = Float32Array> {
  scalars: z.output<z.ZodObject<typeof trainingState>>;
  /** θ and the running statistics that belong to it. */
  point: Point<V>;
  /** g of the last update. */
  previous: V;
  /** θ before the last update; null where nothing is measured of it. */
  before: V | null;
  /** Vectors of the optimiser by name, `velocity`; each of the parameters' length. */
  optimizer: Readonly<Record<string, V>>;
  /** Null where every batch is the whole set. */
  order: OrderState | null;
  /** Generators other than that of the order, by purpose. */
  generators: Readonly<Record<string, GeneratorState>>;
}

/** A source that can be left and gone on with. */
export interface Training extends StepSource {
  /** Good for as long as nothing is computed. @param withCopies good during a step, too: what is written in place is copied */
  state(withCopies: boolean): Promise<TrainingState<Vector>>;
  /** @throws Error naming a vector of the optimiser that is missing */
  restore(state: TrainingState): Promise<void>;
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
export function trainingVectors(experiment: Experiment): number {
  return 5 + rememberedVectors(experiment);
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
 * @param space where its vectors lie
 */
export async function openTraining(options: TrainingOptions, space: VectorSpace): Promise<Training> {
  const { experiment, data, model, backend, meter } = options;
  const { seed, optimizer } = experiment;
  const course = { first: 0, last: totalIterations(experiment), perEpoch: iterationsPerEpoch(experiment) };
  const gradientOf = await gradientFunction(
    backend,
    model,
    lossFor(experiment.loss, data.train),
    batchSizeOf(experiment),
    options.microBatch,
  );
  const noise = openGradientNoise(options);
  let augmentation = generatorFor(seed, 'augmentation');
  let batches = openBatches(experiment, data.train, augmentation, generatorFor(seed, 'order'));
  const rule = await space.rule(optimizer);
  const start = model.initialise(generatorFor(seed, 'initialisation'));
  const initial = await rule.vector();
  await writeTo(initial, start);
  let current: Point = { parameters: await space.vector(), statistics: model.initialStatistics() };
  await writeTo(current.parameters, start);
  let next: Point = emptyPoint(model, await space.vector());
  let gradient = await rule.vector();
  let previous = await rule.vector();
  const vectors: Record<string, Vector> = {};
  for (const name of vectorsOf(optimizer)) vectors[name] = await rule.vector();
  let before = experiment.probes.updateCosine ? await space.vector() : null;
  /** Where they are copied to before a step writes them; made when they are first. */
  let copies: Record<string, Vector> | null = null;
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
      const { images, targets } = batches;
      const batchLoss = await gradientOf.compute(current, images, targets, { gradient, statistics: next.statistics });
      await noise.addTo(gradient);
      const learningRate = learningRateAt(experiment, done);
      const points = { current: current.parameters, next: next.parameters, initial, gradient, previous };
      const { sums, norm, clippedNorm } = await rule.update({ iteration: done, learningRate, ...points }, vectors);
      meter.updated((performance.now() - began) / 1000);
      gradientNorm = Math.sqrt(sums.gradient);
      const iteration = done;
      const distance = Math.sqrt(sums.distance);
      const cosine =
        before && iteration > 0 ? finite(await space.cosine(before, current.parameters, next.parameters)) : null;
      return {
        iteration,
        from: current,
        to: next,
        end: iteration + 1,
        gradient,
        batch: { images, targets },
        measured: {
          learning_rate: learningRate,
          noise_deviation: noise.deviation(),
          batch_loss: finite(batchLoss),
          gradient_norm: finite(gradientNorm),
          gradient_cosine: iteration === 0 ? null : finite(sums.product / (gradientNorm * previousNorm)),
          clipped_gradient_norm: clippedNorm === null ? null : finite(clippedNorm),
          update_cosine: cosine,
        },
        norm,
        updateNorm: Math.sqrt(sums.update),
        distance,
        walkable: Number.isFinite(distance) && Number.isFinite(batchLoss),
        trouble(loss, initialLoss) {
          const { gradient: gradientSquared, distance: distanceSquared } = sums;
          const what = divergence({ batchLoss, gradientSquared, distanceSquared, loss }, initialLoss);
          return what && divergenceMessage(what, iteration, optimizer.learningRate);
        },
      };
    },
    advance() {
      const free = before ?? current.parameters;
      if (before) before = current.parameters;
      [current, next] = [next, { parameters: free, statistics: current.statistics }];
      [gradient, previous] = [previous, gradient];
      previousNorm = gradientNorm;
      done++;
    },
    async state(withCopies) {
      if (withCopies) copies = await copied(vectors, copies, rule);
      return {
        scalars: { done, previousNorm, ...noise.state() },
        point: current,
        previous,
        before,
        optimizer: withCopies && copies ? copies : vectors,
        order: batches.state(),
        generators: { augmentation: augmentation.state(), noise: noise.generator() },
      };
    },
    async restore(state) {
      ({ done, previousNorm } = state.scalars);
      await writeTo(current.parameters, state.point.parameters);
      current.statistics.set(state.point.statistics);
      await writeTo(previous, state.previous);
      if (before) {
        if (!state.before) throw new Error('the checkpoint holds no parameters from before its last update');
        await writeTo(before, state.before);
      }
      for (const [name, vector] of Object.entries(vectors)) {
        const kept = state.optimizer[name];
        if (!kept) throw new Error(`the checkpoint holds no ${name}, which ${optimizer.kind} remembers`);
        await writeTo(vector, kept);
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

/** Copies of an optimiser's vectors. @param reuse those before */
async function copied(
  vectors: Readonly<Record<string, Vector>>,
  reuse: Readonly<Record<string, Vector>> | null,
  rule: OpenRule,
): Promise<Record<string, Vector>> {
  const copies: Record<string, Vector> = {};
  for (const [name, vector] of Object.entries(vectors)) copies[name] = await rule.copyOf(vector, reuse?.[name] ?? null);
  return copies;
}
