/** Requests about analyses of runs; part of the protocol. */
import { z } from 'zod';
import { analysisRecordSchema, analysisSchema } from './analyses/index.ts';

const nothing = z.strictObject({});
const runId = z.string().min(1).max(64);

/** Each with its parameters and its result. */
export const analysisRequests = {
  /** Queues an analysis (a kind and its settings) of a run's kept parameters. Rejects with `input` when it cannot be done. */
  'analyses.start': {
    parameters: z.strictObject({ run: runId, request: z.unknown() }),
    result: analysisRecordSchema,
  },
  /** The analyses of a run, newest first. */
  'analyses.list': { parameters: z.strictObject({ run: runId }), result: z.array(analysisRecordSchema) },
  /** An analysis with its result. */
  'analyses.get': { parameters: z.strictObject({ analysis: runId }), result: analysisSchema },
  /** Stops an analysis. */
  'analyses.cancel': { parameters: z.strictObject({ analysis: runId }), result: analysisRecordSchema },
  /** Deletes an analysis with its result; one under way is stopped. For an hour it can be restored. */
  'analyses.delete': { parameters: z.strictObject({ analysis: runId }), result: nothing },
  /** Takes the deletion of an analysis back. Rejects with `missing` when it is gone for good. */
  'analyses.restore': { parameters: z.strictObject({ analysis: runId }), result: analysisRecordSchema },
  /** Iterations whose parameters a run keeps, ascending. */
  'analyses.kept': { parameters: z.strictObject({ run: runId }), result: z.array(z.int()) },
} as const;
