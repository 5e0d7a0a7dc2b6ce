/** The share of a step's bend that is kinks of ReLUs and maxima: electron/trainer/walk/probes/curvature/kinks.ts. */
import { unlimited } from '../quantities/quantity.ts';
import { defineMeasurement, errorColumn } from './measurement.ts';

/** Share of kinks. */
export const kinks = defineMeasurement({
  key: 'kinks',
  title: 'Share of kinks',
  help: 'How much of a step’s bend is kinks of ReLUs and max pools, which Hessian-vector products leave out: seven more products and two gradients where curvature is measured.',
  quantities: [
    {
      key: 'kink_share',
      title: 'Share of kinks in the bend of the step',
      symbol: '',
      formula: '1 − ∫⟨Δθ, H(θ_t + α·Δθ)·Δθ⟩ dα / ⟨∇L(θ_{t+1}) − ∇L(θ_t), Δθ⟩, on the examples of the curvature',
      unit: null,
      reading:
        '0 where activations are smooth; near 1 what Hessian eigenvalues leave out, the kinks of ReLUs, is most of the curvature that the step met.',
      better: null,
      source: 'here',
      log: false,
      kind: 'number',
      limits: unlimited,
      nullable: true,
      training: true,
      short: 'Share of kinks',
      absent: 'probes.hessian.kinks measures it at steps that begin where curvature is measured',
    },
    errorColumn({
      key: 'kink_share_error',
      title: 'Error of the share of kinks',
      formula: 'the difference of Gauss’s 3-point and Kronrod’s 7-point quadrature along the step, and rounding',
      unit: null,
      reading: 'A share below it is none.',
    }),
  ],
  passes: ({ examples }) => [{ examples, gradients: 2, products: 7 }],
  // the step and a point on it
  vectors: 2,
  opens: ['slope'],
});
