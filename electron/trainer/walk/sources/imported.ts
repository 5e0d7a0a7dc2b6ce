/**
 * Steps between points that lie there already, trained elsewhere. There are no batches and no gradients: what follows from them is null.
 * The segment from a point to the next bears the first one's iteration.
 */
import { iterationsPerEpoch } from '../../../../shared/experiment.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import { examplesBetween, multiplyAddsPerExample, recomputedOn } from '../../../../shared/cost.ts';
import type { DataShape } from '../../../../shared/networks/index.ts';
import { slicesCount } from '../../../../shared/sequential/settings.ts';
import type { KeptPoints } from '../load.ts';
import { meterFor } from '../meter.ts';
import type { Meter } from '../meter.ts';
import type { Vector } from '../../backends/backend.ts';
import { finite } from '../measurement.ts';
import type { Point } from '../point.ts';
import type { VectorSpace } from '../space/space.ts';
import type { Course, StepSource } from './source.ts';

/** Points, and what is known of how they were trained. */
export interface ImportedPoints {
  experiment: Experiment;
  /** At least two points. */
  points: KeptPoints;
  /** As told with the points; null where not. */
  learningRate: number | null;
  /** Whether `experiment` has the batch size that the points were trained with, so that epochs can be told. */
  knowsEpochs: boolean;
}

/** Where a walk along such points leads. */
function courseOf({ experiment, points, knowsEpochs }: ImportedPoints): Course {
  const [first, last] = [points.iterations[0]!, points.iterations.at(-1)!];
  return { first, last, perEpoch: knowsEpochs ? iterationsPerEpoch(experiment) : last };
}

/** A meter for the walk along such points: all of its work is evaluations. */
export function importedMeter(imported: ImportedPoints, shape: DataShape): Meter {
  const { experiment, points } = imported;
  const { first, last, perEpoch } = courseOf(imported);
  const { train, validation } = experiment.data;
  const { points: intervals, evaluateOn } = experiment.probes.interpolation;
  const sets = points.iterations.filter((each) => each === first || each === last || each % perEpoch === 0).length;
  // both ends of every segment count, whether they are computed or at hand
  const ofEnd = slicesCount(evaluateOn, train) + recomputedOn(experiment);
  const slices = (points.iterations.length - 1) * (2 * ofEnd + (intervals - 1) * examplesBetween(experiment));
  const evaluate = (slices + sets * (train + validation)) * multiplyAddsPerExample(experiment, shape);
  // there are no updates, so that it does not matter where vectors lie
  return meterFor(experiment, shape, 'host', null, { update: 0, evaluate, derive: 0 });
}

/** Opens the source at the first point. @param space where its vectors lie @throws ValleywalkError when a point cannot be read, here and at every step */
export async function openImported(imported: ImportedPoints, space: VectorSpace): Promise<StepSource> {
  const { points, learningRate } = imported;
  const { iterations } = points;
  let index = 0;
  let done = iterations[0]!;
  /** A kept point, where the walk's vectors lie. @param reuse parameters that nobody needs any more */
  async function read(iteration: number, reuse: Vector | null): Promise<Point> {
    const { parameters, statistics } = await points.read(iteration);
    return { parameters: await space.holding(parameters, reuse), statistics };
  }
  let current = await read(iterations[0]!, null);
  let next: Point = current;
  const initial = current.parameters;
  /** Of the point before the present one. */
  let before: Vector | null = null;
  /** Of the one before that; the first one's are kept, for distances. */
  let spare: Vector | null = null;
  return {
    course: courseOf(imported),
    here: () => ({ iteration: iterations[index]!, point: current, done }),
    prepare: () => Promise.resolve(true),
    async step() {
      const [iteration, end] = [iterations[index]!, iterations[index + 1]!];
      next = await read(end, spare);
      const from = current;
      const updateNorm = await space.distance(from.parameters, next.parameters);
      return {
        iteration,
        from,
        to: next,
        end,
        gradient: null,
        batch: null,
        measured: {
          learning_rate: learningRate,
          noise_deviation: null,
          batch_loss: null,
          gradient_norm: null,
          gradient_cosine: null,
          clipped_gradient_norm: null,
          update_cosine: before && finite(await space.cosine(before, from.parameters, next.parameters)),
        },
        norm: () => space.norm(from.parameters),
        updateNorm,
        distance: await space.distance(initial, next.parameters),
        walkable: Number.isFinite(updateNorm),
        trouble: () => null,
      };
    },
    advance() {
      done = iterations[index]! + 1;
      index++;
      spare = before === initial ? null : before;
      before = current.parameters;
      current = next;
    },
  };
}
