/** General matrix product with optional transposition and bias: what linear layers and their gradients are made of. */
import { broadcastShapes, broadcastStrides, forEachElement } from '../shapes.ts';
import { makeNode, sameShape, shapeText, sizeOf } from '../tensor.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { sumTo } from './reduce.ts';

/** Attributes of a matrix product. */
export interface GemmAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

export const gemmOperation: Operation<'gemm', GemmAttributes> = {
  name: 'gemm',
  infer([a, b, bias], { transposeA, transposeB }) {
    const fail = (): never => {
      const shapes = `${shapeText(a!.shape)}${transposeA ? 'ᵀ' : ''} and ${shapeText(b!.shape)}${transposeB ? 'ᵀ' : ''}`;
      throw new Error(`gemm: ${shapes}${bias ? ` with bias ${shapeText(bias.shape)}` : ''} do not fit`);
    };
    if (a!.shape.length !== 2 || b!.shape.length !== 2) fail();
    const [rows, innerA] = transposeA ? [a!.shape[1]!, a!.shape[0]!] : [a!.shape[0]!, a!.shape[1]!];
    const [innerB, columns] = transposeB ? [b!.shape[1]!, b!.shape[0]!] : [b!.shape[0]!, b!.shape[1]!];
    const shape = [rows, columns];
    if (innerA !== innerB) fail();
    if (bias && !sameShape(broadcastShapes(bias.shape, shape, 'gemm'), shape)) fail();
    return { shape, dtype: 'float' };
  },
  gradient({ inputs: [a, b, bias], attributes: { transposeA, transposeB } }, upstream) {
    const forA = transposeA ? gemm(b!, upstream, transposeB, true) : gemm(upstream, b!, false, !transposeB);
    const forB = transposeB ? gemm(upstream, a!, true, transposeA) : gemm(a!, upstream, !transposeA, false);
    return bias ? [forA, forB, sumTo(upstream, bias.shape)] : [forA, forB];
  },
  cost: ({ shape, inputs: [a], attributes: { transposeA } }) => ({
    multiplyAdds: sizeOf(shape) * a!.shape[transposeA ? 0 : 1]!,
    yielded: sizeOf(shape),
  }),
  evaluate({ shape, inputs, attributes: { transposeA, transposeB } }, [a, b, bias]) {
    const [rows, columns] = shape as [number, number];
    const [innerA, innerB] = [inputs[0]!.shape, inputs[1]!.shape];
    const inner = innerA[transposeA ? 0 : 1]!;
    const [rowA, stepA] = transposeA ? [1, innerA[1]!] : [innerA[1]!, 1];
    const [stepB, columnB] = transposeB ? [1, innerB[1]!] : [innerB[1]!, 1];
    const result = new Float64Array(rows * columns);
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        let total = 0;
        for (let k = 0; k < inner; k++) total += a![row * rowA + k * stepA]! * b![k * stepB + column * columnB]!;
        result[row * columns + column] = total;
      }
    if (bias)
      forEachElement(shape, broadcastStrides(inputs[2]!.shape, 2), (position, offset) => {
        result[position]! += bias[offset]!;
      });
    return result;
  },
};

/**
 * op(a) · op(b), op transposing where told. Matrices only.
 * @throws Error when the shapes do not fit.
 */
export function gemm(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  return makeNode(gemmOperation, [a, b], { transposeA, transposeB });
}

/**
 * A linear layer as PyTorch stores it: x · weightᵀ + bias, with x [examples, in], weight [out, in], bias [out].
 * @throws Error when the shapes do not fit.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  return makeNode(gemmOperation, [x, weight, bias], { transposeA: false, transposeB: true });
}
