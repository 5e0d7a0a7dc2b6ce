/** The loss on the plane through three kept points of a walk. */
import { z } from 'zod';
import { evaluateOn, evaluateOnWords, field, integer, range } from '../fields.ts';

/** A whole number of an iteration. */
const iteration = integer(0, 100_000_000);

/** Settings of the plane. */
export const planeSettingsSchema = z.strictObject({
  points: field(
    {
      title: 'Three iterations',
      help: 'The plane passes through the parameters before these updates; empty takes the first three kept.',
      unit: null,
      group: 'measured',
      control: 'integer-list',
      empty: 'first three',
    },
    z
      .array(iteration, { error: 'must be a list of three iterations' })
      .refine((points) => points.length === 0 || points.length === 3, 'must be three iterations, or empty')
      .refine((points) => new Set(points).size === points.length, 'must be three different iterations')
      .default([]),
  ),
  resolution: field(
    {
      title: 'Points a side',
      help: 'The loss is evaluated on a grid of so many by so many points.',
      unit: 'points',
      group: 'measured',
      control: 'integer',
    },
    integer(5, 101).default(21),
  ),
  margin: field(
    {
      title: 'Margin',
      help: 'Room around the three points, as a share of their extent along each axis.',
      unit: null,
      group: 'measured',
      control: 'number',
      advanced: true,
    },
    z
      .number({ error: 'must be a number' })
      .min(0, range('at least 0', 'at most 10'))
      .max(10, range('at least 0', 'at most 10'))
      .default(0.4),
  ),
  evaluateOn: field(
    {
      title: 'Evaluate on',
      help: 'The whole training set, as the slices of most runs; a fixed seeded subset is faster.',
      unit: null,
      group: 'measured',
      control: 'word-or-count',
      words: evaluateOnWords,
    },
    evaluateOn.default('train'),
  ),
});
/** Settings of the plane. */
export type PlaneSettings = z.output<typeof planeSettingsSchema>;

/** The loss on a plane. Axes are distances in parameter space: e₁ along θ_b − θ_a, e₂ orthogonal to it towards θ_c. */
export const planeResultSchema = z.strictObject({
  kind: z.literal('plane'),
  /** The three points in the order of their iterations: coordinates, loss (null where it is not finite), accuracy. */
  points: z
    .array(
      z.strictObject({
        iteration: z.int().min(0),
        x: z.number(),
        y: z.number(),
        loss: z.number().nullable(),
        accuracy: z.number().nullable(),
      }),
    )
    .length(3),
  /** Grid coordinates along e₁ and e₂, ascending. */
  x: z.array(z.number()),
  y: z.array(z.number()),
  /** Loss at (x_i, y_j), at index j · x.length + i; null where it is not finite. */
  losses: z.array(z.number().nullable()),
  /** Kept points around the three, orthogonally projected on the plane; `off` is their distance from it. */
  walk: z.array(z.strictObject({ iteration: z.int().min(0), x: z.number(), y: z.number(), off: z.number() })),
  /** Number of examples that each loss is the mean over. */
  examples: z.int().min(1),
  /** Size of the training set they were drawn from. */
  population: z.int().min(1),
});
/** The loss on a plane. */
export type PlaneResult = z.output<typeof planeResultSchema>;
