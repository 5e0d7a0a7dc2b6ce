/** Slices: the loss over the evaluation set on the segment of a step. */
import { z } from 'zod';
import type { MeasuredAtEpoch, MeasuredBy } from '../../../../shared/quantities/index.ts';
import type { LoadedData } from '../../../datasets/load.ts';
import type { Evaluations } from '../evaluations.ts';
import type { Evaluators } from '../evaluators.ts';
import type { Measurement } from '../measurement.ts';
import type { Observer } from '../observer.ts';
import { count as number } from '../remembered.ts';
import type { Remembering } from '../remembered.ts';
import type { Here, Step } from '../sources/source.ts';
import { takeAlong } from './between.ts';
import type { Between } from './between.ts';
import { count, countsOfEpoch, noCounts } from './counts.ts';
import { measureGeometry, noGeometry } from './geometry.ts';
import { noLine } from './line.ts';
import type { LineProbe } from './line.ts';
import { sampledRecords, wholeSample } from './sequential.ts';
import type { SequentialSlices } from './sequential.ts';
import { measureDecided, measureSlice, noSlice } from './slice.ts';

/** What it remembers. */
export const slicesState = {
  /** Counts of the present epoch's slices. */
  counts: z.strictObject({
    barriers: number,
    barriers_above_noise: number,
    probed_iterations: number,
    interior_floors: number,
    convex_slices: number,
    // not in a checkpoint from before it was counted
    unresolved_slices: number.default(0),
    // only where samples decide slices
    sampled_slices: number.optional(),
  }),
};

/** What was found along a step. */
interface AlongStep {
  measured: MeasuredBy<'slices'> & MeasuredBy<'geometry'> & MeasuredBy<'line'>;
  /** The loss where the step ends, possibly not finite; null where there is no slice. */
  lossAfter: number | null;
  /** A stop came before all points were evaluated. */
  interrupted: boolean;
}

/** Evaluates segments. */
export interface SlicesProbe extends Remembering<typeof slicesState> {
  /** Whether a step has a slice. */
  readonly probed: (iteration: number) => boolean;
  /** Evaluates where a probed step begins. */
  before(here: Here): Promise<void>;
  /** Evaluates the rest of its segment. */
  along(step: Step): Promise<AlongStep>;
  /** Counts of the epoch's slices, which begin anew. */
  takeCounts(): MeasuredAtEpoch<'slices'>;
}

/** What the probe works with. */
export interface SlicesOptions extends Between {
  /** Evaluators of slices; null where nothing is probed. */
  evaluators: Pick<Evaluators, 'segments' | 'resolution'>;
  /** K, the intervals of a slice. */
  intervals: number;
  probed: (iteration: number) => boolean;
  data: LoadedData;
  evaluations: Evaluations;
  /** Decides slices by samples; null where all of their points are evaluated on the same examples. */
  sequential: SequentialSlices | null;
  line: LineProbe;
  observer: Pick<Observer, 'slice' | 'tick'>;
  stopped: () => boolean;
}

/**
 * Opens the probe. A slice's last point is the next one's first: an iteration evaluates K points, and one more where the iteration before it
 * was not probed. Where slices are taken on the whole training set, the epochs' training loss is the same measurement.
 */
export function openSlices(options: SlicesOptions): SlicesProbe {
  const { intervals, data, evaluations, line, observer, stopped, sequential } = options;
  const { segments, resolution } = options.evaluators;
  const probed = (iteration: number): boolean => segments !== null && options.probed(iteration);
  let counts = noCounts;
  let start: Measurement | null = null;
  const nothing = { measured: { ...noSlice, ...noGeometry, ...noLine }, lossAfter: null, interrupted: false };

  /**
   * The points between the ends, all of them on the examples that the ends are evaluated on; null when stopped on the way.
   * @param known those that were evaluated already, by k
   */
  async function evaluate(step: Step, known: ReadonlyMap<number, Measurement>): Promise<Measurement[] | null> {
    const evaluator = segments!;
    // what samples and the whole set in their stead take is told together
    const timed: Evaluations['timed'] = (examples, work) => (sequential ? work() : evaluations.timed(examples, work));
    const found: Measurement[] = [];
    const points = Array.from({ length: intervals - 1 }, (_, index) => index + 1);
    const alphas = points.filter((k) => !known.has(k)).map((k) => k / intervals);
    const go = { tick: () => observer.tick(step.iteration), stopped };
    const all = await takeAlong(options, step, alphas, go, async (places) => {
      found.push(...(await timed(evaluator.count, () => evaluator.betweenAll(places))));
    });
    return all ? points.map((k) => known.get(k) ?? found.shift()!) : null;
  }

  return {
    probed,
    async before({ iteration, point }) {
      start = probed(iteration) ? await evaluations.at(segments!, iteration, point) : null;
    },
    async along(step) {
      if (start === null || !step.walkable) return nothing;
      const { iteration, from, to, end } = step;
      const cosine = step.measured.gradient_cosine;
      const last = await evaluations.at(segments!, end, to);
      const began = performance.now();
      const sampled = await sequential?.along(step, [start, last]);
      if (sampled === 'stopped') return { ...nothing, interrupted: true };
      if (sampled?.decided) {
        const { decided } = sampled;
        evaluations.told(sequential!.typicalExamples, (performance.now() - began) / 1000);
        const measured = measureDecided(decided, [start, last], sequential!.confidence, cosine);
        counts = count(counts, measured);
        observer.slice(sampledRecords(iteration, [start, last], decided.inner));
        // the step's parabola takes every point of every example
        return { measured: { ...measured, ...noGeometry, ...noLine }, lossAfter: last.loss, interrupted: false };
      }
      const inner = await evaluate(step, sampled?.known ?? new Map());
      if (inner === null) return { ...nothing, interrupted: true };
      if (sequential) evaluations.told(sequential.typicalExamples, (performance.now() - began) / 1000);
      const slice = [start, ...inner, last];
      const resolved = await resolution!.of({ iteration, point: from }, { iteration: end, point: to }, slice);
      const found = measureSlice(slice, data.train.count, resolved, cosine);
      const measured = sequential ? { ...found, ...wholeSample(data.train.count) } : found;
      const beyond = await line.along(step, slice, resolved);
      if (beyond === null) return { ...nothing, interrupted: true };
      counts = count(counts, measured);
      observer.slice(beyond.records);
      const geometry = measureGeometry(slice, data.train.count, resolved, step.updateNorm);
      return { measured: { ...measured, ...geometry, ...beyond.measured }, lossAfter: last.loss, interrupted: false };
    },
    takeCounts() {
      const taken = counts;
      counts = noCounts;
      return countsOfEpoch(taken, sequential?.confidence ?? null);
    },
    state: () => ({ counts }),
    restore: (state) => void (counts = state.counts),
  };
}
