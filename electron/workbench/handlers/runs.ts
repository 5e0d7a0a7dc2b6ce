/** Requests about runs and their records. */
import type { Handlers } from '../../../shared/protocol.ts';
import { chosenBackend, requireBackend } from '../choice.ts';
import type { Context } from '../context.ts';
import { requireRunnable } from '../experiments/check.ts';
import { exportRuns } from '../export/export.ts';

/** Handlers of `runs.*`. */
export function runHandlers({
  store,
  queue,
  datasets,
  source,
  draw,
  publish,
  backends,
}: Context): Pick<Handlers, Extract<keyof Handlers, `runs.${string}`>> {
  return {
    'runs.list': () => store.runs.list().map(({ record }) => record),
    'runs.get': ({ run }) => store.runs.get(run).record,
    'runs.start': async ({ experiment, backend = chosenBackend(store) }) => {
      const runnable = requireRunnable(experiment, datasets.list());
      await requireBackend(backend, backends);
      return queue.start(runnable.experiment, runnable.dataset, backend);
    },
    'runs.stop': ({ run }) => queue.stop(run),
    'runs.delete': ({ runs }) => {
      const unique = [...new Set(runs)];
      store.delete(unique);
      for (const run of unique) publish('run.removed', { run });
      return { deleted: unique.length };
    },
    'runs.rename': ({ run, name }) => {
      const { record } = store.runs.change(run, { name });
      publish('run.changed', record);
      return record;
    },
    'runs.iterations': ({ run, from }) => store.records.iterations(store.runs.key(run), from),
    'runs.slices': ({ run, from, to }) =>
      store.records.slices(store.runs.key(run), from, to ?? Number.MAX_SAFE_INTEGER),
    'runs.epochs': ({ run }) => store.records.epochs(store.runs.key(run)),
    'runs.curvature': ({ run, from }) => store.records.curvature(store.runs.key(run), from),
    'runs.export': async ({ runs, directory, formats }) => ({
      files: await exportRuns({ store, source, draw }, [...new Set(runs)], directory, new Set(formats)),
    }),
  };
}
