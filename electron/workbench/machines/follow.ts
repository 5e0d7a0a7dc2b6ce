/** Follows runs that other machines compute: what they have finished is taken in, what the machine says of the rest is written down. */
import { rm } from 'node:fs/promises';
import { secondsBetween } from '../../../shared/clock.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { stuckWords } from '../../../shared/machines.ts';
import type { MachineState } from '../../../shared/machines.ts';
import { isOver } from '../../../shared/records.ts';
import type { FailedAttempt, RunRecord } from '../../../shared/records.ts';
import type { JobContext } from '../jobs/context.ts';
import type { Ending } from '../jobs/kind.ts';
import type { RunState } from '../jobs/run/begin.ts';
import { finishRun } from '../jobs/run/finish.ts';
import type { RunChanges, RunOnMachine, StoredRun } from '../store/runs.ts';
import { fullSentence, piecesIn, readTail, studyPaths } from './files.ts';
import { attemptSchema, liveSchema, readJson, requireJson, submissionSchema } from './folder.ts';
import type { Live } from './folder.ts';
import { machineKinds } from './index.ts';
import { submissionName, unknown } from './kind.ts';
import type { JobState } from './kind.ts';
import { causeIn, logClause } from './log.ts';
import { takingInto } from './take.ts';

/**
 * Milliseconds for which a job must be over, or unknown, before its run is: network file systems keep it for a minute that a file is not
 * there. What a finished run lacks is waited for, and so is what may be damaged only as it is seen here; any other run loses nothing: what
 * comes later of it is taken in when it is resumed.
 */
const patience = { finished: 300_000, damaged: 75_000, over: 5_000, unknown: 90_000, unsubmitted: 60_000 };

/** How long files of a job that is over are waited for. @param taken pieces that were taken in */
function patienceFor(word: string, live: Live | null, taken: number): number {
  const status = live?.ended?.status;
  const isDone = status === 'finished' || status === 'diverged';
  // its task has told its end, and how much there is; Slurm may be about to begin it again
  if (status !== undefined && !isDone && live?.pieces !== undefined && live.pieces <= taken) return patience.over;
  return word === 'COMPLETED' || isDone ? patience.finished : patience.over;
}

/** Finds the job of a run that was submitted under a name. @throws ValleywalkError where the machine does not answer */
type JobOf = (run: string) => Promise<string | null>;

/** How a run ended, and why. */
interface End {
  status: 'finished' | 'diverged' | 'failed' | 'stopped' | 'paused';
  message: string | null;
}
const failed = (message: string): End => ({ status: 'failed', message });

/** Follows them. */
export interface Following {
  /** Looks at all of them once. @returns what kept it from seeing something, a sentence each */
  look(): Promise<string[]>;
  /** Runs that this process is submitting, or does not any more. */
  submitting(runs: readonly string[], now: boolean): void;
  /** Milliseconds after which another look sees the end of jobs that are over since shortly; null where there are none. */
  shortlyOver(): number | null;
  /** Forgets what is remembered of a run whose records were cut. */
  forget(run: string): void;
  /** Resolves when nothing is being written down. */
  idle(): Promise<unknown>;
}

/** @param closed whether nothing may be written any more */
export function followRuns(context: JobContext, closed: () => boolean): Following {
  const { store, publish, datasets } = context;
  const beingSubmitted = new Set<string>();
  /** Since when jobs are over or unknown, by run and what is known of them. */
  const since = new Map<string, number>();
  let writing: Promise<unknown> = Promise.resolve();
  const write = async <T>(work: () => T): Promise<T> => {
    if (closed()) throw new ValleywalkError('internal', `${store.folder} is being closed`);
    const done = store.lock.patiently(work);
    writing = Promise.all([writing, done.catch(() => undefined)]).then(() => undefined);
    return done;
  };
  const taking = takingInto(context, write, (run, state, { status, message }) =>
    writeEnd(run, state, { status, message }, { state: 'COMPLETED', reason: null }),
  );

  /** How long something has been so, in milliseconds. */
  function waited(run: string, what: string): number {
    const key = `${run} ${what}`;
    const began = since.get(key) ?? performance.now();
    since.set(key, began);
    return performance.now() - began;
  }

  /** Whether what was seen of a job is still of consequence for its run: others may have ended it, or submitted it anew. */
  const isOf = (job: string | null, record: RunRecord): record is RunRecord & { machine: MachineState } =>
    record.machine?.job === job && !isOver(record.status);

  /** Writes changes of a run down where it still waits or computes as that job, and where they are any. */
  function change(
    run: string,
    job: string | null,
    changes: (record: RunRecord, machine: MachineState) => RunChanges,
  ): Promise<void> {
    return write(() => {
      const { record } = store.runs.get(run);
      if (!isOf(job, record)) return;
      const wanted = changes(record, record.machine);
      const known = record as unknown as Record<string, unknown>;
      const isNew = Object.entries(wanted).some(([key, value]) => JSON.stringify(known[key]) !== JSON.stringify(value));
      if (isNew) publish('run.changed', store.runs.change(run, wanted).record);
    });
  }

  /** Writes down how a run ended, within a transaction. */
  function writeEnd(run: string, state: RunState, outcome: End, said: Partial<MachineState>): Ending {
    const { record, backend } = store.runs.get(run);
    const { experiment } = record;
    const machine = record.machine!;
    store.runs.change(run, { machine: { ...machine, ...said } });
    const dataset = datasets().find(({ id }) => id === experiment.data.set);
    const job = { id: run, experiment, dataset: dataset!, backend, resumed: machine.taken > 1 };
    // a pace of another machine tells nothing about this one
    return finishRun(context, job, state, { ...outcome, pace: null });
  }

  /** Ends a run whose pieces do not tell its end. */
  async function finish(run: string, job: string | null, outcome: End, said: Partial<MachineState>): Promise<void> {
    await write(() => {
      const ending = store.transaction(() =>
        isOf(job, store.runs.get(run).record) ? writeEnd(run, taking.state(run), outcome, said) : null,
      );
      ending?.follow?.();
      ending?.tell();
    });
    forget(run);
  }

  function forget(run: string): void {
    taking.forget(run);
    for (const key of since.keys()) if (key.startsWith(`${run} `)) since.delete(key);
  }

  /** Takes what a run has finished. @returns whether it came to its end */
  async function takeAll({ record: { run, machine } }: StoredRun): Promise<boolean> {
    for (;;) {
      if (closed()) return false;
      const piece = await taking.next(run);
      if (!piece) return false;
      context.recordsTaken(run);
      if (!piece.ended) {
        publish('run.changed', store.runs.get(run).record);
        continue;
      }
      forget(run);
      // what is large is here now; the pieces stay, so that a task that is begun once more finds the run ended
      const paths = studyPaths(machine!.folder).run(run);
      for (const folder of [paths.checkpoints, paths.parameters])
        await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      return true;
    }
  }

  /** A run that was to be submitted by a process that is gone: whether the machine has it is asked. */
  async function adopt({ run, machine, stopRequested, updatedAt }: RunOnMachine, jobOf: JobOf): Promise<void> {
    const attempt = await readJson(studyPaths(machine.folder).run(run).attempt, attemptSchema).catch(() => null);
    const { submission } = machine;
    const begun = submission !== undefined && attempt?.submission === submission ? attempt.job : null;
    const job = begun ?? (await jobOf(run));
    if (job !== null) {
      await change(run, null, (_, now) => ({
        machine: { ...now, job, state: 'PENDING' },
        ...{ owner: null, owner_pid: null },
      }));
      if (stopRequested !== null) await machineKinds[machine.machine].cancel([job]);
      return;
    }
    // sbatch of the one that is gone may go on without it for a while
    if (secondsBetween(updatedAt, null)! * 1000 < patience.unsubmitted) return;
    const message = 'it was not submitted: the Valleywalk that was about to is gone; resume the study';
    const end = stopRequested === 'pause' ? 'paused' : 'stopped';
    await finish(run, null, stopRequested === null ? failed(message) : { status: end, message: null }, {});
  }

  /** Finds jobs of runs by the names of their submissions; each is asked about once. */
  function jobsByName(own: readonly RunOnMachine[]): JobOf {
    const found = new Map<string, Promise<Map<string, string>>>();
    const ask = async ({ study, machine }: RunOnMachine, number: string): Promise<Map<string, string>> => {
      const { runs } = await requireJson(studyPaths(machine.folder).submission(number), submissionSchema);
      const jobs = await machineKinds[machine.machine].find(submissionName(study!, number), runs.length);
      return new Map(jobs?.map((job, at) => [runs[at]!, job]));
    };
    const byRun = new Map(own.map((each) => [each.run, each]));
    return async (run) => {
      const known = byRun.get(run)!;
      const { folder, submission } = known.machine;
      if (submission === undefined) return null;
      const key = `${folder} ${submission}`;
      const jobs = found.get(key) ?? ask(known, submission);
      found.set(key, jobs);
      return (await jobs).get(run) ?? null;
    };
  }

  async function lookAt(known: RunOnMachine, states: Map<string, JobState> | null, jobOf: JobOf): Promise<void> {
    const { run, machine } = known;
    const paths = studyPaths(machine.folder).run(run);
    if (machine.job === null) return await adopt(known, jobOf);
    const said = states?.get(machine.job) ?? null;
    // most of a large study waits: nothing of it can have changed
    if (said?.phase === 'waits' && said.word === machine.state && said.reason === machine.reason) return;
    const stored = store.runs.get(run);
    let damage: ValleywalkError | null = null;
    try {
      if (await takeAll(stored)) return;
    } catch (error) {
      // a full disk, say, passes; what is damaged is so for good
      if (!(error instanceof ValleywalkError) || error.kind === 'internal') throw error;
      damage = error;
    }
    if (closed() || !states) {
      if (damage) throw damage;
      return;
    }
    const live = await readJson(paths.live, liveSchema).catch(() => null);
    const attempt = await readJson(paths.attempt, attemptSchema).catch(() => null);
    // an earlier attempt of the same job says nothing of this one
    const own = live && live.job === machine.job && live.attempt === attempt?.attempt ? live : null;
    if (said) await follow(stored, said, own, damage);
    else if (waited(run, `unknown ${machine.job}`) > patience.unknown)
      await over(stored, { phase: 'over', word: unknown, reason: null, node: null, restarts: 0 }, own, damage);
    if (damage) throw damage;
  }

  async function follow(
    stored: StoredRun,
    said: JobState,
    live: Live | null,
    damage: ValleywalkError | null,
  ): Promise<void> {
    const { run, machine } = stored.record;
    const { word, reason, node, restarts, phase } = said;
    if (restarts > machine!.restarts) await tellRestart(stored, said);
    await change(run, machine!.job, ({ started_at, iterations_done, progress }, now) => ({
      ...(phase === 'over' ? {} : { status: phase === 'waits' ? 'queued' : 'running' }),
      ...(phase === 'runs' ? { started_at: started_at ?? new Date().toISOString() } : {}),
      ...(phase === 'runs' && live && !live.ended
        ? {
            iterations_done: Math.max(iterations_done, live.iterations_done),
            progress: Math.max(progress, live.progress),
            seconds_left: live.seconds_left,
          }
        : { seconds_left: null }),
      machine: { ...now, state: word, reason, node: node ?? now.node, restarts: Math.max(now.restarts, restarts) },
    }));
    if (phase !== 'over') return;
    const known = store.runs.get(run);
    const long = damage ? patience.damaged : patienceFor(word, live, known.record.machine!.taken);
    // its row is as it is since then, for a terminal that looks now and then, too
    const since = Math.max(
      waited(run, `over ${machine!.job} ${restarts}`),
      1000 * secondsBetween(known.updatedAt, null)!,
    );
    if (since > long) await over(stored, said, live, damage);
  }

  /** The machine has begun a run again by itself: why is an attempt of the run's that ended. */
  async function tellRestart({ record: { run, machine } }: StoredRun, { restarts }: JobState): Promise<void> {
    const kind = machineKinds[machine!.machine];
    const text = await readTail(kind.log(machine!.folder, machine!.job!));
    const cause = causeIn(text ?? '', restarts) ?? 'Slurm did not say why';
    await change(run, machine!.job, ({ failed_attempts: before, iterations_done, checkpoint_iteration }, now) => {
      if (restarts <= now.restarts) return {};
      const attempt: FailedAttempt = {
        status: 'interrupted',
        ended_at: new Date().toISOString(),
        iterations_done,
        error: `Slurm ended it${now.node === null ? '' : ` on ${now.node}`} and queued it again (${cause}); it goes on from ${checkpoint_iteration === null ? 'the start' : `iteration ${checkpoint_iteration}`}`,
      };
      return { failed_attempts: [...before, attempt], machine: { ...now, restarts } };
    });
  }

  /** The job is over, and the run did not come to its end. */
  async function over(
    stored: StoredRun,
    { word, reason }: JobState,
    live: Live | null,
    damage: ValleywalkError | null,
  ): Promise<void> {
    const { run, machine } = stored.record;
    // what was said not to be there is looked for anew
    await piecesIn(studyPaths(machine!.folder).run(run)).catch(() => 0);
    if (!damage && (await takeAll(stored))) return;
    if (closed()) return;
    const { job, folder, machine: name } = machine!;
    const now = store.runs.get(run);
    const kind = machineKinds[name];
    const attempt = await readJson(studyPaths(folder).run(run).attempt, attemptSchema).catch(() => null);
    if (attempt && attempt.job !== null && attempt.job !== job) {
      // a submission that was believed to have failed computes it
      const state = (await kind.states([attempt.job])).get(attempt.job);
      if (state && state.phase !== 'over')
        return change(run, job, (_, before) => ({ machine: { ...before, job: attempt.job, state: state.word } }));
    }
    const wanted = now.stopRequested;
    const where = machine!.node === null ? '' : ` on ${machine!.node}`;
    const end = live?.ended ?? null;
    const log = kind.log(folder, job!);
    const said = { state: word, reason };
    if (damage) {
      const status = wanted === 'pause' ? 'paused' : wanted === 'stop' ? 'stopped' : 'failed';
      return finish(run, job, { status, message: `${damage.message} (job ${job}${where}, Slurm: ${word})` }, said);
    }
    if (word === 'CANCELLED' || (wanted && end?.status === 'stopped')) {
      const by = wanted ? null : `job ${job} was cancelled${where}; go on with: valleywalk studies resume`;
      return finish(run, job, { status: wanted === 'pause' ? 'paused' : 'stopped', message: by }, said);
    }
    if (end?.status === 'stopped') {
      const message = `job ${job} was told to stop by a signal${where}; its checkpoint is kept; resume the study`;
      return finish(run, job, { status: 'stopped', message }, said);
    }
    if (end?.status === 'failed')
      return finish(run, job, failed(`${end.message ?? 'it failed'} (job ${job}${where}, Slurm: ${word})`), said);
    const { clause, next } = kind.fault(word);
    const text = await readTail(log);
    const slurm = `${word === unknown ? '' : `, Slurm: ${word}`}${reason === null ? '' : `, ${reason}`}`;
    await finish(
      run,
      job,
      failed(`${clause}${where} (job ${job}${slurm}); ${next}; ${logClause(log, text, machine!.node)}`),
      said,
    );
  }

  return {
    async look() {
      const troubles = new Set<string>();
      const alive = new Map<string, boolean>();
      const isSubmitted = ({ run, machine, owner }: RunOnMachine): boolean => {
        if (beingSubmitted.has(run)) return false;
        if (machine.job !== null || owner === null || owner === store.owner) return true;
        // asked once a look: another workbench that still runs is about to submit it
        const lives = alive.get(owner) ?? store.ownerLives(owner);
        alive.set(owner, lives);
        return !lives;
      };
      const runs = store.runs.onMachines().filter(isSubmitted);
      for (const [name, kind] of Object.entries(machineKinds)) {
        const own = runs.filter(({ machine }) => machine.machine === name);
        if (own.length === 0) continue;
        const jobs = own.flatMap(({ machine }) => machine.job ?? []);
        const states = await kind.states(jobs).catch((error: unknown) => {
          troubles.add(error instanceof ValleywalkError ? error.message : String(error));
          return null;
        });
        for (const { phase, word, reason } of states?.values() ?? []) {
          const next = stuckWords(word, reason);
          if (phase === 'waits' && next !== null) troubles.add(next);
        }
        const jobOf = jobsByName(own);
        for (const known of own) {
          if (closed()) return [...troubles];
          await lookAt(known, states, jobOf).catch((error: unknown) => {
            troubles.add(error instanceof Error ? error.message : String(error));
          });
        }
        for (const folder of new Set(own.map(({ machine }) => machine.folder))) {
          const full = await fullSentence(folder);
          if (full !== null) troubles.add(full);
        }
      }
      return [...troubles];
    },
    submitting(runs, now) {
      for (const run of runs)
        if (now) beingSubmitted.add(run);
        else beingSubmitted.delete(run);
    },
    shortlyOver: () => ([...since.keys()].some((key) => key.includes(' over ')) ? patience.over + 200 : null),
    forget,
    idle: () => writing,
  };
}
