/** The kept points of a walk in their first two principal components. */
import { z } from 'zod';
import { field, integer } from '../fields.ts';

/** Settings of the trajectory. */
export const trajectorySettingsSchema = z.strictObject({
  maximum: field(
    {
      title: 'Points at most',
      help: 'Of more kept points, so many are taken, evenly spread; their number squared decides how long it takes.',
      unit: 'points',
      group: 'measured',
      control: 'integer',
    },
    integer(3, 500).default(200),
  ),
});
/** Settings of the trajectory. */
export type TrajectorySettings = z.output<typeof trajectorySettingsSchema>;

/** A trajectory in principal components; coordinates are distances in parameter space from the points' mean. */
export const trajectoryResultSchema = z.strictObject({
  kind: z.literal('trajectory'),
  points: z.array(z.strictObject({ iteration: z.int().min(0), x: z.number(), y: z.number() })),
  /** Share of the points' variance along each of the first components (at most 10), falling. */
  explained: z.array(z.number()),
  /** Number of kept points that the taken ones were chosen from. */
  kept: z.int().min(1),
});
/** A trajectory in principal components. */
export type TrajectoryResult = z.output<typeof trajectoryResultSchema>;
