/** Symmetric matrices of known spectra, for tests of what products with vectors tell. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { generatorFrom } from '../random/generator.ts';
import type { Product } from '../walk/eigen.ts';

/** A symmetric matrix with these eigenvalues, in a random orthonormal basis. */
export function matrixWith(eigenvalues: readonly number[], seed: number): Matrix {
  const size = eigenvalues.length;
  const generator = generatorFrom([seed, 2, 3, 4]);
  const random = new Matrix(Array.from({ length: size }, () => Array.from({ length: size }, () => generator.normal())));
  const { eigenvectorMatrix: basis } = new EigenvalueDecomposition(random.add(random.transpose()), {
    assumeSymmetric: true,
  });
  return basis.mmul(Matrix.diag([...eigenvalues])).mmul(basis.transpose());
}

/** Its products with vectors, in float64. @param calls counts them */
export const productOf =
  (matrix: Matrix, calls: { count: number } = { count: 0 }): Product =>
  (vector) => {
    calls.count++;
    return Promise.resolve(Float64Array.from(matrix.mmul(Matrix.columnVector([...vector])).getColumn(0)));
  };
