/** Requests about studies; part of the protocol. */
import { z } from 'zod';
import { machineChangesSchema, machineChoiceSchema, machineScriptSchema } from './machines.ts';
import { nameSchema } from './names.ts';
import { extensionSchema, resumedStudySchema, studyEstimateSchema, studyRecordSchema } from './study-record.ts';

const nothing = z.strictObject({});
const id = z.string().min(1).max(64);
const ofStudy = z.strictObject({ study: id });

/** The requests. */
export const studyRequests = {
  /** All studies, newest first. */
  'studies.list': { parameters: nothing, result: z.array(studyRecordSchema) },
  /** One study. Rejects with `missing` when it is not there, as every request about one does. */
  'studies.get': { parameters: ofStudy, result: studyRecordSchema },
  /** Cost and problems of a study that may still be invalid; with `beyond`, of the runs that are not in that study's grid yet. */
  'studies.estimate': {
    parameters: z.strictObject({ study: z.unknown(), beyond: id.optional(), backend: z.string().optional() }),
    result: studyEstimateSchema,
  },
  /** Queues every run of a study. Rejects with `input` and its problems; that of a large one not confirmed has the path `confirm`. */
  'studies.start': {
    parameters: z.strictObject({
      study: z.unknown(),
      backend: z.string().optional(),
      confirm: z.boolean().default(false),
      /** Another machine that is to compute its runs, with what is asked of it. */
      on: machineChoiceSchema.optional(),
    }),
    result: studyRecordSchema,
  },
  /** What another machine would be given for a study, which is not started. Rejects as `studies.start`. */
  'studies.script': {
    parameters: z.strictObject({ study: z.unknown(), backend: z.string().optional(), on: machineChoiceSchema }),
    result: machineScriptSchema,
  },
  /** Takes in at once what other machines have finished; answers with what kept it from seeing all, a sentence each. */
  'studies.collect': { parameters: nothing, result: z.strictObject({ troubles: z.array(z.string()) }) },
  /** Pauses the runs of a study that run, and holds those that wait. */
  'studies.pause': { parameters: ofStudy, result: studyRecordSchema },
  /**
   * Queues again every run of a study that was stopped, paused or left, or failed; each goes on from its newest checkpoint, or from
   * the start where it has none. Those that cannot be are told beside the study; rejects with `input` when none can.
   * `changes`: what is asked anew of the machine that computes them, kept with the study; rejects with `input` for one of this machine.
   */
  'studies.resume': {
    parameters: z.strictObject({ ...ofStudy.shape, changes: machineChangesSchema.optional() }),
    result: resumedStudySchema,
  },
  /** Stops every run of a study that runs or waits; it can be resumed. */
  'studies.stop': { parameters: ofStudy, result: studyRecordSchema },
  /** Adds runs for more values and seeds. Rejects as `studies.start`, with paths in what is added. */
  'studies.extend': {
    parameters: z.strictObject({
      ...ofStudy.shape,
      ...extensionSchema.shape,
      confirm: z.boolean().default(false),
      changes: machineChangesSchema.optional(),
    }),
    result: studyRecordSchema,
  },
  /** Renames a study. */
  'studies.rename': {
    parameters: z.strictObject({ ...ofStudy.shape, name: nameSchema('the study') }),
    result: studyRecordSchema,
  },
  /** Forgets a study and deletes its runs, unless they are to stay as runs of their own; refused while one runs or waits. */
  'studies.delete': {
    parameters: z.strictObject({ ...ofStudy.shape, keepRuns: z.boolean().default(false) }),
    result: nothing,
  },
} as const;
