/**
 * Squared error as Cohen et al. (2021) define it: half of the sum over the outputs, ½ Σ (output − target)², averaged over examples only. Targets
 * are one-hot rows of classes, or real numbers. PyTorch's `MSELoss` takes the mean over examples and outputs without the half: 2/outputs of this one.
 */
import { squaredError } from '../graph/ops/index.ts';
import { pointByPoint } from './curve.ts';
import { defineLoss } from './define.ts';

/** Declares it. */
export const squaredErrorLoss = defineLoss({
  key: 'squared-error',
  title: 'Squared error',
  help: 'squared error is ½ Σ (output − target)² over the outputs, as Cohen et al. define it (PyTorch’s MSELoss is 2/outputs of it); of classes the target is 1 for the label and 0 else, real numbers are standardised',
  unit: null,
  targets: ['classes', 'values'],
  settings: {},
  evidence: () => false,
  build: () => ({
    of: squaredError,
    toDifferentiateTwice: squaredError,
    // the size of its derivative by the outputs, ‖output − target‖
    sensitivity: (loss) => Math.sqrt(2 * loss),
    value: squaredErrorOf,
    along: (curve) => pointByPoint(curve, squaredErrorOf),
  }),
});

function squaredErrorOf(outputs: ArrayLike<number>, label: number): number {
  let squares = 0;
  for (let at = 0; at < outputs.length; at++) squares += (outputs[at]! - Number(at === label)) ** 2;
  return squares / 2;
}
