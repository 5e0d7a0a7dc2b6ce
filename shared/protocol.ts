/**
 * The protocol between a window (or any client) and the workbench: every request with its parameters and result, every
 * event with its payload. The renderer's typed client, the workbench's typed handlers and the checks at the border all come
 * from these two tables. Large numeric payloads travel as Float64Array columns.
 */
import { z } from 'zod';
import { analysisRecordSchema } from './analyses/index.ts';
import { analysisRequests } from './analysis-requests.ts';
import { claimsEvaluationSchema } from './claims/result.ts';
import { estimateSchema } from './estimate.ts';
import { presetSchema } from './presets.ts';
import { problemSchema } from './problems.ts';
import { backendSelectionSchema, workbenchInfoSchema } from './workbench-info.ts';
import { askedExamplesSchema, dataFormatSchema, datasetExamplesSchema, datasetSchema } from './datasets.ts';
import { errorKinds } from './errors.ts';
import { figureRecipeSchema, savedFigureSchema } from './figures/recipe.ts';
import { dpiSchema, figureFileSchema, figureFormats } from './charts/request.ts';
import { jobKindSchema, jobRecordSchema } from './jobs.ts';
import { machineChangesSchema } from './machines.ts';
import { linesSchema, nameSchema, refuseUnseenWithin, titleSchema } from './names.ts';
import {
  columnsSchema,
  curvatureColumns,
  epochColumns,
  iterationColumns,
  runRecordSchema,
  runSeriesParameters,
  runSeriesSchema,
  sliceColumns,
  tagSchema,
  timeColumns,
} from './records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord, TimeRecord } from './records.ts';
import { recordBatchSchema } from './trainer-messages.ts';
import { trainerSilenceSchema } from './trainer-silence.ts';
import { studyRecordSchema } from './study-record.ts';
import { studyRequests } from './study-requests.ts';
import { setupRequests } from './setup-requests.ts';
import { pythonEnvironmentSchema, setupProgressSchema, setupSchema } from './setups.ts';
import { summariesRequest } from './over-settings/request.ts';
import { storeCheckSchema } from './store-check.ts';
import { workbenchSettingsSchema } from './workbench-settings.ts';
import { uploadRequests } from './upload-requests.ts';

const nothing = z.strictObject({});
const runId = z.string().min(1).max(64);
const runIds = z.array(runId).min(1);

/** What an export of runs can write. */
export const exportFormats = [...figureFormats, 'json', 'safetensors'] as const;
/** One of them. */
export type ExportFormat = (typeof exportFormats)[number];
const exported = z.strictObject({ runs: z.array(runId).min(1), formats: z.array(z.enum(exportFormats)).min(1) });

/** Every request: its parameters and its result. */
export const requests = {
  /** What this workbench is and where it stores. */
  'workbench.info': { parameters: nothing, result: workbenchInfoSchema },
  /** Checks the store as it is: its database and the checksum of every file. Rejects with `store` when it cannot be read at all. */
  'workbench.checkStore': { parameters: nothing, result: storeCheckSchema },
  /** The kinds of background jobs that there are. */
  'jobs.kinds': { parameters: nothing, result: z.array(jobKindSchema) },
  /** The background jobs of this workbench, those that are over until another of their kind starts. */
  'jobs.list': { parameters: nothing, result: z.array(jobRecordSchema) },
  /** Starts a background job, telling `job.changed`; the one of its kind that goes on, where there is one. Rejects with `input` an unknown kind. */
  'jobs.start': { parameters: z.strictObject({ kind: z.string() }), result: jobRecordSchema },
  /** Stops a background job. Rejects with `missing` when it is not known. */
  'jobs.cancel': { parameters: z.strictObject({ job: runId }), result: jobRecordSchema },
  /** Chooses the backend of runs that name none; remembered in the store. Rejects with `input` when it cannot be used here. */
  'backends.choose': { parameters: z.strictObject({ backend: z.string() }), result: backendSelectionSchema },
  /**
   * Measures how fast a backend is, telling `backends.measuring`, and remembers it. Rejects with `input` when it cannot be used here or
   * fails, while runs compute and while another measurement goes on; with `cancelled` when it is cancelled.
   */
  'backends.measure': { parameters: z.strictObject({ backend: z.string() }), result: backendSelectionSchema },
  /** Ends the measurement that is under way, if there is one. */
  'backends.cancel': { parameters: nothing, result: nothing },
  ...setupRequests,
  /** All runs, newest first, the archived ones too; or those that are deleted and can still be restored, the last first. */
  'runs.list': {
    parameters: z.strictObject({ deleted: z.boolean().default(false) }),
    result: z.array(runRecordSchema),
  },
  /** One run. Rejects with `missing` when it is not there. */
  'runs.get': { parameters: z.strictObject({ run: runId }), result: runRecordSchema },
  /** Queues an experiment, on the backend named or else the one chosen for the store. Rejects with `input` and its problems when it cannot start. */
  'runs.start': {
    parameters: z.strictObject({ experiment: z.unknown(), backend: z.string().optional() }),
    result: runRecordSchema,
  },
  /**
   * Imports the trajectory in a folder on the workbench's machine (docs/trajectory-format.md) and queues the walk along it. Rejects
   * with `input` and its problems by their paths in trajectory.json when it cannot be; nothing is stored then.
   */
  'runs.import': {
    parameters: z.strictObject({
      folder: z.string().trim().min(1, 'must not be empty; name a folder'),
      backend: z.string().optional(),
    }),
    result: runRecordSchema,
  },
  /** Asks a queued or running run to stop after its present iteration; its records stay, and it can be resumed. */
  'runs.stop': { parameters: z.strictObject({ run: runId }), result: runRecordSchema },
  /** As `runs.stop`, for a run that is to go on later: it gives its place up and becomes `paused`. */
  'runs.pause': { parameters: z.strictObject({ run: runId }), result: runRecordSchema },
  /**
   * Puts a paused, stopped, failed or interrupted run at the end of the queue, to go on from its newest checkpoint, or from the start
   * where it has none; the records after it are replaced by the same ones. Rejects with `input` and the reason when it cannot:
   * a checkpoint that is gone, data that changed, a backend that is not there.
   */
  'runs.resume': {
    parameters: z.strictObject({
      run: runId,
      /** What is asked anew of the machine that computes it; kept with its study. Rejects with `input` for a run of this machine. */
      changes: machineChangesSchema.optional(),
    }),
    result: runRecordSchema,
  },
  /**
   * Ends the trainer of a running run at once, whatever it does, and has the run go on from its newest checkpoint. Rejects as
   * `runs.resume`, and with `input` when the run does not compute in this process.
   */
  'runs.restart': { parameters: z.strictObject({ run: runId }), result: runRecordSchema },
  /** Puts a queued run in front of another queued one, or last (`before` null). Rejects with `input` when either does not wait here. */
  'runs.move': { parameters: z.strictObject({ run: runId, before: runId.nullable() }), result: runRecordSchema },
  /**
   * Deletes runs with their records and files; a running one is refused. For an hour they can be restored, unless they are
   * deleted for good; only then their records and files go, and the answer comes when they are gone.
   */
  'runs.delete': {
    parameters: z.strictObject({ runs: runIds, forGood: z.boolean().default(false) }),
    result: z.strictObject({ deleted: z.int() }),
  },
  /** Takes deletions back. Rejects with `missing` when one of the runs is gone for good. */
  'runs.restore': { parameters: z.strictObject({ runs: runIds }), result: z.array(runRecordSchema) },
  /** Adds tags to runs and removes tags from them. */
  'runs.tag': {
    parameters: z.strictObject({
      runs: runIds,
      add: z.array(tagSchema.superRefine(refuseUnseenWithin)).default([]),
      remove: z.array(tagSchema).default([]),
    }),
    result: z.array(runRecordSchema),
  },
  /** Writes what is noted about a run; an empty text takes the notes away. */
  'runs.note': {
    parameters: z.strictObject({ run: runId, notes: linesSchema(20_000) }),
    result: runRecordSchema,
  },
  /** Puts runs away, or takes them out again. */
  'runs.archive': {
    parameters: z.strictObject({ runs: runIds, archived: z.boolean() }),
    result: z.array(runRecordSchema),
  },
  /** Pins the run that differences are taken to; null takes the pin away. */
  'runs.pin': { parameters: z.strictObject({ run: runId.nullable() }), result: z.array(runRecordSchema) },
  /** Renames a run. */
  'runs.rename': {
    parameters: z.strictObject({ run: runId, name: nameSchema('the run') }),
    result: runRecordSchema,
  },
  /** Iteration records from iteration `from` on, as columns in order. */
  'runs.iterations': {
    parameters: z.strictObject({ run: runId, from: z.int().min(0).default(0) }),
    result: columnsSchema<IterationRecord>(iterationColumns),
  },
  /** Slice records of the iterations from `from` up to, not including, `to`, ordered by iteration and alpha. */
  'runs.slices': {
    parameters: z.strictObject({ run: runId, from: z.int().min(0).default(0), to: z.int().min(0).optional() }),
    result: columnsSchema<SliceRecord>(sliceColumns),
  },
  /** Epoch records in order. */
  'runs.epochs': { parameters: z.strictObject({ run: runId }), result: columnsSchema<EpochRecord>(epochColumns) },
  /** What a comparison draws of runs, and no more, in the order asked; a run that cannot be read has the reason instead. */
  'runs.series': { parameters: runSeriesParameters, result: z.array(runSeriesSchema) },
  ...analysisRequests,
  /** Hessian eigenvalues from iteration `from` on, ordered by iteration and rank. */
  'runs.curvature': {
    parameters: z.strictObject({ run: runId, from: z.int().min(0).default(0) }),
    result: columnsSchema<CurvatureRecord>(curvatureColumns),
  },
  /** The times of a run, ordered by iteration; empty in an imported run and one from before they were kept. */
  'runs.times': { parameters: z.strictObject({ run: runId }), result: columnsSchema<TimeRecord>(timeColumns) },
  /** Summaries of quantities of many runs at once (shared/over-settings/request.ts). */
  'runs.summaries': summariesRequest,
  /** Cost and problems of an experiment that may still be invalid. */
  'experiments.estimate': {
    parameters: z.strictObject({ experiment: z.unknown(), backend: z.string().optional() }),
    result: estimateSchema,
  },
  ...studyRequests,
  /** Ready-made experiments and studies. */
  'experiments.presets': { parameters: nothing, result: z.array(presetSchema) },
  /** Data sets that experiments can name. */
  'datasets.list': { parameters: nothing, result: z.array(datasetSchema) },
  /** The formats of data sets that are read, in the order in which a folder is asked for them. */
  'datasets.formats': { parameters: nothing, result: z.array(dataFormatSchema) },
  /** Adds the data set in a folder, of whichever format its files are. */
  'datasets.add': {
    parameters: z.strictObject({
      folder: z.string().min(1, 'must not be empty; choose a folder'),
      title: titleSchema(80).optional(),
      /** Names of the columns to predict, of a table; its last column where it is left out. */
      targets: z.array(z.string().trim().min(1, 'must name a column')).min(1).max(1000).optional(),
    }),
    result: datasetSchema,
  },
  /** The first examples of each class, to be looked at. Rejects with `missing` without the set or a file, `input` when the files have changed. */
  'datasets.examples': { parameters: askedExamplesSchema, result: datasetExamplesSchema },
  /** Forgets an added data set; its files stay. Runs keep their records. */
  'datasets.remove': { parameters: z.strictObject({ id: z.string() }), result: nothing },
  /** The saved figures, latest change first. */
  'figures.list': { parameters: nothing, result: z.array(savedFigureSchema) },
  /** One saved figure. Rejects with `missing` when it is not there. */
  'figures.get': { parameters: z.strictObject({ figure: runId }), result: savedFigureSchema },
  /** Saves a recipe over a figure, or as a new one. Rejects with `input` when another figure has its name. */
  'figures.save': {
    parameters: z.strictObject({
      figure: runId.optional(),
      recipe: figureRecipeSchema.superRefine(refuseUnseenWithin),
    }),
    result: savedFigureSchema,
  },
  /** Deletes saved figures, all of them or none; runs and exported files stay. */
  'figures.delete': {
    parameters: z.strictObject({ figures: z.array(runId).min(1) }),
    result: z.strictObject({ deleted: z.int() }),
  },
  /** The workbench's settings. */
  'settings.get': { parameters: nothing, result: workbenchSettingsSchema },
  /** Changes some settings and returns all. More runs at a time start at once; fewer apply as runs end. */
  'settings.change': { parameters: workbenchSettingsSchema.partial(), result: workbenchSettingsSchema },
  /** Draws a figure, saved or not; the same recipe and records give the same bytes. */
  'figures.render': {
    parameters: z.strictObject({ recipe: figureRecipeSchema, format: z.enum(figureFormats), dpi: dpiSchema }),
    result: figureFileSchema,
  },
  /** Judges the paper's claims on runs. Rejects with `missing` when one is not there. */
  'claims.evaluate': {
    parameters: z.strictObject({
      runs: z.array(runId).min(1, 'must name at least one run').max(1000, 'must name at most 1,000 runs'),
    }),
    result: claimsEvaluationSchema,
  },
  /** Exports runs into a folder on the workbench's machine: run.json, standardisation.json where columns were standardised, CSV files, figures, parameters. */
  'runs.export': {
    parameters: exported.extend({ directory: z.string().min(1, 'must not be empty; name a folder') }),
    result: z.strictObject({ files: z.array(z.string()) }),
  },
  /** The same as one ZIP archive, to be saved by the window. Rejects with `input` where that is too much for one. */
  'runs.download': { parameters: exported, result: z.strictObject({ bytes: z.instanceof(Uint8Array) }) },
  ...uploadRequests,
} as const;

/** The requests that change nothing in the store: the ones that a read-only store answers. */
export const readingRequests: ReadonlySet<RequestName> = new Set<RequestName>([
  'workbench.info',
  'workbench.checkStore',
  'jobs.kinds',
  'jobs.list',
  'jobs.start',
  'jobs.cancel',
  'backends.cancel',
  'setups.list',
  'setups.look',
  'setups.asked',
  'setups.cancel',
  'runs.list',
  'runs.get',
  'runs.iterations',
  'runs.slices',
  'runs.epochs',
  'runs.curvature',
  'runs.times',
  'runs.series',
  'runs.summaries',
  'runs.export',
  'runs.download',
  'analyses.list',
  'analyses.get',
  'analyses.kept',
  'experiments.estimate',
  'experiments.presets',
  'studies.list',
  'studies.get',
  'studies.estimate',
  'datasets.list',
  'datasets.formats',
  'datasets.examples',
  'figures.list',
  'figures.get',
  'figures.render',
  'settings.get',
  'claims.evaluate',
]);

/**
 * The requests that start programs that somebody names, change which are started, or tell which there are: only clients on the workbench's own
 * machine may ask them.
 */
export const programRequests: ReadonlySet<string> = new Set<RequestName>([
  'setups.look',
  'setups.asked',
  'setups.install',
  'setups.remove',
  'setups.cancel',
]);

/** The events that tell of such programs: only the same clients hear them. */
export const programEvents: ReadonlySet<string> = new Set<EventName>(['setups.found']);

/** Every event: its payload. */
export const events = {
  /** A run was added or its record changed. */
  'run.changed': runRecordSchema,
  /** A run is gone. */
  'run.removed': z.strictObject({ run: runId }),
  /** New records of a running run, in order. */
  'run.records': z.strictObject({ run: runId, batch: recordBatchSchema }),
  /** A sign of life, every few seconds, for clients that cannot ask for one: a browser. */
  'workbench.alive': nothing,
  /** A trainer of this workbench is not heard: told once a second while it is so, and once when that is over. */
  'trainer.silent': trainerSilenceSchema,
  /** Another backend was chosen, or one was measured. */
  'backends.changed': backendSelectionSchema,
  /** How far a measurement is, 0 to 1. */
  'backends.measuring': z.strictObject({ backend: z.string(), progress: z.number().min(0).max(1) }),
  /** A setup was made or removed: all of them. */
  'setups.changed': z.array(setupSchema),
  /** How far the making of a setup is, or the looking for one. */
  'setups.progress': setupProgressSchema,
  /** The Pythons that have answered while they are looked for, in the order of the result. */
  'setups.found': z.strictObject({ setup: z.string(), environments: z.array(pythonEnvironmentSchema) }),
  /** An analysis was added or its record changed. */
  'analysis.changed': analysisRecordSchema,
  /** An analysis is gone. */
  'analysis.removed': z.strictObject({ analysis: runId, run: runId }),
  /** A background job was started, is further, or ended. */
  'job.changed': jobRecordSchema,
  /** The saved figures changed. */
  'figures.changed': z.array(savedFigureSchema),
  /** A run goes on from an earlier iteration: records after it are gone, what was read of it must be read again. */
  'run.rewound': z.strictObject({ run: runId }),
  /** Settings changed. */
  'settings.changed': workbenchSettingsSchema,
  /** What the workbench waits for, a sentence, while another process keeps the store busy; null when it goes on. */
  'store.waiting': z.strictObject({ message: z.string().nullable() }),
  /** What keeps the workbench from seeing what other machines do, a sentence each, whenever that changes; none once it sees all. */
  'machines.troubles': z.strictObject({ troubles: z.array(z.string()) }),
  /** A study was added, or it or its runs changed. */
  'study.changed': studyRecordSchema,
  /** A study is gone. */
  'study.removed': z.strictObject({ study: runId }),
  /** The list of data sets changed. */
  'datasets.changed': z.array(datasetSchema),
} as const;

/** Name of a request. */
export type RequestName = keyof typeof requests;
/** Parameters of a request as a caller writes them (defaults may be left out). */
export type Parameters<N extends RequestName> = z.input<(typeof requests)[N]['parameters']>;
/** Parameters of a request as a handler receives them (defaults filled in). */
type CheckedParameters<N extends RequestName> = z.output<(typeof requests)[N]['parameters']>;
/** Result of a request. */
export type Result<N extends RequestName> = z.output<(typeof requests)[N]['result']>;
/** Name of an event. */
export type EventName = keyof typeof events;
/** Payload of an event. */
export type Payload<N extends EventName> = z.output<(typeof events)[N]>;

/** One handler for every request: what a workbench implements. */
export type Handlers = { [N in RequestName]: (parameters: CheckedParameters<N>) => Promise<Result<N>> | Result<N> };
/** Publishes an event to every connected client. */
export type Publish = <N extends EventName>(name: N, payload: Payload<N>) => void;

/** An error as it crosses the border: kind, sentence, and the fields it concerns. */
const wireErrorSchema = z.strictObject({
  kind: z.enum(errorKinds),
  message: z.string(),
  problems: z.array(problemSchema),
});
export type WireError = z.output<typeof wireErrorSchema>;

/** Client → workbench. */
export const clientMessageSchema = z.strictObject({ id: z.int().min(0), request: z.string(), parameters: z.unknown() });
export type ClientMessage = z.output<typeof clientMessageSchema>;

/** Workbench → client: the answer to a request, or an event. */
export const workbenchMessageSchema = z.union([
  z.strictObject({ id: z.int().min(0), result: z.unknown() }),
  z.strictObject({ id: z.int().min(0), error: wireErrorSchema }),
  z.strictObject({ event: z.string(), payload: z.unknown() }),
]);
export type WorkbenchMessage = z.output<typeof workbenchMessageSchema>;
