/** A study made ready: its grid checked against schema and data sets, what it will cost, and whether to ask first. */
import { faultsText } from '../../../shared/bounded.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Problem } from '../../../shared/errors.ts';
import { formatDuration } from '../../../shared/format.ts';
import { askAbove, checkStudy } from '../../../shared/study.ts';
import type { Study, StudyRun } from '../../../shared/study.ts';
import type { StudyEstimate, StudyRecord } from '../../../shared/study-record.ts';
import { listsOf } from '../../../shared/sweep.ts';
import { checkRunnable } from '../experiments/check.ts';
import { estimateRun } from '../experiments/estimate.ts';
import { lessSure } from '../experiments/paces.ts';
import { machineMemory } from '../experiments/memory.ts';
import { typicalStart } from '../experiments/starts.ts';
import type { MeasuredPace } from '../store/paces.ts';

/** A run of a study, ready to be queued. */
export interface PreparedRun extends StudyRun {
  dataset: Dataset;
  /** What it is estimated to take, in seconds. */
  seconds: number;
  /** Bytes of memory that it is estimated to take at the peak. */
  memoryBytes: number;
}

/** A study that can start, with its cost. */
export interface PreparedStudy {
  study: Study;
  /** Those that are to be started. */
  runs: PreparedRun[];
  /** Names of all runs of the grid by their place as text. */
  names: ReadonlyMap<string, string>;
  estimate: StudyEstimate;
}

/** What a study is prepared with. */
export interface Circumstances {
  datasets: readonly Dataset[];
  /** Where its runs compute. */
  backend: string;
  /** Of the backend, measured on this machine. */
  paces: readonly MeasuredPace[];
  /** Seconds that a run takes to start and to end. */
  start?: number;
  concurrentRuns: number;
  /** The study before it was extended: its places are neither started nor counted. */
  before?: Pick<StudyRecord, 'sweep' | 'seeds' | 'draws'>;
}

/** Prepares something that claims to be a study. @returns the study, or everything that is wrong with it by path */
export function prepareStudy(
  value: unknown,
  { datasets, backend, paces, start = typicalStart, concurrentRuns, before }: Circumstances,
): { ok: true; prepared: PreparedStudy } | { ok: false; problems: Problem[] } {
  const memory = machineMemory();
  const check = checkStudy(value, (draft) => {
    const { experiment, problems } = checkRunnable(draft, datasets, memory.total);
    return experiment && problems.length === 0 ? { ok: true, experiment } : { ok: false, problems };
  });
  if (!check.ok) return check;
  const lengths = before
    ? [...Object.values(listsOf(before.sweep, before.draws)), before.seeds].map((list) => list.length)
    : [0];
  const sets = new Map(datasets.map((set) => [set.id, set]));
  const total = { iterations: 0, probed_iterations: 0, disk_bytes: 0, seconds: 0 };
  let basis: StudyEstimate['basis'] = 'measured';
  const runs = check.runs
    .filter(({ place }) => place.some((index, axis) => index >= lengths[axis]!))
    .map((run): PreparedRun => {
      const dataset = sets.get(run.experiment.data.set)!;
      const cost = estimateRun(run.experiment, dataset, backend, paces, memory, start);
      total.iterations += cost.iterations;
      total.probed_iterations += cost.probed_iterations;
      total.disk_bytes += cost.disk_bytes;
      total.seconds += cost.seconds;
      basis = lessSure(basis, cost.basis);
      return { ...run, dataset, seconds: cost.seconds, memoryBytes: cost.memory_bytes ?? 0 };
    });
  return {
    ok: true,
    prepared: {
      study: check.study,
      runs,
      names: new Map(check.runs.map(({ place, experiment }) => [String(place), experiment.name])),
      estimate: {
        problems: [],
        runs: runs.length,
        concurrent_runs: concurrentRuns,
        // runs at the same time share the cores: together they take as long as one after the other
        seconds: total.seconds,
        start_seconds: start * runs.length,
        basis,
        iterations: total.iterations,
        probed_iterations: total.probed_iterations,
        disk_bytes: total.disk_bytes,
        needs_confirmation: runs.length > askAbove,
      },
    },
  };
}

/** The estimate of a study that cannot start. */
export function noEstimate(problems: Problem[], concurrentRuns: number): StudyEstimate {
  return {
    problems,
    runs: 0,
    concurrent_runs: concurrentRuns,
    seconds: null,
    start_seconds: 0,
    basis: 'typical',
    iterations: 0,
    probed_iterations: 0,
    disk_bytes: 0,
    needs_confirmation: false,
  };
}

/** @throws ValleywalkError kind `input` where the study is so large that it needs a second yes, telling what it costs */
export function requireConfirmed(
  { runs, seconds, disk_bytes, needs_confirmation }: StudyEstimate,
  confirmed: boolean,
): void {
  if (!needs_confirmation || confirmed) return;
  const message = `starts ${runs.toLocaleString('en')} runs, about ${formatDuration(seconds)} and ${(disk_bytes / 1e6).toFixed(0)} MB; say yes to that with "confirm": true (in a terminal: --yes), or shorten a list`;
  throw new ValleywalkError('input', `the study ${message}`, [{ path: 'confirm', message }]);
}

/** The error of a study that cannot start. */
export function refusal(problems: readonly Problem[]): ValleywalkError {
  return new ValleywalkError('input', `the study cannot start: ${faultsText(problems)}`, [...problems]);
}
