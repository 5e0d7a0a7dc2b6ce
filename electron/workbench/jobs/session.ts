/** One trainer process from its start to its end, whatever happens to it. */
import { checkValue } from '../../../shared/check-value.ts';
import { cutInMiddle, faultLength } from '../../../shared/bounded.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { afterAwake, countSilence } from '../../../shared/silence.ts';
import { trainerReportSchema } from '../../../shared/trainer-messages.ts';
import type { TrainerCommand, TrainerReport } from '../../../shared/trainer-messages.ts';
import type { TrainerSilence } from '../../../shared/trainer-silence.ts';
import type { Fork } from '../../processes/child.ts';

/** The command of an analysis. */
export type Analyse = TrainerCommand & { type: 'analyse' };

/** How long to wait for a trainer, in milliseconds in which this process ran itself. */
export interface TrainerTimeouts {
  /** Until it says `started`: it loads libraries and data in that time. */
  start: number;
  /** After `stop`, until it is ended. */
  stop: number;
  /** After `ended`, until its process is ended. */
  exit: number;
  /** Without a pulse, until that is told. */
  silent: number;
  /** With a pulse but without a report, until that is told; longer where reports took long before. */
  computing: number;
}

/** How long trainers are waited for unless told otherwise. */
export const defaultTimeouts: TrainerTimeouts = {
  start: 120_000,
  stop: 10_000,
  exit: 5_000,
  silent: 10_000,
  computing: 60_000,
};

/** What a trainer reports of a run or an analysis while it goes on. */
export type RunReport = Exclude<TrainerReport, { type: 'ended' | 'backend' | 'measuring' | 'measured' }>;

function isOfRun(report: TrainerReport): report is RunReport | (TrainerReport & { type: 'ended' }) {
  return report.type !== 'backend' && report.type !== 'measuring' && report.type !== 'measured';
}

/** A silence of a trainer, whatever it computes. */
export type Silence = Omit<TrainerSilence, 'run' | 'analysis'>;

/** What a session tells. */
export interface SessionListener<Report = RunReport> {
  /**
   * A report other than `ended`. What it throws ends the job as failed, with the error's message.
   */
  report(report: Report): void;
  /** It is not heard, told about once a second, and once more when that is over. Nothing is ended for it. */
  silent(silence: Silence): void;
  /** The job is over; called exactly once. */
  ended(outcome: Outcome): void;
  /** The process is gone; called exactly once, after {@link SessionListener.ended}. */
  gone(): void;
}

/** How a job ended. */
export type Outcome = Pick<TrainerReport & { type: 'ended' }, 'message'> & {
  status: (TrainerReport & { type: 'ended' })['status'] | 'paused';
  pace: (TrainerReport & { type: 'ended' })['pace'] | null;
};

/** Something at work on a job: a trainer, or a thread. */
export interface Session {
  /** Asks the trainer to write a checkpoint and stop; kills it when it does not. @param as what the run then is */
  stop(as?: 'stopped' | 'paused'): void;
  /** Ends the process at once, and the run as stopped. */
  abandon(): void;
  /** Ends the run as failed, and the process. */
  fail(message: string): void;
}

/** How many times longer than any report before the next one may take until that is told. */
const muchLonger = 5;

/** Last lines of standard error that go into an error message. */
const quotedLines = 6;

/** Forks a trainer and gives it its command. Nothing is told before this function returned. */
export function runTrainer(
  fork: Fork,
  command: TrainerCommand & { type: 'start' | 'analyse' },
  timeouts: TrainerTimeouts,
  listener: SessionListener,
): Session {
  let over = false;
  let gone = false;
  let stopping: 'stopped' | 'paused' | null = null;
  let closed = false;
  let exit: { code: number | null; signal: string | null } | null = null;
  const timers = new Set<() => void>();
  let computes = false;
  /** Longest time between two reports, in milliseconds. */
  let longest = 0;
  /** The silence that was told last and is not over. */
  let reported: Silence | null = null;
  const reports = countSilence({ tell: () => undefined });
  const pulse = countSilence({ tell: () => look() });

  const end = (outcome: Outcome): void => {
    if (over) return;
    over = true;
    clear();
    pulse.close();
    reports.close();
    if (reported) listener.silent({ ...reported, over: true });
    listener.ended(outcome);
    if (gone) return;
    // its exit was known before its last word arrived
    if (exit) {
      leave();
      return;
    }
    // a trainer leaves when its port closes
    child?.close();
    later(timeouts.exit, () => child?.kill());
  };
  const fail = (message: string): void => {
    end({ status: 'failed', message, pace: null });
    child?.kill();
  };
  const leave = (): void => {
    if (gone) return;
    gone = true;
    if (!over) {
      if (stopping) end({ status: stopping, message: null, pace: null });
      else end({ status: 'failed', message: exitMessage(exit!, child!.stderr(), command.backend), pace: null });
    }
    clear();
    listener.gone();
  };
  const later = (milliseconds: number, work: () => void): (() => void) => {
    const end = afterAwake(milliseconds, () => {
      timers.delete(end);
      work();
    });
    timers.add(end);
    return end;
  };
  const clear = (): void => {
    timers.forEach((end) => end());
    timers.clear();
  };
  const beaten = (): void => {
    // while it was stopped it could not report either
    if (reported?.kind === 'stopped') reports.heard();
    pulse.heard();
  };
  /** Tells of the silence that there is, or that it is over. */
  function look(): void {
    const kind =
      pulse.milliseconds() >= timeouts.silent
        ? 'stopped'
        : computes && reports.milliseconds() >= Math.max(timeouts.computing, muchLonger * longest)
          ? 'computing'
          : null;
    if (reported && reported.kind !== kind) listener.silent({ ...reported, over: true });
    const seconds = (kind === 'stopped' ? pulse : reports).milliseconds() / 1000;
    reported = kind && { kind, seconds, pid: child?.pid ?? null, over: false };
    if (reported) listener.silent(reported);
  }

  let child: ReturnType<Fork> | undefined;
  try {
    child = fork();
  } catch (error) {
    queueMicrotask(() => {
      end({
        status: 'failed',
        message: `the trainer process cannot be started (${(error as Error).message}); run valleywalk doctor`,
        pace: null,
      });
      leave();
    });
    return { stop: () => undefined, abandon: () => undefined, fail: () => undefined };
  }
  child.onPulse(beaten);
  child.onMessage((raw) => {
    if (over) return;
    beaten();
    if (computes) longest = Math.max(longest, reports.milliseconds());
    reports.heard();
    const parsed = checkValue(trainerReportSchema, raw);
    if (!parsed.success || !isOfRun(parsed.data)) {
      const what = parsed.success ? parsed.data.type : (parsed.error.issues[0]?.message ?? 'unknown');
      fail(
        `the trainer reported something that is no report (${what}); this is a fault of Valleywalk, please report it`,
      );
      return;
    }
    const report = parsed.data;
    if (report.type === 'ended') {
      end(stopping && report.status === 'stopped' ? { ...report, status: stopping } : report);
      return;
    }
    if (report.type === 'started') {
      computes = true;
      starting();
    }
    try {
      listener.report(report);
      if (report.type === 'records') child.send({ type: 'taken' } satisfies TrainerCommand);
    } catch (error) {
      fail(error instanceof ValleywalkError ? error.message : String(error));
    }
  });
  // the last reports may come by another way than the news of the exit: wait for the port to close, but not for ever
  child.onClose(() => {
    closed = true;
    if (exit) leave();
  });
  child.onExit((code, signal) => {
    exit = { code, signal };
    if (closed || over) leave();
    else later(1000, leave);
  });
  const stopOrKill = (): void => {
    child.send({ type: 'stop' } satisfies TrainerCommand);
    later(timeouts.stop, () => child.kill());
  };
  const starting = later(timeouts.start, () =>
    fail(
      `the trainer did not start within ${timeouts.start / 1000} s; the machine may be out of memory or very busy; start the run again`,
    ),
  );
  child.send(command);
  return {
    stop(as = 'stopped') {
      if (over) return;
      const first = stopping === null;
      stopping = as;
      if (first) stopOrKill();
    },
    abandon() {
      end({ status: 'stopped', message: null, pace: null });
      child.kill();
    },
    fail,
  };
}

function exitMessage(exit: { code: number | null; signal: string | null }, stderr: string, backend: string): string {
  const how = exit.code === null ? `was ended by ${exit.signal ?? 'the system'}` : `ended with exit code ${exit.code}`;
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said =
    lines.length > 0
      ? `; its last words: ${lines
          .slice(-quotedLines)
          .map((line) => cutInMiddle(line, faultLength))
          .join(' | ')}`
      : '';
  const hint = exit.signal === 'SIGKILL' ? ', perhaps because memory ran out' : '';
  return `the trainer process, computing on the backend ${backend}, ${how}${hint}, before the run was over; the records so far are kept${said}`;
}
