/** Requests about runs and their records. */
import { analysisIsOver } from '../../../shared/analyses/index.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Handlers } from '../../../shared/protocol.ts';
import { curvatureColumns, isOver, resumableFrom, toColumns } from '../../../shared/records.ts';
import type { CurvatureRecord, IterationColumns, RunRecord, RunSeries } from '../../../shared/records.ts';
import { selectedBackend, requireBackend } from '../backend-selection.ts';
import type { Context } from '../context.ts';
import { requireRunnable } from '../experiments/check.ts';
import { archiveRuns } from '../export/archive.ts';
import { exportRuns } from '../export/export.ts';
import { importTrajectory } from '../import/import.ts';
import type { RunChanges, StoredRun } from '../store/runs.ts';

/** What a comparison draws of a run. */
function seriesOf(
  { runs, records }: Context['store'],
  run: string,
  quantities: readonly (keyof IterationColumns)[],
  withCurvature: boolean,
): RunSeries {
  try {
    const key = runs.key(run);
    const curvature = withCurvature ? records.curvature(key, 0) : toColumns<CurvatureRecord>(curvatureColumns, []);
    return {
      run,
      error: null,
      records: { iterations: records.iterations(key, 0, quantities), epochs: records.epochs(key), curvature },
    };
  } catch (error) {
    // one run that is gone or damaged does not keep the others from being compared
    if (!(error instanceof ValleywalkError)) throw error;
    return { run, error: error.message, records: null };
  }
}

/** Handlers of `runs.*`. */
export function runHandlers({
  store,
  jobs,
  datasets,
  source,
  summaries,
  draw,
  publish,
  backends,
  fork,
  studies,
}: Context): Pick<Handlers, Extract<keyof Handlers, `runs.${string}`>> {
  /** Tells everybody about runs that changed. */
  const reported = (runs: readonly StoredRun[]): RunRecord[] => {
    const records = runs.map(({ record }) => record);
    for (const record of records) publish('run.changed', record);
    return records;
  };
  /** Changes runs; all of them or none. */
  const changeAll = (runs: readonly string[], changes: (run: RunRecord) => RunChanges): StoredRun[] =>
    store.transaction(() =>
      [...new Set(runs)].map((run) => store.runs.change(run, changes(store.runs.get(run).record))),
    );

  /** What a run goes on with. @param computing it is still to be ended. @throws ValleywalkError kind `input` with the reason why it cannot */
  const requireResumable = async (run: string, computing = false): Promise<ReturnType<typeof requireRunnable>> => {
    const { record, backend } = store.runs.get(run);
    const cannot = (reason: string): ValleywalkError =>
      new ValleywalkError('input', `run ${run} (${record.name}) cannot be resumed: ${reason}`);
    if (computing ? isOver(record.status) : isOver(record.status) && resumableFrom(record) === null)
      throw cannot(`it is ${record.status}`);
    let runnable: ReturnType<typeof requireRunnable>;
    try {
      runnable = requireRunnable(record.experiment, datasets.list(), true);
      await requireBackend(backend, backends);
    } catch (error) {
      throw error instanceof ValleywalkError ? cannot(error.message) : error;
    }
    const { dataset } = runnable;
    if (record.data_checksum !== null && record.data_checksum !== dataset.checksum)
      throw cannot(
        `data set ${dataset.id} is not the one it began with (SHA-256 ${dataset.checksum} instead of ${record.data_checksum}); add that one again under the same name, or run the experiment again`,
      );
    return runnable;
  };

  /** Stops or pauses a run, here or on the machine that computes it. */
  const end = (run: string, how: 'stop' | 'pause'): RunRecord | Promise<RunRecord> => {
    const stored = store.runs.get(run);
    if (stored.record.machine === undefined || isOver(stored.record.status)) return jobs.run[how](run);
    return jobs.machine.stop([stored], how).then(() => store.runs.get(run).record);
  };

  return {
    'runs.list': ({ deleted }) => (deleted ? store.runs.deleted() : store.runs.list()).map(({ record }) => record),
    'runs.get': ({ run }) => store.runs.get(run).record,
    'runs.start': async ({ experiment, backend = selectedBackend(store) }) => {
      const runnable = requireRunnable(experiment, datasets.list());
      await requireBackend(backend, backends);
      return jobs.run.start(runnable.experiment, runnable.dataset, backend);
    },
    'runs.import': async ({ folder, backend = selectedBackend(store) }) => {
      await requireBackend(backend, backends);
      return importTrajectory({ store, runs: jobs.run, fork, datasets }, folder, backend);
    },
    'runs.stop': ({ run }) => end(run, 'stop'),
    'runs.pause': ({ run }) => end(run, 'pause'),
    'runs.resume': async ({ run, changes = {} }) => {
      const { record } = store.runs.get(run);
      const asked = Object.keys(changes);
      if (record.machine === undefined && asked.length > 0)
        throw new ValleywalkError(
          'input',
          `run ${run} (${record.name}) computes on this machine, of which nothing can be asked (${asked.join(', ')}); leave that out`,
        );
      if (record.machine !== undefined && resumableFrom(record) !== null) {
        await studies.resumeOn(run, changes);
        return store.runs.get(run).record;
      }
      const { experiment, dataset } = await requireResumable(run);
      return jobs.run.resume(run, experiment, dataset);
    },
    'runs.restart': async ({ run }) => {
      requireHere(store.runs.get(run).record);
      const { experiment, dataset } = await requireResumable(run, true);
      return jobs.run.restart(run, experiment, dataset);
    },
    'runs.move': ({ run, before }) => jobs.run.move(run, before),
    'runs.delete': async ({ runs, forGood: permanently }) => {
      const unique = [...new Set(runs)];
      store.delete(unique, permanently);
      // what is being computed about them would find nobody; what was found stays with a run that can be restored
      if (!permanently)
        for (const { record } of store.analyses.list())
          if (unique.includes(record.run) && !analysisIsOver(record.status)) jobs.analysis.cancel(record.analysis);
      for (const run of unique) publish('run.removed', { run });
      if (permanently) await store.finishDeletions();
      return { deleted: unique.length };
    },
    'runs.restore': ({ runs }) => reported(store.restore(runs)),
    'runs.tag': ({ runs, add, remove }) =>
      reported(
        changeAll(runs, ({ tags }) => ({
          tags: [...new Set([...tags, ...add])].filter((tag) => !remove.includes(tag)),
        })),
      ),
    'runs.note': ({ run, notes }) => reported([store.runs.change(run, { notes })])[0]!,
    'runs.archive': ({ runs, archived }) => reported(changeAll(runs, () => ({ archived: archived ? 1 : 0 }))),
    'runs.pin': ({ run }) => reported(store.transaction(() => store.runs.pin(run))),
    'runs.rename': ({ run, name }) => reported([store.runs.change(run, { name })])[0]!,
    'runs.iterations': ({ run, from }) => store.records.iterations(store.runs.key(run), from),
    'runs.slices': ({ run, from, to }) =>
      store.records.slices(store.runs.key(run), from, to ?? Number.MAX_SAFE_INTEGER),
    'runs.epochs': ({ run }) => store.records.epochs(store.runs.key(run)),
    'runs.curvature': ({ run, from }) => store.records.curvature(store.runs.key(run), from),
    'runs.times': ({ run }) => store.records.times(store.runs.key(run)),
    'runs.series': ({ runs, iterations, curvature }) => runs.map((run) => seriesOf(store, run, iterations, curvature)),
    'runs.summaries': ({ runs, summaries: names }) => summaries.many(runs, [...new Set(names)]),
    'runs.export': async ({ runs, directory, formats }) => ({
      files: await exportRuns({ store, source, datasets, draw }, [...new Set(runs)], directory, new Set(formats)),
    }),
    'runs.download': async ({ runs, formats }) => ({
      bytes: await archiveRuns({ store, source, datasets, draw }, [...new Set(runs)], new Set(formats)),
    }),
  };
}

/** @throws ValleywalkError kind `input` for a run that another machine computes */
function requireHere({ run, name, machine, status }: RunRecord): void {
  if (machine !== undefined && !isOver(status))
    throw new ValleywalkError('input', `run ${run} (${name}) computes on another machine; stop it, then resume it`);
}
