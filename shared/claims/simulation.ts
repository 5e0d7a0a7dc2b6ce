/**
 * Made walks whose answers are known, for tests and for the calibration of the claims: SGD on a loss that is quadratic across a valley and falls
 * along it, and runs whose columns are told.
 */
import { blankEpoch, blankIteration } from '../blank-records.ts';
import { experimentSchema } from '../experiment.ts';
import { epochColumns, iterationColumns, toColumns } from '../records.ts';
import type { EpochRecord, IterationColumns, IterationRecord } from '../records.ts';
import { judgeSlice } from '../resolution.ts';
import type { ClaimRun } from './evidence.ts';
import { randomFrom } from './generator.ts';
import type { Random } from './generator.ts';

/** What a made walk's losses resolve, in nats. */
const resolution = 1e-9;

/** Settings of a made run. */
export interface MadeSettings {
  seed?: number;
  learningRate?: number;
  batchSize?: number;
  train?: number;
  name?: string;
  status?: ClaimRun['status'];
  /** Value of λ_max and validation accuracy at the end of the one epoch. */
  epoch?: { lambda_max: number; validation_accuracy: number };
}

/** A walk to be made up. */
export interface Valley extends MadeSettings {
  iterations?: number;
  /** Curvature across the valley: η times it above 1 bounces, below 1 slides. */
  curvature?: number;
  /** Standard deviation of the gradient of one example in every direction. */
  noise?: number;
  /** Downward slope along the valley. */
  slope?: number;
  /** By how much the slope along grows with every unit of the way. */
  growth?: number;
  /** Curvature along and in the flat directions. */
  bowl?: number;
  /** Whether the slope along the valley is only felt above its floor, in proportion to the squared distance from it. */
  lifted?: boolean;
  /** Where across the valley it begins. */
  start?: number;
  /** Directions beside those across and along, in which the loss does not change. */
  flat?: number;
  /** Iterations that are probed; all unless told otherwise. */
  probed?: (iteration: number) => boolean;
  /** Where the noise comes from; the seed decides it unless told otherwise. */
  random?: Random;
}

/** A run of which nothing is known but its settings and the columns that are told. @param columns of one length; the others hold nothing */
export function madeRun(
  {
    seed = 1,
    learningRate = 0.1,
    batchSize = 100,
    train = 6000,
    name = `made ${seed}`,
    status = 'finished',
    epoch,
  }: MadeSettings,
  columns: Partial<IterationColumns>,
): ClaimRun {
  const count = Object.values(columns)[0]?.length ?? 0;
  const nothing = new Float64Array(count).fill(NaN);
  const iterations = Object.fromEntries(iterationColumns.map((key) => [key, columns[key] ?? nothing]));
  const epochs: EpochRecord[] = epoch
    ? [
        blankEpoch({
          epoch: 1,
          iterations: count,
          train_loss: 0.5,
          train_accuracy: 0.8,
          validation_loss: 0.6,
          distance: 1,
          ...epoch,
        }),
      ]
    : [];
  return {
    run: `run-${seed}-${learningRate}-${batchSize}`,
    name,
    status,
    imported: null,
    experiment: experimentSchema.parse({
      name,
      seed,
      data: { train },
      optimizer: { learningRate, batchSize },
      length: { iterations: Math.max(1, count) },
    }),
    iterations: {
      ...(iterations as unknown as IterationColumns),
      iteration: Float64Array.from({ length: count }, (_, index) => index),
      epoch: new Float64Array(count).fill(1),
    },
    epochs: toColumns(epochColumns, epochs),
  };
}

/** A walk: y across from 1 with gradient curvature · y + noise, x along with gradient −slope + noise, noise alone elsewhere; slices at 11 points. */
export function walkValley({
  seed = 1,
  learningRate = 0.1,
  batchSize = 100,
  iterations = 120,
  curvature = 19,
  noise = 0,
  slope = 0.1,
  growth = 0,
  bowl = 0,
  lifted = false,
  start: across = 1,
  flat = 0,
  probed = () => true,
  random = randomFrom(seed * 7919 + 13),
  ...settings
}: Valley = {}): ClaimRun {
  const scale = noise / Math.sqrt(batchSize);
  const records: IterationRecord[] = [];
  // across, along, and the flat directions
  const start = [across, 0, ...new Array<number>(flat).fill(0)];
  let at = start;
  let before: number[] | null = null;
  let path = 0;
  const batches = Math.max(1, Math.floor((settings.train ?? 6000) / batchSize));
  let noises: number[][] = [];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const along = slope * (lifted ? at[0]! ** 2 : 1) + growth * at[1]!;
    const mean = [curvature * at[0]!, bowl * at[1]! - along, ...at.slice(2).map((value) => bowl * value)];
    if (iteration % batches === 0) noises = scale > 0 ? shuffledNoises(batches, at.length, random) : [];
    const drawn = noises[iteration % batches];
    const gradient = mean.map((value, direction) => value + scale * (drawn?.[direction] ?? 0));
    const next = at.map((value, direction) => value - learningRate * gradient[direction]!);
    const slice = Array.from({ length: 11 }, (_, k) => {
      const [y, x] = [0, 1].map((direction) => at[direction]! + (k / 10) * (next[direction]! - at[direction]!));
      return 50 + 0.5 * curvature * y! * y! - along * x!;
    });
    const cosine = before ? product(before, gradient) / (length(before) * length(gradient)) : null;
    const update = learningRate * length(gradient);
    path += update;
    records.push(
      blankIteration({
        iteration,
        learning_rate: learningRate,
        batch_loss: slice[0]! + scale * random.normal(),
        gradient_norm: length(gradient),
        gradient_cosine: cosine,
        update_norm: update,
        distance: length(next.map((value, direction) => value - start[direction]!)),
        path_length: path,
        ...(probed(iteration) ? sliceOf(slice, cosine) : {}),
      }),
    );
    [at, before] = [next, gradient];
  }
  return madeRun(
    { seed, learningRate, batchSize, name: `valley ${seed}`, ...settings },
    toColumns(iterationColumns, records),
  );
}

/**
 * Noises of the batches of an epoch, drawn without replacement: each of standard deviation 1 in every direction, all of them together zero.
 * An epoch of one batch has none.
 */
function shuffledNoises(batches: number, directions: number, { normal }: Random): number[][] {
  const noises = Array.from({ length: batches }, () => Array.from({ length: directions }, normal));
  const scale = batches > 1 ? Math.sqrt(batches / (batches - 1)) : 0;
  for (let direction = 0; direction < directions; direction++) {
    const mean = noises.reduce((total, noise) => total + noise[direction]!, 0) / batches;
    for (const noise of noises) noise[direction] = scale * (noise[direction]! - mean);
  }
  return noises;
}

/** What a slice's record holds of losses that are known to {@link resolution}. */
function sliceOf(slice: readonly number[], cosine: number | null): Partial<IterationRecord> {
  const [before, after, inner] = [slice[0]!, slice[10]!, slice.slice(1, 10)];
  const floor = Math.min(...slice);
  const bends = inner.map(() => resolution);
  return {
    loss_before: before,
    loss_after: after,
    floor_loss: floor,
    floor_alpha: slice.indexOf(floor) / 10,
    height_before: before - floor,
    height_after: after - floor,
    barrier_height: Math.max(0, Math.max(...inner) - Math.max(before, after)),
    loss_resolution: resolution,
    ...judgeSlice(slice, { floor: resolution, barrier: resolution, bends }, cosine),
  };
}

/** Zeros and ones of a share, whose neighbours correlate: a chain of two states. @param correlation from 0, below 1 */
export function binaryChain(length: number, share: number, correlation: number, random: Random): Float64Array {
  const chain = new Float64Array(length);
  for (let t = 0; t < length; t++)
    chain[t] = t > 0 && random.uniform() < correlation ? chain[t - 1]! : Number(random.uniform() < share);
  return chain;
}

/** A stationary first-order autoregression of mean 0 and standard deviation 1. @param correlation above −1, below 1 */
export function autoregression(length: number, correlation: number, random: Random): Float64Array {
  const series = new Float64Array(length);
  for (let t = 0; t < length; t++)
    series[t] =
      t === 0 ? random.normal() : correlation * series[t - 1]! + Math.sqrt(1 - correlation ** 2) * random.normal();
  return series;
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, index) => total + value * b[index]!, 0);
}

function length(vector: readonly number[]): number {
  return Math.sqrt(product(vector, vector));
}
