/** Requests about analyses of kept parameters. */
import type { Handlers } from '../../../shared/protocol.ts';
import type { Context } from '../context.ts';

/** Handlers of `analyses.*`. */
export function analysisHandlers({
  store,
  jobs,
}: Context): Pick<Handlers, Extract<keyof Handlers, `analyses.${string}`>> {
  return {
    'analyses.start': ({ run, request }) => jobs.analysis.start(run, request),
    'analyses.list': ({ run }) => store.analyses.list(store.runs.key(run)).map(({ record }) => record),
    'analyses.get': ({ analysis }) => {
      const { record } = store.analyses.get(analysis);
      // rejects where the run has been deleted
      store.runs.get(record.run);
      return { ...record, result: store.analyses.result(analysis) };
    },
    'analyses.cancel': ({ analysis }) => jobs.analysis.cancel(analysis),
    'analyses.delete': ({ analysis }) => {
      jobs.analysis.remove(analysis);
      return {};
    },
    'analyses.restore': ({ analysis }) => jobs.analysis.restore(analysis),
    'analyses.kept': ({ run }) => store.parameters.list(store.runs.key(run)).map(({ iteration }) => iteration),
  };
}
