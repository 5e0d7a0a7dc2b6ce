/** The queue of jobs of one kind: one after the other, or some at a time, each computed beside the workbench (session.ts). */
import { setTimeout } from 'node:timers/promises';
import { ValleywalkError } from '../../../shared/errors.ts';
import { isBusy, storeError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { inTurn } from './in-turn.ts';
import type { Ending, Job, JobKind, Launch } from './kind.ts';
import type { Outcome, Session } from './session.ts';
import { throttle } from './throttle.ts';

/** Jobs of a kind, as the kind works with them. */
export interface JobQueue<J extends Job> {
  /**
   * Has a job wait for its turn, last or before all others. It begins after the present turn of the event loop, so that the answer to the
   * request for it goes out before its first event.
   * @param tell called once it counts as active
   */
  add(job: J, tell: () => void, first?: boolean): void;
  /** @throws ValleywalkError kind `internal` when the workbench closes. @param what is to be started again afterwards */
  requireOpen(what: string): void;
  /** Whether the workbench closes. */
  closing: () => boolean;
  /** The jobs that wait, the next first. */
  readonly waiting: readonly J[];
  /** Puts a waiting job in front of the one at a place, or last. */
  move(job: J, before: J | null): void;
  /**
   * Stops a job: a running one after its present step, a waiting one leaves the queue.
   * @returns whether it was running, and so ends by itself
   */
  stop(id: string, as: 'stopped' | 'paused'): boolean;
  /**
   * Ends what computes a job at once. @param then done once it is gone, before others start
   * @returns why not, as a clause; null where it is done
   */
  abandon(id: string, then: () => void): string | null;
  /** Starts what may start, after the slots have become more. */
  settle: () => void;
  /** How many are queued or running. */
  active: () => number;
  /** Stops everything and waits until nothing computes. */
  close: () => Promise<void>;
}

/** Least time between two changes of one job that are persisted, in milliseconds. */
const changeInterval = 200;

/** Bytes of reports that wait at most for a store that another process keeps locked. */
const largestBacklog = 256 * 1024 * 1024;

/** Milliseconds after which an end that could not be written is tried again. */
const owedInterval = 2_000;

/** Makes an empty queue. */
export function createJobQueue<J extends Job, State, Report>(
  store: Pick<Store, 'lock' | 'file'>,
  kind: JobKind<J, State, Report>,
): JobQueue<J> {
  const waiting: J[] = [];
  /** Jobs that something computes. */
  const running = new Map<string, Session>();
  /** Jobs that are queued or running, from before the first event about them to before the last. */
  const active = new Set<string>();
  /** What writes the ends that the store could not take, by job. */
  const owed = new Map<string, () => void>();
  let owing = false;
  /** What happens once nothing computes a job any more, before others start. */
  const leaving = new Map<string, () => void>();
  let closing = false;
  let idle = (): void => undefined;
  /** What the job in front waits for before it can be launched. */
  let preparing: Promise<void> | null = null;

  function pump(): void {
    while (!closing && !preparing && running.size < kind.slots()) {
      const next = waiting.shift();
      if (!next) break;
      const notYet = launch(next);
      if (!notYet) continue;
      // it stays in the queue meanwhile, where it can be stopped
      waiting.unshift(next);
      preparing = notYet
        .then(
          () => undefined,
          () => undefined,
        )
        .then(() => {
          preparing = null;
          pump();
        });
    }
    if (running.size === 0) idle();
  }

  /** Nothing computes a job any more. */
  function gone(id: string): void {
    running.delete(id);
    leaving.get(id)?.();
    pump();
  }

  /** Launches a job. @returns what must be waited for first, if anything */
  function launch(job: J): Promise<unknown> | null {
    let launched: Launch<State, Report>;
    try {
      const notYet = store.lock.briefly(() => kind.prepare?.(job) ?? null);
      if (notYet) return notYet;
      launched = store.lock.briefly(() => kind.launch(job));
    } catch (error) {
      if (isBusy(error)) return store.lock.free();
      // the store is out of order: this job cannot be done, but the next may
      const message = storeError(error, store.file).message;
      inTurn(store.lock)(() => finish(job, null, { status: 'failed', message, pace: null }));
      gone(job.id);
      return null;
    }
    running.set(job.id, follow(job, launched));
    return null;
  }

  /** Starts what computes a job, and takes what it reports, each in its turn. */
  function follow(job: J, { state, start }: Launch<State, Report>): Session {
    const turn = inTurn(store.lock);
    /** Why the store could not take what was reported. */
    let failure: string | null = null;
    /** Writes something down in its turn; what the store cannot take ends the job. */
    const write = (work: () => void): void =>
      turn(() => {
        if (failure !== null) return;
        try {
          work();
        } catch (error) {
          if (isBusy(error)) throw error;
          failure = storeError(error, store.file).message;
          session.fail(failure);
        }
      });
    let persisting = false;
    const persist = throttle(changeInterval, () => {
      if (persisting) return;
      persisting = true;
      write(() => {
        kind.persist(job, state);
        persisting = false;
      });
    });
    /** Bytes of reports that wait for the store, and whether they have become too many. */
    let backlog = 0;
    let overfull = false;
    const session = start({
      report(report) {
        const bytes = kind.backlog?.bytes(report) ?? 0;
        backlog += bytes;
        if (backlog > largestBacklog && !overfull) {
          overfull = true;
          session.stop('paused');
        }
        write(() => {
          if (kind.report(job, state, report)) persist.call();
          backlog -= bytes;
        });
      },
      silent: (silence) => kind.silent?.(job, silence),
      ended(outcome) {
        persist.cancel();
        turn(() => {
          if (failure !== null) finish(job, state, { status: 'failed', message: failure, pace: null });
          else if (overfull && outcome.status === 'paused')
            finish(job, state, { ...outcome, message: kind.backlog!.message });
          else finish(job, state, outcome);
        });
      },
      gone: () => turn(() => gone(job.id)),
    });
    return session;
  }

  /**
   * Writes down how a job ended; when the store cannot be written any more, at least tells it. Where another process holds its lock, it
   * throws (`SQLITE_BUSY`) and is to be called again.
   */
  function finish(job: J, state: State | null, outcome: Outcome): void {
    const { id } = job;
    let ending: Ending;
    try {
      ending = kind.ended(job, state, outcome);
    } catch (error) {
      if (isBusy(error)) throw error;
      active.delete(id);
      if (!owed.has(id)) kind.unwritten(job, storeError(error, store.file).message);
      owed.set(id, () => finish(job, state, outcome));
      writeOwedLater();
      return;
    }
    owed.delete(id);
    // a turn of its own: whatever becomes of what follows the job, it has ended as it is written
    inTurn(store.lock)(() => {
      try {
        ending.follow?.();
      } catch (error) {
        if (isBusy(error)) throw error;
        // the store takes no more work; the job stands
      }
      active.delete(id);
      ending.tell();
    });
  }

  /** Tries again in a while to write the ends that the store could not take. */
  function writeOwedLater(): void {
    if (owing || closing) return;
    owing = true;
    void setTimeout(owedInterval, undefined, { ref: false }).then(() => {
      owing = false;
      for (const end of [...owed.values()]) inTurn(store.lock)(end);
    });
  }

  return {
    waiting,
    add(job, tell, first = false) {
      active.add(job.id);
      tell();
      if (first) waiting.unshift(job);
      else waiting.push(job);
      setImmediate(pump);
    },
    requireOpen(what) {
      if (closing) throw new ValleywalkError('internal', `the workbench is closing; start ${what} again afterwards`);
    },
    move(job, before) {
      waiting.splice(waiting.indexOf(job), 1);
      waiting.splice(before === null ? waiting.length : waiting.indexOf(before), 0, job);
    },
    stop(id, as) {
      const session = running.get(id);
      if (session) {
        session.stop(as);
        return true;
      }
      const place = waiting.findIndex((entry) => entry.id === id);
      if (place >= 0) waiting.splice(place, 1);
      active.delete(id);
      return false;
    },
    abandon(id, then) {
      const session = running.get(id);
      if (!session) return 'it waits for its turn';
      if (leaving.has(id)) return 'it is being ended already';
      leaving.set(id, () => {
        leaving.delete(id);
        then();
      });
      session.abandon();
      return null;
    },
    closing: () => closing,
    settle: pump,
    active: () => active.size,
    async close() {
      closing = true;
      for (const session of running.values()) session.stop();
      const turn = inTurn(store.lock);
      for (const job of waiting.splice(0)) {
        active.delete(job.id);
        turn(() => {
          try {
            kind.left(job);
          } catch (error) {
            if (isBusy(error)) throw error;
            // the store cannot be written: the job shows as interrupted when it is opened again
          }
        });
      }
      await new Promise<void>((resolve) => turn(resolve));
      if (running.size > 0) await new Promise<void>((resolve) => (idle = resolve));
    },
  };
}
