/** Every learning-rate schedule: what each declares, joined. To add one: its file, and its line in the list. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import type { Course, ScheduleDefinition } from './define.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { milestones } from './milestones.ts';
import { step } from './step.ts';
import { warmupFactor, warmupIterations } from './warmup.ts';
import type { WarmupSettings } from './warmup.ts';

/** The schedules in the order of the form. */
const schedules = [constant, step, milestones, cosine] as const;

const settings = z.discriminatedUnion(
  'kind',
  casesOf(schedules, {
    title: 'Learning rate schedule',
    help: 'The paper keeps the rate constant; steps multiply it by a factor, cosine lowers it over the whole run.',
    advanced: true,
  }),
  noSuchCase(schedules),
);

/** How the learning rate goes on over a run. */
export const schedule = settings.prefault({ kind: 'constant' });

/** The settings that decide a rate. */
interface RateSettings {
  learningRate: number;
  schedule: z.output<typeof settings>;
  warmup: WarmupSettings;
}

// a definition takes the settings of its own kind, which a list cannot say
type AnyDefinition = ScheduleDefinition<string, z.ZodRawShape>;

/**
 * The rate of an iteration: during the warm-up a share of the one that was set, then the schedule's, of which iterations and epochs are counted
 * from the warm-up's end (as PyTorch's `SequentialLR` does).
 */
export function rateOf(optimizer: RateSettings, { iteration, perEpoch, total }: Omit<Course, 'learningRate'>): number {
  const { learningRate, schedule: after, warmup: first } = optimizer;
  const warming = warmupIterations(first);
  if (iteration < warming) return learningRate * warmupFactor(first, iteration);
  const definition = (schedules as readonly unknown[] as readonly AnyDefinition[]).find(
    ({ key }) => key === after.kind,
  )!;
  return definition.rate(after, { learningRate, iteration: iteration - warming, perEpoch, total: total - warming });
}
