/** Worlds for the claim about barriers: three seeds of one setting, each with a study of its valley floor. */
import type { ClaimRun, FloorSegment } from '../evidence.ts';
import type { Random } from '../generator.ts';
import { binaryChain, madeRun } from '../simulation.ts';
import type { Scenario } from './scenario.ts';
import { swinging, threeSeeds } from './walks.ts';

/** Segments of every study. */
const segments = 25;

/** What is drawn of a world. */
interface Floors {
  /** Share of steps that cross a barrier, and how consecutive ones correlate. */
  steps: number;
  correlation?: number;
  /** Share of segments between floor points, and of those above, with a barrier. */
  floor: number;
  above: number;
  settled?: boolean;
  /** Length of the floor's segments, those above being 1. */
  length?: number;
}

function floors({ steps, correlation = 0, floor, above, settled = true, length = 0.5 }: Floors): Scenario['draw'] {
  return (random) => {
    const runs = threeSeeds((seed) => {
      const barrier = binaryChain(100, steps, correlation, random);
      return madeRun({ seed }, { ...swinging(100, random), barrier });
    });
    return {
      runs,
      floors: runs.map(({ run }: ClaimRun) => ({ run, segments: Array.from({ length: segments }, segment) })),
    };

    function segment(): FloorSegment {
      return { floor: yes(floor, random), walk: yes(above, random), settled, floor_length: length, walk_length: 1 };
    }
  };
}

function yes(share: number, { uniform }: Random): boolean {
  return uniform() < share;
}

/** A floor with barriers under a walk that meets them at a tenth of its steps: neither hardly any nor more. */
export const crossingATenth: Scenario = {
  name: 'barriers at 0.1 of the steps, correlation 0.5',
  truth: { barriers_crossed: 0.1, floor_barriers: 0.5 },
  draw: floors({ steps: 0.1, correlation: 0.5, floor: 0.5, above: 0 }),
};

/** A convex loss: no barrier anywhere. */
export const convexFloors: Scenario = {
  name: 'a convex loss',
  truth: { barriers_crossed: 0, floor_barriers: 0 },
  draw: floors({ steps: 0, floor: 0, above: 0 }),
};

/** As many barriers below as above. */
export const equallyRough: Scenario = {
  name: 'as rough on the floor as above it',
  truth: { barriers_crossed: 0.02, floor_barriers: 0 },
  draw: floors({ steps: 0.02, floor: 0.4, above: 0.4 }),
};

/** Barriers on the floor's segments because they are longer. */
export const longerSegments: Scenario = {
  name: 'floor points farther apart than the walk’s',
  draw: floors({ steps: 0.02, floor: 0.6, above: 0.1, length: 2 }),
};

/** Barriers between descents that ended on the walls. */
export const unsettledFloors: Scenario = {
  name: 'descents that did not settle',
  draw: floors({ steps: 0.02, floor: 0.6, above: 0.1, settled: false }),
};

/** A rough floor, and a walk above its barriers. */
export const roughFloors: Scenario = {
  name: 'barriers at half of the floor, at none of the walk',
  truth: { barriers_crossed: 0.01, floor_barriers: 0.5, floor_barriers_all: 0.5 },
  draw: floors({ steps: 0.01, floor: 0.5, above: 0 }),
};
