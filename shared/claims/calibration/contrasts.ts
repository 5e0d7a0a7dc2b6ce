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

/** A bowl, in which every walk ends at the same height whatever it does on the way. */
export const bowlAcross: Scenario = {
  name: 'a bowl with noise, from its middle',
  draw: walks({ curvature: 1, slope: 0, bowl: 1, noise: 10, start: 0, flat: 8 }, 60),
};

/** The top of a hill: the farther, the steeper. Its drift grows out of the noise, the sooner the longer the steps. */
export const hilltopAcross: Scenario = {
  name: 'a slope that grows along the way, with noise',
  draw: walks({ curvature: 0, slope: 1, growth: 0.2, noise: 20, flat: 30, probed: () => false }, 100),
};

/** A valley with noise: larger steps stand higher. */
export const valleyAcross: Scenario = {
  name: 'a valley with noise: the lower wall grows as η^1.9',
  draw: walks({ curvature: 2, slope: 0.1, noise: 10, start: 0 }),
};

/** A valley whose slope is felt above its floor only: a walk that bounces high above it gets along. */
const lifted = (slope: number, flat: number): Scenario['draw'] =>
  walks(
    {
      curvature: 2,
      slope,
      noise: 6,
      start: 0,
      lifted: true,
      flat,
      train: 60_000,
      probed: (iteration) => iteration < 30,
    },
    480,
  );

/** At equally many epochs. */
export const liftedAcross: Scenario = {
  name: 'a valley whose slope is felt above its floor only: distances grow as η^0.8 and B^−0.4 beyond those of their updates',
  draw: lifted(8, 2),
};

/** Step by step, within half an epoch. */
export const steeperLiftedAcross: Scenario = {
  name: 'a steeper one: distances grow as B^−0.6 beyond those of their noise, step by step',
  draw: lifted(24, 8),
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

/** A walk of which nothing is resolved, the less the larger the learning rate. */
export const resolutionsOfTheirOwn: Scenario = {
  name: 'heights below a resolution that falls with the learning rate',
  draw: across(() => ({ iterations: length, learningRate = 0.1, ...settings }) => {
    const column = (value: number): Float64Array => new Float64Array(length).fill(value);
    const open = column(NaN);
    return madeRun(
      { learningRate, ...settings },
      {
        loss_before: column(1),
        loss_after: column(1),
        floor_loss: column(1),
        floor_alpha: column(0.5),
        height_before: column(1e-8 / learningRate),
        height_after: column(1e-8 / learningRate),
        loss_resolution: column(1e-7 / learningRate),
        interior_floor: open,
        update_norm: column(learningRate),
      },
    );
  }),
};

/** Heights that grow as η^1.5. */
export const heightsByRate: Scenario = {
  name: 'heights that grow as η^1.5',
  truth: { height_above_learning_rate: 1.5 },
  draw: across((random) => {
    const own = Math.exp(0.2 * random.normal());
    return ({ iterations: length, learningRate = 0.1, ...settings }) => {
      const size = own * learningRate ** 1.5;
      const heights = autoregression(length, 0.5, random).map((value) => size * Math.exp(0.3 * value));
      return madeRun(
        { learningRate, ...settings },
        { ...swinging(length, random), height_before: heights, height_after: heights },
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
