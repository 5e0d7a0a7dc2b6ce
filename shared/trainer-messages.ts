/**
 * What workbench and trainer say to each other over process messages. The workbench sends one `start` and at most one
 * `stop`; the trainer answers `started`, then records, progress, files and checkpoints as they come, and ends with exactly one `ended`.
 * Or it sends one `analyse`, whose answers are told beside it; or one `describe`, answered by one `backend` for each that was asked about, in that order; or one `measure`, answered by
 * `measuring` as it goes on, then `measured`, or `ended` when it failed; or one `inspect`, answered by `inspected` or `ended`.
 * Both sides check what they receive against these schemas.
 */
import { z } from 'zod';
import { analysisRequestSchema, analysisResultSchema } from './analyses/index.ts';
import { backendNames, measuredNetworks } from './backends.ts';
import { datasetSchema } from './datasets.ts';
import { experimentSchema } from './experiment.ts';
import {
  columnsSchema,
  curvatureColumns,
  environmentSchema,
  epochColumns,
  iterationColumns,
  sliceColumns,
  timeColumns,
} from './records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord, TimeRecord } from './records.ts';

/** Name of a file that lies in a folder which is known: it leads into no other. */
const fileName = z.string().regex(/^\w[\w.-]*$/, 'must be the name of a file, without a folder');

/** A parameter file that a trainer has written completely. */
const parameterFileSchema = z.strictObject({
  /** Parameters θ_t before update t; t = total iterations for the final ones. */
  iteration: z.int().min(0),
  /** File name inside the run's parameters folder. */
  file: fileName,
  sha256: z.string().length(64),
  bytes: z.int().min(1),
});
export type ParameterFile = z.output<typeof parameterFileSchema>;

/** A checkpoint that a trainer has written completely: the whole state of the walk before update `iteration`. */
export const checkpointSchema = z.strictObject({
  iteration: z.int().min(0),
  /** Last epoch whose record was reported before it. */
  epoch: z.int().min(0),
  /** Last iteration whose parameters were kept before it; −1 when none were. */
  kept: z.int().min(-1),
  /** File name inside the run's checkpoint folder. */
  file: fileName,
  /** Of the whole file. */
  sha256: z.string().length(64),
  bytes: z.int().min(1),
});
export type Checkpoint = z.output<typeof checkpointSchema>;

/** A batch of records as columns; any of them may be empty. */
export const recordBatchSchema = z.strictObject({
  iterations: columnsSchema<IterationRecord>(iterationColumns),
  slices: columnsSchema<SliceRecord>(sliceColumns),
  epochs: columnsSchema<EpochRecord>(epochColumns),
  curvature: columnsSchema<CurvatureRecord>(curvatureColumns),
  times: columnsSchema<TimeRecord>(timeColumns),
});
export type RecordBatch = z.output<typeof recordBatchSchema>;

/** Workbench → trainer. */
export const trainerCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    experiment: experimentSchema,
    dataset: datasetSchema,
    backend: z.string(),
    /** Existing folder for .safetensors files, or null when none are kept. */
    parametersDirectory: z.string().nullable(),
    /** Points in that folder to walk along instead of training, and what is known of how they were trained. */
    imported: z
      .strictObject({
        files: z.array(parameterFileSchema).min(2),
        learningRate: z.number().nullable(),
        /** Whether the experiment's batch size is that of the points. */
        knowsBatchSize: z.boolean(),
      })
      .nullable(),
    /** Existing folder for checkpoints. */
    checkpointDirectory: z.string(),
    /** Checkpoint in that folder to go on from; null starts from the initialisation. */
    resumeFrom: checkpointSchema.nullable(),
    /** Seconds computed until that checkpoint; null where they are not known, and then no times are told. */
    elapsedSeconds: z.number().min(0).nullable(),
    /** Threads that compute. */
    threads: z.int().min(1),
  }),
  /** Computes on a run's kept parameters; answered with `started`, `analysis-progress`, `analysed` and `ended`. */
  z.strictObject({
    type: z.literal('analyse'),
    request: analysisRequestSchema,
    /** The run's. */
    experiment: experimentSchema,
    dataset: datasetSchema,
    backend: z.string(),
    /** Threads that compute; null for as many as a run takes. */
    threads: z.int().min(1).nullable(),
    /** Folder of the kept parameters, and the files in it. */
    directory: z.string(),
    files: z.array(parameterFileSchema),
  }),
  /** Asks whether files fit an architecture; answered with `inspected`, or `ended` with what is wrong with the first that does not. */
  z.strictObject({
    type: z.literal('inspect'),
    experiment: experimentSchema,
    dataset: datasetSchema,
    /** Absolute paths. */
    files: z.array(z.string()).min(1),
    /** Where to write those that are no float32 under the architecture's names, in the order of `files`. */
    converted: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal('stop') }),
  /** A batch of records was taken. A trainer waits while many were not: whoever takes them is busy or stopped. */
  z.strictObject({ type: z.literal('taken') }),
  /** Asks about backends instead of a run; the trainer tries each, answers `backend` for it, and leaves after the last. */
  z.strictObject({ type: z.literal('describe'), backends: z.array(z.enum(backendNames)).min(1) }),
  /** Asks how fast a backend is here. */
  z.strictObject({ type: z.literal('measure'), backend: z.enum(backendNames) }),
]);
export type TrainerCommand = z.output<typeof trainerCommandSchema>;

/** One compute backend: whether it can be used here, and how to get it if not. */
export const backendInfoSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  available: z.boolean(),
  device: z.string().nullable(),
  /** Versions of its libraries by name. */
  versions: z.record(z.string(), z.string()),
  /** Why it is unavailable and how to get it; null when available. */
  reason: z.string().nullable(),
});
export type BackendInfo = z.output<typeof backendInfoSchema>;

/** How fast a backend computes one small network here. */
export const speedSchema = z.strictObject({
  network: z.enum(measuredNetworks),
  /** Milliseconds that the loss and gradient of a batch of 100 take; median. */
  update_ms: z.number().positive(),
  /** Examples a second whose loss is evaluated at fresh parameters; median. */
  examples_per_second: z.number().positive(),
  /** Examples of each such evaluation: fewer on a slow device. */
  evaluated_examples: z.int().positive(),
});
export type Speed = z.output<typeof speedSchema>;

/** Trainer → workbench. */
export const trainerReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('backend'), backend: backendInfoSchema }),
  /** Checksums and sizes of inspected files, in their order; of the converted ones where they were. */
  z.strictObject({
    type: z.literal('inspected'),
    files: z.array(
      parameterFileSchema
        .pick({ sha256: true, bytes: true })
        .extend({ converted: z.boolean(), changes: z.array(z.string()) }),
    ),
  }),
  /** Share of a measurement that is done, 0 to 1. */
  z.strictObject({ type: z.literal('measuring'), progress: z.number().min(0).max(1) }),
  z.strictObject({ type: z.literal('measured'), backend: backendInfoSchema, speeds: z.array(speedSchema) }),
  z.strictObject({
    type: z.literal('started'),
    environment: environmentSchema,
    parameters: z.int().min(1),
    dataChecksum: z.string(),
  }),
  z.strictObject({ type: z.literal('records'), batch: recordBatchSchema }),
  z.strictObject({
    type: z.literal('progress'),
    iterationsDone: z.int().min(0),
    /** Share of the work (updates and evaluations, weighted by their cost) that is done, 0 to 1. */
    progress: z.number().min(0).max(1),
    secondsLeft: z.number().min(0).nullable(),
  }),
  z.strictObject({ type: z.literal('parameters'), file: parameterFileSchema }),
  /** Share of an analysis that is done, 0 to 1. */
  z.strictObject({
    type: z.literal('analysis-progress'),
    progress: z.number().min(0).max(1),
    secondsLeft: z.number().min(0).nullable(),
  }),
  /** What an analysis found. */
  z.strictObject({ type: z.literal('analysed'), result: analysisResultSchema }),
  /** All records before it were sent before it. */
  z.strictObject({ type: z.literal('checkpoint'), checkpoint: checkpointSchema }),
  z.strictObject({
    type: z.literal('ended'),
    status: z.enum(['finished', 'stopped', 'diverged', 'failed']),
    /** What happened, where, what to do; null when finished or stopped. */
    message: z.string().nullable(),
    /** Measured pace, for later estimates: multiply-adds a second when updating and when evaluating; null if not measured. */
    pace: z.strictObject({ update: z.number().positive().nullable(), evaluate: z.number().positive().nullable() }),
  }),
]);
export type TrainerReport = z.output<typeof trainerReportSchema>;
