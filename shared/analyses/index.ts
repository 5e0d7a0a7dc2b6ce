/**
 * Analyses: computations on the kept parameters of a run that a trainer does on demand. Each kind has settings (drawn as a
 * form from their fields, as an experiment is) and a result (what charts, tables and exports are drawn from).
 */
import { z } from 'zod';
import { planeResultSchema, planeSettingsSchema } from './plane.ts';
import { spectralDensityResultSchema, spectralDensitySettingsSchema } from './spectral-density.ts';
import { trajectoryResultSchema, trajectorySettingsSchema } from './trajectory.ts';
import { valleyFloorResultSchema, valleyFloorSettingsSchema } from './valley-floor.ts';

/** Every kind: its title, what it shows, its settings and its result. */
export const analysisKinds = {
  plane: {
    title: 'Loss on a plane',
    help: 'The loss on the plane through three points of the walk, as contours and as a surface.',
    settings: planeSettingsSchema,
    result: planeResultSchema,
    /** Kept points that it needs. */
    needs: 3,
  },
  trajectory: {
    title: 'Trajectory',
    help: 'All kept points of the walk in their first two principal components.',
    settings: trajectorySettingsSchema,
    result: trajectoryResultSchema,
    needs: 3,
  },
  'valley-floor': {
    title: 'Valley floor',
    help: 'Gradient descent from kept points down to the valley floor, and the barriers along it and along the walk.',
    settings: valleyFloorSettingsSchema,
    result: valleyFloorResultSchema,
    needs: 2,
  },
  'spectral-density': {
    title: 'Spectral density of the Hessian',
    help: 'How the eigenvalues of the loss’s Hessian are distributed at kept points: the bulk near zero, and what lies apart from it.',
    settings: spectralDensitySettingsSchema,
    result: spectralDensityResultSchema,
    needs: 1,
  },
} as const;
/** A kind of analysis. */
export type AnalysisKind = keyof typeof analysisKinds;
/** The kinds in the order that they are listed in. */
export const analysisKindNames = Object.keys(analysisKinds) as [AnalysisKind, ...AnalysisKind[]];

const planeRequest = z.strictObject({ kind: z.literal('plane'), settings: planeSettingsSchema.prefault({}) });

const trajectoryRequest = z.strictObject({
  kind: z.literal('trajectory'),
  settings: trajectorySettingsSchema.prefault({}),
});
const valleyFloorRequest = z.strictObject({
  kind: z.literal('valley-floor'),
  settings: valleyFloorSettingsSchema.prefault({}),
});
const spectralDensityRequest = z.strictObject({
  kind: z.literal('spectral-density'),
  settings: spectralDensitySettingsSchema.prefault({}),
});

/** What is asked for: a kind and its settings, defaults filled in. */
export const analysisRequestSchema = z.discriminatedUnion(
  'kind',
  [planeRequest, trajectoryRequest, valleyFloorRequest, spectralDensityRequest],
  {
    error: `must be one of ${analysisKindNames.join(', ')}`,
  },
);
/** What is asked for. */
export type AnalysisRequest = z.output<typeof analysisRequestSchema>;

/** What was found. */
export const analysisResultSchema = z.discriminatedUnion('kind', [
  planeResultSchema,
  trajectoryResultSchema,
  valleyFloorResultSchema,
  spectralDensityResultSchema,
]);
/** What was found. */
export type AnalysisResult = z.output<typeof analysisResultSchema>;

const analysisStatuses = ['queued', 'running', 'finished', 'stopped', 'failed', 'interrupted'] as const;
/** What became of an analysis. */
export type AnalysisStatus = (typeof analysisStatuses)[number];

/** Whether an analysis will not change any more. */
export function analysisIsOver(status: AnalysisStatus): boolean {
  return status !== 'queued' && status !== 'running';
}

/** An analysis without its result. */
export const analysisRecordSchema = z.strictObject({
  /** Its id. */
  analysis: z.string(),
  /** The run whose kept parameters it works on. */
  run: z.string(),
  request: analysisRequestSchema,
  status: z.enum(analysisStatuses),
  /** Share of the work done, 0 to 1. */
  progress: z.number().min(0).max(1),
  seconds_left: z.number().nullable(),
  /** ISO 8601, UTC; null until it happened. */
  created_at: z.string(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  /**
   * Threads that compute it: the last bits of sums of convolutions depend on them. Null until it began, and for analyses of before this
   * was kept.
   */
  threads: z.int().min(1).nullable(),
  /** Why it failed or was interrupted: one sentence with what to do. */
  error: z.string().nullable(),
});
/** An analysis without its result. */
export type AnalysisRecord = z.output<typeof analysisRecordSchema>;

/** An analysis with its result, null until it has finished. */
export const analysisSchema = analysisRecordSchema.extend({ result: analysisResultSchema.nullable() });
/** An analysis with its result. */
export type Analysis = z.output<typeof analysisSchema>;
