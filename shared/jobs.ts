/** Background jobs: work of the workbench on the store as it is, with progress, that can be cancelled and leaves nothing in the store. */
import { z } from 'zod';

/** A kind of background job, in words. */
export const jobKindSchema = z.strictObject({
  kind: z.string(),
  /** What it does, as on a button. */
  title: z.string(),
  /** What comes of it, in a sentence. */
  help: z.string(),
});
export type JobKindInfo = z.output<typeof jobKindSchema>;

/** A background job; known until the workbench closes. */
export const jobRecordSchema = z.strictObject({
  job: z.string(),
  kind: z.string(),
  status: z.enum(['queued', 'running', 'finished', 'stopped', 'failed']),
  /** Share that is done, 0 to 1. */
  progress: z.number().min(0).max(1),
  /** Why it failed, in a sentence. */
  error: z.string().nullable(),
  /** What it found, a sentence each; empty until it has finished. */
  lines: z.array(z.string()),
  /** Whether something is wrong with what it looked at, so that the lines are a warning. */
  warning: z.boolean(),
});
export type JobRecord = z.output<typeof jobRecordSchema>;

/** Whether a background job has ended. */
export function jobIsOver({ status }: Pick<JobRecord, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}
