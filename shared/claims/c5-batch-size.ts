/** C5: a small batch injects the noise that makes SGD explore. */
import type { Claim } from './claim.ts';
import { slope } from './contrast.ts';
import { testDistance } from './distances.ts';
import { isSgd } from './evidence.ts';
import { lossNoise, probedContrast } from './probed-contrast.ts';
import { testStatistic } from './test-statistic.ts';

/** Standard deviation from the means of values and of their squares; NaN where there is none. */
const deviation = (means: readonly number[]): number => Math.sqrt(means[1]! - means[0]! ** 2);

export const batchInjectsNoise: Claim = {
  claim: 'C5',
  title: 'Batch size sets the noise',
  words: 'A small batch size injects the noise that makes SGD explore.',
  preset: 'batch-size-roles-desk',
  needsTraining: true,
  comparesSettings: true,
  test({ runs }) {
    const sgd = runs.filter(isSgd);
    const { samples, missing } = probedContrast(sgd, 'optimizer.batchSize', 'batch sizes', lossNoise);
    return [
      testStatistic(
        {
          key: 'noise_batch_size',
          title: 'Growth of the noise with the batch size',
          symbol: 'ν(B)',
          formula:
            'slope of log₂ sd(ℓ_B(θ_t) − L(θ_t)) on log₂ B at the same probed iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
        },
        samples,
        (draws) => slope(draws, (means) => Math.log2(deviation(means))),
        missing,
        {
          group: (members) =>
            Math.exp(members.reduce((sum, { means }) => sum + Math.log(deviation(means)), 0) / members.length),
        },
      ),
      testDistance(
        {
          key: 'exploration_batch_size',
          title: 'Growth of the distance with the batch size, step by step',
          symbol: 'δ(B)',
          formula: 'slope of ln ‖θ − θ_0‖ on ln B after equal iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
        },
        sgd,
        'optimizer.batchSize',
        'batch sizes',
        'iterations',
      ),
    ];
  },
};
