/** Worlds for claims about what learning rate and batch size do: five values of each with three seeds. */
import type { ClaimRun } from '../evidence.ts';
import type { Random } from '../generator.ts';
import { autoregression, madeRun, walkValley } from '../simulation.ts';
import type { MadeSettings, Valley } from '../simulation.ts';
import type { Scenario } from './scenario.ts';
import { swinging } from './walks.ts';

const rates = [0.025, 0.05, 0.1, 0.2, 0.4];
const sizes = [16, 24, 36, 54, 81];

/**
 * Runs at five learning rates and five batch sizes, three seeds each.
 * @param make of one setting, what its seeds share is drawn once
 * @param iterations along learning rates, and of the largest batch: smaller ones see as many examples
 */
function across(
  make: (random: Random) => (settings: MadeSettings & { iterations: number }) => ClaimRun,
  iterations = 60,
): Scenario['draw'] {
  return (random) => {
    const seeds = (settings: { learningRate?: number; batchSize?: number }, length: number): ClaimRun[] => {
      const one = make(random);
      return [1, 2, 3].map((seed) => one({ ...settings, seed, iterations: Math.round(length) }));
    };
    return {
      floors: [],
      runs: [
        ...rates.flatMap((learningRate) => seeds({ learningRate }, iterations)),
        ...sizes.flatMap((batchSize) =>
          seeds({ learningRate: 0.1, batchSize }, (iterations * sizes.at(-1)!) / batchSize),
        ),
      ],
    };
  };
}

function walks(valley: Valley, iterations?: number): Scenario['draw'] {
  return across((random) => (settings) => walkValley({ ...valley, ...settings, random }), iterations);
}

/** A random walk: nothing but noise. */
export const flatAcross: Scenario = {
  name: 'a flat loss with noise',
  draw: walks({ curvature: 0, slope: 0, noise: 10, flat: 8 }),
};

/** A slope with noise. */
export const planeAcross: Scenario = {
  name: 'a plane with noise',
  truth: { height_above_learning_rate: 0, noise_batch_size: -0.5 },
  draw: walks({ curvature: 0, slope: 1, noise: 10, flat: 8 }),
};

/** A valley with noise: larger steps stand higher. */
export const valleyAcross: Scenario = {
  name: 'a valley with noise: the lower wall grows as η^1.9',
  draw: walks({ curvature: 2, slope: 0.1, noise: 10, start: 0 }),
};

/** A valley whose slope is felt above its floor only. */
export const liftedAcross: Scenario = {
  name: 'a valley whose slope is felt above its floor only: distances grow as η^0.8 and B^−0.4 beyond those of their updates',
  draw: walks(
    { curvature: 3, slope: 30, noise: 6, start: 0, lifted: true, flat: 2, probed: (iteration) => iteration < 30 },
    240,
  ),
};

/** Settings whose distances differ by factors of their own. */
export const distancesOfTheirOwn: Scenario = {
  name: 'distances that differ between settings for reasons of their own',
  truth: {
    distance_learning_rate: 1,
    distance_beyond_learning_rate: 0,
    distance_batch_size: -1,
    distance_beyond_batch_size: 0,
    exploration_batch_size: -0.5,
    exploration_beyond_batch_size: 0,
  },
  draw: across((random) => {
    const own = Math.exp(0.5 * random.normal());
    return ({ iterations: length, learningRate = 0.1, batchSize = 100, ...settings }) => {
      const factor = own * Math.exp(0.05 * random.normal());
      const update = new Float64Array(length).fill(learningRate / Math.sqrt(batchSize));
      return madeRun(
        { learningRate, batchSize, ...settings },
        { update_norm: update, distance: update.map((norm, t) => factor * norm * Math.sqrt(t + 1)) },
      );
    };
  }),
};

/** Settings whose heights differ by factors of their own. */
export const heightsOfTheirOwn: Scenario = {
  name: 'heights that differ between settings for reasons of their own',
  truth: { height_learning_rate: 0, height_above_learning_rate: 0 },
  draw: across((random) => {
    const own = Math.exp(0.5 * random.normal());
    return ({ iterations: length, ...settings }) => {
      const heights = autoregression(length, 0.5, random).map((value) => 0.1 * own * Math.exp(0.3 * value));
      return madeRun(settings, { ...swinging(length, random), height_before: heights, height_after: heights });
    };
  }),
};
