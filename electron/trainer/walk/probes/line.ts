/** The line of a step: the loss beyond its ends, the batch's own loss along it, and how far the best step on either would have gone. */
import { outsideAlphas } from '../../../../shared/line.ts';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import type { SliceRecord } from '../../../../shared/records.ts';
import type { BatchLosses } from '../batch-losses.ts';
import type { Evaluations } from '../evaluations.ts';
import type { Place, SegmentEvaluator } from '../evaluator.ts';
import { finite } from '../measurement.ts';
import type { Measurement } from '../measurement.ts';
import { lossResolution } from '../resolution.ts';
import type { Step } from '../sources/source.ts';
import { takeAlong } from './between.ts';
import type { Between } from './between.ts';
import { sliceRecord } from './counts.ts';
import { measureGeometry } from './geometry.ts';

/** What the line of an iteration tells that was not probed, or of which nothing more than its slice is asked. */
export const noLine: MeasuredBy<'line'> = {
  line_search: null,
  line_search_error: null,
  batch_line_search: null,
  batch_line_search_error: null,
};

/** What was found along a line. */
interface AlongLine {
  /** The slice's own records with the batch's losses, and those beyond it, by α. */
  records: SliceRecord[];
  measured: MeasuredBy<'line'>;
}

/** Follows lines. */
export interface LineProbe {
  /**
   * Evaluates what is asked of a step's line beside its slice; null when stopped on the way.
   * @param slice measurements at α_k = k/K, k = 0…K
   * @param resolution ν of the slice; NaN where a loss is not finite, where nothing more is evaluated
   */
  along(step: Step, slice: readonly Measurement[], resolution: number): Promise<AlongLine | null>;
}

/** What the probe works with. */
export interface LineOptions extends Between {
  interpolation: Experiment['probes']['interpolation'];
  segments: SegmentEvaluator | null;
  /** Null where the batch is not asked for. */
  batch: BatchLosses | null;
  /** Size of the set that slices are evaluated on a sample of; its own for a whole set. */
  population: number;
  evaluations: Evaluations;
  tick: (iteration: number) => void;
  stopped: () => boolean;
}

/** A place of a line with what was measured there; null where that was not. */
interface Point {
  alpha: number;
  whole: Measurement;
  batch: Measurement | null;
}

/** Opens the probe. */
export function openLine(options: LineOptions): LineProbe {
  const { interpolation, segments, batch, population, evaluations, tick, stopped } = options;
  const outside = outsideAlphas(interpolation);

  /** The batch's own losses at a place; null where they are not asked for. */
  async function ownAt({ batch: examples }: Step, { point }: Place): Promise<Measurement | null> {
    if (!batch || !examples) return null;
    return (await evaluations.timed(batch.count, async () => [await batch.measure(point, examples)]))[0]!;
  }

  return {
    async along(step, slice, resolution) {
      const { iteration } = step;
      const inside = slice.map((whole, k): Point => ({ alpha: k / (slice.length - 1), whole, batch: null }));
      const onBatch = batch !== null && step.batch !== null;
      if ((outside.length === 0 && !onBatch) || Number.isNaN(resolution))
        return { records: inside.map((point) => recordOf(iteration, point)), measured: noLine };
      const points: Point[] = onBatch ? [] : [...inside];
      const go = { tick: () => tick(iteration), stopped };
      const add = async (places: readonly Place[], wholes: readonly Measurement[]): Promise<void> => {
        for (const [index, place] of places.entries())
          points.push({ alpha: place.alpha, whole: wholes[index]!, batch: await ownAt(step, place) });
      };
      const beyond = await takeAlong(options, step, outside, go, async (places) =>
        add(places, await evaluations.timed(segments!.count, () => segments!.betweenAll(places))),
      );
      if (!beyond) return null;
      const known = onBatch ? inside.map(({ alpha }) => alpha) : [];
      const within = await takeAlong(options, step, known, go, (places) =>
        add(
          places,
          places.map(({ alpha }) => slice[Math.round(alpha * (slice.length - 1))]!),
        ),
      );
      if (!within) return null;
      points.sort((one, other) => one.alpha - other.alpha);
      const whole = lineSearch(points, ({ whole: on }) => on, population, resolution);
      const own = onBatch
        ? lineSearch(points, (point) => point.batch!, batch.count, batchResolution(slice, points, resolution))
        : null;
      return {
        records: points.map((point) => recordOf(iteration, point)),
        measured: {
          line_search: whole?.alpha ?? null,
          line_search_error: whole?.error ?? null,
          batch_line_search: own?.alpha ?? null,
          batch_line_search_error: own?.error ?? null,
        },
      };
    },
  };
}

function recordOf(iteration: number, { alpha, whole, batch }: Point): SliceRecord {
  return { ...sliceRecord(iteration, alpha, whole), batch_loss: batch && finite(batch.loss) };
}

/**
 * ν of the batch's losses: their own sizes, and what adds up on the way as the slice measured it, r = (ν − what comes from sizes) / (1 + 8/√n).
 */
function batchResolution(slice: readonly Measurement[], points: readonly Point[], resolution: number): number {
  const scale = (resolution - lossResolution(slice, 0)) / (1 + 8 / Math.sqrt(slice[0]!.losses.length));
  const own = points.map(({ batch }) => batch!).filter(({ loss }) => Number.isFinite(loss));
  return own.length === 0 ? NaN : lossResolution(own, Math.max(0, scale));
}

/**
 * Where the loss is lowest on a line: the lowest point of the parabola through its lowest evaluated point and both neighbours, with its error. Null
 * where that is an end of what was evaluated, or the three bend by no more than their error.
 */
function lineSearch(
  points: readonly Point[],
  of: (point: Point) => Measurement,
  population: number,
  resolution: number,
): { alpha: number; error: number } | null {
  let lowest = -1;
  for (const [index, point] of points.entries()) {
    const { loss } = of(point);
    if (Number.isFinite(loss) && (lowest < 0 || loss < of(points[lowest]!).loss)) lowest = index;
  }
  const three = points.slice(Math.max(0, lowest - 1), lowest + 2);
  if (lowest < 1 || three.length < 3) return null;
  const found = measureGeometry(three.map(of), population, resolution, 1);
  if (found.extrapolated_floor === null || found.extrapolated_floor_error === null) return null;
  const width = three[2]!.alpha - three[0]!.alpha;
  return {
    alpha: three[0]!.alpha + width * found.extrapolated_floor,
    error: width * found.extrapolated_floor_error,
  };
}
