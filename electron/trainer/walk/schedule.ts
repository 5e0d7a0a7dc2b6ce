/** Learning-rate schedules. */
import { iterationsPerEpoch, totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';

/**
 * The learning rate η_t of an update, with η the rate that was set, e = ⌊t / iterations per epoch⌋ + 1 its epoch and T the
 * iterations of the whole run:
 *
 * - constant: η
 * - step: η · factor^⌊(e − 1) / everyEpochs⌋
 * - milestones: η · factor^(number of named epochs ≤ e)
 * - cosine: η_final + (η − η_final) · (1 + cos(π t / T)) / 2 (Loshchilov and Hutter, 2017, without restarts)
 *
 * @param iteration t, from 0 to below T
 */
export function learningRateAt(experiment: Experiment, iteration: number): number {
  const { learningRate, schedule } = experiment.optimizer;
  const past = Math.floor(iteration / iterationsPerEpoch(experiment));
  switch (schedule.kind) {
    case 'constant':
      return learningRate;
    case 'step':
      return learningRate * schedule.factor ** Math.floor(past / schedule.everyEpochs);
    case 'milestones':
      return learningRate * schedule.factor ** new Set(schedule.epochs.filter((epoch) => epoch <= past + 1)).size;
    case 'cosine': {
      const share = (1 + Math.cos((Math.PI * iteration) / totalIterations(experiment))) / 2;
      return schedule.finalRate + (learningRate - schedule.finalRate) * share;
    }
  }
}
