/** What every analysis works with. */
import type { Experiment } from '../../../shared/experiment.ts';
import type { LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import type { Model } from '../../../shared/networks/model.ts';
import type { KeptPoints } from '../walk/load.ts';

/** An analysis's material and its listeners. */
export interface Bench {
  /** The run's. */
  experiment: Experiment;
  data: LoadedData;
  model: Model;
  backend: Backend;
  kept: KeptPoints;
  /**
   * Called after every piece of work with the share that is done, 0 to 1; lets a stop in.
   * @throws Stopped when the analysis was asked to stop
   */
  advance: (share: number) => Promise<void>;
}

/** Ends an analysis that was asked to stop. */
export class Stopped extends Error {}

/** `count` of a list's entries, evenly spread, both ends among them; all of a shorter list. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, index) => list[Math.round((index * (list.length - 1)) / (count - 1))]!);
}
