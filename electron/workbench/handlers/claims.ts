/** Requests about the paper's claims. */
import { evaluateClaims } from '../../../shared/claims/index.ts';
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `claims.*`. */
export function claimHandlers({ source }: Context): Pick<Handlers, 'claims.evaluate'> {
  return {
    'claims.evaluate': ({ runs }) =>
      evaluateClaims({
        runs: [...new Set(runs)].map((id) => {
          const { run, name, status, experiment } = source.run(id);
          return { run, name, status, experiment, iterations: source.iterations(id), epochs: source.epochs(id) };
        }),
        floors: [],
      }),
  };
}
