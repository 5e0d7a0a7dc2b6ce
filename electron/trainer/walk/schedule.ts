/** The learning rate of every iteration. */
import { iterationsPerEpoch, totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { rateOf } from '../../../shared/schedules/index.ts';

/** The learning rate η_t of an update, by the experiment's warm-up and schedule. @param iteration t, from 0 to below the run's number of iterations */
export function learningRateAt(experiment: Experiment, iteration: number): number {
  return rateOf(experiment.optimizer, {
    iteration,
    perEpoch: iterationsPerEpoch(experiment),
    total: totalIterations(experiment),
  });
}
