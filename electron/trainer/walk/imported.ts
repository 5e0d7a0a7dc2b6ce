/**
 * A walk whose points were trained elsewhere: the loss on the segments between consecutive points, their lengths, and both sets' losses at the
 * ends of epochs. It is the walk that trains with other steps, so that points that were kept by a walk give its own slices bit for bit.
 */
import type { Model } from '../../../shared/networks/model.ts';
import { parameterTotal } from '../../../shared/networks/parameters.ts';
import type { LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { disposeEvaluators, openEvaluators } from './evaluators.ts';
import { noKeeper } from './keeper.ts';
import type { Meter } from './meter.ts';
import type { Observer, Outcome } from './observer.ts';
import { openBetween } from './probes/between.ts';
import { noCurvature } from './probes/curvature/index.ts';
import { openProbes, pointsBetween } from './probes/index.ts';
import { openImported } from './sources/imported.ts';
import type { ImportedPoints } from './sources/imported.ts';
import { openSpace } from './space/space.ts';
import { walkOn } from './walker.ts';

/** What the walk along imported points needs. */
export interface ImportedWalk extends ImportedPoints {
  data: LoadedData;
  model: Model;
  backend: Backend;
  meter: Meter;
  observer: Observer;
  /** Asked between evaluations; once it says true the walk ends. */
  stopped: () => boolean;
}

/**
 * Measures the segments between imported points, every one of them.
 * @returns how it ended; a segment that a stop interrupted has no record
 * @throws ValleywalkError when a point cannot be read
 */
export async function walkImported(options: ImportedWalk): Promise<Outcome> {
  const { experiment, model, points } = options;
  const evaluators = await openEvaluators(experiment, options);
  const batched = pointsBetween(experiment, evaluators);
  const space = openSpace(options.backend, batched, parameterTotal(model.parameters));
  try {
    if (!evaluators.segments || points.iterations.length < 2)
      throw new Error('a walk along imported points needs two and a slice');
    const source = await openImported(options, space);
    const probes = openProbes({
      ...options,
      // the points are files already, and there are no gradients to lie along eigenvectors
      experiment: { ...experiment, keepParameters: 'none' },
      parametersDirectory: null,
      curvature: noCurvature,
      course: source.course,
      evaluators,
      ...(await openBetween(space, batched, model)),
      probed: () => true,
    });
    return await walkOn({ ...options, source, probes, keeper: noKeeper });
  } finally {
    await disposeEvaluators(evaluators);
    await space.dispose();
  }
}
