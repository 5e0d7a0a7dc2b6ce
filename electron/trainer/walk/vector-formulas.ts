/** What is computed of whole vectors beside updates, as formulas: devices and the host's loops make their code of them. */
import { add, input, multiply, subtract } from '../../../shared/graph/ops/index.ts';
import type { Formula } from '../backends/backend.ts';

/** Over vectors `a`, `b` and `c` of a length. */
export function vectorFormulas(size: number) {
  const a = input('a', [size]);
  const b = input('b', [size]);
  const difference = subtract(b, a);
  const after = subtract(input('c', [size]), b);
  return {
    /** rest·a + alpha·b, two numbers. */
    blend: {
      results: { into: add(multiply(a, input('rest', [])), multiply(b, input('alpha', []))) },
      sums: {},
    },
    /** ‖b − a‖². */
    distance: { results: {}, sums: { squared: multiply(difference, difference) } },
    /** ‖a‖². */
    norm: { results: {}, sums: { squared: multiply(a, a) } },
    /** ⟨b − a, c − b⟩ and both squared lengths. */
    cosine: {
      results: {},
      sums: {
        product: multiply(difference, after),
        last: multiply(difference, difference),
        now: multiply(after, after),
      },
    },
  } satisfies Record<string, Formula>;
}
