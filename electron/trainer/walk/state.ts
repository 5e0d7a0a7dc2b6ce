/**
 * The whole state of a walk between two iterations: a walk that goes on from it does what it would have done. It is kept as a
 * .safetensors file whose vectors any reader shows; everything else stands as JSON in its metadata.
 */
import { z } from 'zod';
import type { Vector } from '../backends/backend.ts';
import { generatorStateSchema } from '../random/generator.ts';
import type { MeterState } from './meter.ts';
import { epochsState } from './probes/epochs.ts';
import { pathState } from './probes/path.ts';
import { slicesState } from './probes/slices.ts';
import { snapshotsState } from './probes/snapshots.ts';
import { hostPoint } from './point.ts';
import { count } from './remembered.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { trainingState } from './sources/training.ts';
import type { TrainingState } from './sources/training.ts';
import { valuesOf } from './space/space.ts';

/** The numbers that each part remembers, joined. */
const parts = { ...trainingState, ...epochsState, ...snapshotsState, ...pathState, ...slicesState };
const scalarsSchema = z.strictObject(parts);

/** The numbers of a walk's state. */
type Scalars = z.output<typeof scalarsSchema>;

/** Their names in a file of version 1, in the order in which they stand there. */
const namesInFile = {
  done: 'done',
  epoch: 'epoch',
  kept: 'kept',
  pendingSnapshot: 'owesEnd',
  initialLoss: 'initialLoss',
  pathLength: 'pathLength',
  distance: 'distance',
  previousNorm: 'previousNorm',
  noiseDeviation: 'noiseDeviation',
  counts: 'counts',
} as const satisfies Record<keyof Scalars, string>;
const names = Object.entries(namesInFile) as [keyof Scalars, string][];

const work = z.strictObject({ update: z.number(), evaluate: z.number(), derive: z.number() });

const headerSchema = z.strictObject({
  scalars: z
    .record(z.string(), z.unknown())
    .transform((found) => {
      const known = names.map(([name, inFile]) => [name, found[inFile]] as const);
      const strange = Object.entries(found).filter(([inFile]) => !names.some(([, each]) => each === inFile));
      return Object.fromEntries([...known, ...strange]);
    })
    .pipe(scalarsSchema),
  order: z.strictObject({ generator: generatorStateSchema, position: count }).nullable(),
  generators: z.record(z.string(), generatorStateSchema),
  meter: z.strictObject({ done: work, seconds: work }),
});

/** Everything that decides how a walk goes on. */
export interface WalkState<V extends Vector = Float32Array> extends TrainingState<V> {
  scalars: Scalars;
  meter: MeterState;
}

/** The state with its vectors at hand: itself, or with copies of what the device holds. */
export async function hostState(state: WalkState<Vector>): Promise<WalkState> {
  const optimizer: Record<string, Float32Array> = {};
  for (const [name, vector] of Object.entries(state.optimizer)) optimizer[name] = await valuesOf(vector);
  return {
    ...state,
    point: await hostPoint(state.point),
    previous: await valuesOf(state.previous),
    before: state.before && (await valuesOf(state.before)),
    optimizer,
  };
}

/** Version of the format; a reader takes its own only. */
const version = '1';

const optimizerPrefix = 'optimizer.';

/** Encodes a state. */
export function encodeState({
  point,
  previous,
  before,
  optimizer,
  scalars,
  order,
  generators,
  meter,
}: WalkState): Uint8Array {
  const numbers = Object.fromEntries(names.map(([name, inFile]) => [inFile, scalars[name]]));
  const vectors: Record<string, Float32Array> = {
    parameters: point.parameters,
    statistics: point.statistics,
    previous_gradient: previous,
    ...(before ? { previous_parameters: before } : {}),
    ...Object.fromEntries(Object.entries(optimizer).map(([name, values]) => [optimizerPrefix + name, values])),
  };
  return encodeSafetensors(
    Object.entries(vectors).map(([name, values]) => ({ name, shape: [values.length], values })),
    { format: 'valleywalk checkpoint', version, state: JSON.stringify({ scalars: numbers, order, generators, meter }) },
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
    before: tensors.some(({ name }) => name === 'previous_parameters')
      ? vector('previous_parameters', sizes.parameters)
      : null,
    optimizer: Object.fromEntries(
      optimizer.map(({ name }) => [name.slice(optimizerPrefix.length), vector(name, sizes.parameters)]),
    ),
  };
}
