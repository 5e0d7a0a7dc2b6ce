/** What is fed and written, checked in the same words on every backend. */
import { shapeText, sizeOf } from '../../../shared/graph/tensor.ts';
import type { Shape } from '../../../shared/graph/tensor.ts';
import type { DeviceVector } from './backend.ts';

/** The value of an input. @throws Error naming it where it is missing or of another size */
export function fedTo<F extends { readonly length: number }>(name: string, values: F | undefined, shape: Shape): F {
  if (!values) throw new Error(`input "${name}" was not fed`);
  return filling(name, values, shape);
}

/** Something that fills the shape of an input or output. @throws Error naming it where it does not */
export function filling<V extends { readonly length: number }>(name: string, values: V, shape: Shape): V {
  if (values.length !== sizeOf(shape))
    throw new Error(`"${name}": ${values.length} values do not fill shape ${shapeText(shape)}`);
  return values;
}

/** Values for the whole of a vector, or room for them. @throws Error where there are fewer or more */
export function fillingVector(values: Float32Array, length: number): Float32Array {
  if (values.length !== length) throw new Error(`${values.length} values do not fill a vector of ${length}`);
  return values;
}

/** The number that a formula is fed. @throws Error naming the input where it is missing */
export function numberFor(name: string, numbers: Readonly<Record<string, number>>): number {
  const value = numbers[name];
  if (value === undefined) throw new Error(`input "${name}" was not fed`);
  return value;
}

/** The vector of a formula's input or result. @throws Error naming it where it is missing or of another length */
export function vectorFor(name: string, vectors: Readonly<Record<string, DeviceVector>>, length: number): DeviceVector {
  const vector = vectors[name];
  if (!vector) throw new Error(`no vector was given for "${name}"`);
  if (vector.length !== length)
    throw new Error(`"${name}": a vector of ${vector.length} does not take ${length} values`);
  return vector;
}
