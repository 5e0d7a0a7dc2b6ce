/** Every learning-rate schedule: what each declares, joined. To add one: its file, and its line in the list. */
import { z } from 'zod';
import { casesOf, noSuchCase } from '../cases.ts';
import type { Course, ScheduleDefinition } from './define.ts';
import { constant } from './constant.ts';
import { cosine } from './cosine.ts';
import { milestones } from './milestones.ts';
import { step } from './step.ts';

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

/** The settings of a schedule. */
type ScheduleSettings = z.output<typeof settings>;

// a definition takes the settings of its own kind, which a list cannot say
type AnyDefinition = ScheduleDefinition<string, z.ZodRawShape>;

/** The rate of an iteration by a schedule. */
export function scheduledRate(settings: ScheduleSettings, course: Course): number {
  const definition = (schedules as readonly unknown[] as readonly AnyDefinition[]).find(
    ({ key }) => key === settings.kind,
  )!;
  return definition.rate(settings, course);
}
