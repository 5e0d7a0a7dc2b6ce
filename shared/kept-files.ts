/** How many files of parameters a run keeps. */
import { probedStretches, totalEpochs } from './cost.ts';

import type { Experiment } from './experiment.ts';

/** Number of parameter files that a run keeps, the initial parameters counted in. */
export function keptFiles(experiment: Experiment): number {
  switch (experiment.keepParameters) {
    case 'none':
      return 0;
    case 'epochs':
      return totalEpochs(experiment) + 1;
    case 'windows':
      return probedStretches(experiment).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  }
}
