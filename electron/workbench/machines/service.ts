/** Runs that another machine computes: given to it, followed, taken in, ended. It goes on without this workbench, which finds it again. */
import { readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parameterCount } from '../../../shared/cost.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { totalIterations } from '../../../shared/experiment.ts';
import type { MachineChoice, MachineState } from '../../../shared/machines.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { isOver, resumableFrom } from '../../../shared/records.ts';
import { expandHome } from '../../files/home.ts';
import type { JobContext, JobService } from '../jobs/context.ts';
import { isBusy } from '../store/errors.ts';
import type { RunChanges, StoredRun } from '../store/runs.ts';
import type { PreparedRun } from '../studies/prepare.ts';
import { completeRun, writeTask } from './complete.ts';
import { fileSentence, makeFolders, studyPaths, writeOnce, writeWhole } from './files.ts';
import { asText, readJson, studyFileSchema } from './folder.ts';
import type { StudyFile } from './folder.ts';
import { followRuns } from './follow.ts';
import { machineKinds } from './index.ts';
import { needsOf, submissionName } from './kind.ts';
import { lookNowAndThen } from './looks.ts';
import type { MachineKind, Submission } from './kind.ts';

/** A study as a machine is given it. */
export interface MachineStudy {
  study: string;
  name: string;
  backend: string;
  choice: MachineChoice;
}

/** The runs of a store that other machines compute. */
export interface Machines extends JobService {
  /** What a machine would be given for a study that has not started, exactly but for the study's id. @throws ValleywalkError kind `input` */
  scripts(study: MachineStudy, runs: readonly PreparedRun[]): Promise<string[]>;
  /**
   * Writes runs of a study down and gives them to its machine.
   * @param write what else is written in the same transaction, before the runs
   * @throws ValleywalkError in a sentence; where the runs are written down by then, they say it too and can be resumed
   */
  start(study: MachineStudy, runs: readonly PreparedRun[], write: () => void): Promise<void>;
  /**
   * Gives runs that were stopped or failed to their machine again.
   * @param write what else is written in the same transaction, before the runs
   * @throws ValleywalkError
   */
  resume(study: MachineStudy, runs: readonly StoredRun[], write: () => void): Promise<void>;
  /** Ends runs; they are over once the machine says so. @throws ValleywalkError */
  stop(runs: readonly StoredRun[], how: 'stop' | 'pause'): Promise<void>;
  /** A choice with the folder where it leads, whoever asks for it later and from wherever. */
  placed(choice: MachineChoice): MachineChoice;
  /** The folder of a study. */
  folder(study: Pick<MachineStudy, 'study' | 'choice'>): string;
  /**
   * Looks at once at what the machines have done, and again a few seconds later where jobs have just ended whose last files may be on their way.
   * @returns what kept it from seeing all, a sentence each
   */
  look(): Promise<string[]>;
  /** Removes what lies in shared folders of runs that are gone. */
  remove(folders: Iterable<string>): Promise<void>;
}

/** Nobody submits it any more. */
const unowned = { owner: null, owner_pid: null } as const;
/** What a run that ends without having been submitted has besides its status. */
const ended = (): RunChanges => ({ ...unowned, finished_at: new Date().toISOString() });

/** Whether a machine did not answer: what it was told it may do all the same. */
const isSilence = (error: unknown): boolean => error instanceof ValleywalkError && error.kind === 'internal';

/** The error of a submission of which a machine has taken some runs before: how many, and how the rest follows. */
function partly({ study }: MachineStudy, told: ValleywalkError, given: number, all: number): ValleywalkError {
  if (given === 0) return told;
  return new ValleywalkError(
    told.kind,
    `${told.message}; ${given} of ${all} runs were given to Slurm before and go on, the rest is submitted with: valleywalk studies resume ${study}`,
    told.problems,
  );
}

/** Opens the runs of a store that other machines compute, and begins to follow them; nothing here keeps the process alive. */
export function openMachines(context: JobContext): Machines {
  const { store, publish, machines } = context;
  const { version, program, environment } = machines;
  let closed = false;
  const follow = followRuns({ ...context, publish: (name, payload) => looks.publish(name, payload) }, () => closed);
  const looks = lookNowAndThen(context, follow, () => closed);
  const change = (run: string, changes: Parameters<typeof store.runs.change>[1]): RunRecord => {
    const { record } = store.runs.change(run, changes);
    looks.publish('run.changed', record);
    return record;
  };

  const placed = ({ machine, options }: MachineChoice): MachineChoice => ({
    machine,
    options: { ...options, folder: resolve(expandHome(options.folder ?? join(homedir(), 'valleywalk-jobs'))) },
  });
  const folderOf = ({ study, choice }: Pick<MachineStudy, 'study' | 'choice'>): string =>
    join(placed(choice).options.folder!, `study-${study}`);
  const submissionOf = (
    { study, backend, choice }: MachineStudy,
    folder: string,
    number: string,
    runs: number,
    most: { seconds: number; memoryBytes: number },
  ): Submission => ({
    name: submissionName(study, number),
    folder,
    file: studyPaths(folder).submission(number),
    runs,
    program: choice.options.program ?? program,
    needs: needsOf(choice.options, most, backend),
  });
  const mostOf = (runs: readonly Pick<PreparedRun, 'seconds' | 'memoryBytes'>[]): Parameters<typeof needsOf>[1] => ({
    seconds: Math.max(0, ...runs.map(({ seconds }) => seconds)),
    memoryBytes: Math.max(0, ...runs.map(({ memoryBytes }) => memoryBytes)),
  });

  /** Makes the study's folder, or takes the one that is there. */
  async function makeStudyFolder(folder: string, { study, name, choice }: MachineStudy): Promise<void> {
    const paths = studyPaths(folder);
    try {
      await makeFolders(folder, paths.logs, paths.submissions);
      const there = await readJson(paths.study, studyFileSchema);
      if (there && there.study !== study)
        throw new ValleywalkError(
          'input',
          `${folder} holds the study ${there.study} (${there.name}); choose another shared folder`,
        );
      const file: StudyFile = {
        valleywalk: 'study on a machine 1',
        version,
        study,
        name,
        scratch: choice.options.scratch ?? null,
      };
      await writeWhole(paths.study, asText(file));
    } catch (error) {
      throw error instanceof ValleywalkError
        ? error
        : new ValleywalkError('input', `the study cannot be submitted: ${fileSentence(error, folder)}`);
    }
  }

  /** Writes down what a submission computes, under a number that no other has. @returns the number */
  async function newSubmission(folder: string, runs: readonly string[]): Promise<string> {
    const paths = studyPaths(folder);
    for (
      let count = (await readdir(paths.submissions)).filter((name) => name.endsWith('.json')).length + 1;
      ;
      count++
    ) {
      const number = String(count).padStart(4, '0');
      if (await writeOnce(paths.submission(number), asText({ runs }))) return number;
    }
  }

  /** Gives a script to a machine; where it did not answer, it is asked whether it has it. @throws ValleywalkError */
  async function give(kind: MachineKind, script: string, { name, runs }: Submission): Promise<string[]> {
    try {
      return await kind.submit(script, runs, environment());
    } catch (error) {
      if (!isSilence(error)) throw error;
      const found = await kind.find(name, runs).catch(() => null);
      if (!found) throw error;
      return found;
    }
  }

  /** Those that nobody wants stopped; the others are over. */
  const wanted = (runs: readonly string[]): Promise<string[]> =>
    store.lock.patiently(() =>
      store.transaction(() =>
        runs.filter((run) => {
          const { record, stopRequested } = store.runs.get(run);
          if (stopRequested !== null)
            change(run, { ...ended(), status: stopRequested === 'pause' ? 'paused' : 'stopped', stop_requested: 0 });
          return stopRequested === null && !isOver(record.status);
        }),
      ),
    );

  /** Changes what is known of runs on their machine, where they wait to be given to it. @returns those that were changed */
  const changeWaiting = (
    runs: readonly string[],
    changes: (at: number) => { machine: Partial<MachineState> } & Omit<RunChanges, 'machine'>,
  ): Promise<StoredRun[]> =>
    store.lock.patiently(() =>
      store.transaction(() =>
        runs.flatMap((run, at) => {
          const { machine, status } = store.runs.get(run).record;
          if (!machine || machine.job !== null || isOver(status)) return [];
          const { machine: more, ...rest } = changes(at);
          change(run, { ...rest, machine: { ...machine, ...more } });
          return [store.runs.get(run)];
        }),
      ),
    );

  /** Gives runs to a machine, in as many submissions as it wants. What fails is written down with the runs that it kept back. */
  async function submit(
    study: MachineStudy,
    folder: string,
    runs: readonly string[],
    most: { seconds: number; memoryBytes: number },
  ): Promise<void> {
    const kind = machineKinds[study.choice.machine];
    let given = 0;
    /** Those that the machine may have, though it did not say so: whoever follows asks it (follow.ts). */
    let unanswered: string[] = [];
    try {
      const size = await kind.mostRuns();
      for (; given < runs.length; given += size) {
        const some = await wanted(runs.slice(given, given + size));
        if (some.length === 0) continue;
        const number = await newSubmission(folder, some);
        const submission = submissionOf(study, folder, number, some.length, most);
        const script = kind.script(submission);
        await writeWhole(submission.file.replace(/json$/, 'sh'), script);
        await changeWaiting(some, () => ({ machine: { submission: number } }));
        const jobs = await give(kind, script, submission).catch((error: unknown) => {
          if (isSilence(error)) unanswered = some;
          throw error;
        });
        const now = await changeWaiting(some, (at) => ({
          machine: { job: jobs[at]!, state: 'PENDING', reason: null },
          ...unowned,
        })).catch(async (error: unknown) => {
          await kind.cancel(jobs).catch(() => undefined);
          throw error;
        });
        await kind.cancel(now.flatMap(({ record, stopRequested }) => (stopRequested ? record.machine!.job! : [])));
      }
    } catch (error) {
      const told = error instanceof ValleywalkError ? error : new ValleywalkError('input', fileSentence(error, folder));
      await store.lock.patiently(() =>
        store.transaction(() => {
          for (const run of runs.slice(given)) {
            const { status, machine } = store.runs.get(run).record;
            if (isOver(status) || machine?.job !== null) continue;
            change(run, unanswered.includes(run) ? unowned : { ...ended(), status: 'failed', error: told.message });
          }
        }),
      );
      throw partly(study, told, given, runs.length);
    } finally {
      follow.submitting(runs, false);
    }
  }

  /** Has a run wait to be submitted again. @returns whether it does; not where another process was first */
  function queueAgain(run: string): boolean {
    const { record } = store.runs.get(run);
    const { status, machine, error, failed_attempts: before, finished_at, iterations_done } = record;
    if (!machine || resumableFrom(record) === null) return false;
    const { submission: _, ...rest } = machine;
    const failed = status === 'failed' || status === 'interrupted';
    change(run, {
      status: 'queued',
      finished_at: null,
      error: null,
      stop_requested: 0,
      owner: store.owner,
      owner_pid: process.pid,
      machine: { ...rest, job: null, state: 'not submitted yet', reason: null, restarts: 0 },
      ...(failed
        ? { failed_attempts: [...before, { status, ended_at: finished_at, iterations_done, error: error ?? status }] }
        : {}),
    });
    return true;
  }

  return {
    async scripts(study, runs) {
      const kind = machineKinds[study.choice.machine];
      const folder = folderOf(study);
      // a script may be looked at where its machine is not
      const size = Math.min(runs.length, await kind.mostRuns().catch(() => Infinity));
      return Array.from({ length: Math.ceil(runs.length / size) }, (_, at) => {
        const number = String(at + 1).padStart(4, '0');
        const some = Math.min(size, runs.length - at * size);
        return kind.script(submissionOf(study, folder, number, some, mostOf(runs)));
      });
    },
    async start(study, runs, write) {
      const { backend, choice } = study;
      const kind = machineKinds[choice.machine];
      const folder = folderOf(study);
      const most = mostOf(runs);
      const { needs } = submissionOf(study, folder, '0001', runs.length, most);
      await makeStudyFolder(folder, study);
      await kind.test(kind.script(submissionOf(study, folder, '0001', 1, most)), environment());
      const machine: MachineState = {
        machine: choice.machine,
        folder,
        job: null,
        taken: 0,
        state: 'not submitted yet',
        reason: null,
        node: null,
        restarts: 0,
      };
      const records = store.transaction(() => {
        write();
        return runs.map(({ experiment, dataset, place, seconds }) => {
          const { record } = store.create({
            experiment,
            iterationsTotal: totalIterations(experiment),
            parameters: parameterCount(experiment, dataset),
            backend,
            study: { study: study.study, place, estimatedSeconds: seconds },
          });
          return store.runs.change(record.run, { queue_rank: null, threads: needs.threads, machine }).record;
        });
      });
      const ids = records.map(({ run }) => run);
      follow.submitting(ids, true);
      for (const record of records) publish('run.changed', record);
      try {
        for (const [at, { run, experiment }] of records.entries())
          await writeTask(folder, { run, experiment, dataset: runs[at]!.dataset, backend, threads: needs.threads });
      } catch (error) {
        const message = fileSentence(error, folder);
        for (const run of ids) change(run, { ...ended(), status: 'failed', error: message });
        follow.submitting(ids, false);
        throw new ValleywalkError('input', `the study could not be submitted: ${message}`);
      }
      await submit(study, folder, ids, most);
    },
    async resume(study, runs, write) {
      const most = { seconds: 0, memoryBytes: 0 };
      for (const { record } of runs) {
        const estimate = machines.estimate(record.experiment, study.backend);
        most.seconds = Math.max(most.seconds, estimate?.seconds ?? 0);
        most.memoryBytes = Math.max(most.memoryBytes, estimate?.memoryBytes ?? 0);
      }
      // what cannot be asked is refused before anything changes
      machineKinds[study.choice.machine].script(submissionOf(study, folderOf(study), '0001', 1, most));
      // a study may have been moved since; its runs are where they were
      const folders = new Set(runs.flatMap(({ record: { machine } }) => machine?.folder ?? []));
      for (const folder of folders) {
        await makeStudyFolder(folder, study);
        const own = runs.filter(({ record: { machine } }) => machine?.folder === folder);
        const ids = await store.lock.patiently(() => {
          const queued = store.transaction(() => {
            write();
            return own.filter(({ record: { run } }) => queueAgain(run));
          });
          const names = queued.map(({ record: { run } }) => run);
          // before anything else looks: another process does not, as long as this one owns them
          follow.submitting(names, true);
          return names;
        });
        const ready: string[] = [];
        for (const run of ids)
          await completeRun(context, run, (each) => follow.forget(each)).then(
            () => ready.push(run),
            async (error: unknown) => {
              const message = error instanceof ValleywalkError ? error.message : fileSentence(error, folder);
              await store.lock.patiently(() => change(run, { ...ended(), status: 'failed', error: message }));
              follow.submitting([run], false);
            },
          );
        await submit(study, folder, ready, most);
      }
    },
    async stop(runs, how) {
      // those that are being submitted have no job yet: whoever submits them finds that they are to be stopped
      const jobs = store.transaction(() =>
        runs.flatMap(({ record: { run } }) => {
          if (isOver(store.runs.get(run).record.status)) return [];
          const { machine } = store.runs.change(run, { stop_requested: how === 'pause' ? 2 : 1 }).record;
          return machine && machine.job !== null ? [{ machine: machine.machine, job: machine.job }] : [];
        }),
      );
      for (const [name, kind] of Object.entries(machineKinds))
        await kind.cancel(jobs.filter(({ machine }) => machine === name).map(({ job }) => job));
      void looks.now().catch(() => undefined);
    },
    placed,
    folder: folderOf,
    look: () => looks.patiently(),
    async remove(folders) {
      for (const folder of new Set(folders)) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    },
    // what another machine computes goes on when this workbench closes
    active: () => 0,
    settle: () => undefined,
    async close() {
      closed = true;
      looks.end();
      await follow.idle().catch((error: unknown) => {
        if (!isBusy(error)) throw error;
      });
    },
  };
}
