/**
 * Batch sharpness, E_B[g_Bᵀ H_B g_B / ‖g_B‖²]: the curvature of a batch's own loss along its own gradient (Andreyev and Beneventano, Edge of Stochastic
 * Stability, arXiv 2412.20553).
 */
import { batchCurvatureOf, microBatchOf } from '../../../../../shared/cost.ts';
import { batchesFor } from '../../../../../shared/curvature/batch-sharpness.ts';
import { batchSizeOf } from '../../../../../shared/experiment.ts';
import type { MeasuredBy } from '../../../../../shared/quantities/index.ts';
import { generatorFor } from '../../../random/generator.ts';
import { batchesOf, wholeBatches } from '../../batches.ts';
import type { Batches } from '../../batches.ts';
import { dot, norm } from '../../eigen.ts';
import { gradientFunction } from '../../gradient.ts';
import type { GradientFunction } from '../../gradient.ts';
import { batchHessian } from '../../hessian.ts';
import type { BatchHessian } from '../../hessian.ts';
import { standardError } from '../../measurement.ts';
import { hostPoint } from '../../point.ts';
import type { HostPoint } from '../../point.ts';
import { dataShapeOf } from '../../targets.ts';
import { lengthOf } from '../../vector.ts';
import { roundingAlong, toldBy } from './measurement.ts';
import type { BetweenPieces, OpenMeasurement } from './measurement.ts';

type Measured = MeasuredBy<'batchSharpness'>;

const notTold: Measured = { batch_sharpness: null, batch_sharpness_error: null };

/** What it is measured with: gradients as training takes them, and Hessians of the same losses. */
export interface BatchTools {
  gradients: Pick<GradientFunction, 'compute'>;
  hessian: Pick<BatchHessian, 'multiply'>;
}

/** The measurement. */
export const openBatchSharpness: OpenMeasurement<'batchSharpness'> = async ({
  experiment,
  train,
  backend,
  model,
  loss,
}) => {
  const shape = dataShapeOf(train);
  const size = batchSizeOf(experiment);
  const gradients = await gradientFunction(backend, model, loss, size, microBatchOf(experiment, shape));
  const hessian = await batchHessian(backend, model, loss, size, batchCurvatureOf(experiment, shape));
  return {
    async measure({ from, iteration }, between) {
      const count = batchesFor(size, train.count);
      const generator = generatorFor(experiment.seed, `batch sharpness ${iteration}`);
      const batches = count > 1 ? batchesOf(train, size, generator) : wholeBatches(train);
      return measureBatchSharpness(await hostPoint(from), batches, count, { gradients, hessian }, between);
    },
    async dispose() {
      await hessian.dispose();
      await gradients.dispose();
    },
  };
};

/**
 * Measures at a point.
 * @param batches drawn one after the other
 * @param count how many; of one there is no standard error, as where it is the whole set
 * @returns not told where a batch has no gradient; null when stopped on the way
 */
export async function measureBatchSharpness(
  point: HostPoint,
  batches: Batches,
  count: number,
  { gradients, hessian }: BatchTools,
  between: BetweenPieces,
): Promise<Measured | null> {
  const gradient = new Float32Array(point.parameters.length);
  const statistics = new Float32Array(point.statistics.length);
  const curvatures: number[] = [];
  let rounded = 0;
  for (let batch = 0; batch < count; batch++) {
    if (await between()) return null;
    batches.next();
    const { images, targets } = batches;
    await gradients.compute(point, images, targets, { gradient, statistics });
    const length = lengthOf(gradient);
    if (!(length > 0 && Number.isFinite(length))) return notTold;
    for (let index = 0; index < gradient.length; index++) gradient[index]! /= length;
    const product = await hessian.multiply(point, { images, targets }, gradient, between);
    if (product === null) return null;
    curvatures.push(dot(product, gradient));
    rounded += norm(product) / count;
  }
  const mean = curvatures.reduce((sum, value) => sum + value, 0) / count;
  const error = roundingAlong * rounded + (count > 1 ? standardError(curvatures, Infinity) : 0);
  const [told, toldError] = toldBy({ value: mean, error });
  return { batch_sharpness: told, batch_sharpness_error: toldError };
}
