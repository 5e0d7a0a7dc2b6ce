/** An optimiser's declaration: one file an optimiser, from which its settings, form, costs, memory and checkpoints come. */
import type { z } from 'zod';

type SettingsOf<S extends z.ZodRawShape> = z.output<z.ZodObject<S>>;

/** The vectors of the parameters' length that an optimiser remembers, by name: `true`, or with which settings it has one. */
export type Vectors<S extends z.ZodRawShape> = Readonly<Record<string, true | ((settings: SettingsOf<S>) => boolean)>>;

/** What is wrong with a setting beside others of the same optimiser, in words that follow its name. */
export interface SettingProblem {
  setting: string;
  message: string;
}

/** An optimiser as its file declares it. */
export interface OptimizerDefinition<K extends string, S extends z.ZodRawShape, V extends Vectors<S>> {
  /** Its name in experiments, `optimizer.kind`. */
  key: K;
  /** Its name in words. */
  title: string;
  /** What it does, as a clause of the help of all of them. */
  help: string;
  /** Whether the paper's claims speak of its walks: a run of one of which they do not is left out of all of them. */
  evidence: boolean;
  /** Its settings, each a `field` with words and a default; one without `batchSize` takes the whole training set as its batch. */
  settings: S;
  /** What it remembers from one update to the next: zeros at first, kept in checkpoints, counted in memory. */
  vectors: V;
  /**
   * Multiply-adds that take as long as its step does for each parameter beyond plain SGD's, on the host, where the rule is (`perParameter` in
   * cost.ts has that one's). Measured by bench/choices.ts with the MLP, whose
   * update has 69 multiply-adds a nanosecond.
   */
  work: (settings: SettingsOf<S>) => number;
  /** What is wrong with its settings beside each other; null where nothing is. */
  problem?: (settings: SettingsOf<S>) => SettingProblem | null;
  /** The isotropic noise that its gradients get, where they get some: of a standard deviation that is told, or null to be measured. */
  noise?: (settings: SettingsOf<S>) => { deviation: number | null };
  /** η·λ at the edge of stability, see `edgeFactorOf` in edge.ts; null where a step is no fixed multiple of gradients. */
  edge: ((settings: SettingsOf<S>) => number) | null;
}

/** Declares an optimiser; listed in index.ts, and with its rule in electron/trainer/walk/rules/, it is there everywhere. */
export function defineOptimizer<const K extends string, S extends z.ZodRawShape, const V extends Vectors<S>>(
  definition: OptimizerDefinition<K, S, V>,
): OptimizerDefinition<K, S, V> {
  return definition;
}
