/** What a kind of job declares; the queue (queue.ts) does everything else. */
import type { Outcome, Session, SessionListener, Silence } from './session.ts';

/** A job that waits or computes. */
export interface Job {
  /** Unique among all jobs of its kind. */
  readonly id: string;
}

/** A job that was made a running one. */
export interface Launch<State, Report> {
  /** What its kind remembers of it while it computes. */
  state: State;
  /** Starts what computes it: a trainer process (session.ts) or a thread. Nothing is reported before it returned. */
  start: (listener: SessionListener<Report>) => Session;
}

/** How a job ended, once that is written down. */
export interface Ending {
  /** What follows from it, while the job still counts as one that goes on; what it throws, but for the lock, is of no consequence for the job. */
  follow?: () => void;
  /** Tells everybody, once the job counts no more. */
  tell(): void;
}

/** Bytes of reports that wait for a store that another process keeps locked; with too many, their job pauses by itself. */
interface Backlog<Report> {
  bytes(report: Report): number;
  /** What a person is told of a job that was paused for them. */
  message: string;
}

/**
 * A kind of job. Everything here that writes to the store is called in its turn and may find the lock taken (`SQLITE_BUSY`), then before it
 * has changed anything; it is called again.
 */
export interface JobKind<J extends Job, State, Report> {
  /** How many compute at the same time. */
  slots(): number;
  /** Does a piece of what must be done before {@link JobKind.launch}, so that none takes long. @returns what to wait for before the next; null when all is done */
  prepare?(job: J): Promise<unknown> | null;
  /** Makes it a running one in the store. What it throws ends the job as failed. */
  launch(job: J): Launch<State, Report>;
  /** Takes a report. What it throws ends the job as failed. @returns whether it left something to {@link JobKind.persist} */
  report(job: J, state: State, report: Report): boolean;
  /** Writes how far the job is; called a few times a second at most. */
  persist(job: J, state: State): void;
  /** Tells that what computes it is not heard. */
  silent?(job: J, silence: Silence): void;
  backlog?: Backlog<Report>;
  /**
   * Writes down how a job ended. Where that fails (a full disk, most often), {@link JobKind.unwritten} tells why, and it is called again in a while.
   * @param state null where it could not be launched
   */
  ended(job: J, state: State | null, outcome: Outcome): Ending;
  unwritten(job: J, message: string): void;
  /** Writes down that a waiting job is stopped, because the workbench closes. */
  left(job: J): void;
}
