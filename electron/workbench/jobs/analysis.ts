/** Analyses as a kind of job: one after the other beside the runs, each in a trainer process of its own with half of the cores, or all where no run computes. */
import { availableParallelism } from 'node:os';
import { analysisIsOver } from '../../../shared/analyses/index.ts';
import type { AnalysisRecord, AnalysisResult } from '../../../shared/analyses/index.ts';
import { studyOf } from '../../../shared/analyses/valley-floor.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { requireAnalysable } from '../analyses/check.ts';
import type { AnalysisChanges } from '../store/analyses.ts';
import { isBusy, storeError } from '../store/errors.ts';
import type { JobContext, JobService } from './context.ts';
import type { Job, JobKind } from './kind.ts';
import { createJobQueue } from './queue.ts';
import { runTrainer } from './session.ts';
import type { Analyse, RunReport } from './session.ts';

/** Analyses of this process. */
export interface AnalysisQueue extends JobService {
  /** Queues an analysis of a run. @throws ValleywalkError `missing` for an unknown run, `input` when it cannot be done */
  start(run: string, request: unknown): AnalysisRecord;
  /** Queues the valley-floor study that a finished run's experiment asks for; one that cannot be done is stored as failed. */
  study(run: RunRecord): void;
  /** Stops an analysis; one that is over stays as it is. @throws ValleywalkError kind `missing` */
  cancel(analysis: string): AnalysisRecord;
  /** Stops an analysis if need be and deletes it with its result, so that it can be restored. @throws ValleywalkError kind `missing` */
  remove(analysis: string): void;
  /** Takes a deletion back. @throws ValleywalkError kind `missing` when it is gone for good */
  restore(analysis: string): AnalysisRecord;
}

/** An analysis that waits or computes; `id` is the analysis's. */
interface AnalysisJob extends Job {
  command: Omit<Analyse, 'threads'>;
}

/** What is remembered of an analysis while it computes. */
interface AnalysisState {
  live: AnalysisChanges;
  result: AnalysisResult | null;
}

/** Opens the analyses of a workbench, of which none waits. */
export function openAnalyses(context: JobContext): AnalysisQueue {
  const { store, fork, publish, timeouts, datasets, activeRuns } = context;
  const now = (): string => new Date().toISOString();
  const tell = (record: AnalysisRecord, deleted: boolean): AnalysisRecord => {
    if (!deleted) publish('analysis.changed', record);
    return record;
  };
  const change = (analysis: string, changes: AnalysisChanges): AnalysisRecord => {
    const { record, deleted } = store.analyses.change(analysis, changes);
    return tell(record, deleted);
  };
  const over = (): AnalysisChanges => ({ finished_at: now(), seconds_left: null, owner: null, stop_requested: 0 });

  const kind: JobKind<AnalysisJob, AnalysisState, RunReport> = {
    slots: () => 1,
    launch({ id, command }) {
      const threads = Math.max(1, Math.floor(availableParallelism() / (activeRuns() > 0 ? 2 : 1)));
      change(id, { status: 'running', started_at: now(), threads });
      return {
        state: { live: {}, result: null },
        start: (listener) => runTrainer(fork, { ...command, threads }, timeouts, listener),
      };
    },
    report(_, state, report) {
      if (report.type === 'analysed') state.result = report.result;
      if (report.type !== 'analysis-progress') return false;
      state.live = { progress: report.progress, seconds_left: report.secondsLeft };
      return true;
    },
    persist: ({ id }, { live }) => void change(id, live),
    silent: ({ id }, silence) => publish('trainer.silent', { run: null, analysis: id, ...silence }),
    ended({ id }, state, { status, message }) {
      const result = state?.result ?? null;
      const finished = status === 'finished' && result !== null;
      try {
        const { record, deleted } = store.analyses.change(id, {
          ...over(),
          status: finished ? 'finished' : status === 'stopped' ? 'stopped' : 'failed',
          error: message ?? (status === 'finished' && !finished ? 'the trainer sent no result' : null),
          ...(finished ? { result, progress: 1 } : {}),
        });
        return { tell: () => void tell(record, deleted) };
      } catch (error) {
        // deleted while it was computed, and gone by now
        if (error instanceof ValleywalkError && error.kind === 'missing') return { tell: () => undefined };
        throw error;
      }
    },
    unwritten({ id }, message) {
      try {
        const { record, deleted } = store.analyses.known(id);
        tell({ ...record, status: 'failed', finished_at: now(), error: message, seconds_left: null }, deleted);
      } catch {
        // the row is out of reach too; it shows as interrupted when the store is opened again
      }
    },
    left: ({ id }) => void change(id, { ...over(), status: 'stopped' }),
  };
  const queue = createJobQueue(store, kind);

  function cancel(analysis: string): AnalysisRecord {
    const { record, owner } = store.analyses.known(analysis);
    if (analysisIsOver(record.status)) return record;
    if (owner !== store.owner) return change(analysis, { stop_requested: 1 });
    if (queue.stop(analysis, 'stopped')) return record;
    return change(analysis, { status: 'stopped', finished_at: now(), owner: null });
  }

  function start(run: string, value: unknown): AnalysisRecord {
    queue.requireOpen('the analysis');
    const { record } = store.runs.get(run);
    const key = store.runs.key(run);
    const files = store.parameters.list(key);
    const { request, dataset } = requireAnalysable(value, record, files, datasets());
    const { record: started } = store.createAnalysis(key, request);
    const command = {
      type: 'analyse' as const,
      request,
      experiment: record.experiment,
      dataset,
      backend: 'cpu',
      directory: store.parameters.folder(run),
      files,
    };
    queue.add({ id: started.analysis, command }, () => publish('analysis.changed', started));
    return started;
  }

  return {
    start,
    study({ run, experiment }) {
      const settings = studyOf(experiment.probes.valleyFloor);
      if (!settings || queue.closing()) return;
      const request = { kind: 'valley-floor' as const, settings };
      try {
        start(run, request);
      } catch (error) {
        // what asked for it asks again
        if (isBusy(error)) throw error;
        const { analysis } = store.createAnalysis(store.runs.key(run), request).record;
        change(analysis, { ...over(), status: 'failed', error: storeError(error, store.file).message });
      }
    },
    cancel,
    remove(analysis) {
      const { record } = store.analyses.get(analysis);
      cancel(analysis);
      store.analyses.putAside(analysis);
      publish('analysis.removed', { analysis, run: record.run });
    },
    restore(analysis) {
      const { record } = store.analyses.restore(analysis);
      publish('analysis.changed', record);
      return record;
    },
    settle: queue.settle,
    active: queue.active,
    close: queue.close,
  };
}
