/** Requests about setups, as the protocol lists them. */
import { z } from 'zod';
import { pythonEnvironmentSchema, setupSchema } from './setups.ts';

const nothing = z.strictObject({});
const named = z.strictObject({ setup: z.string() });
const path = z.string().trim().min(1, 'must not be empty; name a file');

/** Each with its parameters and its result. */
export const setupRequests = {
  /** Every setup, and how it stands in this store. */
  'setups.list': { parameters: nothing, result: z.array(setupSchema) },
  /**
   * Looks for Python environments of this machine and asks each for the library, telling `setups.found`. Rejects with `input` an unknown
   * setup, or one without Pythons; with `cancelled` when it is cancelled.
   */
  'setups.look': { parameters: named, result: z.array(pythonEnvironmentSchema) },
  /** What Pythons answered when this workbench last asked them all, and nothing is asked now; null where it has not. Rejects with `input` an unknown setup. */
  'setups.asked': { parameters: named, result: z.array(pythonEnvironmentSchema).nullable() },
  /**
   * Makes a setup, telling `setups.progress`: of the Python or wheel named, else of the first Python that has the library, one with a GPU
   * before others, or by a download where it takes no Python. What was set up before stays until the new one has computed a trial right. Rejects with `input` and
   * why, having changed nothing, also when another is being made; with `cancelled` when it is cancelled.
   */
  'setups.install': {
    parameters: named.extend({ python: path.optional(), wheel: path.optional() }),
    result: setupSchema,
  },
  /** Removes what was set up, from the store only. Rejects with `input` where nothing is. */
  'setups.remove': { parameters: named, result: setupSchema },
  /** Ends what looks or installs, if something does. */
  'setups.cancel': { parameters: nothing, result: nothing },
} as const;
