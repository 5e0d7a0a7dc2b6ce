/** The valley floor under a walk (claim C6): gradient descent from kept points, and the barriers along the floor and along the walk. */
import { z } from 'zod';
import { judgeBarrier, unmeasuredResolution } from '../resolution.ts';
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
      help: 'The descent also ends, settled, when the loss stayed within this share of itself over the last ten steps.',
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
  /** max(0, max over the interior − max of the ends), in nats, as measured; null where a loss is not finite. */
  barrier: loss,
  /** ν: what differences of these losses have to exceed, in nats; null where a loss is not finite. */
  resolution: loss,
  /** Whether the barrier is one: null where that lies below the resolution, or a loss is not finite. */
  has_barrier: z.boolean().nullable(),
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
  /** Segments with a barrier, those where it lies below the resolution, and the mean and greatest height over all, of both paths. */
  totals: z.strictObject({
    segments: z.int().min(0),
    walk_barriers: z.int().min(0),
    floor_barriers: z.int().min(0),
    walk_unresolved: z.int().min(0),
    floor_unresolved: z.int().min(0),
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

/** A segment of either path. */
export type FloorSegment = z.output<typeof segment>;

/** Height of a barrier: max(0, max over the interior − max of the ends); null where a loss is not finite. */
export function barrierOf(losses: readonly (number | null)[]): number | null {
  if (losses.some((each) => each === null)) return null;
  const all = losses as readonly number[];
  return Math.max(0, Math.max(...all.slice(1, -1)) - Math.max(all[0]!, all.at(-1)!));
}

/** What losses along a segment say. @param resolution ν, in nats; null, or NaN, where a loss is not finite */
export function segmentOf(losses: readonly (number | null)[], length: number, resolution: number | null): FloorSegment {
  const barrier = barrierOf(losses);
  const known = barrier !== null && resolution !== null;
  return {
    losses: [...losses],
    barrier,
    resolution: known ? resolution : null,
    has_barrier: known ? judgeBarrier(losses as readonly number[], resolution) : null,
    length,
  };
}

/** Whether a segment's barrier lies below what the evaluation resolves. */
function isBelow({ barrier, has_barrier: answer }: Pick<FloorSegment, 'barrier' | 'has_barrier'>): boolean {
  return barrier !== null && answer === null;
}

/** Counts and heights of both paths. */
export function totalsOf(segments: ValleyFloorResult['segments']): ValleyFloorResult['totals'] {
  const of = (path: 'walk' | 'floor') => {
    const all = segments.map((each) => each[path]);
    const heights = all.map(({ barrier }) => barrier).filter((barrier) => barrier !== null);
    const sum = heights.reduce((total, height) => total + height, 0);
    return {
      barriers: all.filter(({ has_barrier: answer }) => answer === true).length,
      unresolved: all.filter(isBelow).length,
      mean: heights.length === 0 ? null : sum / heights.length,
      greatest: heights.length === 0 ? null : Math.max(...heights),
    };
  };
  const [walk, floor] = [of('walk'), of('floor')];
  return {
    segments: segments.length,
    walk_barriers: walk.barriers,
    floor_barriers: floor.barriers,
    walk_unresolved: walk.unresolved,
    floor_unresolved: floor.unresolved,
    walk_mean_height: walk.mean,
    floor_mean_height: floor.mean,
    walk_greatest_height: walk.greatest,
    floor_greatest_height: floor.greatest,
  };
}

/**
 * A stored result as today's: one from before resolutions were measured is answered with {@link unmeasuredResolution}, and counted
 * anew. Everything else is left as it is.
 */
export function answered(stored: unknown): unknown {
  const result = stored as Partial<ValleyFloorResult> | null;
  if (result?.kind !== 'valley-floor' || !Array.isArray(result.segments)) return stored;
  const isToday = result.segments.every(({ walk, floor }) => 'resolution' in walk && 'resolution' in floor);
  if (isToday && result.totals && 'walk_unresolved' in result.totals) return stored;
  const read = ({ losses, length }: FloorSegment): FloorSegment =>
    segmentOf(losses, length, unmeasuredResolution(losses));
  const segments = result.segments.map((each) => ({ ...each, walk: read(each.walk), floor: read(each.floor) }));
  return { ...result, segments, totals: totalsOf(segments) };
}
