/** What `npm run fuzz` asks of the tests that it starts, by environment variables. */

/** The seed from which properties start in `npm test`, so that it can be repeated. */
export const fixedSeed = 20_261_129;

/** How properties are explored; null in `npm test`. */
export interface Exploring {
  /** Inputs a property. */
  runs: number;
  /** Seconds a property at most. */
  seconds: number;
  /** Every property's first seed; null for a new one each. */
  seed: number | null;
  /** Milliseconds that one input may take before it counts as a hang. */
  hang: number;
  /** Bytes of resident memory of a test process, above which the input at hand counts as one that takes too much. */
  memory: number;
  /** Folder into which results are written. */
  results: string;
}

const variable = 'VALLEYWALK_FUZZ';

/** What the present process is to explore; null where properties are only checked. */
export function exploring(): Exploring | null {
  const value = process.env[variable];
  return value ? (JSON.parse(value) as Exploring) : null;
}

/** The environment that has a process explore. */
export function exploringEnvironment(settings: Exploring): NodeJS.ProcessEnv {
  return { [variable]: JSON.stringify(settings) };
}
