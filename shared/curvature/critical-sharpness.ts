/** Critical sharpness and the curvature along the gradient: electron/trainer/walk/probes/curvature/critical-sharpness.ts. */
import { roundingDraws } from '../noise.ts';
import { fromZero, unlimited } from '../quantities/quantity.ts';
import { defineMeasurement, errorColumn } from './measurement.ts';

/** Most losses that a search takes, those where it begins and of their rounding, drawn once at a point, counted in. */
export const mostLosses = 40;

/** Critical sharpness. */
export const criticalSharpness = defineMeasurement({
  key: 'criticalSharpness',
  title: 'Critical sharpness',
  help: 'From which learning rate on a step down the gradient raises the loss, as a sharpness: some twelve losses, at most 40, where curvature is measured; beside it the curvature along the gradient, a product and a gradient.',
  quantities: [
    {
      key: 'critical_sharpness',
      title: 'Critical sharpness',
      symbol: '',
      formula:
        '2 / η_c, η_c being the smallest η above 0 found with L(θ_t − η·g) > L(θ_t), and g = ∇L(θ_t), on the examples of the curvature',
      unit: null,
      reading:
        'Above 2 / learning rate a step of gradient descent raises the loss. It is a curvature along the gradient, kinks and all, and not the largest eigenvalue. With batch norm it is by running statistics, and says nothing of the stability of training.',
      better: 'lower',
      source: 'standard',
      log: true,
      kind: 'number',
      limits: fromZero,
      nullable: true,
      training: true,
      absent:
        'probes.hessian.criticalSharpness measures it at steps that begin where curvature is measured; where no loss on the way exceeds the first, or rounding hides it, there is none',
    },
    errorColumn({
      key: 'critical_sharpness_error',
      title: 'Error of the critical sharpness',
      formula:
        'the farther end of the bracket: of two rates one surely lowers the loss and one surely raises it, beyond rounding of the losses',
      unit: null,
      reading: 'What rounding of the losses and the width of the search leave open.',
    }),
    {
      key: 'gradient_sharpness',
      title: 'Curvature along the gradient',
      symbol: 'gᵀHg/‖g‖²',
      formula: '⟨g, Hg⟩ / ‖g‖² with H the Hessian of L and g = ∇L(θ_t), on the examples of the curvature',
      unit: null,
      reading:
        'On a quadratic it is the critical sharpness; what that has more is kinks and what changes on the way. At most the largest eigenvalue.',
      better: 'lower',
      source: 'standard',
      log: true,
      kind: 'number',
      limits: unlimited,
      nullable: true,
      training: true,
      absent:
        'probes.hessian.criticalSharpness measures it at steps that begin where curvature is measured; below its error it is not told',
    },
    errorColumn({
      key: 'gradient_sharpness_error',
      title: 'Error of the curvature along the gradient',
      formula: 'rounding of the Hessian-vector product, 2⁻¹⁶ · ‖Hg‖ / ‖g‖',
      unit: null,
      reading: 'What float32 may do to it.',
    }),
  ],
  // of few examples roundings are drawn more than once, where it begins and where it ends
  passes: ({ examples }) => [
    { examples, evaluations: mostLosses + 2 * (roundingDraws(examples) - 1), gradients: 1, products: 1 },
  ],
  // the gradient in float64, its unit vector, the point, one down the gradient and one with its last places moved
  vectors: 6,
  opens: ['slope'],
});
