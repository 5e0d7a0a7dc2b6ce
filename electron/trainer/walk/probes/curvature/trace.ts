/** The trace of the Hessian where a step begins. */
import { generatorFor } from '../../../random/generator.ts';
import { traceOf } from '../../trace.ts';
import { toldBy } from './measurement.ts';
import type { OpenMeasurement } from './measurement.ts';

/** The measurement. */
export const openTrace: OpenMeasurement<'trace'> = ({ experiment: { seed }, hessian }) =>
  Promise.resolve({
    async measure({ iteration, from }, between) {
      const here = hessian.at(from);
      const found = await traceOf((vector) => here.multiply(vector, between), {
        size: from.parameters.length,
        generator: generatorFor(seed, `trace ${iteration}`),
      });
      if (found === null) return null;
      const [value, error] = toldBy(found);
      return { hessian_trace: value, hessian_trace_error: error };
    },
    dispose: () => Promise.resolve(),
  });
