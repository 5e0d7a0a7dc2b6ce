/** Snapshots: parameters that the walk leaves in files, at the ends of epochs or around probed steps. */
import { z } from 'zod';
import type { Experiment } from '../../../../shared/experiment.ts';
import type { Observer } from '../observer.ts';
import { hostPoint } from '../point.ts';
import type { Layout } from '../point.ts';
import type { Remembering } from '../remembered.ts';
import type { Here } from '../sources/source.ts';
import { writeSnapshot } from './snapshot-file.ts';

/** What it remembers. */
export const snapshotsState = {
  /** Last iteration whose parameters were kept; −1 before the first. */
  kept: z.int().min(-1),
  /** True when the present parameters end a probed iteration and are not kept yet though the experiment keeps them. */
  pendingSnapshot: z.boolean(),
};

/** Writes files of parameters. */
export interface SnapshotsProbe extends Remembering<typeof snapshotsState> {
  /** On arriving at a point. */
  arrive(here: Here): Promise<void>;
  /** Where an epoch has ended. */
  epoch(here: Here): Promise<void>;
  /** Before a step. */
  before(here: Here): Promise<void>;
  /** After a step. @param iteration the step's own number */
  after(iteration: number): void;
  /** Where the walk ends. */
  end(here: Here): Promise<void>;
}

/**
 * Begins with nothing kept.
 * @param directory existing folder; null only where the experiment keeps nothing
 * @param probed whether a step is probed
 */
export function openSnapshots(
  { name, keepParameters: keeps }: Pick<Experiment, 'name' | 'keepParameters'>,
  model: Layout,
  directory: string | null,
  probed: (iteration: number) => boolean,
  observer: Pick<Observer, 'parameters'>,
): SnapshotsProbe {
  let now = { kept: -1, pendingSnapshot: false };
  async function keep({ iteration, point }: Here): Promise<void> {
    if (directory === null)
      throw new Error('The experiment keeps parameters but there is no folder for them; start it with one.');
    observer.parameters(await writeSnapshot(directory, name, iteration, await hostPoint(point), model));
    now = { kept: iteration, pendingSnapshot: false };
  }
  return {
    async arrive(here) {
      if (now.pendingSnapshot && !probed(here.iteration)) await keep(here);
    },
    async epoch(here) {
      if (keeps === 'epochs') await keep(here);
    },
    async before(here) {
      if (keeps === 'windows' && probed(here.iteration)) await keep(here);
    },
    after(iteration) {
      now = { ...now, pendingSnapshot: keeps === 'windows' && probed(iteration) };
    },
    async end(here) {
      if (now.pendingSnapshot) await keep(here);
    },
    state: () => now,
    restore({ kept, pendingSnapshot }) {
      now = { kept, pendingSnapshot };
    },
  };
}
