/** The request for summaries of quantities: of many runs at once, kept in the workbench until a run has more records. */
import { z } from 'zod';
import { summaryNameSchema } from './quantity-summary.ts';

const runId = z.string().min(1).max(64);

/**
 * Parameters: runs and names of summaries. Result: a column a summary, with a value a run in the order asked for, NaN where nothing was measured. Runs
 * that are not there, or cannot be read, are told with the reason and have NaN.
 */
export const summariesRequest = {
  parameters: z.strictObject({
    runs: z.array(runId).max(20_000, 'at most 20,000 runs'),
    summaries: z.array(summaryNameSchema).min(1, 'name a summary').max(100, 'at most 100 summaries'),
  }),
  result: z.strictObject({
    values: z.record(z.string(), z.instanceof(Float64Array)),
    failed: z.array(z.strictObject({ run: runId, message: z.string() })),
  }),
} as const;
