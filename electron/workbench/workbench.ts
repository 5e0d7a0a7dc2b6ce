/** The workbench: store, jobs, data sets, figures and export behind the protocol's requests and events. */
import { checkValue } from '../../shared/check-value.ts';
import { join } from 'node:path';
import { cutInMiddle, faultsText } from '../../shared/bounded.ts';
import { watchClock } from '../../shared/clock.ts';
import { ValleywalkError } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import { readingRequests, requests } from '../../shared/protocol.ts';
import type { Handlers, Publish, RequestName } from '../../shared/protocol.ts';
import type { Fork } from '../processes/child.ts';
import { backendsOf } from './backends.ts';
import type { Context } from './context.ts';
import { createRegistry } from './datasets/registry.ts';
import { analysisHandlers } from './handlers/analyses.ts';
import { backendHandlers } from './handlers/backends.ts';
import { claimHandlers } from './handlers/claims.ts';
import { datasetHandlers } from './handlers/datasets.ts';
import { experimentHandlers } from './handlers/experiments.ts';
import { figureHandlers } from './handlers/figures.ts';
import { jobHandlers } from './handlers/jobs.ts';
import { runHandlers } from './handlers/runs.ts';
import { settingsHandlers } from './handlers/settings.ts';
import { setupHandlers } from './handlers/setups.ts';
import { studyHandlers } from './handlers/studies.ts';
import { uploadHandlers } from './handlers/uploads.ts';
import { workbenchHandlers } from './handlers/workbench.ts';
import { createEventBus } from './event-bus.ts';
import { estimateRun } from './experiments/estimate.ts';
import { measuredPaces } from './experiments/paces.ts';
import { openUploads } from './import/uploads.ts';
import { activeJobs, closeJobs, openJobs } from './jobs/kinds.ts';
import { defaultTimeouts } from './jobs/session.ts';
import type { TrainerTimeouts } from './jobs/session.ts';
import { programCommand } from './machines/program.ts';
import { figureDrawing, figureSource } from './source.ts';
import { openSetups } from './setups/service.ts';
import { isSqliteError, storeError } from './store/errors.ts';
import { readOnlyError } from './store/read-only.ts';
import { openStore, restorableFor } from './store/store.ts';
import { openSummaries } from './summaries.ts';
import { openStudies } from './studies/studies.ts';
import { watchStore } from './watch.ts';

/** Milliseconds between two looks for what was deleted long enough ago to go for good. */
const sweepEvery = 60_000;

/** Milliseconds that closing waits for another process that keeps the store locked; what is not written then shows as interrupted. */
const closingPatience = 60_000;

/** What a workbench is opened with. */
export interface WorkbenchOptions {
  /** Folder of the store; made when it is not there. */
  store: string;
  /** Folder that holds datasets/ and presets/. */
  resources: string;
  /** Starts a trainer process. */
  fork: Fork;
  /** Version of Valleywalk. */
  version: string;
  /** Runtime in words; by default Node and its version. */
  runtime?: string;
  /** How long to wait for trainers, for tests. */
  timeouts?: Partial<TrainerTimeouts>;
  /** Told what a person should know about the opening of the store: what is waited for, that others could read it. */
  notice?: (message: string) => void;
  /** How nodes of a cluster start Valleywalk, as a shell command; as this one was started unless told otherwise. */
  program?: string;
  /** Milliseconds between two looks at what other processes did to the store; a second unless told otherwise. */
  watchInterval?: number;
}

/** An open workbench. */
export interface Workbench {
  /** The handlers by request, parameters checked by the caller's compiler. */
  readonly handlers: Handlers;
  /**
   * Answers a request from anywhere, its name and parameters checked against the protocol.
   * @throws ValleywalkError as the request says; anything else is a fault of ours
   */
  handle(name: string, parameters: unknown): Promise<unknown>;
  /** Listens to every event; the returned function stops it. */
  subscribe(listener: Publish): () => void;
  /** How many runs and analyses of this workbench are queued or running: what closing it would stop. */
  activeRuns(): number;
  /** Stops the runs, waits until their trainers are gone, and closes the store. */
  close(): Promise<void>;
}

/**
 * Opens a workbench on a store.
 * @throws ValleywalkError kind `store` when the store cannot be opened, `internal` when the resources are damaged
 */
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const { resources, version } = options;
  const store = openStore(options.store, options.notice);
  const { publish, subscribe } = createEventBus();
  store.lock.onWaiting((message) => publish('store.waiting', { message }));
  let datasets: Context['datasets'];
  try {
    datasets = createRegistry(join(resources, 'datasets'), store.datasets);
  } catch (error) {
    store.close();
    throw error;
  }
  // what the program brings for setups lies beside its resources
  const packed = join(resources, '..', 'prebuilt');
  const setups = openSetups({ store, fork: options.fork, publish, packed });
  const fork: Fork = (more) => options.fork({ ...setups.environment(), ...more });
  const jobs = openJobs({
    store,
    fork,
    publish,
    datasets: datasets.list,
    timeouts: { ...defaultTimeouts, ...options.timeouts },
    recordsTaken: (run) => watch.tell(run),
    machines: {
      version,
      program: options.program ?? programCommand(resources),
      environment: setups.environment,
      estimate(experiment, backend) {
        const dataset = datasets.list().find(({ id }) => id === experiment.data.set);
        if (!dataset) return null;
        const { seconds, memory_bytes } = estimateRun(experiment, dataset, backend, measuredPaces(store, backend));
        return { seconds, memoryBytes: memory_bytes ?? 0 };
      },
      ...(options.watchInterval === undefined ? {} : { interval: options.watchInterval }),
    },
  });
  const studies = openStudies({
    store,
    runs: jobs.run,
    machines: jobs.machine,
    datasets,
    publish,
    subscribe,
    resumeRun: async (run) => handlers['runs.resume']({ run }),
  });
  const watch = watchStore({
    store,
    publish,
    datasets: datasets.list,
    stop: (run, how) => void jobs.run[how](run),
    settled: () => Object.values(jobs).forEach((kind) => kind.settle()),
    cancel: (analysis) => void jobs.analysis.cancel(analysis),
    written: () => studies.refresh(),
    ...(options.watchInterval === undefined ? {} : { interval: options.watchInterval }),
  });
  const clock = watchClock();
  let held = 0;
  const sweep = (): void => {
    // an hour that a clock jumped over was no hour to restore in
    held = clock.set() > sweepEvery ? restorableFor : Math.max(0, held - sweepEvery);
    if (held > 0) return;
    try {
      store.lock.briefly(() => store.sweepDeleted());
    } catch {
      // the store is busy or out of order for now: the next sweep tries again
    }
    // also what a process that is gone has left half removed
    store.finishDeletions().catch(() => undefined);
  };
  sweep();
  const sweeping = setInterval(sweep, sweepEvery);
  sweeping.unref();
  const summaries = openSummaries(store);
  const source = figureSource(store, summaries);
  const context: Context = {
    store,
    jobs,
    datasets,
    source,
    summaries,
    draw: figureDrawing(source, resources, version),
    publish,
    backends: backendsOf(fork, setups),
    setups,
    fork,
    studies,
    resources,
    version,
    runtime: options.runtime ?? `Node ${process.versions.node}`,
  };
  const uploads = openUploads();
  const handlers: Handlers = {
    ...workbenchHandlers(context),
    ...jobHandlers(context),
    ...backendHandlers(context),
    ...runHandlers(context),
    ...uploadHandlers(uploads),
    ...analysisHandlers(context),
    ...settingsHandlers(context),
    ...setupHandlers(context),
    ...studyHandlers(context),
    ...experimentHandlers(context),
    ...datasetHandlers(context),
    ...figureHandlers(context),
    ...claimHandlers(context),
  };
  let closed: Promise<void> | null = null;

  return {
    handlers,
    async handle(name, parameters) {
      if (closed) throw new ValleywalkError('internal', 'the workbench is closed; open Valleywalk again');
      if (!Object.hasOwn(requests, name))
        throw new ValleywalkError('input', `there is no request "${cutInMiddle(name, 100)}"`);
      const request = name as RequestName;
      if (store.readOnly && !readingRequests.has(request)) throw readOnlyError(store.folder);
      const checked = checkValue(requests[request].parameters, parameters);
      if (!checked.success) {
        const problems = problemsOf(checked.error);
        throw new ValleywalkError('input', `${name}: ${faultsText(problems)}`, problems);
      }
      try {
        return await store.lock.patiently(() => handlers[request](checked.data as never) as unknown);
      } catch (error) {
        throw uploads.asChosen(isSqliteError(error) ? storeError(error, store.file) : error);
      }
    },
    subscribe,
    activeRuns: () => activeJobs(jobs),
    close() {
      closed ??= (async () => {
        watch.close();
        clearInterval(sweeping);
        await handlers['backends.cancel']({});
        await setups.close();
        studies.close();
        uploads.close();
        const giveUp = setTimeout(() => store.lock.giveUp(), closingPatience);
        try {
          await closeJobs(jobs);
        } finally {
          clearTimeout(giveUp);
          store.close();
        }
      })();
      return closed;
    },
  };
}
