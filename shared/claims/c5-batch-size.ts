/** C5: a small batch injects the noise that makes SGD explore. */
import { meanOf } from './autocorrelation.ts';
import {
  bowlAcross,
  distancesOfTheirOwn,
  flatAcross,
  planeAcross,
  steeperLiftedAcross,
} from './calibration/contrasts.ts';
import type { Claim } from './claim.ts';
import { beyondBasis, distanceBasis, distancesAlong } from './distances.ts';
import { isSgd } from './evidence.ts';
import { slopeOverSettings } from './intervals.ts';
import { lossNoise, probedContrast } from './probed-contrast.ts';
import { tested } from './statistic.ts';

/** Walks without a valley, and what they are in words: of noise alone, and of drift alone. */
const walks = ['random', 'cancelled', 'unmoved'] as const;
const nulls = 'noise that adds up, or that cancels over an epoch; or a drift that no noise changes';

export const batchInjectsNoise: Claim = {
  claim: 'C5',
  title: 'Batch size sets the noise',
  words: 'A small batch size injects the noise that makes SGD explore.',
  preset: 'batch-size-roles-desk',
  needs: 'training',
  comparesSettings: true,
  test({ runs }) {
    const sgd = runs.filter(isSgd);
    const noise = probedContrast(sgd, 'optimizer.batchSize', 'batch sizes', (run, rows) => ({
      y: lossNoise(run, rows),
    }));
    const distances = distancesAlong(sgd, 'optimizer.batchSize', 'batch sizes', 'iterations', true);
    return [
      tested(
        {
          key: 'noise_batch_size',
          role: 'paper',
          title: 'Growth of the noise with the batch size',
          symbol: 'ν(B)',
          formula:
            'slope of log₂ sd(ℓ_B(θ_t) − L(θ_t)) on log₂ B at the same probed iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: 'batches of examples drawn independently, on any loss',
        },
        {
          ...noise,
          estimate: noise.samples.length > 0 ? slopeOverSettings(noise.samples) : null,
          iterations: ({ iterations }) => iterations,
          nulls: [-0.5],
          group: (members) => 2 ** meanOf(members.map(({ y }) => y)),
        },
      ),
      tested(
        {
          key: 'exploration_batch_size',
          role: 'paper',
          title: 'Growth of the distance with the batch size, step by step',
          symbol: 'δ(B)',
          formula:
            'slope of ln ‖θ − θ_0‖ on ln B after equally many iterations of the first half of an epoch, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        distanceBasis(distances, walks),
      ),
      tested(
        {
          key: 'exploration_beyond_batch_size',
          role: 'decides',
          title: 'Growth of the distance with the batch size, step by step, beyond that of its noise',
          symbol: 'δ(B) − δ₀',
          formula:
            'slope of ln ‖θ − θ_0‖ on ln B after equally many iterations of the first half of an epoch, less those of the walks without a valley, whichever is nearest; 0 between them',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        beyondBasis(distances, walks),
      ),
    ];
  },
  calibration: {
    nulls: [flatAcross, planeAcross, bowlAcross, distancesOfTheirOwn],
    truths: [steeperLiftedAcross],
  },
};
