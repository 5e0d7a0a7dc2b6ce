/** Requests about runs and their records. */
import { ValleywalkError } from '../../../shared/protocol.ts';
import type { Handlers } from '../../../shared/protocol.ts';
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
  const requireBackend = async (name: string): Promise<void> => {
    const all = await backends();
    const found = all.find((backend) => backend.name === name);
    if (found?.available) return;
    const available = all.filter((backend) => backend.available).map((backend) => backend.name);
    const message = found
      ? `${name} cannot be used here: ${found.reason ?? 'unknown reason'}`
      : `"${name}" is not one that Valleywalk knows; it knows ${all.map((backend) => backend.name).join(', ')}`;
    throw new ValleywalkError(
      'input',
      `the backend ${message}${available.length > 0 ? `; usable: ${available.join(', ')}` : ''}`,
      [{ path: 'backend', message }],
    );
  };
  return {
    'runs.list': () => store.runs.list().map(({ record }) => record),
    'runs.get': ({ run }) => store.runs.get(run).record,
    'runs.start': async ({ experiment, backend }) => {
      const runnable = requireRunnable(experiment, datasets.list());
      // the CPU is always there: no need to wait for a trainer to say so
      if (backend !== undefined && backend !== 'cpu') await requireBackend(backend);
      return queue.start(runnable.experiment, runnable.dataset, backend ?? 'cpu');
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
    'runs.export': async ({ runs, directory, formats }) => ({
      files: await exportRuns({ store, source, draw }, [...new Set(runs)], directory, new Set(formats)),
    }),
  };
}
