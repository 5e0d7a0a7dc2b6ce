/**
 * Records: what a trainer reports, what the store keeps, what CSV columns are called.
 *
 * A record's keys are column names everywhere: SQLite, CSV, JSON lines, charts. `null` means "not measured here", or, for
 * a loss, "not a finite number" (a run that diverged). Between processes records travel as {@link Columns}: one
 * Float64Array a column, NaN for null, 1 and 0 for true and false.
 */
import { z } from 'zod';
import { experimentSchema } from './experiment.ts';
import { columnsOf, sliceFlags } from './quantities/index.ts';
import type { RecordOf } from './quantities/index.ts';
import { machineStateSchema } from './machines.ts';
import { recordSchema } from './quantities/schema.ts';
import { importedSchema } from './trajectory.ts';

export { smallestRank } from './quantities/schema.ts';

const number = z.number().nullable();

/** One iteration t of a run: the update from θ_t to θ_{t+1}. What each column is: shared/quantities/, docs/quantities.md. */
export type IterationRecord = RecordOf<'iteration'>;
/** One point of a slice ℓ_t(α). */
export type SliceRecord = RecordOf<'slice'>;
/** One epoch of a run, measured at its last parameters; epoch 0 is the initialisation. */
export type EpochRecord = RecordOf<'epoch'>;
/** One eigenvalue of the Hessian of L at θ_t: one of the largest, or the smallest. */
export type CurvatureRecord = RecordOf<'curvature'>;
/**
 * How long a run had been computed when an iteration was done: of the first and the last iteration of every tenth of a second or
 * so, and linear between them. A record of its own, because time is the one thing that two equal runs do not share.
 */
export type TimeRecord = RecordOf<'time'>;

/** Schemas of single records. */
export const iterationRecordSchema = recordSchema('iteration');
export const sliceRecordSchema = recordSchema('slice');
export const epochRecordSchema = recordSchema('epoch');
export const curvatureRecordSchema = recordSchema('curvature');

/** Column names in their order, as in CSV files and the store. */
export const iterationColumns = columnsOf('iteration');
export const sliceColumns = columnsOf('slice');
export const epochColumns = columnsOf('epoch');
export const curvatureColumns = columnsOf('curvature');
export const timeColumns = columnsOf('time');

/**
 * Column names of a run's slices.csv: a file without batches is what it was before they were measured.
 * @param experiment of the run
 */
export function sliceColumnsOf({ probes }: Pick<z.output<typeof experimentSchema>, 'probes'>): typeof sliceColumns {
  return probes.interpolation.onBatch ? sliceColumns : sliceColumns.filter((key) => key !== 'batch_loss');
}

/** Records as columns: one Float64Array per key, all of one length; NaN is null, 1 and 0 are true and false. */
export type Columns<R> = { [K in keyof R]: Float64Array };
/** Iterations as columns, in order. */
export type IterationColumns = Columns<IterationRecord>;
/** Slice points as columns, by iteration and α. */
export type SliceColumns = Columns<SliceRecord>;
/** Epochs as columns, in order. */
export type EpochColumns = Columns<EpochRecord>;
/** Eigenvalues as columns, by iteration and rank. */
export type CurvatureColumns = Columns<CurvatureRecord>;
/** Times as columns, by iteration. */
export type TimeColumns = Columns<TimeRecord>;

/** Packs records into columns. */
export function toColumns<R extends object>(keys: readonly (keyof R & string)[], records: readonly R[]): Columns<R> {
  const columns = {} as Record<string, Float64Array>;
  for (const key of keys) {
    const column = new Float64Array(records.length);
    for (let row = 0; row < records.length; row++) {
      const value = records[row]![key] as number | boolean | null;
      column[row] = value === null ? NaN : Number(value);
    }
    columns[key] = column;
  }
  return columns as Columns<R>;
}

const flags = new Set<string>(sliceFlags);

/** Unpacks columns into records, the inverse of {@link toColumns}. */
export function fromColumns<R extends object>(keys: readonly (keyof R & string)[], columns: Columns<R>): R[] {
  return Array.from(
    { length: columns[keys[0]!].length },
    (_, row) =>
      Object.fromEntries(
        keys.map((key) => {
          const value = columns[key][row]!;
          return [key, Number.isNaN(value) ? null : flags.has(key) ? value === 1 : value];
        }),
      ) as R,
  );
}

/**
 * Schema of columns for the border: every key present, each a Float64Array, all of one length.
 */
export function columnsSchema<R extends object>(keys: readonly (keyof R & string)[]): z.ZodType<Columns<R>> {
  const shape = Object.fromEntries(keys.map((key) => [key, z.instanceof(Float64Array)]));
  return z
    .strictObject(shape)
    .refine((columns) => new Set(Object.values(columns).map((column) => (column as Float64Array).length)).size <= 1, {
      error: 'columns differ in length',
    }) as unknown as z.ZodType<Columns<R>>;
}

/** What is asked of runs for a comparison: quantities of their iterations and, if wanted, eigenvalues; all of their epochs come with them. */
export const runSeriesParameters = z.strictObject({
  runs: z.array(z.string().min(1).max(64)).min(1).max(100, 'at most 100 runs'),
  iterations: z.array(z.enum(iterationColumns)).min(1),
  curvature: z.boolean().default(false),
});

/** Some columns of iterations, as `runs.series` gives them: those that were asked for. */
const someIterationsSchema = z
  .partialRecord(z.enum(iterationColumns), z.instanceof(Float64Array))
  .refine((columns) => new Set(Object.values(columns).map((column) => column.length)).size <= 1, {
    error: 'columns differ in length',
  }) as unknown as z.ZodType<Partial<IterationColumns>>;

/** What is read of a run for a comparison; null, and the reason in a sentence, where it cannot be read. */
export const runSeriesSchema = z.strictObject({
  run: z.string(),
  error: z.string().nullable(),
  records: z
    .strictObject({
      iterations: someIterationsSchema,
      epochs: columnsSchema<EpochRecord>(epochColumns),
      /** Without rows where they were not asked for. */
      curvature: columnsSchema<CurvatureRecord>(curvatureColumns),
    })
    .nullable(),
});
/** What is read of a run for a comparison. */
export type RunSeries = z.output<typeof runSeriesSchema>;

/**
 * What became of a run. `paused`: it gave its place up and waits to be resumed. `interrupted`: the process that owned it is gone.
 * `diverged`: the loss stopped being finite.
 */
export const runStatuses = [
  'queued',
  'running',
  'paused',
  'finished',
  'stopped',
  'diverged',
  'failed',
  'interrupted',
] as const;
/** One of them. */
export type RunStatus = (typeof runStatuses)[number];

/** Statuses in which a run does not change by itself. */
export function isOver(status: RunStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

/**
 * The iteration from which a run can be resumed: that of its newest checkpoint, 0 (from the start) where it has none; null when it
 * has nothing left to do, or does it already. What follows that iteration is computed anew, the same bit for bit.
 */
export function resumableFrom({
  status,
  checkpoint_iteration,
}: Pick<RunRecord, 'status' | 'checkpoint_iteration'>): number | null {
  return ['paused', 'stopped', 'failed', 'interrupted'].includes(status) ? (checkpoint_iteration ?? 0) : null;
}

/** Numbers that sum a run up; null until there is something to sum. */
export const runSummarySchema = z.strictObject({
  /** Values at the end of the last epoch; null before the first has ended. */
  train_loss: number,
  train_accuracy: number,
  validation_loss: number,
  validation_accuracy: number,
  /** Of targets that are real numbers; null where they are classes. */
  train_r_squared: number,
  validation_r_squared: number,
  /** Last iteration's values. */
  batch_loss: number,
  /** Standard deviation of the noise that gradient descent with isotropic noise adds; null for other optimisers. */
  noise_deviation: number,
  distance: number,
  path_length: number,
  /** Over all iterations. */
  mean_gradient_cosine: number,
  /** Over the probed iterations. */
  probed_iterations: z.int().min(0),
  interior_floors: z.int().min(0),
  convex_slices: z.int().min(0),
  barriers: z.int().min(0),
  bounces: z.int().min(0),
  /** Of which barrier, interior floor or convexity lies below what the evaluation resolves. */
  unresolved_slices: z.int().min(0),
  mean_height_before: number,
  mean_height_after: number,
});
export type RunSummary = z.output<typeof runSummarySchema>;

/** Where and with what a run was computed. */
export const environmentSchema = z.strictObject({
  /** Name of the backend, `cpu`. */
  backend: z.string(),
  /** The device in words, with its threads. */
  device: z.string(),
  /** Versions by name: valleywalk, node, onnxruntime, … */
  versions: z.record(z.string(), z.string()),
});
export type Environment = z.output<typeof environmentSchema>;

/** A tag: short, on one line, without the commas that separate tags. */
export const tagSchema = z
  .string()
  .trim()
  .min(1, 'a tag needs a letter')
  .max(60, 'a tag has at most 60 characters')
  .regex(/^[^,\p{Cc}]*$/u, 'a tag has no commas and no line breaks');

/** An attempt at a run that failed, or was left by its process, before the run was resumed. */
const failedAttemptSchema = z.strictObject({
  status: z.enum(['failed', 'interrupted']),
  /** ISO 8601, UTC. */
  ended_at: z.string().nullable(),
  /** Iterations that it had done; those after its newest checkpoint were then computed anew. */
  iterations_done: z.int().min(0),
  /** Why, as the run's `error` said. */
  error: z.string(),
});
/** One of them. */
export type FailedAttempt = z.output<typeof failedAttemptSchema>;

/** Trained here, or imported. */
export const runKinds = ['trained', 'imported'] as const;
/** A run: the experiment, its status, times, environment and summary. */
export const runRecordSchema = z.strictObject({
  run: z.string(),
  name: z.string(),
  /** Whether it was trained here, or its points come from elsewhere and only its slices were computed here. */
  kind: z.enum(runKinds),
  status: z.enum(runStatuses),
  /** What decides it; of an imported run, how it is measured: see {@link knownSettings}. */
  experiment: experimentSchema,
  /** What is known of an imported run's training; null for one that was trained here. */
  imported: importedSchema.nullable(),
  seed: z.int(),
  /** Its place in the order in which the runs of a store were made: the newer, the greater, whatever the clock was set to. */
  sequence: z.int().min(0),
  /** ISO 8601, UTC; null until it happened. */
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  environment: environmentSchema.nullable(),
  /** SHA-256 of the data that was used. */
  data_checksum: z.string().nullable(),
  /** Number of trainable parameters. */
  parameters: z.int().nullable(),
  iterations_done: z.int(),
  iterations_total: z.int(),
  /** Share of the work done, 0 to 1, evaluations counted in. */
  progress: z.number().min(0).max(1),
  /** Seconds left at the present pace; null when unknown or over. */
  seconds_left: z.number().nullable(),
  /** Where a queued run stands: the run with the least comes next; null unless queued. */
  queue_rank: z.number().nullable(),
  /** Iterations done at the newest checkpoint, from which it can be resumed; null where there is none. */
  checkpoint_iteration: z.int().min(0).nullable(),
  /** Why it failed, diverged or was interrupted: one sentence with what to do. */
  error: z.string().nullable(),
  /** Attempts that failed or were left by their process before it was resumed, oldest first. */
  failed_attempts: z.array(failedAttemptSchema),
  summary: runSummarySchema,
  /** Words that group runs, in the order given; each once. */
  tags: z.array(tagSchema),
  /** What people wrote about it; empty when nothing. */
  notes: z.string(),
  /** Put away: lists leave it out unless asked. */
  archived: z.boolean(),
  /** Whether differences are taken to it; at most one run of a store is the baseline. */
  baseline: z.boolean(),
  /** The study that it belongs to; null for a run of its own. */
  study: z.string().nullable(),
  /** That study's name; null without one. */
  study_name: z.string().nullable(),
  /** Its place in the study's grid: which value of each list, in the order of the study's sweep, and last which seed. */
  place: z.array(z.int().min(0)).nullable(),
  /** Where it is on another machine that computes it, or did; absent for a run of this machine's own queue. */
  machine: machineStateSchema.optional(),
});
export type RunRecord = z.output<typeof runRecordSchema>;

/** What to say where an imported run lacks what training would have measured. */
export const notImported = 'not in an imported trajectory';

/**
 * The settings that are known of a run: its experiment or, for an imported one, only what trajectory.json tells and how it was
 * measured. To be read by paths (`valueAt`): what is not known is not there.
 */
export function knownSettings({ experiment, imported }: Pick<RunRecord, 'experiment' | 'imported'>): unknown {
  if (imported === null) return experiment;
  const { train, validation, set } = experiment.data;
  const { learning_rate: learningRate, batch_size: batchSize, seed } = imported;
  const reported =
    imported.optimizer === undefined ? {} : { ...experiment.optimizer, learningRate: undefined, batchSize: undefined };
  return {
    name: experiment.name,
    ...(seed === null ? {} : { seed }),
    data: { set, train, validation },
    model: experiment.model,
    loss: experiment.loss,
    optimizer: {
      ...reported,
      ...(learningRate === null ? {} : { learningRate }),
      ...(batchSize === null ? {} : { batchSize }),
    },
    probes: { interpolation: { ...experiment.probes.interpolation, windows: undefined } },
  };
}
