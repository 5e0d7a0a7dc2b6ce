/** What stands in the shared folder of a study, beside the pieces: what is to be computed, who computes it, and how far it is. */
import { z } from 'zod';
import { checkValue } from '../../../shared/check-value.ts';
import { datasetSchema } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { checkpointSchema } from '../../../shared/trainer-messages.ts';
import { parse } from './pieces.ts';
import { readText } from './files.ts';

/** study.json: whose folder it is. */
export const studyFileSchema = z.strictObject({
  valleywalk: z.literal('study on a machine 1'),
  /** Version that wrote it; a task of another one refuses. */
  version: z.string(),
  study: z.string(),
  name: z.string(),
  /** Folder on a node's own disk; null for the node's temporary folder. */
  scratch: z.string().nullable(),
});
export type StudyFile = z.output<typeof studyFileSchema>;

/** task.json: one run, all that computes it must know. */
export const taskFileSchema = z.strictObject({
  run: z.string(),
  experiment: experimentSchema,
  dataset: datasetSchema,
  backend: z.string(),
  /** Fixed by the study: sums may be rounded otherwise with others. */
  threads: z.int().min(1),
});
export type TaskFile = z.output<typeof taskFileSchema>;

/** base.json of a run whose pieces are gone that were taken in: where the next one goes on. */
export const baseSchema = z.strictObject({
  /** Number and SHA-256 of the last piece that was taken in. */
  pieces: z.int().min(1),
  previous: z.string().nullable(),
  /** Checkpoint of the store, whose file lies among the run's; null to go on from the start. */
  checkpoint: checkpointSchema.nullable(),
  /** Seconds computed until then; null where they are not known. */
  elapsed_seconds: z.number().min(0).nullable(),
});
export type Base = z.output<typeof baseSchema>;

/** submissions/N.json: the runs of an array, by the index of their task. */
export const submissionSchema = z.strictObject({ runs: z.array(z.string()).min(1) });

/** attempt.json: who computes the run now. Whoever else does notices here that it was replaced. */
export const attemptSchema = z.strictObject({
  attempt: z.int().min(1),
  node: z.string(),
  pid: z.int(),
  /** The job with its task, as the machine names it; null outside of one. */
  job: z.string().nullable(),
  /** The submission that the job belongs to. */
  submission: z.string().optional(),
});
export type Attempt = z.output<typeof attemptSchema>;

/** live.json: how far the attempt is, written anew now and then and not synced: nothing follows from it that a piece does not say. */
export const liveSchema = z.strictObject({
  ...attemptSchema.shape,
  at: z.string(),
  iterations_done: z.int().min(0),
  progress: z.number().min(0).max(1),
  seconds_left: z.number().min(0).nullable(),
  /** Pieces of the run that were finished when the attempt ended. */
  pieces: z.int().min(0).optional(),
  /** How the attempt ended; null while it goes on. `replaced`: another attempt goes on. */
  ended: z
    .strictObject({
      status: z.enum(['finished', 'diverged', 'failed', 'stopped', 'replaced']),
      /** Why, in a sentence; null where there is nothing to say. */
      message: z.string().nullable(),
    })
    .nullable(),
});
export type Live = z.output<typeof liveSchema>;

/**
 * Reads one of these files.
 * @returns null where there is none
 * @throws ValleywalkError kind `input` where it holds something else
 */
export async function readJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | null> {
  const text = await readText(path);
  if (text === null) return null;
  const check = checkValue(schema, parse(text));
  if (check.success) return check.data;
  throw new ValleywalkError(
    'input',
    `${path} is not what Valleywalk wrote there (${check.error.issues[0]?.message ?? 'unknown'}); remove it, or choose another folder`,
  );
}

/** As {@link readJson}. @throws ValleywalkError kind `missing` where there is none */
export async function requireJson<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const value = await readJson(path, schema);
  if (value === null)
    throw new ValleywalkError(
      'missing',
      `there is no ${path}; the shared folder must be seen under the same path on every node`,
    );
  return value;
}

/** A file of these as text. */
export const asText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
