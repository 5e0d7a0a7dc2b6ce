/** Settings of a workbench, kept in its store. */
import { z } from 'zod';

/** Every setting with its range. */
export const workbenchSettingsSchema = z.strictObject({
  /** Runs that compute at the same time; they share the cores, rounded down. */
  concurrentRuns: z.int('must be a whole number').min(1, 'must be at least 1').max(64, 'must be at most 64'),
});
export type WorkbenchSettings = z.output<typeof workbenchSettingsSchema>;

/** What a new store has. */
export const defaultSettings: WorkbenchSettings = { concurrentRuns: 1 };
