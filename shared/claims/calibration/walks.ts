/** Worlds for claims about the walk itself: three seeds of one setting. */
import type { ClaimRun } from '../evidence.ts';
import type { Random } from '../generator.ts';
import { autoregression, binaryChain, madeRun, walkValley } from '../simulation.ts';
import type { Valley } from '../simulation.ts';
import type { IterationColumns } from '../../records.ts';
import type { Scenario } from './scenario.ts';

type Columns = Partial<IterationColumns>;
type Flag = 'interior_floor' | 'barrier' | 'convex' | 'bounce';

/** Runs of three seeds of one setting. */
export function threeSeeds(make: (seed: number) => ClaimRun): ClaimRun[] {
  return [1, 2, 3].map(make);
}

/** The columns of a walk that bounces at a height of 0.1 above its floor. */
export function swinging(length: number, random: Random): Columns {
  const all = (value: number): Float64Array => new Float64Array(length).fill(value);
  return {
    gradient_cosine: autoregression(length, 0.3, random).map((value) => 0.1 * value - 0.3),
    loss_before: all(1),
    loss_after: all(1),
    floor_loss: all(0.9),
    floor_alpha: all(0.5),
    height_before: all(0.1),
    height_after: all(0.1),
    barrier_height: all(0),
    loss_resolution: all(1e-6),
    interior_floor: all(1),
    barrier: all(0),
    convex: all(1),
    bounce: all(1),
  };
}

/** A share of answers in a walk that otherwise swings. */
interface Answering {
  /** Key of the statistic whose true value the share is. */
  key: string;
  share: number;
  /** Correlation of consecutive answers. */
  correlation: number;
  /** Standard deviation of the share between seeds. */
  seedDeviation?: number;
  iterations?: number;
}

/** Walks that answer a question with yes at a share of their iterations. @param flags columns that say so, alike */
export function answering(
  flags: readonly Flag[],
  { key, share, correlation, seedDeviation = 0, iterations = 60 }: Answering,
): Scenario {
  const differ = seedDeviation > 0 ? `, seeds that differ by ${seedDeviation}` : '';
  return {
    name: `yes at ${share} of ${iterations} iterations, correlation ${correlation}${differ}`,
    truth: { [key]: share },
    draw: (random) => ({
      floors: [],
      runs: threeSeeds((seed) => {
        const own = Math.min(1, Math.max(0, share + seedDeviation * random.normal()));
        const answers = binaryChain(iterations, own, correlation, random);
        return madeRun(
          { seed },
          { ...swinging(iterations, random), ...Object.fromEntries(flags.map((flag) => [flag, answers])) },
        );
      }),
    }),
  };
}

function walks(valley: Valley): Scenario['draw'] {
  return (random) => ({ floors: [], runs: threeSeeds((seed) => walkValley({ ...valley, seed, random })) });
}

/** A valley that is bounced across. */
export const valley: Scenario = { name: 'a valley, bounced across', draw: walks({ noise: 2, iterations: 80 }) };

/** Nothing but the noise of batches without replacement, 60 an epoch, where bounces and heights are as in a valley. */
export const shuffledFlat: Scenario = {
  name: 'shuffled noise on a flat loss, all else as in a valley',
  truth: { cosine: -1 / 59 },
  draw: (random) => ({
    floors: [],
    runs: threeSeeds((seed) => {
      const { iterations } = walkValley({ seed, random, curvature: 0, slope: 0, noise: 10, flat: 30, iterations: 80 });
      return madeRun({ seed }, { ...swinging(80, random), gradient_cosine: iterations.gradient_cosine });
    }),
  }),
};

/** A plane with noise: no valley. */
export const plane: Scenario = {
  name: 'a plane with noise',
  draw: walks({ curvature: 0, slope: 1, noise: 20, iterations: 80 }),
};

/** Cosines about those of shuffled noise where everything else is as in a valley. */
export const turningAtRandom: Scenario = {
  name: 'cosines about −1/(M − 1), correlation 0.8, all else as in a valley',
  truth: { cosine: -1 / 59 },
  draw: (random) => ({
    floors: [],
    runs: threeSeeds((seed) =>
      madeRun(
        { seed },
        {
          ...swinging(60, random),
          gradient_cosine: autoregression(60, 0.8, random).map((value) => 0.2 * value - 1 / 59),
        },
      ),
    ),
  }),
};

/** Heights that vary by factors, and fall by half from the first iteration to the last. */
export const fallingHeights: Scenario = {
  name: 'heights that vary by factors and fall by half, seeds that differ',
  // exp(s n) has the mean exp(s²/2)
  truth: { height: 0.1 * 0.75 * Math.exp((0.2 ** 2 + 0.5 ** 2) / 2) },
  draw: (random) => ({
    floors: [],
    runs: threeSeeds((seed) => {
      const own = 0.1 * Math.exp(0.2 * random.normal());
      const heights = autoregression(120, 0.5, random).map(
        (value, t) => own * (1 - t / 119 / 2) * Math.exp(0.5 * value),
      );
      return madeRun({ seed }, { ...swinging(120, random), height_before: heights, height_after: heights });
    }),
  }),
};

/** Slices whose every answer lies below what the evaluation resolves. */
export const unresolved: Scenario = {
  name: 'slices below the resolution',
  draw: (random) => ({
    floors: [],
    runs: threeSeeds((seed) => {
      const open = new Float64Array(60).fill(NaN);
      const heights = new Float64Array(60).map(() => 1e-7 * random.uniform());
      return madeRun(
        { seed },
        {
          ...swinging(60, random),
          height_before: heights,
          height_after: heights,
          interior_floor: open,
          barrier: open,
          convex: open,
          bounce: open,
        },
      );
    }),
  }),
};
