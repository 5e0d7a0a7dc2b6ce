/** The studies of a workbench: started, paused, resumed, stopped, extended as wholes, and told about as their runs change. */
import { ValleywalkError } from '../../../shared/errors.ts';
import { changedChoice } from '../../../shared/machines.ts';
import type { MachineChanges, MachineChoice } from '../../../shared/machines.ts';
import type { Publish } from '../../../shared/protocol.ts';
import { isOver, resumableFrom } from '../../../shared/records.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { drawsOf, seedsOf } from '../../../shared/study.ts';
import { extendStudy, studyIsActive, studyStatusText } from '../../../shared/study-record.ts';
import type { Extension, ResumedStudy, StudyEstimate, StudyRecord } from '../../../shared/study-record.ts';
import type { DatasetRegistry } from '../datasets/registry.ts';
import { measuredPaces } from '../experiments/paces.ts';
import { startOf } from '../experiments/starts.ts';
import { endAll, resumeAll } from '../jobs/group.ts';
import type { RunQueue } from '../jobs/run/run.ts';
import { throttle } from '../jobs/throttle.ts';
import type { Throttle } from '../jobs/throttle.ts';
import type { Machines, MachineStudy } from '../machines/service.ts';
import { readSettings } from '../settings.ts';
import type { StoredRun } from '../store/runs.ts';
import type { StoredStudy } from '../store/studies.ts';
import { newId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import { noEstimate, prepareStudy, refusal, requireConfirmed } from './prepare.ts';
import type { Circumstances, PreparedRun, PreparedStudy } from './prepare.ts';
import { studyRecord } from './record.ts';

/** What studies work with. */
export interface StudyOptions {
  store: Store;
  /** What is asked of its runs: nothing but this is known of how they are computed. */
  runs: Pick<RunQueue, 'startAll' | 'pause' | 'stop'>;
  /** The same for runs that another machine computes. */
  machines: Pick<Machines, 'placed' | 'folder' | 'scripts' | 'start' | 'resume' | 'stop' | 'remove'>;
  datasets: DatasetRegistry;
  publish: Publish;
  subscribe: (listener: Publish) => () => void;
  /** Resumes a run, its data and backend checked. @throws ValleywalkError as `runs.resume` says */
  resumeRun: (run: string) => Promise<RunRecord>;
}

/** The studies of a workbench; every method throws ValleywalkError kind `missing` for a study that is not there. */
export interface StudyService {
  list(): StudyRecord[];
  get(study: string): StudyRecord;
  /** @param beyond study whose runs there are already, of which the given one is an extension */
  estimate(study: unknown, backend: string, beyond?: string): StudyEstimate;
  /** @throws ValleywalkError kind `input` with every problem; of path `confirm` for a large one that is not confirmed */
  start(study: unknown, backend: string, confirmed: boolean): StudyRecord;
  /** Gives a study to another machine. @throws as {@link StudyService.start}, and what the machine refuses, in a sentence */
  startOn(choice: MachineChoice, study: unknown, backend: string, confirmed: boolean): Promise<StudyRecord>;
  /** What that machine would be given. @throws ValleywalkError kind `input` with every problem */
  script(choice: MachineChoice, study: unknown, backend: string): Promise<{ scripts: string[]; runs: number }>;
  /** Pauses its running runs and holds those that wait. */
  pause(study: string): StudyRecord | Promise<StudyRecord>;
  /** Stops its running and waiting runs; they can be resumed. */
  stop(study: string): StudyRecord | Promise<StudyRecord>;
  /**
   * Queues every run again that was stopped, paused or left, and every one that failed.
   * @param changes what is asked anew of the machine that computes them, and kept
   * @returns the study, with those that could not be queued and why
   * @throws ValleywalkError kind `input` where there is none, none could be, or changes are asked of this machine
   */
  resume(study: string, changes?: MachineChanges): Promise<ResumedStudy>;
  /** Gives one run of a study to its machine again, as `resume`. @throws ValleywalkError kind `input` where its study is gone */
  resumeOn(run: string, changes?: MachineChanges): Promise<void>;
  /** Adds runs for more values and seeds. @throws as {@link StudyService.start}, with paths in the extension */
  extend(
    study: string,
    extension: Extension,
    confirmed: boolean,
    changes?: MachineChanges,
  ): StudyRecord | Promise<StudyRecord>;
  rename(study: string, name: string): StudyRecord;
  /** Forgets a study, and deletes its runs unless told to keep them. @throws ValleywalkError kind `input` while it runs */
  delete(study: string, keepRuns: boolean): void;
  /** Tells about studies that another process has changed. */
  refresh(): void;
  /** Stops telling. */
  close(): void;
}

/** Least time between two events about one study, in milliseconds. */
const changeInterval = 400;

/** Opens the studies of a store: begins to follow their runs, and to tell of what changes. */
export function openStudies({
  store,
  runs,
  machines,
  datasets,
  publish,
  subscribe,
  resumeRun,
}: StudyOptions): StudyService {
  const record = (study: string): StudyRecord => studyRecord(store.studies.get(study), store, datasets.list());
  const tell = (study: string): StudyRecord => {
    const now = record(study);
    publish('study.changed', now);
    return now;
  };
  const circumstances = (backend: string): Circumstances => ({
    datasets: datasets.list(),
    backend,
    paces: measuredPaces(store, backend),
    start: startOf(store, backend),
    concurrentRuns: readSettings(store).concurrentRuns,
  });

  const pending = new Map<string, Throttle>();
  const soon = (study: string): void => {
    let entry = pending.get(study);
    if (!entry)
      pending.set(
        study,
        (entry = throttle(changeInterval, () => {
          if (store.studies.has(study)) tell(study);
        })),
      );
    entry.call();
  };
  /** Which study a run belongs to, to know it when the run is gone. */
  const studyOf = new Map<string, string>();
  for (const { record } of store.runs.list()) if (record.study !== null) studyOf.set(record.run, record.study);
  const unsubscribe = subscribe((name, payload) => {
    if (name === 'run.changed') {
      const { run, study } = payload as RunRecord;
      if (study === null) return;
      studyOf.set(run, study);
      soon(study);
    }
    if (name === 'run.removed') {
      const study = studyOf.get((payload as { run: string }).run);
      if (study !== undefined) soon(study);
    }
  });

  /** Writes a study and queues runs of it, all or nothing. */
  function queueRuns(study: string, backend: string, prepared: readonly PreparedRun[], write: () => void): void {
    runs.startAll(
      prepared.map(({ experiment, dataset, place, seconds }) => ({
        experiment,
        dataset,
        backend,
        study: { study, place, estimatedSeconds: seconds },
      })),
      write,
    );
  }

  const revisions = (): Map<string, number> =>
    new Map(store.studies.list().map(({ study, revision }) => [study, revision]));
  let known = revisions();

  /** Pauses or stops what of it runs or waits. */
  function end(study: string, how: 'pause' | 'stop'): StudyRecord | Promise<StudyRecord> {
    store.studies.get(study);
    const active = store.runs.ofStudy(study).filter(({ record }) => !isOver(record.status));
    const [here, elsewhere] = parted(active);
    endAll(
      here.map(({ record: { run, status } }) => ({ id: run, running: status === 'running' })),
      (run) => runs[how](run),
    );
    return elsewhere.length === 0 ? tell(study) : machines.stop(elsewhere, how).then(() => tell(study));
  }

  /** Checks a study and makes it ready. @throws ValleywalkError kind `input` with every problem */
  function prepared(value: unknown, backend: string): PreparedStudy {
    const found = prepareStudy(value, circumstances(backend));
    if (!found.ok) throw refusal(found.problems);
    return found.prepared;
  }

  /** What is written down of a study that begins. */
  function newStudy({ study }: PreparedStudy, backend: string): Parameters<Store['studies']['insert']>[0] {
    let id = newId();
    while (store.studies.has(id)) id = newId();
    const { name, experiment, sweep } = study;
    const draws = drawsOf(study);
    return {
      ...{ study: id, name, experiment, sweep, seeds: seedsOf(study), backend },
      ...(draws ? { draws } : {}),
    };
  }

  /** Gives runs of a stored study to its machine again, and keeps what is asked of it. */
  function giveAgain(stored: StoredStudy, runs: readonly StoredRun[]): Promise<void> {
    const machine = stored.machine!;
    return machines.resume(onMachine(stored, machine), runs, () => store.studies.change(stored.study, { machine }));
  }

  return {
    list: () => {
      const sets = datasets.list();
      return store.studies.list().map((stored) => studyRecord(stored, store, sets));
    },
    get: record,
    estimate(study, backend, beyond) {
      const before = beyond === undefined ? undefined : store.studies.get(beyond);
      const now = circumstances(before?.backend ?? backend);
      const prepared = prepareStudy(study, { ...now, ...(before ? { before } : {}) });
      return prepared.ok ? prepared.prepared.estimate : noEstimate(prepared.problems, now.concurrentRuns);
    },
    start(value, backend, confirmed) {
      const ready = prepared(value, backend);
      requireConfirmed(ready.estimate, confirmed);
      const row = newStudy(ready, backend);
      queueRuns(row.study, backend, ready.runs, () => store.studies.insert(row));
      return tell(row.study);
    },
    async startOn(chosen, value, backend, confirmed) {
      const choice = machines.placed(chosen);
      const ready = prepared(value, backend);
      requireConfirmed(ready.estimate, confirmed);
      const row = { ...newStudy(ready, backend), machine: choice };
      await machines.start({ ...row, choice }, ready.runs, () => store.studies.insert(row));
      return tell(row.study);
    },
    async script(choice, value, backend) {
      const { study, runs } = prepared(value, backend);
      const about = { study: 'ID', name: study.name, backend, choice };
      return { scripts: await machines.scripts(about, runs), runs: runs.length };
    },
    pause: (study) => end(study, 'pause'),
    stop: (study) => end(study, 'stop'),
    async resume(study, changes) {
      const stored = withChanges(store.studies.get(study), changes);
      const { name } = stored;
      const resumable = store.runs.ofStudy(study).filter(({ record }) => resumableFrom(record) !== null);
      const before = record(study);
      if (resumable.length === 0 && !studyIsActive(before))
        throw new ValleywalkError(
          'input',
          `study ${study} (${name}) has nothing left to do, it is ${studyStatusText(before)}; extend it, or run it again`,
        );
      const [here, elsewhere] = parted(resumable);
      const problems = await resumeAll(
        here.map(({ record }) => record.run),
        resumeRun,
      );
      if (elsewhere.length > 0 && stored.machine) {
        const ids = elsewhere.map(({ record }) => record.run);
        const given = await resumeAll(['all'], () => giveAgain(stored, elsewhere));
        for (const { message } of given) problems.push(...ids.map((path) => ({ path, message })));
      }
      const now = tell(study);
      if (problems.length > 0 && problems.length === resumable.length)
        throw new ValleywalkError(
          'input',
          `study ${study} (${name}): none of its ${resumable.length} runs that are left could be resumed; the first: ${problems[0]!.message}`,
          problems,
        );
      return { ...now, not_resumed: problems };
    },
    async resumeOn(run, changes) {
      const stored = store.runs.get(run);
      const { study, name } = stored.record;
      const row = study === null ? null : store.studies.get(study);
      if (!row?.machine)
        throw new ValleywalkError(
          'input',
          `run ${run} (${name}) was computed elsewhere for a study that is gone; run its experiment again`,
        );
      await giveAgain(withChanges(row, changes), [stored]);
    },
    extend(study, extension, confirmed, changes) {
      const stored = withChanges(store.studies.get(study), changes);
      const longer = extendStudy(stored, extension);
      if (!longer.ok) throw refusal(longer.problems);
      const found = prepareStudy(longer.study, { ...circumstances(stored.backend), before: stored });
      if (!found.ok) throw refusal(found.problems);
      const { runs, names, estimate } = found.prepared;
      requireConfirmed(estimate, confirmed);
      let renamed: StoredRun[] = [];
      const write = (): void => {
        // a machine is asked beforehand, which takes a while
        if (store.studies.get(study).revision !== stored.revision)
          throw new ValleywalkError('input', `study ${study} (${stored.name}) was changed meanwhile; extend it again`);
        const { sweep, seeds } = longer.study;
        const draws = drawsOf(longer.study);
        const { machine } = stored;
        store.studies.change(study, { sweep, seeds, ...(draws ? { draws } : {}), ...(machine ? { machine } : {}) });
        // runs that still have their automatic name take the one that tells them from the new ones
        renamed = store.runs
          .ofStudy(study)
          .filter(({ record }) => record.name === record.experiment.name)
          .map(({ record }) => ({ record, name: names.get(String(record.place)) }))
          .filter(({ record, name }) => name !== undefined && name !== record.name)
          .map(({ record, name }) =>
            store.runs.change(record.run, { name: name!, experiment: { ...record.experiment, name: name! } }),
          );
      };
      const extended = (): StudyRecord => {
        for (const { record } of renamed) publish('run.changed', record);
        return tell(study);
      };
      if (stored.machine) return machines.start(onMachine(stored, stored.machine), runs, write).then(extended);
      queueRuns(study, stored.backend, runs, write);
      return extended();
    },
    rename(study, name) {
      const runs = store.transaction(() => {
        store.studies.change(study, { name });
        return store.runs.studyRenamed(study);
      });
      for (const { record } of runs) publish('run.changed', record);
      return tell(study);
    },
    delete(study, keepRuns) {
      const stored = store.studies.get(study);
      const runs = store.transaction(() => {
        const { name } = stored;
        const own = store.runs.ofStudy(study).map(({ record }) => record);
        const busy = own.filter(({ status }) => !isOver(status)).length;
        if (busy > 0)
          throw new ValleywalkError(
            'input',
            `study ${study} (${name}) has ${busy} ${busy === 1 ? 'run' : 'runs'} running or waiting; stop it first`,
          );
        if (!keepRuns) store.delete(own.map(({ run }) => run));
        store.studies.remove(study);
        return own;
      });
      publish('study.removed', { study });
      // what runs that are kept did not bring home lies there only
      const isHome = ({ status }: RunRecord): boolean => status === 'finished' || status === 'diverged';
      if (stored.machine && (!keepRuns || runs.every(isHome)))
        void machines.remove([
          machines.folder(onMachine(stored, stored.machine)),
          ...runs.flatMap(({ machine }) => machine?.folder ?? []),
        ]);
      for (const { run, ...rest } of runs)
        if (keepRuns) publish('run.changed', { run, ...rest, study: null, study_name: null, place: null });
        else publish('run.removed', { run });
    },
    refresh() {
      const before = known;
      known = revisions();
      for (const [study, revision] of known) if (before.get(study) !== revision) tell(study);
      for (const study of before.keys()) if (!known.has(study)) publish('study.removed', { study });
    },
    close() {
      unsubscribe();
      for (const entry of pending.values()) entry.cancel();
    },
  };
}

/** Runs of this machine's queue, and those that another machine computes. */
function parted(runs: readonly StoredRun[]): [here: StoredRun[], elsewhere: StoredRun[]] {
  const isElsewhere = ({ record }: StoredRun): boolean => record.machine !== undefined;
  return [runs.filter((run) => !isElsewhere(run)), runs.filter(isElsewhere)];
}

/** A stored study with what is asked anew of its machine. @throws ValleywalkError kind `input` where it has none */
function withChanges(stored: StoredStudy, changes: MachineChanges = {}): StoredStudy {
  const asked = Object.keys(changes);
  if (asked.length === 0) return stored;
  const { study, name, machine } = stored;
  if (machine) return { ...stored, machine: changedChoice(machine, changes) };
  throw new ValleywalkError(
    'input',
    `study ${study} (${name}) computes on this machine, of which nothing can be asked (${asked.join(', ')}); leave that out`,
  );
}

/** A stored study as its machine is given it. */
function onMachine({ study, name, backend }: StoredStudy, choice: MachineChoice): MachineStudy {
  return { study, name, backend, choice };
}
