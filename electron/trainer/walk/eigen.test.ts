import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../random/generator.ts';
import { dot, lanczos, powerMethod } from './eigen.ts';
import type { Eigenpair, EigenOptions, Product } from './eigen.ts';

/** A symmetric matrix with these eigenvalues, in a random orthonormal basis. */
function matrixWith(eigenvalues: readonly number[], seed: number): Matrix {
  const size = eigenvalues.length;
  const generator = generatorFrom([seed, 2, 3, 4]);
  const random = new Matrix(Array.from({ length: size }, () => Array.from({ length: size }, () => generator.normal())));
  const { eigenvectorMatrix: basis } = new EigenvalueDecomposition(random.add(random.transpose()), {
    assumeSymmetric: true,
  });
  return basis.mmul(Matrix.diag([...eigenvalues])).mmul(basis.transpose());
}

const productOf =
  (matrix: Matrix, calls: { count: number } = { count: 0 }): Product =>
  (vector) => {
    calls.count++;
    return Promise.resolve(Float64Array.from(matrix.mmul(Matrix.columnVector([...vector])).getColumn(0)));
  };

const options = (changes: Partial<EigenOptions>): EigenOptions => ({
  size: 30,
  count: 3,
  iterations: 30,
  generator: generatorFrom([5, 6, 7, 8]),
  ...changes,
});

/** Eigenvalues as found, each with a true residual and orthonormal vectors. */
function expectPairs(pairs: Eigenpair[] | null, matrix: Matrix, expected: readonly number[], scale: number): void {
  expect(pairs).toHaveLength(expected.length);
  pairs!.forEach(({ value, residual, vector }, index) => {
    expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5 * scale);
    const image = matrix.mmul(Matrix.columnVector([...vector])).getColumn(0);
    const left = Math.hypot(...image.map((each, row) => each - value * vector[row]!));
    expect(Math.abs(residual - left)).toBeLessThan(1e-9 * (1 + scale));
    expect(residual).toBeLessThan(1e-3 * scale);
    pairs!.forEach((other, rank) =>
      expect(Math.abs(dot(vector, other.vector) - Number(rank === index))).toBeLessThan(1e-4),
    );
  });
}

describe('Lanczos', () => {
  it('finds the algebraically largest eigenvalues of any symmetric matrix', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Lanczos ends when it has found enough of them, so one that occurs twice may be told once
        fc.uniqueArray(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(1000),
        async (eigenvalues, count, seed) => {
          const matrix = matrixWith(eigenvalues, seed + 1);
          const size = eigenvalues.length;
          const found = await lanczos(productOf(matrix), options({ size, count, iterations: size }));
          const expected = eigenvalues.toSorted((a, b) => b - a).slice(0, count);
          const scale = Math.max(1e-3, ...eigenvalues.map(Math.abs));
          found!.forEach(({ value }, index) => expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5 * scale));
          expect(found).toHaveLength(Math.min(count, size));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends early where the top of the spectrum stands out, and tells true residuals', async () => {
    const eigenvalues = Array.from({ length: 300 }, (_, index) => (index < 3 ? 40 - 10 * index : Math.sin(index)));
    const matrix = matrixWith(eigenvalues, 3);
    const calls = { count: 0 };
    const found = await lanczos(productOf(matrix, calls), options({ size: 300, iterations: 200 }));
    expectPairs(found, matrix, [40, 30, 20], 40);
    expect(calls.count).toBeLessThan(30);
  });

  it('says by its residual when it was given too few products', async () => {
    const eigenvalues = Array.from({ length: 200 }, (_, index) => index);
    const matrix = matrixWith(eigenvalues, 3);
    const [pair] = (await lanczos(productOf(matrix), options({ size: 200, count: 1, iterations: 4 })))!;
    expect(pair!.residual).toBeGreaterThan(1);
    // some eigenvalue, whole numbers here, is within the residual
    expect(Math.abs(pair!.value - Math.round(pair!.value))).toBeLessThanOrEqual(pair!.residual);
    expect(pair!.value).toBeLessThan(199);
  });

  it('goes on where the Krylov space is exhausted', async () => {
    for (const eigenvalues of [
      [0, 0, 0, 0],
      [2, 2, 2, 2],
      [0, 0, 0, 5],
      [3, 3, -1, -1],
    ]) {
      const found = await lanczos(productOf(matrixWith(eigenvalues, 9)), options({ size: 4, count: 2, iterations: 4 }));
      const expected = eigenvalues.toSorted((a, b) => b - a).slice(0, 2);
      found!.forEach(({ value }, index) => expect(value).toBeCloseTo(expected[index]!, 4));
    }
  });
});

describe('the power method', () => {
  it('finds the eigenvalues that are largest in magnitude', async () => {
    const matrix = matrixWith([10, -7, 4, ...Array.from({ length: 27 }, (_, index) => Math.cos(index))], 4);
    expectPairs(await powerMethod(productOf(matrix), options({ iterations: 60 })), matrix, [10, -7, 4], 10);
    const calls = { count: 0 };
    await powerMethod(productOf(matrix, calls), options({ count: 2, iterations: 15 }));
    expect(calls.count).toBe(2 * 16);
  });
});

describe.each([
  ['Lanczos', lanczos],
  ['the power method', powerMethod],
])('%s', (_, find) => {
  const matrix = matrixWith([3, 2, 1, 0, -1], 2);

  it('finds the same from the same generator', async () => {
    const run = () => find(productOf(matrix), options({ size: 5, count: 2, iterations: 5 }));
    expect(await run()).toEqual(await run());
  });

  it('gives up when the product does', async () => {
    let calls = 0;
    const product: Product = (vector) => (++calls > 2 ? Promise.resolve(null) : productOf(matrix)(vector));
    expect(await find(product, options({ size: 5 }))).toBeNull();
  });

  it('tells that a matrix is not finite instead of looking for ever', async () => {
    const found = await find(() => Promise.resolve(new Float64Array(5).fill(NaN)), options({ size: 5, count: 2 }));
    expect(found!.map(({ value }) => value)).toEqual([NaN, NaN]);
  });
});
