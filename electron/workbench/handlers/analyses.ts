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
    'analyses.get': ({ analysis }) => {
      const { record } = store.analyses.get(analysis);
      // rejects where the run has been deleted
      store.runs.get(record.run);
      return { ...record, result: store.analyses.result(analysis) };
    },
    'analyses.cancel': ({ analysis }) => analyses.cancel(analysis),
    'analyses.delete': ({ analysis }) => {
      analyses.remove(analysis);
      return {};
    },
    'analyses.restore': ({ analysis }) => analyses.restore(analysis),
    'analyses.kept': ({ run }) => store.parameters.list(store.runs.key(run)).map(({ iteration }) => iteration),
  };
}
