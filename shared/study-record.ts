/** What the workbench tells about a study: what was asked, and how far its runs are. */
import { z } from 'zod';
import { estimateBasisSchema } from './estimate-basis.ts';
import { runStatuses } from './records.ts';
import type { RunStatus } from './records.ts';
import { same } from './runs/settings.ts';
import { isObject } from './settings.ts';
import { checkStudy, seedsOf } from './study.ts';
import type { Study } from './study.ts';
import type { Problem } from './experiment.ts';

/**
 * What a study is doing. `running`: a run of it computes; `queued`: its runs wait; `paused`, `stopped`: it can be resumed;
 * `finished`: nothing is left to do, though single runs may have diverged or failed.
 */
const studyStatuses = ['running', 'queued', 'paused', 'stopped', 'finished'] as const;
/** One of them. */
export type StudyStatus = (typeof studyStatuses)[number];

/** A study with the progress of the whole. */
export const studyRecordSchema = z.strictObject({
  study: z.string(),
  name: z.string(),
  /** The settings that all runs share, as they were given. */
  experiment: z.record(z.string(), z.unknown()),
  /** Lists of values by path. */
  sweep: z.record(z.string(), z.array(z.unknown())),
  seeds: z.array(z.int()),
  backend: z.string(),
  created_at: z.string(),
  status: z.enum(studyStatuses),
  /** Runs that it has; fewer than its grid where some were deleted. */
  runs: z.int(),
  /** How many of them have each status. */
  counts: z.record(z.enum(runStatuses), z.int()),
  /** Share of the whole work that is done, 0 to 1; runs that ended badly count as done. */
  progress: z.number().min(0).max(1),
  /** Seconds that the rest takes at the present pace; null when nothing is left. */
  seconds_left: z.number().nullable(),
});
export type StudyRecord = z.output<typeof studyRecordSchema>;

/** What a study will cost, told before it starts. */
export const studyEstimateSchema = z.strictObject({
  /** Everything that keeps it from starting; empty when it can start. */
  problems: z.array(z.strictObject({ path: z.string(), message: z.string() })),
  /** Runs of the grid; of an extension, only the new ones. */
  runs: z.int(),
  /** Runs that compute at the same time. */
  concurrent_runs: z.int(),
  /** Seconds for all of them; null where it cannot start. */
  seconds: z.number().nullable(),
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

/** What a study is doing, told from what its runs are doing. */
export function studyStatus(counts: Readonly<Record<RunStatus, number>>): StudyStatus {
  if (counts.running > 0) return 'running';
  if (counts.queued > 0) return 'queued';
  if (counts.paused > 0) return 'paused';
  return counts.stopped + counts.interrupted > 0 ? 'stopped' : 'finished';
}

/** Orders places of a grid: the last setting and the seed turn fastest. */
export function comparePlaces(a: readonly number[], b: readonly number[]): number {
  const axis = a.findIndex((index, at) => index !== b[at]);
  return axis < 0 ? 0 : a[axis]! - (b[axis] ?? 0);
}

/** What a study is to be extended by: more values at the ends of its lists, and more seeds or how many more. */
export const extensionSchema = z.strictObject({
  sweep: z.record(z.string(), z.array(z.unknown()).min(1, 'is empty; give at least one value')).default(() => ({})),
  seeds: z
    .union([z.int().min(1).max(10_000), z.array(z.int()).min(1, 'is empty; give a seed')], {
      error: 'must be a list of seeds, or how many more',
    })
    .optional(),
});
export type Extension = z.output<typeof extensionSchema>;

/**
 * A study with its lists made longer.
 * @returns the longer study; or what is wrong, with paths in the extension: `sweep.optimizer.learningRate.0`, `seeds.0`
 */
export function extendStudy(
  study: Pick<StudyRecord, 'name' | 'experiment' | 'sweep' | 'seeds'>,
  { sweep, seeds }: Extension,
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
  if (Object.keys(sweep).length === 0 && seeds === undefined)
    return { ok: false, problems: [{ path: '', message: 'adds nothing; give seeds or values' }] };
  const last = Math.max(...study.seeds);
  const more = Array.isArray(seeds) ? seeds : Array.from({ length: seeds ?? 0 }, (_, index) => last + 1 + index);
  const longer = {
    name: study.name,
    experiment: study.experiment,
    sweep: Object.fromEntries(
      Object.entries(study.sweep).map(([path, values]) => [path, [...values, ...(sweep[path] ?? [])]]),
    ),
    seeds: [...study.seeds, ...more],
  };
  const check = checkStudy(longer);
  if (check.ok) return { ok: true, study: { ...check.study, seeds: seedsOf(check.study) } };
  return { ok: false, problems: check.problems.map((problem) => inExtension(problem, study)) };
}

/** A problem of the longer study, told by the place in what was added. */
function inExtension({ path, message }: Problem, study: Pick<StudyRecord, 'sweep' | 'seeds'>): Problem {
  const lists: [string, number][] = [
    ...Object.entries(study.sweep).map(([swept, values]): [string, number] => [`sweep.${swept}`, values.length]),
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
export function definitionOf({ name, experiment, sweep, seeds }: StudyRecord): Study {
  return isObject(sweep) && Object.keys(sweep).length === 0 && same(seeds, [experiment['seed'] ?? 1])
    ? { name, experiment, sweep }
    : { name, experiment, sweep, seeds };
}
