/** A walk that trains: an optimiser with its probes. */
import { isProbed } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import type { Vector } from '../backends/backend.ts';
import type { Checkpoints } from './checkpoint.ts';
import { disposeEvaluators, openEvaluators } from './evaluators.ts';
import { keeperFor } from './keeper.ts';
import type { Observer, Outcome } from './observer.ts';
import { openBetween } from './probes/between.ts';
import { openCurvature } from './probes/curvature/index.ts';
import { openProbes, pointsBetween } from './probes/index.ts';
import type { RememberingProbes } from './probes/index.ts';
import { together } from './remembered.ts';
import { openTraining, trainingVectors } from './sources/training.ts';
import type { TrainingOptions } from './sources/training.ts';
import type { WalkState } from './state.ts';
import { openSpace } from './space/space.ts';
import { walkOn } from './walker.ts';

/** What a walk needs. */
export interface WalkOptions extends TrainingOptions {
  experiment: Experiment;
  /** Existing folder for snapshots; needed when the experiment keeps some. */
  parametersDirectory: string | null;
  observer: Observer;
  /** Where to go on; null starts from the initialisation. */
  resume?: WalkState | null;
  /** Keeps the state now and then, and where the walk stops or fails before its end; null keeps none. */
  checkpoints?: Checkpoints | null;
}

/**
 * Walks an experiment from its initialisation to its end. It yields to the event loop between pieces of work.
 * @throws Error when parameters cannot be written or the backend fails.
 */
export async function walk(options: WalkOptions): Promise<Outcome> {
  const { experiment, data, model, meter, checkpoints = null, resume = null } = options;
  const evaluators = await openEvaluators(experiment, options);
  const batched = pointsBetween(experiment, evaluators);
  const space = openSpace(options.backend, trainingVectors(experiment) + batched, parameterTotal(model.parameters));
  const training = await openTraining(options, space);
  const curvature = await openCurvature({ ...options, train: data.train });
  const probes = openProbes({
    ...options,
    course: training.course,
    evaluators,
    curvature,
    ...(await openBetween(space, batched, model)),
    probed: (iteration) => isProbed(experiment, iteration),
  });
  const { epochs, path, slices, snapshots } = probes;
  const remembering: RememberingProbes = { epochs, path, slices, snapshots };
  const remembered = together(remembering);
  async function state(withCopies: boolean): Promise<WalkState<Vector>> {
    const { scalars, ...rest } = await training.state(withCopies);
    return { ...rest, scalars: { ...scalars, ...remembered.state() }, meter: meter.state() };
  }
  try {
    if (resume) {
      await training.restore(resume);
      remembered.restore(resume.scalars);
    }
    return await walkOn({ ...options, source: training, probes, keeper: keeperFor(checkpoints, state) });
  } finally {
    await training.dispose();
    await curvature.dispose();
    await disposeEvaluators(evaluators);
    await space.dispose();
  }
}
