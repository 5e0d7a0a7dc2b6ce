/** What the workbench tells about a study: what was asked, and how far its runs are. */
import { z } from 'zod';
import { problemSchema } from './problems.ts';
import { estimateBasisSchema } from './estimate-basis.ts';
import { machineChoiceSchema } from './machines.ts';
import { runStatuses } from './records.ts';
import type { RunStatus } from './records.ts';
import { same } from './runs/settings.ts';
import { isObject } from './settings.ts';
import { checkStudy, seedsOf } from './study.ts';
import { drawsSchema, isDrawn, listsOf, rangeSchema } from './sweep.ts';
import type { Study } from './study.ts';
import type { Problem } from './errors.ts';

/**
 * What a study is doing. `running`: a run of it computes; `queued`: its runs wait; `paused`, `stopped`: it can be resumed;
 * `failed`: all its runs are over, and some failed, which can be retried; `finished`: nothing is left to do, every run has come to
 * the end that its experiment has, be it a divergence; `empty`: all its runs were deleted.
 */
const studyStatuses = ['running', 'queued', 'paused', 'stopped', 'failed', 'finished', 'empty'] as const;
/** One of them. */
export type StudyStatus = (typeof studyStatuses)[number];

/** A study with the progress of the whole. */
export const studyRecordSchema = z.strictObject({
  study: z.string(),
  name: z.string(),
  /** The settings that all runs share, as they were given. */
  experiment: z.record(z.string(), z.unknown()),
  /** Lists of values and ranges by path. */
  sweep: z.record(z.string(), z.union([z.array(z.unknown()), rangeSchema])),
  seeds: z.array(z.int()),
  /** How many values are drawn, and from which seed; absent where nothing is. */
  draws: drawsSchema.optional(),
  backend: z.string(),
  /** The machine that computes its runs, and what is asked of it; absent for this machine's own queue. */
  machine: machineChoiceSchema.optional(),
  created_at: z.string(),
  status: z.enum(studyStatuses),
  /** Runs that it has; fewer than its grid where some were deleted. */
  runs: z.int(),
  /** Runs of its grid that were deleted. */
  deleted: z.int().min(0),
  /** How many of them have each status. */
  counts: z.record(z.enum(runStatuses), z.int()),
  /** Share of the whole work that is done, 0 to 1; a run that diverged is done, of one that failed what it had done is. */
  progress: z.number().min(0).max(1),
  /** Seconds that the rest takes at the present pace, retries only once all else is over; null when nothing is left. */
  seconds_left: z.number().nullable(),
});
export type StudyRecord = z.output<typeof studyRecordSchema>;

/** A study that goes on, with its runs that could not be queued again, by their ids, and why. */
export const resumedStudySchema = studyRecordSchema.extend({
  not_resumed: z.array(problemSchema),
});
export type ResumedStudy = z.output<typeof resumedStudySchema>;

/** What a study will cost, told before it starts. */
export const studyEstimateSchema = z.strictObject({
  /** Everything that keeps it from starting; empty when it can start. */
  problems: z.array(problemSchema),
  /** Runs of the grid; of an extension, only the new ones. */
  runs: z.int(),
  /** Runs that compute at the same time. */
  concurrent_runs: z.int(),
  /** Seconds for all of them; null where it cannot start. */
  seconds: z.number().nullable(),
  /** The part of it that all its runs take to start and to end. */
  start_seconds: z.number(),
  /** That of the run that is known least. */
  basis: estimateBasisSchema,
  /** Over all runs, as what follows. */
  iterations: z.int(),
  probed_iterations: z.int(),
  disk_bytes: z.number(),
  /** True where there are so many runs that it is only started with `confirm`. */
  needs_confirmation: z.boolean(),
});
export type StudyEstimate = z.output<typeof studyEstimateSchema>;

/** How many runs have each status. */
type Counts = Readonly<Record<RunStatus, number>>;

/** What a study is doing, told from what its runs are doing. */
export function studyStatus(counts: Counts): StudyStatus {
  if (counts.running > 0) return 'running';
  if (counts.queued > 0) return 'queued';
  if (counts.paused > 0) return 'paused';
  if (counts.stopped + counts.interrupted > 0) return 'stopped';
  if (counts.failed > 0) return 'failed';
  return counts.finished + counts.diverged > 0 ? 'finished' : 'empty';
}

/** Statuses of runs that have come to the end that their experiment has: there is nothing to resume or to retry. */
export const doneStatuses: ReadonlySet<RunStatus> = new Set(['finished', 'diverged']);

/** Whether a run of a study computes or waits. */
export function studyIsActive({ status }: Pick<StudyRecord, 'status'>): boolean {
  return status === 'running' || status === 'queued';
}

/** What of a study can be gone on with: runs that were stopped, paused or left, and runs that failed. */
export function resumableRuns({ counts }: Pick<StudyRecord, 'counts'>): { stopped: number; failed: number } {
  return { stopped: counts.paused + counts.stopped + counts.interrupted, failed: counts.failed };
}

/**
 * How a study that is over came out, as exit codes tell it: `stopped` where something was stopped, paused or left; `failed` where a
 * run failed or, as of a single run, diverged.
 */
export function studyOutcome({
  status,
  counts,
}: Pick<StudyRecord, 'status' | 'counts'>): 'finished' | 'failed' | 'stopped' {
  if (status === 'finished' || status === 'failed') return counts.failed + counts.diverged > 0 ? 'failed' : 'finished';
  return 'stopped';
}

const statusWords: Readonly<Record<StudyStatus, string>> = {
  running: 'running',
  queued: 'waiting',
  paused: 'paused',
  stopped: 'stopped',
  failed: 'finished with failures',
  finished: 'finished',
  empty: 'without runs',
};

/** What a study is doing, in words that say what did not come out: `finished with failures: 2 of 12 failed, 1 diverged`. */
export function studyStatusText({
  status,
  counts,
  runs,
  deleted,
}: Pick<StudyRecord, 'status' | 'counts' | 'runs' | 'deleted'>): string {
  const reported = [
    ...(counts.failed > 0 ? ['failed' as const] : []),
    ...(counts.diverged > 0 ? ['diverged' as const] : []),
  ].map((bad, index) => (index === 0 ? `${counts[bad]} of ${runs} ${bad}` : `${counts[bad]} ${bad}`));
  if (deleted > 0) reported.push(`${deleted} of ${runs + deleted} deleted`);
  return `${statusWords[status]}${reported.length > 0 ? `: ${reported.join(', ')}` : ''}`;
}

/**
 * Says how many runs of a study did not come to their end, for whatever is read out of the others; null where all did.
 */
export function studyGap({
  name,
  runs,
  deleted,
  counts,
}: Pick<StudyRecord, 'name' | 'runs' | 'deleted' | 'counts'>): string | null {
  const lacking = (Object.entries(counts) as [RunStatus, number][]).filter(
    ([status, count]) => status !== 'finished' && count > 0,
  );
  const words = [
    ...lacking.map(([status, count]) => `${count} ${status}`),
    ...(deleted > 0 ? [`${deleted} deleted`] : []),
  ];
  const missing = lacking.reduce((sum, [, count]) => sum + count, deleted);
  if (missing === 0) return null;
  const all = runs + deleted;
  return `${missing} of the ${all} ${all === 1 ? 'run' : 'runs'} of the study “${name}” ${missing === 1 ? 'has' : 'have'} not finished: ${words.join(', ')}`;
}

/** Orders places of a grid: the last setting and the seed turn fastest. */
export function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((index, at) => index !== b[at]);
  return axis < 0 ? 0 : a[axis]! - (b[axis] ?? 0);
}

/** What a study is to be extended by: more values at the ends of its lists, more draws, and more seeds or how many more. */
export const extensionSchema = z.strictObject({
  sweep: z.record(z.string(), z.array(z.unknown()).min(1, 'is empty; give at least one value')).default(() => ({})),
  seeds: z
    .union([z.int().min(1).max(10_000), z.array(z.int()).min(1, 'is empty; give a seed')], {
      error: 'must be a list of seeds, or how many more',
    })
    .optional(),
  draws: z
    .int({ error: 'must be how many more draws' })
    .min(1, 'must be at least one')
    .max(10_000, 'must be at most 10,000')
    .optional(),
});
export type Extension = z.output<typeof extensionSchema>;

/**
 * A study with its lists made longer.
 * @returns the longer study; or what is wrong, with paths in the extension: `sweep.optimizer.learningRate.0`, `seeds.0`
 */
export function extendStudy(
  study: Pick<StudyRecord, 'name' | 'experiment' | 'sweep' | 'seeds' | 'draws'>,
  { sweep, seeds, draws }: Extension,
): { ok: true; study: Study & { seeds: number[] } } | { ok: false; problems: Problem[] } {
  const strange = Object.keys(sweep).filter((path) => !Object.hasOwn(study.sweep, path));
  if (strange.length > 0)
    return {
      ok: false,
      problems: strange.map((path) => ({
        path: `sweep.${path}`,
        message: `is not varied by this study, which varies ${[...Object.keys(study.sweep), 'seeds'].join(', ')}; make a new study for it`,
      })),
    };
  const drawn = Object.keys(sweep).filter((path) => isDrawn(study.sweep[path]));
  if (drawn.length > 0)
    return {
      ok: false,
      problems: drawn.map((path) => ({
        path: `sweep.${path}`,
        message: 'is drawn; more of its values come with more draws',
      })),
    };
  if (draws !== undefined && !study.draws)
    return { ok: false, problems: [{ path: 'draws', message: 'must be left out: nothing of this study is drawn' }] };
  if (Object.keys(sweep).length === 0 && seeds === undefined && draws === undefined)
    return { ok: false, problems: [{ path: '', message: 'adds nothing; give seeds, values or draws' }] };
  const last = Math.max(...study.seeds);
  const more = Array.isArray(seeds) ? seeds : Array.from({ length: seeds ?? 0 }, (_, index) => last + 1 + index);
  // a range of which there are more values is a list
  const lists = listsOf(study.sweep, study.draws);
  const longer = {
    name: study.name,
    experiment: study.experiment,
    sweep: Object.fromEntries(
      Object.entries(study.sweep).map(([path, values]) => [
        path,
        sweep[path] ? [...lists[path]!, ...sweep[path]] : values,
      ]),
    ),
    seeds: [...study.seeds, ...more],
    ...(study.draws ? { draws: { ...study.draws, count: study.draws.count + (draws ?? 0) } } : {}),
  };
  const check = checkStudy(longer);
  if (check.ok) return { ok: true, study: { ...check.study, seeds: seedsOf(check.study) } };
  return { ok: false, problems: check.problems.map((problem) => inExtension(problem, study)) };
}

/** A problem of the longer study, told by the place in what was added. */
function inExtension({ path, message }: Problem, study: Pick<StudyRecord, 'sweep' | 'seeds' | 'draws'>): Problem {
  const lists: [string, number][] = [
    ...Object.entries(listsOf(study.sweep, study.draws)).map(([swept, values]): [string, number] => [
      `sweep.${swept}`,
      values.length,
    ]),
    ['seeds', study.seeds.length],
  ];
  for (const [list, before] of lists) {
    const rest = path.startsWith(`${list}.`) ? path.slice(list.length + 1) : '';
    const [, index, deeper] = /^(\d+)(.*)$/.exec(rest) ?? [];
    if (index !== undefined && Number(index) >= before)
      return { path: `${list}.${Number(index) - before}${deeper}`, message };
  }
  return { path, message };
}

/** A study as a file or a form holds it, from its record. */
export function definitionOf({ name, experiment, sweep, seeds, draws }: StudyRecord): Study {
  return isObject(sweep) && Object.keys(sweep).length === 0 && same(seeds, [experiment['seed'] ?? 1])
    ? { name, experiment, sweep }
    : { name, experiment, sweep, seeds, ...(draws ? { draws } : {}) };
}
