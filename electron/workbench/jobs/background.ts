/** Background jobs as kinds of jobs: one of a kind at a time, computed by a promise that tells its progress and ends when it is aborted. */
import { jobIsOver } from '../../../shared/jobs.ts';
import type { JobKindInfo, JobRecord } from '../../../shared/jobs.ts';
import { newId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import type { JobContext, JobService } from './context.ts';
import type { Job, JobKind } from './kind.ts';
import { createJobQueue } from './queue.ts';
import type { Outcome, Session, SessionListener } from './session.ts';

/** What a background job found: a sentence each, and whether they are a warning. */
export type Found = Pick<JobRecord, 'lines' | 'warning'>;

/** A kind of background job. It reads the store and changes nothing in it. */
interface BackgroundKind extends Omit<JobKindInfo, 'kind'> {
  /**
   * Does it, without blocking the workbench (in a thread, or with pauses).
   * @returns what it found
   * @throws ValleywalkError where it cannot be done; anything once `signal` is aborted, with nothing left behind
   */
  work: (store: Store, how: { progress: (share: number) => void; signal: AbortSignal }) => Promise<Found>;
}

/** The background jobs of a kind. */
export interface BackgroundJobs extends JobService {
  readonly title: string;
  readonly help: string;
  /** Queues one; where one waits or computes already, that is the answer. */
  start(): JobRecord;
  /** Stops one of the list; one that is over stays as it is. */
  cancel(job: string): JobRecord;
  /** Those of this workbench, newest first: at most one that is over. */
  list(): JobRecord[];
}

/** Whether the jobs of a kind are background jobs. */
export function isBackground(service: JobService): service is BackgroundJobs {
  return 'help' in service;
}

/** Makes a kind of background job one of the table's. */
export function backgroundJob({
  title,
  help,
  work,
}: BackgroundKind): (context: Omit<JobContext, 'recordsTaken' | 'machines'>, kind: string) => BackgroundJobs {
  return ({ store, publish }, kindName) => {
    /** The jobs by id, the newest last. */
    const records = new Map<string, JobRecord>();
    const change = (id: string, changes: Partial<JobRecord>): JobRecord => {
      const record = { ...records.get(id)!, ...changes };
      records.set(id, record);
      publish('job.changed', record);
      return record;
    };
    const kind: JobKind<Job, { found: Found | null }, number | Found> = {
      slots: () => 1,
      launch({ id }) {
        change(id, { status: 'running' });
        return { state: { found: null }, start: (listener) => startWork((how) => work(store, how), listener) };
      },
      report({ id }, state, report) {
        if (typeof report === 'number') records.set(id, { ...records.get(id)!, progress: report });
        else state.found = report;
        return typeof report === 'number';
      },
      persist: ({ id }) => void change(id, {}),
      ended: ({ id }, state, { status, message }) => ({
        tell: () =>
          void change(
            id,
            status === 'finished'
              ? { status, progress: 1, ...state?.found }
              : { status: status === 'stopped' ? status : 'failed', error: message },
          ),
      }),
      unwritten: () => undefined,
      left: ({ id }) => void change(id, { status: 'stopped' }),
    };
    const queue = createJobQueue(store, kind);
    return {
      title,
      help,
      start() {
        queue.requireOpen(`"${title}"`);
        const going = [...records.values()].find((record) => !jobIsOver(record));
        if (going) return going;
        records.clear();
        const record: JobRecord = {
          job: newId(),
          kind: kindName,
          status: 'queued',
          progress: 0,
          error: null,
          lines: [],
          warning: false,
        };
        records.set(record.job, record);
        queue.add({ id: record.job }, () => publish('job.changed', record));
        return record;
      },
      cancel(job) {
        const record = records.get(job)!;
        if (jobIsOver(record) || queue.stop(job, 'stopped')) return record;
        return change(job, { status: 'stopped' });
      },
      list: () => [...records.values()].reverse(),
      settle: queue.settle,
      active: queue.active,
      close: queue.close,
    };
  };
}

/** Starts the work of a job. */
function startWork(
  work: (how: Parameters<BackgroundKind['work']>[1]) => Promise<Found>,
  listener: SessionListener<number | Found>,
): Session {
  const abort = new AbortController();
  let over = false;
  const end = (status: Outcome['status'], message: string | null): void => {
    if (over) return;
    over = true;
    listener.ended({ status, message, pace: null });
  };
  const progress = (share: number): void => {
    if (!over) listener.report(Math.min(1, Math.max(0, share)));
  };
  const fail = (message: string): void => {
    end('failed', message);
    abort.abort();
  };
  const stop = (): void => abort.abort();
  void new Promise((resolve) => setImmediate(resolve))
    .then(() => work({ progress, signal: abort.signal }))
    .then(
      (found) => {
        if (abort.signal.aborted) {
          end('stopped', null);
          return;
        }
        listener.report(found);
        end('finished', null);
      },
      (error: unknown) => {
        if (abort.signal.aborted) end('stopped', null);
        else end('failed', error instanceof Error ? error.message : String(error));
      },
    )
    .finally(() => listener.gone());
  return { stop, abandon: stop, fail };
}
