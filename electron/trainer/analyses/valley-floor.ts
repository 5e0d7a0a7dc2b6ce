/**
 * The valley floor under a walk (claim C6): full-batch gradient descent with a small rate from kept points, and the loss along the segments
 * between consecutive floor points beside that between the walk's own.
 */
import { segmentOf, totalsOf } from '../../../shared/analyses/valley-floor.ts';
import type { FloorSegment, ValleyFloorResult, ValleyFloorSettings } from '../../../shared/analyses/valley-floor.ts';
import { descentOf, microBatchOf } from '../../../shared/cost.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { generatorFor } from '../random/generator.ts';
import { batchesOf, wholeBatches } from '../walk/batches.ts';
import { gradientFunction } from '../walk/gradient.ts';
import { blendPoints, emptyPoint } from '../walk/point.ts';
import type { HostPoint } from '../walk/point.ts';
import type { Measurement } from '../walk/measurement.ts';
import { openResolution } from '../walk/resolution.ts';
import type { NumberedPoint, ResolutionProbe } from '../walk/resolution.ts';
import { openSegments } from '../walk/segments.ts';
import { finite } from '../walk/measurement.ts';
import { distanceBetween } from '../walk/vector.ts';
import { spread } from './analysis.ts';
import type { Bench } from './analysis.ts';
import { dataShapeOf, lossFor } from '../walk/targets.ts';

/** Steps over which the decrease of the loss is judged. */
const judged = 10;

type Floor = ValleyFloorResult['floors'][number];

/** Does the study. */
export async function valleyFloor(settings: ValleyFloorSettings, bench: Bench): Promise<ValleyFloorResult> {
  const { data, model, backend, kept, advance } = bench;
  const iterations =
    settings.points.length > 0 ? [...settings.points].sort((a, b) => a - b) : spread(kept.iterations, settings.maximum);
  const batchSize = settings.batchSize ?? data.train.count;
  if (batchSize > data.train.count)
    throw new ValleywalkError(
      'input',
      `the batch of the descent is larger than the training set: ${batchSize} > ${data.train.count}; lower it, or leave it empty for the whole set`,
    );
  const experiment = descentOf(bench.experiment, { batchSize: settings.batchSize });
  const microBatch = microBatchOf(experiment, dataShapeOf(data.train));
  const gradient = await gradientFunction(backend, model, lossFor(experiment.loss, data.train), batchSize, microBatch);
  const segments = await openSegments(experiment, { backend, model, train: data.train });
  const open = (): Promise<ResolutionProbe> => openResolution(experiment, { backend, model, train: data.train });
  const resolutions = { walk: await open(), floor: await open() };

  // every checkpoint's descent, and every interior point of both segments to the next
  const work = iterations.length * settings.steps + 2 * (iterations.length - 1) * settings.intervals;
  let done = 0;
  const step = (): Promise<void> => advance(Math.min(1, ++done / work));

  /** Descends from a point; returns where it ended. */
  async function descend(start: HostPoint): Promise<Pick<Floor, 'steps' | 'ended'> & { end: HostPoint }> {
    const batches =
      settings.batchSize === null
        ? wholeBatches(data.train)
        : batchesOf(data.train, batchSize, generatorFor(experiment.seed, 'order'));
    const at: HostPoint = { parameters: start.parameters.slice(), statistics: start.statistics.slice() };
    const batchGradient = new Float32Array(at.parameters.length);
    const losses: number[] = [];
    for (let taken = 0; taken < settings.steps; taken++) {
      batches.next();
      const loss = await gradient.compute(at, batches.images, batches.targets, {
        gradient: batchGradient,
        statistics: at.statistics,
      });
      if (!Number.isFinite(loss)) return { end: at, steps: taken, ended: 'diverged' };
      losses.push(loss);
      if (hasSettled(losses, settings.tolerance)) {
        done += settings.steps - taken;
        return { end: at, steps: taken, ended: 'settled' };
      }
      for (let index = 0; index < batchGradient.length; index++)
        at.parameters[index] = at.parameters[index]! - settings.learningRate * batchGradient[index]!;
      await step();
    }
    return { end: at, steps: settings.steps, ended: 'steps' };
  }

  try {
    const floors: Floor[] = [];
    const found: ValleyFloorResult['segments'] = [];
    let before: { walk: NumberedPoint<HostPoint>; floor: NumberedPoint<HostPoint> } | null = null;
    for (const [index, iteration] of iterations.entries()) {
      const walk = await kept.read(iteration);
      const { end, steps, ended } = await descend(walk);
      const walkLoss = (await segments.measure(walk)).loss;
      const floorLoss = (await segments.measure(end)).loss;
      floors.push({
        iteration,
        walk_loss: finite(walkLoss),
        floor_loss: finite(floorLoss),
        steps,
        ended,
        depth_distance: finite(distanceBetween(walk.parameters, end.parameters)),
      });
      const here = { walk: { iteration, point: walk }, floor: { iteration, point: end } };
      if (before)
        found.push({
          from: iterations[index - 1]!,
          to: iteration,
          walk: await along('walk', before.walk, here.walk),
          floor: await along('floor', before.floor, here.floor),
        });
      before = here;
    }
    return { kind: 'valley-floor', floors, segments: found, totals: totalsOf(found), examples: data.train.count };
  } finally {
    await gradient.dispose();
    for (const each of [segments, resolutions.walk, resolutions.floor]) await each.dispose();
  }

  /** The loss along a segment, both ends among its points, and what it says. */
  async function along(
    path: 'walk' | 'floor',
    start: NumberedPoint<HostPoint>,
    end: NumberedPoint<HostPoint>,
  ): Promise<FloorSegment> {
    const first = await segments.measure(start.point);
    const last = await segments.measure(end.point);
    const found: Measurement[] = [first];
    const between = emptyPoint(model);
    for (let k = 1; k < settings.intervals; k++) {
      blendPoints(start.point, end.point, k / settings.intervals, between);
      found.push(await segments.between(k / settings.intervals, between));
      await step();
    }
    await step();
    found.push(last);
    return segmentOf(
      found.map(({ loss }) => finite(loss)),
      distanceBetween(start.point.parameters, end.point.parameters),
      finite(await resolutions[path].of(start, end, found)),
    );
  }
}

/** Whether the loss stayed within a share of itself over the last steps: it neither falls any more, nor rises, nor swings. */
export function hasSettled(losses: readonly number[], tolerance: number): boolean {
  if (losses.length <= judged || tolerance === 0) return false;
  const last = losses.slice(-1 - judged);
  return Math.max(...last) - Math.min(...last) < tolerance * Math.abs(last[0]!);
}
