/** Requests that bring files of a window's machine to the workbench's; part of the protocol. */
import { z } from 'zod';

/** Bytes that one request may bring. */
const mostAtATime = 8 * 2 ** 20;

/** The requests. */
export const uploadRequests = {
  /**
   * Begins to bring files of the window's machine to the workbench's: an empty folder there, for `runs.import`, until
   * `uploads.end`. Messages call it by the name that the chosen folder has on the window's machine.
   */
  'uploads.begin': {
    parameters: z.strictObject({ name: z.string().max(300).optional() }),
    result: z.strictObject({ upload: z.string(), folder: z.string() }),
  },
  /** Writes bytes, at most 8 MiB, at the end of a file of an upload, which is `at` bytes long; 0 begins one, and is refused for a name that is there. */
  'uploads.write': {
    parameters: z.strictObject({
      upload: z.string(),
      name: z
        .string()
        .max(200)
        .regex(/^[^/\\\0.][^/\\\0]*$/, 'a file name without folders'),
      at: z.int().min(0),
      bytes: z.instanceof(Uint8Array).refine(({ length }) => length <= mostAtATime, 'at most 8 MiB at a time'),
    }),
    result: z.strictObject({}),
  },
  /** Ends an upload and removes its files. */
  'uploads.end': { parameters: z.strictObject({ upload: z.string() }), result: z.strictObject({}) },
} as const;
