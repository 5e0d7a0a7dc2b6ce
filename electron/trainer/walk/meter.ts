/** How much of a run's work is done and how fast: updates, evaluations and the probes' derivatives counted in multiply-adds as shared/cost.ts does. */
import type { VectorPlace } from '../../../shared/backends.ts';
import { multiplyAddsPerExample, multiplyAddsPerUpdate, runCost } from '../../../shared/cost.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { DataShape } from '../../../shared/networks/index.ts';

/** Multiply-adds a second; null until some work of that kind was measured. */
export interface Pace {
  update: number | null;
  evaluate: number | null;
}

/** Share of the work done and time left. */
interface Progress {
  /** 0 to 1, never falling. */
  progress: number;
  /** At the pace so far; null until it is known. */
  secondsLeft: number | null;
}

type Kind = keyof Pace | 'derive';

/** Work done and the seconds that it took. */
export interface MeterState {
  done: Record<Kind, number>;
  seconds: Record<Kind, number>;
}

/** Measures a run's work as it is done. */
export interface Meter {
  /** One update took so long. */
  updated: (seconds: number) => void;
  /** Derivatives of so many multiply-adds, beside the updates, took so long. */
  derived: (multiplyAdds: number, seconds: number) => void;
  /** So many examples were evaluated in so long; 0 seconds for a result that was already at hand. */
  evaluated: (examples: number, seconds: number) => void;
  pace: () => Pace;
  /** What was done so far, to be gone on from with {@link meterFor}. */
  state: () => MeterState;
  progress: () => Progress;
}

/**
 * Evaluations run at some three times the multiply-adds a second of updates (the stem is reused, batches are larger): a
 * guess until both were measured.
 */
const typicalRatio = 3;

/** Where a resumed run stands, as its checkpoint tells. */
export interface MeterStart {
  scalars: {
    /** Updates taken. */
    done: number;
  };
  meter: MeterState;
}

/** Share by which sums of the same work differ by their rounding at the most. */
const rounding = 1e-6;

/**
 * The work that a checkpoint counted, in today's unit: an earlier Valleywalk may have counted another work for an update, and so may the same
 * one on another device. That of evaluations and derivatives stays: it is not told how many examples they were on, and their unit has
 * changed for smooth activations of images alone, by a factor of 2.4 at the most.
 */
function workDone({ scalars, meter: { done } }: MeterStart, perUpdate: number): MeterState['done'] {
  const update = scalars.done * perUpdate;
  return Math.abs(done.update - update) > rounding * update ? { ...done, update } : done;
}

/**
 * Makes a meter for a run.
 * @param vectors where the backend keeps them
 * @param from where a resumed run stands; null for a new one
 * @param total the run's work, where it is not all of the experiment
 */
export function meterFor(
  experiment: Experiment,
  shape: DataShape,
  vectors: VectorPlace,
  from: MeterStart | null = null,
  total: Record<Kind, number> = runCost(experiment, shape, vectors),
): Meter {
  const perUpdate = multiplyAddsPerUpdate(experiment, shape, vectors);
  const perExample = multiplyAddsPerExample(experiment, shape);
  const done = { update: 0, evaluate: 0, derive: 0, ...(from && workDone(from, perUpdate)) };
  const seconds = { update: 0, evaluate: 0, derive: 0, ...from?.meter.seconds };
  let highest = 0;

  const pace = (): Pace => ({
    update: seconds.update > 0 ? done.update / seconds.update : null,
    evaluate: seconds.evaluate > 0 ? done.evaluate / seconds.evaluate : null,
  });

  return {
    updated(took) {
      done.update += perUpdate;
      seconds.update += took;
    },
    derived(multiplyAdds, took) {
      done.derive += multiplyAdds;
      seconds.derive += took;
    },
    evaluated(examples, took) {
      done.evaluate += examples * perExample;
      seconds.evaluate += took;
    },
    pace,
    state: () => ({ done: { ...done }, seconds: { ...seconds } }),
    progress() {
      const measured = pace();
      const known = measured.update !== null || measured.evaluate !== null;
      const update = measured.update ?? (measured.evaluate ?? typicalRatio) / typicalRatio;
      const paces = {
        update,
        evaluate: measured.evaluate ?? update * typicalRatio,
        derive: seconds.derive > 0 ? done.derive / seconds.derive : update,
      };
      let past = 0;
      let left = 0;
      for (const kind of ['update', 'evaluate', 'derive'] as const) {
        past += done[kind] / paces[kind];
        left += Math.max(0, total[kind] - done[kind]) / paces[kind];
      }
      highest = Math.max(highest, past + left > 0 ? past / (past + left) : 1);
      return { progress: highest, secondsLeft: known ? left : null };
    },
  };
}
