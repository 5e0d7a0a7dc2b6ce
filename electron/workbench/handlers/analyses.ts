/** Requests about analyses of kept parameters. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `analyses.*`. */
export function analysisHandlers({
  store,
  analyses,
}: Context): Pick<Handlers, Extract<keyof Handlers, `analyses.${string}`>> {
  return {
    'analyses.start': ({ run, request }) => analyses.start(run, request),
    'analyses.list': ({ run }) => store.analyses.list(store.runs.key(run)).map(({ record }) => record),
    'analyses.get': ({ analysis }) => ({
      ...store.analyses.get(analysis).record,
      result: store.analyses.result(analysis),
    }),
    'analyses.cancel': ({ analysis }) => analyses.cancel(analysis),
    'analyses.delete': ({ analysis }) => {
      analyses.remove(analysis);
      return {};
    },
    'analyses.kept': ({ run }) => store.parameters.list(store.runs.key(run)).map(({ iteration }) => iteration),
  };
}
