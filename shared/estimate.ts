/** What a run will cost, as the workbench tells it before the run starts. */
import { z } from 'zod';
import { estimateBasisSchema } from './estimate-basis.ts';
import { problemSchema } from './problems.ts';

/** What a run will cost, told before it starts. */
export const estimateSchema = z.strictObject({
  /** Everything that keeps it from starting; empty when it can start. */
  problems: z.array(problemSchema),
  /** From its start to its end. */
  seconds: z.number().nullable(),
  /** The part of it that a run takes to start and to end, whatever it computes. */
  start_seconds: z.number(),
  /** The backend that it is for. */
  backend: z.string(),
  basis: estimateBasisSchema,
  iterations: z.int(),
  probed_iterations: z.int(),
  /** Trainable parameters of the network. */
  parameters: z.int().nullable(),
  /** Bytes of kept parameter files and of records. */
  disk_bytes: z.number(),
  /** Bytes of memory at the peak, within about a third; null until it can be told. */
  memory_bytes: z.number().nullable(),
  /** Why it may be slow or disturb other programs though it can start: a sentence each. */
  warnings: z.array(z.string()),
  /** What is computed after the run and not in its time, each as a phrase. */
  extra: z.array(z.string()),
});
export type Estimate = z.output<typeof estimateSchema>;
