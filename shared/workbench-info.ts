/** What a workbench tells of itself: version, store, machine, backends and how fast they were measured to be. */
import { z } from 'zod';
import { setupSchema } from './setups.ts';
import { backendInfoSchema, speedSchema } from './trainer-messages.ts';

/** How fast a backend was measured to be on this machine. */
const measuredSpeedSchema = speedSchema.extend({
  backend: z.string(),
  device: z.string(),
  /** ISO 8601, UTC. */
  measured_at: z.string(),
});
export type MeasuredSpeed = z.output<typeof measuredSpeedSchema>;

/** Which backend runs use that name none, and what was measured of all. */
export const backendSelectionSchema = z.strictObject({ backend: z.string(), speeds: z.array(measuredSpeedSchema) });
export type BackendSelection = z.output<typeof backendSelectionSchema>;

/** The workbench and the machine it runs on. */
export const workbenchInfoSchema = z.strictObject({
  version: z.string(),
  /** Folder that holds the store. */
  store: z.string(),
  /** Runs can be looked at and exported, not started or changed: the store cannot be written. */
  read_only: z.boolean(),
  free_bytes: z.number().nullable(),
  /** Runtime in words: Node or Electron with version. */
  runtime: z.string(),
  platform: z.string(),
  cores: z.int(),
  backends: z.array(backendInfoSchema),
  /** What backends can be set up with, and how that stands in this store. */
  setups: z.array(setupSchema),
  ...backendSelectionSchema.shape,
});
export type WorkbenchInfo = z.output<typeof workbenchInfoSchema>;
