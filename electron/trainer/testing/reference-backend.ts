/** The float64 reference as a backend that answers at once: a second, independent way to compute a walk, for tests. */
import type { Backend } from '../backends/backend.ts';
import { evaluateReference } from '../../../shared/graph/reference.ts';

/** Computes in float64, feeds and results in float32; never lets the event loop turn by itself. */
export const referenceBackend: Backend = {
  describe: () => ({
    name: 'reference',
    title: 'Reference',
    available: true,
    device: null,
    versions: {},
    reason: null,
  }),
  compile: (outputs) =>
    Promise.resolve({
      run(feeds, into = {}) {
        const results = Object.entries(evaluateReference(outputs, feeds)).map(([name, values]) => {
          const result = into[name] ?? new Float32Array(values.length);
          result.set(values);
          return [name, result] as const;
        });
        return Promise.resolve(Object.fromEntries(results));
      },
      dispose: () => Promise.resolve(),
    }),
};
