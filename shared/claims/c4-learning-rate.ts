/** C4: a large learning rate keeps a large height above the floor. */
import type { Claim } from './claim.ts';
import { slope } from './contrast.ts';
import { isSgd } from './evidence.ts';
import { heightsAfter, probedContrast } from './probed-contrast.ts';
import { testStatistic } from './test-statistic.ts';

export const rateKeepsHeight: Claim = {
  claim: 'C4',
  title: 'Learning rate sets the height',
  words:
    'Learning rate and batch size play qualitatively different roles: a large learning rate keeps a large height above the valley floor.',
  preset: 'learning-rate-roles-desk',
  needsTraining: true,
  comparesSettings: true,
  test({ runs }) {
    const { samples, missing } = probedContrast(
      runs.filter(isSgd),
      'optimizer.learningRate',
      'learning rates',
      heightsAfter,
    );
    return [
      testStatistic(
        {
          key: 'height_learning_rate',
          title: 'Growth of the height with the learning rate',
          symbol: 'γ(η)',
          formula:
            'slope of the mean of ℓ_t(1) − f_t on log₂ η at the same probed iterations, all other settings equal',
          unit: 'nats per doubling',
          threshold: 0,
          expected: 'above',
        },
        samples,
        (draws) => slope(draws),
        missing,
      ),
    ];
  },
};
