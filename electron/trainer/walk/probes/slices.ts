/** Slices: the loss over the evaluation set on the segment of a step. */
import { z } from 'zod';
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import type { LoadedData } from '../../../datasets/load.ts';
import type { Evaluations } from '../evaluations.ts';
import type { Place } from '../evaluator.ts';
import type { Evaluators } from '../evaluators.ts';
import type { Measurement } from '../measurement.ts';
import type { Observer } from '../observer.ts';
import { count as number } from '../remembered.ts';
import type { Remembering } from '../remembered.ts';
import type { Here, Step } from '../sources/source.ts';
import type { Between } from './between.ts';
import { count, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { measureGeometry, noGeometry } from './geometry.ts';
import { noLine } from './line.ts';
import type { LineProbe } from './line.ts';
import { measureSlice, noSlice } from './slice.ts';

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
  takeCounts(): Counts;
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
  line: LineProbe;
  observer: Pick<Observer, 'slice' | 'tick'>;
  stopped: () => boolean;
}

/**
 * Opens the probe. A slice's last point is the next one's first: an iteration evaluates K points, and one more where the iteration before it
 * was not probed. Where slices are taken on the whole training set, the epochs' training loss is the same measurement.
 */
export function openSlices(options: SlicesOptions): SlicesProbe {
  const { intervals, between, blend, data, evaluations, line, observer, stopped } = options;
  const { segments, resolution } = options.evaluators;
  const probed = (iteration: number): boolean => segments !== null && options.probed(iteration);
  let counts = noCounts;
  let start: Measurement | null = null;
  const nothing = { measured: { ...noSlice, ...noGeometry, ...noLine }, lossAfter: null, interrupted: false };

  /** The points after the start; null when stopped on the way. */
  async function evaluate({ iteration, from, to, end }: Step): Promise<Measurement[] | null> {
    const evaluator = segments!;
    const last = await evaluations.at(evaluator, end, to);
    const inner: Measurement[] = [];
    while (inner.length < intervals - 1) {
      observer.tick(iteration);
      if (stopped()) return null;
      const places = between.slice(0, intervals - 1 - inner.length).map((point, index): Place => {
        const alpha = (inner.length + index + 1) / intervals;
        return { alpha, point };
      });
      for (const { alpha, point } of places) await blend(from, to, alpha, point);
      inner.push(...(await evaluations.timed(evaluator.count, () => evaluator.betweenAll(places))));
    }
    return [...inner, last];
  }

  return {
    probed,
    async before({ iteration, point }) {
      start = probed(iteration) ? await evaluations.at(segments!, iteration, point) : null;
    },
    async along(step) {
      if (start === null || !step.walkable) return nothing;
      const rest = await evaluate(step);
      if (rest === null) return { ...nothing, interrupted: true };
      const slice = [start, ...rest];
      const { iteration, from, to, end } = step;
      const resolved = await resolution!.of({ iteration, point: from }, { iteration: end, point: to }, slice);
      const measured = measureSlice(slice, data.train.count, resolved, step.measured.gradient_cosine);
      const beyond = await line.along(step, slice, resolved);
      if (beyond === null) return { ...nothing, interrupted: true };
      counts = count(counts, measured);
      observer.slice(beyond.records);
      const geometry = measureGeometry(slice, data.train.count, resolved, step.updateNorm);
      return {
        measured: { ...measured, ...geometry, ...beyond.measured },
        lossAfter: slice.at(-1)!.loss,
        interrupted: false,
      };
    },
    takeCounts() {
      const taken = counts;
      counts = noCounts;
      return taken;
    },
    state: () => ({ counts }),
    restore: (state) => void (counts = state.counts),
  };
}
