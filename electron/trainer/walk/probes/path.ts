/** The path: how long the steps are, and how far they lead. */
import { z } from 'zod';
import type { MeasuredBy } from '../../../../shared/quantities/index.ts';
import { finite } from '../measurement.ts';
import type { Remembering } from '../remembered.ts';
import type { Step } from '../sources/source.ts';

/** What it remembers. */
export const pathState = {
  pathLength: z.number(),
  /** ‖θ − θ_0‖₂. */
  distance: z.number(),
};

/** Adds steps up. */
export interface PathProbe extends Remembering<typeof pathState> {
  along(step: Step): Promise<MeasuredBy<'path'>>;
  /** ‖θ − θ_0‖₂ where the last step ended. */
  distance(): number;
}

/** Begins at the first point. */
export function openPath(): PathProbe {
  let now = { pathLength: 0, distance: 0 };
  return {
    async along({ norm, updateNorm, distance }) {
      now = { pathLength: now.pathLength + updateNorm, distance };
      return {
        update_norm: finite(updateNorm),
        distance: finite(distance),
        path_length: finite(now.pathLength),
        relative_update: finite(updateNorm / (await norm())),
      };
    },
    distance: () => finite(now.distance) ?? 0,
    state: () => now,
    restore({ pathLength, distance }) {
      now = { pathLength, distance };
    },
  };
}
