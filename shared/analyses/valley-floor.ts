/** The valley floor under a walk (claim C6): gradient descent from kept points, and the barriers along the floor and along the walk. */
import { z } from 'zod';
import { field, integer, range, toldAs } from '../fields.ts';

/** Settings of the valley-floor study. */
export const valleyFloorSettingsSchema = z.strictObject({
  points: field(
    {
      title: 'Checkpoints',
      help: 'Iterations whose kept parameters descend to the floor; empty takes kept points, evenly spread.',
      unit: null,
      group: 'measured',
      control: 'integer-list',
      empty: 'evenly spread',
    },
    z
      .array(integer(0, 100_000_000), { error: 'must be a list of iterations' })
      .refine((points) => points.length !== 1, 'must be at least two iterations, or empty')
      .refine((points) => new Set(points).size === points.length, 'must name each iteration once')
      .default([]),
  ),
  maximum: field(
    {
      title: 'Checkpoints at most',
      help: 'How many kept points are taken where none are named.',
      unit: 'points',
      group: 'measured',
      control: 'integer',
    },
    integer(2, 500).default(8),
  ),
  learningRate: field(
    {
      title: 'Learning rate of the descent',
      help: 'Small, so that the descent follows the gradient down instead of bouncing.',
      unit: null,
      group: 'measured',
      control: 'number',
    },
    z
      .number({ error: 'must be a number' })
      .positive(range('above 0', 'at most 1,000'))
      .max(1000, range('above 0', 'at most 1,000'))
      .default(0.05),
  ),
  batchSize: field(
    {
      title: 'Batch size of the descent',
      help: 'Empty takes the whole training set in every step: gradient descent; a number takes large random batches.',
      unit: 'examples',
      group: 'measured',
      control: 'integer',
      empty: 'whole set',
      advanced: true,
    },
    integer(1, 10_000_000).nullable().default(null),
  ),
  steps: field(
    {
      title: 'Steps at most',
      help: 'The descent from each checkpoint ends after so many steps.',
      unit: 'steps',
      group: 'measured',
      control: 'integer',
    },
    integer(1, 100_000).default(50),
  ),
  tolerance: field(
    {
      title: 'Relative decrease',
      help: 'The descent also ends when the last ten steps together lowered the loss by less than this share of it.',
      unit: null,
      group: 'measured',
      control: 'number',
      advanced: true,
    },
    z
      .number({ error: 'must be a number' })
      .min(0, range('at least 0', 'below 1'))
      .lt(1, range('at least 0', 'below 1'))
      .default(0.001),
  ),
  intervals: field(
    {
      title: 'Interpolation points of a segment',
      help: 'Intervals of each segment between consecutive points; 10 gives α = 0, 0.1, …, 1.',
      unit: 'points',
      group: 'measured',
      control: 'integer',
    },
    integer(2, 100).default(10),
  ),
});
/** Settings of the valley-floor study. */
export type ValleyFloorSettings = z.output<typeof valleyFloorSettingsSchema>;

/** When a run's valley floor is studied, in words. */
const studied = { never: 'Not studied', end: 'When the run has finished' } as const;

function when<W extends keyof typeof studied>(name: W) {
  return field(
    {
      title: 'Valley floor',
      help: 'Gradient descent from kept parameters down to the valley floor, and the barriers along it and along the walk (claim C6); done after the run.',
      unit: null,
      group: 'measured',
      control: 'choice',
      advanced: true,
      choices: studied,
    },
    z.literal(name),
  );
}

/** The study as a probe of an experiment; one that does not tell when is done at the end. */
export const valleyFloorProbe = z.preprocess(
  (value) => toldAs(value, 'when', 'end'),
  z.discriminatedUnion(
    'when',
    [
      z.strictObject({ when: when('never') }),
      z.strictObject({ when: when('end'), ...valleyFloorSettingsSchema.shape }),
    ],
    { error: `must be one of ${Object.keys(studied).join(', ')}` },
  ),
);

/** The settings of the study that a probe asks for; null where it asks for none. */
export function studyOf(probe: z.output<typeof valleyFloorProbe>): ValleyFloorSettings | null {
  if (probe.when === 'never') return null;
  const { when: _, ...settings } = probe;
  return settings;
}

const loss = z.number().nullable();

/** A segment between two consecutive points: losses at α = 0, 1/K, …, 1 and the barrier between its ends. */
const segment = z.strictObject({
  losses: z.array(loss),
  /** max(0, max over the interior − max of the ends), in nats; null where a loss is not finite. */
  barrier: loss,
  /** Length of the segment in parameter space. */
  length: z.number(),
});

/** What the valley-floor study found. */
export const valleyFloorResultSchema = z.strictObject({
  kind: z.literal('valley-floor'),
  floors: z.array(
    z.strictObject({
      iteration: z.int().min(0),
      /** Loss at the walk's own point. */
      walk_loss: loss,
      /** Loss where the descent ended. */
      floor_loss: loss,
      steps: z.int().min(0),
      /** Why the descent ended: the loss fell no more, the steps were used up, or a number was no longer finite. */
      ended: z.enum(['settled', 'steps', 'diverged']),
      /** Distance of the floor point from the walk's own. */
      depth_distance: z.number().nullable(),
    }),
  ),
  segments: z.array(z.strictObject({ from: z.int().min(0), to: z.int().min(0), walk: segment, floor: segment })),
  /** Segments with a barrier, and the mean and greatest height over all segments, of both paths. */
  totals: z.strictObject({
    segments: z.int().min(0),
    walk_barriers: z.int().min(0),
    floor_barriers: z.int().min(0),
    walk_mean_height: loss,
    floor_mean_height: loss,
    walk_greatest_height: loss,
    floor_greatest_height: loss,
  }),
  /** Number of training examples that every loss is the mean over: the whole set. */
  examples: z.int().min(1),
});
/** What the valley-floor study found. */
export type ValleyFloorResult = z.output<typeof valleyFloorResultSchema>;
