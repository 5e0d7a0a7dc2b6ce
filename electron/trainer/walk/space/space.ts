/**
 * Where the vectors of a walk lie and what is computed of whole ones there: in the host's memory, or on a device that keeps them. The walk knows
 * this interface only; values come to the host where somebody asks for them: files, checkpoints, and probes that compute on the host.
 */
import type { VectorPlace } from '../../../../shared/backends.ts';
import type { OptimizerSettings } from '../../../../shared/optimizers/index.ts';
import type { Backend, Vector } from '../../backends/backend.ts';
import { isOnDevice } from '../../backends/backend.ts';
import type { Updated } from '../rules/host-update.ts';
import type { UpdateOf } from '../rules/rule.ts';
import { deviceSpace } from './device.ts';
import { hostSpace } from './host.ts';

/** What an update tells here. */
interface UpdatedHere extends Updated {
  /** ‖θ_t‖₂; to be asked for before θ_t is written again. */
  norm: () => Promise<number>;
}

/** The rule of an optimiser in a space. */
export interface OpenRule {
  /** A vector of zeros for what the rule alone needs: θ_0, both gradients, and what the optimiser remembers. */
  vector(): Promise<Vector>;
  /** A copy of such a vector. @param reuse an earlier copy that nobody needs any more */
  copyOf(vector: Vector, reuse: Vector | null): Promise<Vector>;
  /** @param update its vectors come from where {@link OpenRule} says @param vectors what the optimiser remembers, by name; read and written */
  update(update: UpdateOf<Vector>, vectors: Readonly<Record<string, Vector>>): Promise<UpdatedHere>;
}

/** Vectors of one length, and what is done with whole ones. */
export interface VectorSpace {
  /** A vector of zeros. */
  vector(): Promise<Vector>;
  /** A vector with these values, the array itself where that will do. @param reuse a vector that nobody needs any more */
  holding(values: Float32Array, reuse: Vector | null): Promise<Vector>;
  /** Writes (1−α)·start + α·end; exactly `start` at 0 and `end` at 1; beyond them too. */
  blend(start: Vector, end: Vector, alpha: number, into: Vector): Promise<void>;
  /** ‖b − a‖₂; not finite where an element is not. */
  distance(a: Vector, b: Vector): Promise<number>;
  /** ‖a‖₂. */
  norm(a: Vector): Promise<number>;
  /** cos(here − before, next − here); NaN where one of both ways is nothing. */
  cosine(before: Vector, here: Vector, next: Vector): Promise<number>;
  rule(optimizer: OptimizerSettings): Promise<OpenRule>;
  /** Frees every vector that came from here. */
  dispose(): Promise<void>;
}

/** Where the vectors of a backend lie. */
export function vectorPlace({ memory }: Pick<Backend, 'memory'>): VectorPlace {
  return memory ? 'device' : 'host';
}

/** Opens the space of a backend. @param count vectors that will be made; they lie together where the host computes @param size numbers in each */
export function openSpace(backend: Pick<Backend, 'memory'>, count: number, size: number): VectorSpace {
  return backend.memory ? deviceSpace(backend.memory, size) : hostSpace(count, size);
}

/** The values of a vector: the array itself, or a copy of what the device holds. */
export function valuesOf(vector: Vector): Float32Array | Promise<Float32Array> {
  return isOnDevice(vector) ? vector.read() : vector;
}

/** Takes over values, wherever the vector lies. */
export async function writeTo(vector: Vector, values: Float32Array): Promise<void> {
  if (isOnDevice(vector)) await vector.write(values);
  else vector.set(values);
}
