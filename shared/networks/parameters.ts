/**
 * How a network's parameters lie in memory: named float32 tensors one after the other in one flat array, in the model's
 * order, row-major, without gaps. The walk works on the flat array, backends and files on views of it.
 */
import { sizeOf } from '../graph/tensor.ts';
import type { Shape } from '../graph/tensor.ts';

/** A parameter tensor: its name, as in PyTorch's `state_dict`, and shape. */
export interface ParameterTensor {
  name: string;
  shape: Shape;
}

/** A parameter tensor's place in the flat array. */
export interface ParameterSlot extends ParameterTensor {
  /** First element. */
  offset: number;
  /** Number of elements. */
  size: number;
}

/** Places tensors one after the other. */
export function layOut(tensors: readonly ParameterTensor[]): ParameterSlot[] {
  let offset = 0;
  return tensors.map(({ name, shape }) => {
    const size = sizeOf(shape);
    const slot = { name, shape, offset, size };
    offset += size;
    return slot;
  });
}

/** Number of elements of a whole layout. */
export function parameterTotal(slots: readonly ParameterSlot[]): number {
  const last = slots.at(-1);
  return last ? last.offset + last.size : 0;
}

/** Views of a flat array by tensor name; writing to a view writes to the array. */
export function viewsOf(flat: Float32Array, slots: readonly ParameterSlot[]): Record<string, Float32Array> {
  return Object.fromEntries(slots.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
}
