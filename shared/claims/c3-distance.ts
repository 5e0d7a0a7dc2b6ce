/** C3: small batches and large learning rates travel farther from initialisation. */
import {
  bowlAcross,
  distancesOfTheirOwn,
  flatAcross,
  hilltopAcross,
  liftedAcross,
  planeAcross,
} from './calibration/contrasts.ts';
import type { Claim } from './claim.ts';
import { beyondBasis, distanceBasis, distancesAlong } from './distances.ts';
import { isSgd } from './evidence.ts';
import { tested } from './statistic.ts';

/** Walks without a valley, and what they are in words. */
const walks = ['random', 'straight', 'unmoved'] as const;
const nulls = 'the same updates in random directions, or all in one; or a distance that does not depend on the setting';

export const travelsFarther: Claim = {
  claim: 'C3',
  title: 'Travelling far',
  words:
    'Bouncing above the floor lets SGD travel farther from initialisation with small batches and with large learning rates.',
  preset: {
    distance_beyond_learning_rate: 'learning-rate-roles-desk',
    distance_beyond_batch_size: 'batch-size-roles-desk',
  },
  needs: 'training',
  comparesSettings: true,
  test({ runs }) {
    const sgd = runs.filter(isSgd);
    const byRate = distancesAlong(sgd, 'optimizer.learningRate', 'learning rates', 'iterations');
    const byBatch = distancesAlong(sgd, 'optimizer.batchSize', 'batch sizes', 'examples');
    return [
      tested(
        {
          key: 'distance_learning_rate',
          role: 'paper',
          title: 'Growth of the distance with the learning rate',
          symbol: 'β(η)',
          formula: 'slope of ln ‖θ − θ_0‖ on ln η after equal iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'above',
          null_words: nulls,
        },
        distanceBasis(byRate, walks),
      ),
      tested(
        {
          key: 'distance_beyond_learning_rate',
          role: 'decides',
          title: 'Growth of the distance with the learning rate, beyond that of its updates',
          symbol: 'β(η) − β₀',
          formula:
            'slope of ln ‖θ − θ_0‖ on ln η less those of the walks without a valley, whichever is nearest; 0 between them',
          unit: null,
          threshold: 0,
          expected: 'above',
          null_words: nulls,
        },
        beyondBasis(byRate, walks),
      ),
      tested(
        {
          key: 'distance_batch_size',
          role: 'paper',
          title: 'Growth of the distance with the batch size',
          symbol: 'β(B)',
          formula: 'slope of ln ‖θ − θ_0‖ on ln B after equal epochs, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        distanceBasis(byBatch, walks),
      ),
      tested(
        {
          key: 'distance_beyond_batch_size',
          role: 'decides',
          title: 'Growth of the distance with the batch size, beyond that of its updates',
          symbol: 'β(B) − β₀',
          formula:
            'slope of ln ‖θ − θ_0‖ on ln B less those of the walks without a valley, whichever is nearest; 0 between them',
          unit: null,
          threshold: 0,
          expected: 'below',
          null_words: nulls,
        },
        beyondBasis(byBatch, walks),
      ),
    ];
  },
  calibration: {
    nulls: [flatAcross, planeAcross, bowlAcross, distancesOfTheirOwn],
    truths: [liftedAcross],
    limits: [hilltopAcross],
  },
};
