/**
 * What a desktop host and its workbench process say to each other. Requests and events of windows do not pass here where
 * a window has a port of its own (utility process); they do, wrapped with the window's number, where the workbench is a
 * child of a Node binary, which cannot be sent a port.
 */
import { z } from 'zod';

/** Host → workbench. */
export const hostMessageSchema = z.discriminatedUnion('type', [
  /** First message: where things are. `trainer`: path of the trainer's entry when this process may start it by itself. */
  z.strictObject({
    type: z.literal('open'),
    store: z.string(),
    resources: z.string(),
    version: z.string(),
    runtime: z.string(),
    trainer: z.string().nullable(),
  }),
  /** A window connected; in a utility process its port comes along. */
  z.strictObject({ type: z.literal('client'), client: z.int() }),
  z.strictObject({ type: z.literal('client-message'), client: z.int(), message: z.unknown() }),
  z.strictObject({ type: z.literal('client-closed'), client: z.int() }),
  /** The trainer asked for by `fork-trainer` runs; its port comes along. */
  z.strictObject({ type: z.literal('trainer'), trainer: z.int(), pid: z.int().nullable() }),
  /** A sign of life of a trainer. */
  z.strictObject({ type: z.literal('trainer-pulse'), trainer: z.int() }),
  z.strictObject({
    type: z.literal('trainer-exit'),
    trainer: z.int(),
    code: z.int().nullable(),
    stderr: z.string(),
  }),
  /** Asks whether the workbench is alive; answered by `pong`. */
  z.strictObject({ type: z.literal('ping') }),
  /** Stop the runs and close the store; answered by `closed`. */
  z.strictObject({ type: z.literal('close') }),
]);
export type HostMessage = z.output<typeof hostMessageSchema>;

/** Workbench → host. */
export const workbenchToHostSchema = z.discriminatedUnion('type', [
  /** The store is open and clients may connect. */
  z.strictObject({ type: z.literal('opened') }),
  /** What a person should know about the opening of the store, which may take minutes and answers nothing meanwhile. */
  z.strictObject({ type: z.literal('notice'), message: z.string() }),
  /** The store cannot be opened: a sentence for the user. */
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
  z.strictObject({ type: z.literal('client-message'), client: z.int(), message: z.unknown() }),
  /** Start a trainer, with variables of its environment beside the host's own. */
  z.strictObject({
    type: z.literal('fork-trainer'),
    trainer: z.int(),
    environment: z.record(z.string(), z.string()),
  }),
  z.strictObject({ type: z.literal('kill-trainer'), trainer: z.int() }),
  /** How many runs are queued or running, whenever that changes: the host asks before it quits. */
  z.strictObject({ type: z.literal('busy'), runs: z.int() }),
  z.strictObject({ type: z.literal('closed') }),
  z.strictObject({ type: z.literal('pong') }),
]);
export type WorkbenchToHost = z.output<typeof workbenchToHostSchema>;
