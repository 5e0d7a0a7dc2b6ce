/** Batch sharpness: electron/trainer/walk/probes/curvature/batch-sharpness.ts. */
import { unlimited } from '../quantities/quantity.ts';
import { defineMeasurement, errorColumn } from './measurement.ts';

/**
 * Batches that are drawn. Fixed, as its error tells what they are worth: some 16 % of the spread from batch to batch, which is below that spread
 * and costs, with batches of 10 to 100, no more than a few Hessian-vector products over 2,000 examples.
 */
export const sharpnessBatches = 40;

/** How many: one where a batch is the whole set. */
export function batchesFor(batchSize: number, train: number): number {
  return batchSize < train ? sharpnessBatches : 1;
}

/** Batch sharpness. */
export const batchSharpness = defineMeasurement({
  key: 'batchSharpness',
  title: 'Batch sharpness',
  help: 'The curvature of a batch’s own loss along its own gradient, the mean of 40 random batches of the run’s size, or of the one that is the whole set: a product and a gradient of each, where curvature is measured.',
  quantities: [
    {
      key: 'batch_sharpness',
      title: 'Batch sharpness',
      symbol: '',
      formula:
        'mean of ⟨g_B, H_B·g_B⟩ / ‖g_B‖² over 40 random batches B of the run’s size (one where that is the whole set), H_B and g_B being Hessian and gradient of the batch loss at θ_t',
      unit: null,
      reading:
        'Plain SGD without augmentation is found to hover where it is 2 / learning rate, its edge of stability, while the largest eigenvalue stays below; with momentum μ in small batches at 2(1 − μ) / learning rate (arXiv 2604.14108).',
      better: null,
      source: 'standard',
      log: true,
      kind: 'number',
      limits: unlimited,
      nullable: true,
      training: true,
      absent:
        'probes.hessian.batchSharpness measures it at steps that begin where curvature is measured; where a batch has no gradient it is not told',
    },
    errorColumn({
      key: 'batch_sharpness_error',
      title: 'Error of the batch sharpness',
      formula: 'standard error of the mean over the batches, and rounding of the Hessian-vector products',
      unit: null,
      reading: 'What the drawing of the batches leaves open; of a batch that is the whole set only rounding.',
    }),
  ],
  passes: ({ batchSize, train }) => [
    { examples: batchSize, sets: batchesFor(batchSize, train), gradients: 1, products: 1 },
  ],
  // a batch's gradient, of which the unit vector is made in place, and the point
  vectors: 2,
  opens: ['batch gradient', 'batch product'],
});
