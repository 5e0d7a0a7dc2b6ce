/**
 * The whole state of a walk between two iterations: a walk that goes on from it does what it would have done. It is kept as a
 * .safetensors file whose vectors any reader shows; everything else stands as JSON in its metadata.
 */
import { generatorStateSchema } from '../random/generator.ts';
import type { GeneratorState } from '../random/generator.ts';
import { z } from 'zod';
import type { OrderState } from './batches.ts';
import type { MeterState } from './meter.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import type { Point } from './point.ts';

const count = z.int().min(0);
/** A number that JSON may not be able to tell: null is NaN. */
const maybe = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const work = z.strictObject({ update: z.number(), evaluate: z.number(), derive: z.number() });

const scalarsSchema = z.strictObject({
  /** Iterations done. */
  done: count,
  /** Last epoch that was recorded; −1 before epoch 0, the initialisation. */
  epoch: z.int().min(-1),
  /** Last iteration whose parameters were kept; −1 before the first. */
  kept: z.int().min(-1),
  /** True when the present parameters end a probed iteration and are not kept yet though the experiment keeps them. */
  owesEnd: z.boolean(),
  /** Training loss at initialisation. */
  initialLoss: maybe,
  pathLength: z.number(),
  /** ‖θ − θ_0‖₂. */
  distance: z.number(),
  /** ‖g‖₂ of the last update; NaN before the first. */
  previousNorm: maybe,
  /** Standard deviation of the noise that every gradient gets; null without noise, or before it was measured. */
  noiseDeviation: z.number().nullable(),
  /** Counts of the present epoch's slices. */
  counts: z.strictObject({
    barriers: count,
    barriers_above_noise: count,
    probed_iterations: count,
    interior_floors: count,
    convex_slices: count,
    // not in a checkpoint from before it was counted
    unresolved_slices: count.default(0),
  }),
});

/** The numbers of a walk's state. */
export type Scalars = z.output<typeof scalarsSchema>;

const headerSchema = z.strictObject({
  scalars: scalarsSchema,
  order: z.strictObject({ generator: generatorStateSchema, position: count }).nullable(),
  generators: z.record(z.string(), generatorStateSchema),
  meter: z.strictObject({ done: work, seconds: work }),
});

/** Everything that decides how a walk goes on. The initial parameters are not in it: the seed gives them. */
export interface WalkState {
  scalars: Scalars;
  /** θ and the running statistics that belong to it. */
  point: Point;
  /** g of the last update. */
  previous: Float32Array;
  /** Vectors of the optimiser by name, `velocity`; each of the parameters' length. */
  optimizer: Readonly<Record<string, Float32Array>>;
  /** Null where every batch is the whole set. */
  order: OrderState | null;
  /** Generators other than that of the order, by purpose. */
  generators: Readonly<Record<string, GeneratorState>>;
  meter: MeterState;
}

/** Version of the format; a reader takes its own only. */
const version = '1';

const optimizerPrefix = 'optimizer.';

/** Encodes a state. */
export function encodeState({ point, previous, optimizer, ...rest }: WalkState): Uint8Array {
  const vectors: Record<string, Float32Array> = {
    parameters: point.parameters,
    statistics: point.statistics,
    previous_gradient: previous,
    ...Object.fromEntries(Object.entries(optimizer).map(([name, values]) => [optimizerPrefix + name, values])),
  };
  return encodeSafetensors(
    Object.entries(vectors).map(([name, values]) => ({ name, shape: [values.length], values })),
    { format: 'valleywalk checkpoint', version, state: JSON.stringify(rest) },
  );
}

/**
 * Decodes a state.
 * @param sizes numbers of parameters and statistics of the network
 * @throws Error saying what is wrong: not a checkpoint, of another version, or of another network
 */
export function decodeState(bytes: Uint8Array, sizes: { parameters: number; statistics: number }): WalkState {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata['format'] !== 'valleywalk checkpoint') throw new Error('it is no checkpoint of Valleywalk');
  if (metadata['version'] !== version)
    throw new Error(`its format is of version ${metadata['version']}, and this Valleywalk reads version ${version}`);
  const vector = (name: string, size: number): Float32Array => {
    const found = tensors.find((tensor) => tensor.name === name)?.values;
    if (found?.length !== size) throw new Error(`it holds ${found?.length ?? 'no'} ${name}, the network has ${size}`);
    return found;
  };
  const optimizer = tensors.filter(({ name }) => name.startsWith(optimizerPrefix));
  return {
    ...headerSchema.parse(JSON.parse(metadata['state'] ?? 'null')),
    point: { parameters: vector('parameters', sizes.parameters), statistics: vector('statistics', sizes.statistics) },
    previous: vector('previous_gradient', sizes.parameters),
    optimizer: Object.fromEntries(
      optimizer.map(({ name }) => [name.slice(optimizerPrefix.length), vector(name, sizes.parameters)]),
    ),
  };
}
