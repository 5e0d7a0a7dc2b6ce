/** What claims are judged on: the records of runs, grouped by their settings. */
import type { Experiment } from '../experiment.ts';
import { hasBatchNorm } from '../networks/index.ts';
import { knownSettings } from '../records.ts';
import type { EpochColumns, IterationColumns, RunStatus } from '../records.ts';
import type { Answer } from '../resolution.ts';
import { canonical, differingSettings } from '../runs/settings.ts';
import { settingWords } from '../setting-words.ts';
import { isObject } from '../settings.ts';
import type { Imported } from '../trajectory.ts';

/** A run as claims see it. */
export interface ClaimRun {
  run: string;
  name: string;
  status: RunStatus;
  experiment: Experiment;
  /** What is known of an imported run's training; null for one that was trained here. */
  imported: Imported | null;
  iterations: IterationColumns;
  epochs: EpochColumns;
}

/** A segment between two consecutive floor points of a valley-floor study, beside that between the points of the walk above them. */
export interface FloorSegment {
  /** Whether there is a barrier between the floor points; null where the evaluation does not resolve it. */
  floor: Answer;
  /** The same between the walk's own points, from which the floor points were reached. */
  walk: Answer;
  /** Whether both descents ended because the loss fell no more. */
  settled: boolean;
  /** Lengths of both in parameter space. */
  floor_length: number;
  walk_length: number;
}

/** The valley floor under one run. */
export interface FloorStudy {
  /** Run that the floor was studied for. */
  run: string;
  segments: readonly FloorSegment[];
}

/** Everything that an evaluation looks at. */
export interface Evidence {
  runs: readonly ClaimRun[];
  floors: readonly FloorStudy[];
}

/** Settings that decide where a walk goes; names, seeds, probes and how long it is are not among them. */
const aside = new Set(['name', 'seed', 'length', 'keepParameters']);

/**
 * The settings of a run as a key: runs with the same key differ in their seeds, at most in what was measured of them and
 * for how long. Of imported runs too little is known: each has a key of its own.
 * @param without dotted paths that the key leaves out, for contrasts along them
 */
export function settingKey(
  { run, experiment, imported }: Pick<ClaimRun, 'run' | 'experiment' | 'imported'>,
  without: readonly string[] = [],
): string {
  if (imported !== null) return `imported ${run}`;
  const left = new Set(without);
  // how a batch passes through the network changes nothing unless batch norm sees the micro-batches
  if (!hasBatchNorm(experiment.model)) left.add('optimizer.microBatch');
  return canonical(pruned(experiment, [], (path) => aside.has(path) || path.startsWith('probes') || left.has(path)));
}

/** A value without the parts whose dotted paths are left out. */
function pruned(value: unknown, path: readonly string[], isLeftOut: (path: string) => boolean): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isLeftOut([...path, key].join('.')))
      .map(([key, part]) => [key, pruned(part, [...path, key], isLeftOut)]),
  );
}

/**
 * One run of every walk: runs with the same settings and seed are the same piece of evidence, of which the one counts that
 * weighs most.
 */
export function distinct(runs: readonly ClaimRun[], weight: (run: ClaimRun) => number): ClaimRun[] {
  const best = new Map<string, ClaimRun>();
  for (const run of runs) {
    const key = walkKey(run);
    const known = best.get(key);
    if (!known || weight(run) > weight(known)) best.set(key, run);
  }
  return [...best.values()];
}

/** Settings and seed: what decides a walk. */
export function walkKey(run: ClaimRun): string {
  return `${run.experiment.seed} ${settingKey(run)}`;
}

/** How many iterations of a run were probed. */
export function probedCount(run: ClaimRun): number {
  return probedRows(run).length;
}

/**
 * Runs whose batches are less than the training set: SGD proper. An imported one is where its trajectory tells of such batches, and of no
 * other optimiser: the batch size of its experiment may stand for nothing.
 */
export function isSgd({ experiment, imported }: ClaimRun): boolean {
  const { data, optimizer } = experiment;
  if (optimizer.kind !== 'sgd') return false;
  const batchSize = imported === null ? optimizer.batchSize : imported.batch_size;
  return batchSize !== null && batchSize < data.train;
}

/** Names the settings in which runs differ: `learning rate 0.1, batch size 100`; empty where they do not differ. */
export function settingLabels(runs: readonly ClaimRun[]): Map<ClaimRun, string> {
  const rows = differingSettings(runs.map(knownSettings)).filter(
    ({ field: { path } }) => !aside.has(path) && !path.startsWith('probes'),
  );
  return new Map(
    runs.map((run, index) => [
      run,
      rows
        .flatMap(({ field, values }) => (values[index] === undefined ? [] : [settingWords(field, values[index])]))
        .join(', '),
    ]),
  );
}

/** Rows of the iterations whose slice was measured whole. */
export function probedRows({ iterations }: ClaimRun): number[] {
  const rows: number[] = [];
  for (let row = 0; row < iterations.iteration.length; row++)
    if (!Number.isNaN(iterations.floor_alpha[row]!) && !Number.isNaN(iterations.height_after[row]!)) rows.push(row);
  return rows;
}

/** Sample size for a verdict on probed iterations: so many in a run, and so many in each half of its length. */
const probedMinimum = { iterations: 30, half: 10 } as const;

/** Whether the probed iterations of a run are enough and spread over both of its halves. */
export function isWellProbed(run: ClaimRun): boolean {
  const { iteration } = run.iterations;
  const rows = probedRows(run);
  const middle = (iteration.at(-1) ?? 0) / 2;
  const late = rows.filter((row) => iteration[row]! > middle).length;
  return rows.length >= probedMinimum.iterations && Math.min(late, rows.length - late) >= probedMinimum.half;
}

/** What {@link isWellProbed} asks for, in words. */
export const wellProbed = `a run with at least ${probedMinimum.iterations} probed iterations, ${probedMinimum.half} or more of them in each half of its length`;

/** What heights are known to at rows: what the evaluation resolves, or the tolerance of a slice that a sample decided. */
export function resolutionsAt(
  { loss_resolution, slice_tolerance }: Pick<IterationColumns, 'loss_resolution' | 'slice_tolerance'>,
  rows: readonly number[],
): Float64Array {
  const tolerances = at(slice_tolerance, rows);
  // NaN where slices are not sequential
  return at(loss_resolution, rows).map((resolution, index) => Math.max(resolution, tolerances[index]! || 0));
}

/** Values of a column at rows. */
export function at(column: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => column[row]!);
}

/** Answers of a flag's column at rows: null where the evaluation does not resolve it. */
export function answersAt(column: Float64Array, rows: readonly number[]): Answer[] {
  return rows.map((row) => (Number.isNaN(column[row]!) ? null : column[row] === 1));
}

/** Whether both are so: not when one is not, and unknown where that is open. */
export function both(a: Answer, b: Answer): Answer {
  return a === false || b === false ? false : a === null || b === null ? null : true;
}
