/** Which of the paces measured on this machine tells how fast an experiment will be, and how surely. */
import { measuredImage, measuredSettings } from '../../../shared/backends.ts';
import type { VectorPlace } from '../../../shared/backends.ts';
import { multiplyAddsPerExample, multiplyAddsPerGradient, workAtATime } from '../../../shared/cost.ts';
import { estimateBasisSchema } from '../../../shared/estimate-basis.ts';
import type { EstimateBasis } from '../../../shared/estimate-basis.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { DataShape } from '../../../shared/networks/index.ts';
import type { MeasuredPace, Pace } from '../store/paces.ts';
import type { Store } from '../store/store.ts';

/** A pace to estimate with, and where it is from. */
export interface ChosenPace {
  /** Multiply-adds a second. */
  pace: number;
  basis: EstimateBasis;
}

/**
 * Pace of a typical 2-core machine, multiply-adds a second: 200,000 evaluated examples a second and 4 ms an update of
 * the default MLP with a batch of 100.
 */
const typical = { update: 69e9, evaluate: 114e9 };

/** Work at a time that differs by no more than this factor goes at about the same pace. */
const near = 4;

/** What another network counts among the distances between amounts of work, which are told in factors. */
const otherNetwork = 4;

/**
 * The pace for one kind of an experiment's work: the one measured on the same network with about as much work at a time (`measured`);
 * else the one that is closest by network and amount (`similar`); else that of a typical machine. Calls and transfers take the
 * same time however little they compute, so a pace measured on less work at a time is a lower bound. Between that and the bound
 * that the work was free, the estimate takes the geometric mean, no faster than a typical machine unless that was measured.
 * @param vectors where the backend keeps them
 * @param measured the paces of the backend
 */
export function choosePace(
  experiment: Experiment,
  shape: DataShape,
  kind: keyof Pace,
  vectors: VectorPlace,
  measured: readonly MeasuredPace[],
): ChosenPace {
  const { architecture } = experiment.model;
  const work = workAtATime(experiment, shape, vectors)[kind];
  const apart = (other: MeasuredPace): number =>
    Math.abs(Math.log(work / other.work)) + (other.architecture === architecture ? 0 : Math.log(otherNetwork));
  const [closest] = measured.filter((each) => each.kind === kind).sort((a, b) => apart(a) - apart(b));
  if (!closest) return { pace: typical[kind], basis: 'typical' };
  if (closest.architecture === architecture && apart(closest) <= Math.log(near))
    return { pace: closest.pace, basis: 'measured' };
  const more = Math.sqrt(Math.max(1, work / closest.work));
  return { pace: Math.max(closest.pace, Math.min(typical[kind], closest.pace * more)), basis: 'similar' };
}

/** The less sure of two bases. */
export function lessSure(a: EstimateBasis, b: EstimateBasis): EstimateBasis {
  const order = estimateBasisSchema.options;
  return order[Math.max(order.indexOf(a), order.indexOf(b))]!;
}

/** What is known of a backend's pace on this machine: from runs, and from `doctor --measure`. */
export function measuredPaces({ paces, speeds }: Pick<Store, 'paces' | 'speeds'>, backend: string): MeasuredPace[] {
  const measured = speeds.list().filter((speed) => speed.backend === backend);
  return [
    ...paces.of(backend),
    ...measured.flatMap(({ network, update_ms, examples_per_second, evaluated_examples }): MeasuredPace[] => {
      const experiment = experimentSchema.parse({
        model: measuredSettings[network],
        optimizer: { batchSize: 100 },
        data: { train: evaluated_examples },
      });
      const { architecture } = experiment.model;
      const gradient = multiplyAddsPerGradient(experiment, measuredImage, 100);
      const perExample = multiplyAddsPerExample(experiment, measuredImage);
      return [
        { architecture, kind: 'update', work: gradient, pace: (1000 * gradient) / update_ms },
        {
          architecture,
          kind: 'evaluate',
          work: evaluated_examples * perExample,
          pace: perExample * examples_per_second,
        },
      ];
    }),
  ];
}
