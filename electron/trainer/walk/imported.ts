/**
 * A walk whose points are given, trained elsewhere: the loss on the segments between consecutive points, their lengths, and both
 * sets' losses at the ends of epochs. Slices and lengths are computed as `walk` computes them, call by call, so that points that
 * were kept by a walk give its own slices bit for bit. There are no batches and no gradients: what follows from them is null.
 */
import { setImmediate } from 'node:timers/promises';
import { iterationsPerEpoch } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import type { LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { count, noCounts, sliceRecord } from './probes/counts.ts';
import type { Evaluator } from './evaluator.ts';
import { openEvaluators } from './evaluators.ts';
import type { Evaluators } from './evaluators.ts';
import type { KeptPoints } from './load.ts';
import { accuracyOf, finite } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { blendPoints, emptyPoint } from './point.ts';
import type { Point } from './point.ts';
import { measureSlice, noSlice } from './probes/slice.ts';
import { distanceBetween } from './vector.ts';

/** What the walk along given points needs. */
export interface ImportedWalk {
  /** Its interpolation says how segments are measured; every segment is. */
  experiment: Experiment;
  /** As told with the points; null where not. */
  learningRate: number | null;
  /** Whether `experiment` has the batch size that the points were trained with, so that epochs can be told. */
  knowsEpochs: boolean;
  data: LoadedData;
  model: Model;
  backend: Backend;
  /** At least two points. */
  points: KeptPoints;
  observer: {
    iteration: (record: IterationRecord) => void;
    /** A whole slice, α ascending. */
    slice: (records: SliceRecord[]) => void;
    epoch: (record: EpochRecord) => void;
    /** Called after every evaluation: iterations done, and the share of all evaluations. */
    tick: (iterationsDone: number, share: number) => void;
    /** Waits until there is room for more records. */
    room?: () => Promise<void>;
  };
  /** Asked between evaluations; once it says true the walk ends. */
  stopped: () => boolean;
}

/**
 * Measures the segments between given points. The segment from a point to the next bears the first one's iteration.
 * @returns how it ended; a segment that a stop interrupted has no record
 * @throws ValleywalkError when a point cannot be read
 */
export async function walkImported(walk: ImportedWalk): Promise<'finished' | 'stopped'> {
  const evaluators = await openEvaluators(walk.experiment, walk);
  try {
    return await along(walk, evaluators);
  } finally {
    for (const each of new Set(Object.values(evaluators) as ({ dispose(): Promise<void> } | null)[]))
      await each?.dispose();
  }
}

/** Ends the walk from within. */
class Stop extends Error {}

async function along(
  { experiment, learningRate, knowsEpochs, data, model, points, observer, stopped }: ImportedWalk,
  { segments, train, validation, resolution }: Evaluators,
): Promise<'finished' | 'stopped'> {
  if (!segments || points.iterations.length < 2) throw new Error('a walk along given points needs two and a slice');
  const intervals = experiment.probes.interpolation.points;
  const { iterations } = points;
  const [first, last] = [iterations[0]!, iterations.at(-1)!];
  const perEpoch = knowsEpochs ? iterationsPerEpoch(experiment) : last;
  const endsEpoch = (iteration: number): boolean => iteration === last || iteration % perEpoch === 0;
  const recorded = iterations.filter((each, index) => index === 0 || endsEpoch(each)).length;
  const total =
    segments.count * ((iterations.length - 1) * intervals + 1) +
    recorded * (validation.count + (train === segments ? 0 : train.count));

  let evaluated = 0;
  let done = first;
  let counts = noCounts;
  const known = new Map<Evaluator, { iteration: number; measurement: Measurement }>();

  async function timely(evaluator: Evaluator, work: () => Promise<Measurement>): Promise<Measurement> {
    // lets a stop in
    await setImmediate();
    await observer.room?.();
    if (stopped()) throw new Stop();
    const measurement = await work();
    evaluated += evaluator.count;
    observer.tick(done, Math.min(1, evaluated / total));
    return measurement;
  }
  async function measureAt(evaluator: Evaluator, iteration: number, point: Point): Promise<Measurement> {
    const before = known.get(evaluator);
    if (before?.iteration === iteration) return before.measurement;
    const measurement = await timely(evaluator, () => evaluator.measure(point));
    known.set(evaluator, { iteration, measurement });
    return measurement;
  }
  async function recordEpoch(epoch: number, length: number, iteration: number, point: Point): Promise<void> {
    const onTrain = await measureAt(train, iteration, point);
    const onValidation = await measureAt(validation, iteration, point);
    observer.epoch({
      epoch,
      iterations: length,
      train_loss: finite(onTrain.loss),
      train_accuracy: accuracyOf(onTrain),
      validation_loss: finite(onValidation.loss),
      validation_accuracy: accuracyOf(onValidation),
      distance: finite(distanceBetween(initial, point.parameters)) ?? 0,
      ...counts,
      lambda_max: null,
      spectral_norm: null,
    });
    counts = noCounts;
  }

  let current = await points.read(first);
  const initial = current.parameters;
  const between = emptyPoint(model);
  let pathLength = 0;
  try {
    await recordEpoch(Math.floor(first / perEpoch), 0, first, current);
    for (const [index, iteration] of iterations.slice(0, -1).entries()) {
      const end = iterations[index + 1]!;
      const next = await points.read(end);
      const start = await measureAt(segments, iteration, current);
      const after = await measureAt(segments, end, next);
      const slice = [start];
      for (let k = 1; k < intervals; k++) {
        blendPoints(current, next, k / intervals, between);
        slice.push(await timely(segments, () => segments.between(k / intervals, between)));
      }
      slice.push(after);
      const updateNorm = distanceBetween(current.parameters, next.parameters);
      pathLength += updateNorm;
      // a slice towards parameters that are not finite says nothing
      const walkable = Number.isFinite(updateNorm);
      const measures = walkable
        ? measureSlice(
            slice,
            data.train.count,
            await resolution!.of({ iteration, point: current }, { iteration: end, point: next }, slice),
            null,
          )
        : noSlice;
      if (walkable) {
        counts = count(counts, measures);
        observer.slice(slice.map((each, k) => sliceRecord(iteration, k / intervals, each)));
      }
      observer.iteration({
        iteration,
        epoch: Math.floor(iteration / perEpoch) + 1,
        learning_rate: learningRate,
        noise_deviation: null,
        batch_loss: null,
        gradient_norm: null,
        gradient_cosine: null,
        update_norm: finite(updateNorm),
        distance: finite(distanceBetween(initial, next.parameters)),
        path_length: finite(pathLength),
        ...measures,
      });
      current = next;
      done = iteration + 1;
      if (endsEpoch(end)) {
        const epoch = Math.ceil(end / perEpoch);
        await recordEpoch(epoch, end - Math.max((epoch - 1) * perEpoch, first), end, current);
      }
    }
    return 'finished';
  } catch (error) {
    if (error instanceof Stop) return 'stopped';
    throw error;
  }
}
