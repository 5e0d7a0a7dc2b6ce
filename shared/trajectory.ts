/**
 * A trajectory from elsewhere: a folder with one .safetensors file per kept point and trajectory.json, which this file describes.
 * docs/trajectory-format.md tells how to write one. What an experiment has too (data, model, interpolation) is written as there
 * and checked by its schema, so that a problem has the same path and sentence in both.
 */
import { checkValue } from './check-value.ts';
import { z } from 'zod';
import { normalisationSchema } from './datasets.ts';
import type { Dataset } from './datasets.ts';
import type { Problem } from './errors.ts';
import { checkExperiment } from './experiment.ts';
import { problemsOf } from './problems.ts';
import { linesSchema, nameSchema } from './names.ts';
import type { Experiment } from './experiment.ts';
import { integer } from './fields.ts';

/** Name of the file that describes the folder. */
export const trajectoryFile = 'trajectory.json';

/** Version of the format that is read here. */
const trajectoryVersion = 1;

/** Most points of a trajectory. */
const mostPoints = 100_000;

const point = z.strictObject({
  /** Updates done before these parameters: 0 for the initialisation. */
  iteration: integer(0, 100_000_000),
  /** Name of its file in the folder. */
  file: z
    .string({ error: 'must be the name of a file' })
    .regex(/^[^/\\]+\.safetensors$/i, 'must be the name of a .safetensors file in the folder, without a path'),
});
/** A point of a trajectory. */
type TrajectoryPoint = z.output<typeof point>;

/** The schema of trajectory.json; `model`, `loss` and `interpolation` are left to the experiment's. */
const trajectorySchema = z.strictObject({
  version: z.literal(trajectoryVersion, {
    error: ({ input }) =>
      input === undefined
        ? `is missing; it must be ${trajectoryVersion}`
        : `must be ${trajectoryVersion}, the only version that is read here; it is ${JSON.stringify(input).slice(0, 60)}`,
  }),
  name: nameSchema('the trajectory'),
  data: z.strictObject({
    set: z.unknown(),
    train: z.unknown(),
    validation: z.unknown(),
    normalisation: normalisationSchema.optional(),
  }),
  model: z.record(z.string(), z.unknown(), { error: 'must be the settings of a network, as in an experiment' }),
  /** The loss that it was trained on and is measured by; cross-entropy where it is not told. */
  loss: z.record(z.string(), z.unknown(), { error: 'must be a loss, as in an experiment' }).optional(),
  iterations: z
    .array(point, { error: 'must be a list of { "iteration": t, "file": "….safetensors" }' })
    .min(2, 'needs at least two points: a slice lies between two')
    .max(mostPoints, `at most ${mostPoints.toLocaleString('en')} points`)
    .superRefine((points, context) => {
      points.forEach(({ iteration }, index) => {
        if (index > 0 && iteration <= points[index - 1]!.iteration)
          context.addIssue({
            code: 'custom',
            path: [index, 'iteration'],
            message: `must be greater than the one before it: ${iteration} follows ${points[index - 1]!.iteration}`,
          });
      });
    }),
  interpolation: z
    .strictObject({
      points: z.unknown().optional(),
      evaluateOn: z.unknown().optional(),
      batchNorm: z.unknown().optional(),
    })
    .optional(),
  learningRate: z.number({ error: 'must be a number' }).positive('must be above 0').max(1e6).nullable().default(null),
  batchSize: integer(1, 10_000_000).nullable().default(null),
  seed: integer(0, 4_294_967_295).nullable().default(null),
  notes: linesSchema(10_000).nullable().default(null),
});

/** What is known of an imported trajectory beyond its points; null where trajectory.json does not tell. */
export const importedSchema = z.strictObject({
  learning_rate: z.number().nullable(),
  batch_size: z.int().nullable(),
  seed: z.int().nullable(),
  notes: z.string().nullable(),
  /** What of its tensors is not as it was in the files, in sentences; absent where nothing is. */
  changes: z.array(z.string()).optional(),
});
/** What is known of an imported trajectory beyond its points. */
export type Imported = z.output<typeof importedSchema>;

/** A checked trajectory. */
export interface Trajectory {
  points: TrajectoryPoint[];
  imported: Imported;
  /**
   * How it is measured, as an experiment; of the optimiser it holds what the trajectory tells, and otherwise settings that stand for
   * nothing: ask {@link Trajectory.imported}.
   */
  experiment: Experiment;
}

/** The result of checking something that claims to be a trajectory. */
export type TrajectoryCheck = { ok: true; trajectory: Trajectory } | { ok: false; problems: Problem[] };

/** Checks the contents of trajectory.json. @returns the trajectory, or every problem with the path of its field */
export function checkTrajectory(value: unknown): TrajectoryCheck {
  const checked = checkValue(trajectorySchema, value);
  if (!checked.success) return { ok: false, problems: problemsOf(checked.error) };
  const { name, data, model, loss, iterations, interpolation, learningRate, batchSize, seed, notes } = checked.data;
  const { set, train, validation } = data;
  // the last point ends the last segment, which bears the number of its start
  const total = iterations.at(-2)!.iteration + 1;
  const experiment = checkExperiment({
    name,
    seed: seed ?? 0,
    data: { set, train, validation },
    model,
    ...(loss === undefined ? {} : { loss }),
    optimizer: {
      kind: 'sgd',
      batchSize:
        batchSize ?? (typeof train === 'number' && Number.isInteger(train) ? Math.max(1, Math.min(100, train)) : 1),
      ...(learningRate === null ? {} : { learningRate }),
    },
    length: { iterations: total },
    probes: { interpolation: { ...withoutUndefined(interpolation ?? {}), windows: [{ firstIterations: total }] } },
    keepParameters: 'windows',
  });
  if (!experiment.ok) return { ok: false, problems: experiment.problems.map(asWritten) };
  return {
    ok: true,
    trajectory: {
      points: iterations,
      imported: { learning_rate: learningRate, batch_size: batchSize, seed, notes: notes === '' ? null : notes },
      experiment: experiment.experiment,
    },
  };
}

/** A problem of the experiment at the path that trajectory.json has for it. */
export function asWritten({ path, message }: Problem): Problem {
  return { path: path.replace(/^(probes|optimizer)\./, ''), message };
}

/** Why a trajectory's normalisation is not that of its data set; null when it is, or is not told. */
export function normalisationProblem(value: unknown, { id, normalisation }: Dataset): Problem | null {
  const reported = checkValue(trajectorySchema.shape.data, (value as { data?: unknown } | null)?.data);
  const asked = reported.success ? reported.data.normalisation : undefined;
  if (!asked) return null;
  if (normalisation === null)
    return {
      path: 'data.normalisation',
      message: `is told for images, and ${id} is a table, whose columns are standardised by the examples that train; leave it out`,
    };
  const words = ({ mean, std }: typeof asked): string => `mean ${mean.join(', ')}, std ${std.join(', ')}`;
  const alike = (a: readonly number[], b: readonly number[]): boolean =>
    a.length === b.length && a.every((each, index) => Math.abs(each - b[index]!) <= 1e-6);
  if (alike(asked.mean, normalisation.mean) && alike(asked.std, normalisation.std)) return null;
  return {
    path: 'data.normalisation',
    message: `is not that of the data set here: ${words(asked)} in the trajectory, ${words(normalisation)} in ${id}; train with that of the data set, or fold the difference into the first layer`,
  };
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}
