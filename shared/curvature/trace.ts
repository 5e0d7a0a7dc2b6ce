/** The trace of the Hessian: electron/trainer/walk/probes/curvature/trace.ts. */
import { unlimited } from '../quantities/quantity.ts';
import { defineMeasurement, errorColumn } from './measurement.ts';

/**
 * Hessian-vector products of the trace: of each of `range` random vectors one that finds the range and one on it, and one for each of `remainder`.
 * Of 30, thirds (Hutch++ as it was published) and these did alike on trained networks, whose large eigenvalues are few (4 % of the trace), and
 * these better at one initialisation (32 % for 41 %; docs/decisions/0055).
 */
export const traceProducts = { range: 7, remainder: 16 };

/** All of them; of no more parameters than that products with the unit vectors tell it exactly. */
export const mostTraceProducts = 2 * traceProducts.range + traceProducts.remainder;

/** Trace of the Hessian. */
export const trace = defineMeasurement({
  key: 'trace',
  title: 'Trace of the Hessian',
  help: 'The sum of all eigenvalues, where curvature is measured: by random vectors (Hutch++), 30 products more.',
  quantities: [
    {
      key: 'hessian_trace',
      title: 'Trace of the Hessian',
      symbol: 'tr H',
      formula: 'the sum of all eigenvalues of the Hessian of L at θ_t, by Hutch++, on the examples of the curvature',
      unit: null,
      reading:
        'Lower is flatter in all directions together; by the number of parameters it is the mean eigenvalue. Half of it times a variance is what isotropic noise of that variance adds to the loss.',
      better: 'lower',
      source: 'standard',
      log: true,
      kind: 'number',
      limits: unlimited,
      nullable: true,
      training: true,
      absent: 'probes.hessian.trace measures it at steps that begin where curvature is measured',
    },
    errorColumn({
      key: 'hessian_trace_error',
      title: 'Error of the trace of the Hessian',
      formula:
        'standard error of Hutchinson’s estimator on what the range of Hutch++ leaves, and rounding of the products',
      unit: null,
      reading:
        'Some per cent of it where few eigenvalues are large and positive, as in trained networks. Where both signs cancel, as at initialisation, it may be as large as the trace: no bound in per cent holds.',
    }),
  ],
  passes: ({ examples }) => [{ examples, products: mostTraceProducts, again: mostTraceProducts - 1 }],
  // the range, random signs in float64, and a direction
  vectors: traceProducts.range + 3,
  opens: [],
});
