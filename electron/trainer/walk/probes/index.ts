/** The probes of a walk, opened together. */
import type { Experiment } from '../../../../shared/experiment.ts';
import type { Model } from '../../../../shared/networks/model.ts';
import type { LoadedData } from '../../../datasets/load.ts';
import { evaluationsFor } from '../evaluations.ts';
import type { Evaluators } from '../evaluators.ts';
import type { Meter } from '../meter.ts';
import type { Observer } from '../observer.ts';
import type { Course } from '../sources/source.ts';
import type { Between } from './between.ts';
import type { CurvatureProbe } from './curvature/index.ts';
import { openEpochs } from './epochs.ts';
import type { EpochsProbe } from './epochs.ts';
import { openLine } from './line.ts';
import { openPath } from './path.ts';
import type { PathProbe } from './path.ts';
import { openSequential } from './sequential.ts';
import { openSlices } from './slices.ts';
import type { SlicesProbe } from './slices.ts';
import { openSnapshots } from './snapshots.ts';
import type { SnapshotsProbe } from './snapshots.ts';

/** What measures on the way. */
export interface Probes {
  epochs: EpochsProbe;
  path: PathProbe;
  slices: SlicesProbe;
  curvature: CurvatureProbe;
  snapshots: SnapshotsProbe;
}

/** Those that remember something from one iteration to the next; one that does not is named here. */
export type RememberingProbes = Omit<Probes, 'curvature'>;

/** What the probes work with. */
export interface ProbeOptions extends Between {
  experiment: Pick<Experiment, 'name' | 'seed' | 'data' | 'model' | 'loss' | 'keepParameters' | 'probes'>;
  course: Course;
  data: LoadedData;
  model: Model;
  evaluators: Evaluators;
  curvature: CurvatureProbe;
  /** Whether a step has a slice, where slices are evaluated at all. */
  probed: (iteration: number) => boolean;
  /** Existing folder for snapshots; null only where the experiment keeps none. */
  parametersDirectory: string | null;
  meter: Meter;
  observer: Observer;
  stopped: () => boolean;
}

/** Opens the probes where a walk begins. */
export function openProbes(options: ProbeOptions): Probes {
  const { experiment, course, model, evaluators, curvature, parametersDirectory, observer } = options;
  const evaluations = evaluationsFor(options.meter);
  const { interpolation } = experiment.probes;
  const line = openLine({
    ...options,
    interpolation,
    segments: evaluators.segments,
    batch: evaluators.batch,
    population: options.data.train.count,
    evaluations,
    tick: (iteration) => observer.tick(iteration),
  });
  const intervals = interpolation.points;
  const sequential = openSequential({ ...options, intervals });
  const slices = openSlices({ ...options, intervals, evaluations, line, sequential });
  return {
    epochs: openEpochs(course, evaluators, { evaluations, observer }),
    path: openPath(),
    slices,
    curvature,
    snapshots: openSnapshots(experiment, model, parametersDirectory, slices.probed, observer),
  };
}

/** How many points of a segment are evaluated at once. */
export function pointsBetween({ probes }: Pick<Experiment, 'probes'>, { segments }: Evaluators): number {
  return Math.min(probes.interpolation.points - 1, segments?.batchedPoints ?? 0);
}
