/** The gradient noise scale: electron/trainer/walk/probes/curvature/gradient-noise-scale.ts. */
import { fromZero } from '../quantities/quantity.ts';
import { defineMeasurement, errorColumn } from './measurement.ts';

/** Batches of the gradient noise scale, and examples of each where the training set allows it. */
const [batches, usualBatch] = [40, 100];

/**
 * Batches by which the gradient noise scale is measured: 40 of 100 examples, of a training set of less than 4,000 a 40th of it. The scale does not
 * depend on their size: smaller ones would cost less and have heavier tails, larger ones tell no more. Of up to 40 examples each is taken once (`every`),
 * which leaves nothing to chance. Null for a single example, which has no noise.
 */
export function noiseBatches(train: number): { size: number; count: number; every: boolean } | null {
  if (train < 2) return null;
  if (train <= batches) return { size: 1, count: train, every: true };
  return { size: Math.min(usualBatch, Math.floor(train / batches)), count: batches, every: false };
}

/** Gradient noise scale. */
export const gradientNoiseScale = defineMeasurement({
  key: 'gradientNoiseScale',
  title: 'Gradient noise scale',
  help: 'The batch size whose gradient is as much noise as signal, where curvature is measured: the gradient of the whole training set and of 40 batches of at most 100 examples.',
  quantities: [
    {
      key: 'gradient_noise_scale',
      title: 'Gradient noise scale',
      symbol: 'B_{noise}',
      formula:
        'tr(Σ)/‖G‖², G = ∇L(θ_t) over the training set, Σ the covariance of its examples’ gradients, by ‖g_b − G‖² of 40 seeded batches',
      unit: 'examples',
      reading:
        'A batch of so many examples has a gradient that is as much noise as signal: well below it steps are mostly noise, well above it larger batches gain little.',
      better: null,
      source: 'standard',
      log: true,
      kind: 'number',
      limits: fromZero,
      nullable: true,
      training: true,
      short: 'Noise scale',
      absent: 'probes.hessian.gradientNoiseScale measures it at steps that begin where curvature is measured',
    },
    errorColumn({
      key: 'gradient_noise_scale_error',
      title: 'Error of the gradient noise scale',
      formula:
        'its standard error over the batches, and what rounding of the gradients may do, which is all of it where every example is taken',
      unit: 'examples',
      reading:
        'Of Gaussian noise 22 % of it where all lies in one direction, and less otherwise (some 5 to 10 %); more, and less surely told, where few examples carry the noise.',
    }),
  ],
  passes({ train }) {
    const { size, count } = noiseBatches(train) ?? { size: 0, count: 1 };
    return [
      { examples: train, gradients: 1 },
      { examples: size, sets: count, gradients: 1 },
    ];
  },
  // two gradients in float64
  vectors: 4,
  opens: ['mean gradient'],
});
