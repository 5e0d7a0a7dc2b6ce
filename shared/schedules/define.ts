/** A learning-rate schedule's declaration: one file a schedule, from which its settings, form, checks and rates come. */
import type { z } from 'zod';

/** What a rate depends on beside a schedule's own settings. */
export interface Course {
  /** η, the rate that was set. */
  learningRate: number;
  /** Iterations since the schedule began, from 0 to below {@link Course.total}. */
  iteration: number;
  /** Iterations of an epoch. */
  perEpoch: number;
  /** Iterations of the whole schedule, T. */
  total: number;
}

/** A schedule as its file declares it. */
export interface ScheduleDefinition<K extends string, S extends z.ZodRawShape> {
  /** Its name in experiments, `optimizer.schedule.kind`. */
  key: K;
  /** Its name in words. */
  title: string;
  /** Its settings beside its kind, each a `field` with words and a default. */
  settings: S;
  /** The rate of an iteration. */
  rate: (settings: z.output<z.ZodObject<S>>, course: Course) => number;
}

/** Declares a schedule; listed in index.ts it is there everywhere. */
export function defineSchedule<const K extends string, S extends z.ZodRawShape>(
  definition: ScheduleDefinition<K, S>,
): ScheduleDefinition<K, S> {
  return definition;
}
