/** Rules of shapes: NumPy broadcasting, strides and axes. */
import { shapeText, sizeOf } from './tensor.ts';
import type { Shape } from './tensor.ts';

/**
 * The common shape of two operands by NumPy's rule: aligned at the last axis, a 1 stretches.
 * @throws Error when a pair of dimensions differs and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape, operation: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new Error(`${operation}: shapes ${shapeText(a)} and ${shapeText(b)} do not broadcast`);
    return left === 1 ? right : left;
  });
}

/** Row-major strides in elements; stretched axes of a shape broadcast to `rank` axes get stride 0. */
export function broadcastStrides(shape: Shape, rank: number): number[] {
  const strides = new Array<number>(rank).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis + rank - shape.length] = shape[axis] === 1 ? 0 : stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/**
 * Calls `visit(position, offset)` for every element of `shape` in row-major order, where `offset` is the element's place in
 * an array laid out with `strides` (one per axis, 0 for a stretched axis).
 */
export function forEachElement(
  shape: Shape,
  strides: readonly number[],
  visit: (position: number, offset: number) => void,
): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  let offset = 0;
  for (let position = 0; position < size; position++) {
    visit(position, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      offset += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}

/** Shape after summing over `axes`, which stay as 1 when `keep` is true. */
export function reducedShape(shape: Shape, axes: readonly number[], keep: boolean): Shape {
  return shape.flatMap((dimension, axis) => (!axes.includes(axis) ? [dimension] : keep ? [1] : []));
}

/**
 * Checks axes and counts negative ones from the end; the result ascends.
 * @throws Error when an axis is out of range or named twice.
 */
export function normaliseAxes(shape: Shape, axes: readonly number[], operation: string): number[] {
  const result = axes.map((axis) => (axis < 0 ? axis + shape.length : axis)).sort((a, b) => a - b);
  const wrong = result.some(
    (axis, index) => !Number.isInteger(axis) || axis < 0 || axis >= shape.length || axis === result[index - 1],
  );
  if (wrong) throw new Error(`${operation}: axes [${axes.join(', ')}] do not fit shape ${shapeText(shape)}`);
  return result;
}
