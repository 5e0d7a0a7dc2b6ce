/**
 * Setups: libraries of this machine that backends compute with and that Valleywalk does not bring. What one is stands in a file of
 * electron/workbench/setups/; here is what a window and the terminal hear of them.
 */
import { z } from 'zod';

/** What a setup can be made of: a Python environment, a wheel (a file that pip downloads), or a download of its own. */
const setupSources = ['python', 'wheel', 'download'] as const;
/** One of them. */
export type SetupSource = (typeof setupSources)[number];

/** Versions by library. */
const versionsSchema = z.record(z.string(), z.string());

/** What a store has set up. */
export const setUpSchema = z.strictObject({
  /** What it was made of. */
  source: z.enum(setupSources),
  /** Its path, of a Python or a wheel; the file's name of a download. */
  from: z.string(),
  versions: versionsSchema,
  /** The device that the trial computed on. */
  device: z.string(),
  /** ISO 8601, UTC. */
  set_up_at: z.string(),
});
export type SetUp = z.output<typeof setUpSchema>;

/** A setup, and how it stands in this store. */
export const setupSchema = z.strictObject({
  /** Its name, in `valleywalk setup NAME`. */
  setup: z.string(),
  /** The backend that it is for. */
  backend: z.string(),
  title: z.string(),
  help: z.string(),
  sources: z.array(z.enum(setupSources)),
  /** Why it cannot be here; null where it can. */
  refused: z.string().nullable(),
  /** What is set up; null where nothing is. */
  installed: setUpSchema.nullable(),
  /** What is wrong with it, and how it is mended; null where nothing is. */
  problem: z.string().nullable(),
  /** The variable by which trainers are told of it. */
  variable: z.string(),
  /** What the environment says in that variable, which is used instead; null where it says nothing. */
  overridden: z.string().nullable(),
});
export type Setup = z.output<typeof setupSchema>;

/** A Python environment that was asked for a library. */
export const pythonEnvironmentSchema = z.strictObject({
  /** Path of the interpreter. */
  python: z.string(),
  /** Whether the library is there. */
  found: z.boolean(),
  versions: versionsSchema,
  /** Where it would compute, where that is known before it is tried. */
  device: z.string().nullable(),
  /** Why it cannot be used; null where it can. */
  reason: z.string().nullable(),
});
export type PythonEnvironment = z.output<typeof pythonEnvironmentSchema>;

/** How far the making of a setup is: its step in words, and the share that is done where that can be said. */
export const setupProgressSchema = z.strictObject({
  setup: z.string(),
  step: z.string(),
  share: z.number().min(0).max(1).nullable(),
});
export type SetupProgress = z.output<typeof setupProgressSchema>;

/** Versions in words: `torch 2.13.0, python 3.11.2`. */
export function versionsText(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([library, version]) => `${library} ${version}`)
    .join(', ');
}

/** A Python environment in a line. */
export function environmentText({ python, versions, device, reason }: PythonEnvironment): string {
  const facts = [versionsText(versions), device].filter(Boolean).join(', ');
  return [python, ...(facts === '' ? [] : [facts]), ...(reason === null ? [] : [reason])].join(': ');
}

/** What a setup is in this store, in a line, but what is wrong with it; null where it is not made. */
export function setupText({ setup, installed, variable, overridden }: Omit<Setup, 'problem'>): string | null {
  if (overridden !== null) return `by the environment: ${variable}=${overridden}`;
  if (installed === null) return null;
  const { from, versions, set_up_at } = installed;
  return `by "setup ${setup}" from ${from} (${versionsText(versions)}), ${set_up_at.slice(0, 10)}`;
}
