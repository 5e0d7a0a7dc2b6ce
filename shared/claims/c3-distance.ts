/** C3: small batches and large learning rates travel farther from initialisation. */
import type { Claim } from './claim.ts';
import { testDistance } from './distances.ts';
import { isSgd } from './evidence.ts';

export const travelsFarther: Claim = {
  claim: 'C3',
  title: 'Travelling far',
  words:
    'Bouncing above the floor lets SGD travel farther from initialisation with small batches and with large learning rates.',
  preset: 'learning-rate-roles-desk',
  needsTraining: true,
  comparesSettings: true,
  test({ runs }) {
    const sgd = runs.filter(isSgd);
    return [
      testDistance(
        {
          key: 'distance_learning_rate',
          title: 'Growth of the distance with the learning rate',
          symbol: 'β(η)',
          formula: 'slope of ln ‖θ − θ_0‖ on ln η after equal iterations, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'above',
        },
        sgd,
        'optimizer.learningRate',
        'learning rates',
        'iterations',
      ),
      testDistance(
        {
          key: 'distance_batch_size',
          title: 'Growth of the distance with the batch size',
          symbol: 'β(B)',
          formula: 'slope of ln ‖θ − θ_0‖ on ln B after equal epochs, all other settings equal',
          unit: null,
          threshold: 0,
          expected: 'below',
        },
        sgd,
        'optimizer.batchSize',
        'batch sizes',
        'examples',
      ),
    ];
  },
};
