/** The queue of analyses: one after the other beside the runs, each in a trainer process of its own with half of the cores, or all where no run computes. */
import { availableParallelism } from 'node:os';
import { analysisIsOver } from '../../../shared/analyses/index.ts';
import type { AnalysisRecord, AnalysisResult } from '../../../shared/analyses/index.ts';
import { studyOf } from '../../../shared/analyses/valley-floor.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Publish } from '../../../shared/protocol.ts';
import type { RunRecord } from '../../../shared/records.ts';
import type { Fork } from '../../processes/child.ts';
import { runTrainer } from './session.ts';
import type { Analyse, TrainerTimeouts, Session } from './session.ts';
import { inTurn } from './in-turn.ts';
import { throttle } from './throttle.ts';
import type { AnalysisChanges } from '../store/analyses.ts';
import { isBusy, storeError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { requireAnalysable } from '../analyses/check.ts';

/** What the queue of analyses works with. */
export interface AnalysisQueueOptions {
  store: Store;
  fork: Fork;
  publish: Publish;
  /** The data sets as they are now. */
  datasets: () => readonly Dataset[];
  /** How many runs of this process are queued or running. */
  activeRuns: () => number;
  timeouts: TrainerTimeouts;
}

/** Analyses of this process. */
export interface AnalysisQueue {
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
  /** How many analyses of this process are queued or running. */
  active: () => number;
  /** Stops everything and waits until the trainers are gone. */
  close(): Promise<void>;
}

/** Least time between two changes of one analysis that are told, in milliseconds. */
const changeInterval = 200;

/** An analysis that waits. */
interface Waiting {
  analysis: string;
  command: Omit<Analyse, 'threads'>;
}

/** Makes an empty queue. */
export function createAnalysisQueue({
  store,
  fork,
  publish,
  datasets,
  activeRuns,
  timeouts,
}: AnalysisQueueOptions): AnalysisQueue {
  const waiting: Waiting[] = [];
  let running: { analysis: string; session: Session; over: boolean } | null = null;
  let closing = false;
  let idle = (): void => undefined;
  const now = (): string => new Date().toISOString();
  const change = (analysis: string, changes: AnalysisChanges): AnalysisRecord => {
    const { record, deleted } = store.analyses.change(analysis, changes);
    if (!deleted) publish('analysis.changed', record);
    return record;
  };

  const turn = inTurn(store.lock);
  let locked = false;

  function pump(): void {
    if (closing || running || locked) return;
    const next = waiting.shift();
    if (next) launch(next);
  }

  /** Tries again once no other process writes; the analysis stays in the queue meanwhile, where it can be stopped. */
  function later(next: Waiting): void {
    waiting.unshift(next);
    locked = true;
    const again = (): void => {
      locked = false;
      pump();
    };
    void store.lock.free().then(again, again);
  }

  function launch(next: Waiting): void {
    const { analysis, command } = next;
    const share = activeRuns() > 0 ? 2 : 1;
    const threads = Math.max(1, Math.floor(availableParallelism() / share));
    try {
      store.lock.briefly(() => change(analysis, { status: 'running', started_at: now(), threads }));
    } catch (error) {
      if (isBusy(error)) later(next);
      // gone while it waited
      else pump();
      return;
    }
    let result: AnalysisResult | null = null;
    const live: AnalysisChanges = {};
    const flush = throttle(changeInterval, () => {
      try {
        store.lock.briefly(() => change(analysis, live));
      } catch (error) {
        // what comes next tells more
        if (isBusy(error)) return;
        session.fail(storeError(error, store.file).message);
      }
    });
    const session = runTrainer(fork, { ...command, threads }, timeouts, {
      report(report) {
        if (report.type === 'analysed') result = report.result;
        if (report.type !== 'analysis-progress') return;
        live.progress = report.progress;
        live.seconds_left = report.secondsLeft;
        flush.call();
      },
      silent: (silence) => publish('trainer.silent', { run: null, analysis, ...silence }),
      ended({ status, message }) {
        flush.cancel();
        if (running) running.over = true;
        const finished = status === 'finished' && result !== null;
        finishInTurn(analysis, {
          status: finished ? 'finished' : status === 'stopped' ? 'stopped' : 'failed',
          error: message ?? (status === 'finished' && !finished ? 'the trainer sent no result' : null),
          ...(finished ? { result: result!, progress: 1 } : {}),
        });
      },
      gone: () =>
        turn(() => {
          running = null;
          idle();
          pump();
        }),
    });
    running = { analysis, session, over: false };
  }

  function finish(analysis: string, changes: AnalysisChanges): void {
    try {
      change(analysis, { ...changes, finished_at: now(), seconds_left: null, owner: null, stop_requested: 0 });
    } catch (error) {
      if (isBusy(error)) throw error;
      // deleted while it was computed, or the store is out of order: then it shows as interrupted when it is opened again
    }
  }

  const finishInTurn = (analysis: string, changes: AnalysisChanges): void => turn(() => finish(analysis, changes));

  function cancel(analysis: string): AnalysisRecord {
    const { record, owner } = store.analyses.known(analysis);
    if (analysisIsOver(record.status)) return record;
    if (owner !== store.owner) return change(analysis, { stop_requested: 1 });
    if (running?.analysis === analysis) {
      running.session.stop();
      return record;
    }
    const place = waiting.findIndex((entry) => entry.analysis === analysis);
    if (place >= 0) waiting.splice(place, 1);
    return change(analysis, { status: 'stopped', finished_at: now(), owner: null });
  }

  function start(run: string, value: unknown): AnalysisRecord {
    if (closing) throw new ValleywalkError('internal', 'the workbench is closing; start the analysis afterwards');
    const { record } = store.runs.get(run);
    const key = store.runs.key(run);
    const files = store.parameters.list(key);
    const { request, dataset } = requireAnalysable(value, record, files, datasets());
    const { record: started } = store.createAnalysis(key, request);
    publish('analysis.changed', started);
    waiting.push({
      analysis: started.analysis,
      command: {
        type: 'analyse',
        request,
        experiment: record.experiment,
        dataset,
        backend: 'cpu',
        directory: store.parameters.folder(run),
        files,
      },
    });
    // the answer to this request goes out before the first event
    setImmediate(pump);
    return started;
  }

  return {
    start,
    study({ run, experiment }) {
      const settings = studyOf(experiment.probes.valleyFloor);
      if (!settings || closing) return;
      const request = { kind: 'valley-floor' as const, settings };
      try {
        start(run, request);
      } catch (error) {
        // what asked for it asks again
        if (isBusy(error)) throw error;
        const { analysis } = store.createAnalysis(store.runs.key(run), request).record;
        finish(analysis, { status: 'failed', error: storeError(error, store.file).message });
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
    active: () => waiting.length + (running && !running.over ? 1 : 0),
    async close() {
      closing = true;
      for (const { analysis } of waiting.splice(0)) finishInTurn(analysis, { status: 'stopped' });
      await new Promise<void>((resolve) => turn(resolve));
      if (!running) return;
      const gone = new Promise<void>((resolve) => (idle = resolve));
      running.session.stop();
      await gone;
    },
  };
}
