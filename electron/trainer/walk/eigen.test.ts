import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../random/generator.ts';
import { matrixWith, productOf } from '../testing/matrices.ts';
import { dot, lanczos, powerMethod, quadrature } from './eigen.ts';
import type { Eigenpair, EigenOptions, Product } from './eigen.ts';

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
  it('finds the algebraically largest eigenvalues and the smallest of any symmetric matrix', async () => {
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
          const expected = eigenvalues.toSorted((a, b) => b - a);
          const scale = Math.max(1e-3, ...eigenvalues.map(Math.abs));
          found!.largest.forEach(({ value }, index) =>
            expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5 * scale),
          );
          expect(found!.largest).toHaveLength(Math.min(count, size));
          expect(Math.abs(found!.smallest.value - expected.at(-1)!)).toBeLessThan(1e-5 * scale);
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
    expectPairs(found!.largest, matrix, [40, 30, 20], 40);
    expect(calls.count).toBeLessThan(30);
  });

  it('says by its residual when it was given too few products', async () => {
    const eigenvalues = Array.from({ length: 200 }, (_, index) => index);
    const matrix = matrixWith(eigenvalues, 3);
    const found = await lanczos(productOf(matrix), options({ size: 200, count: 1, iterations: 4 }));
    const [pair] = found!.largest;
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
      found!.largest.forEach(({ value }, index) => expect(value).toBeCloseTo(expected[index]!, 4));
      expect(found!.smallest.value).toBeCloseTo(Math.min(...eigenvalues), 4);
    }
  });
});

describe('the power method', () => {
  it('finds the largest eigenvalues by sign, in falling order, and the smallest', async () => {
    const matrix = matrixWith([10, -7, 4, ...Array.from({ length: 27 }, (_, index) => Math.cos(index))], 4);
    const found = await powerMethod(productOf(matrix), options({ count: 2, iterations: 60 }));
    expectPairs(found!.largest, matrix, [10, 4], 10);
    expectPairs([found!.smallest], matrix, [-7], 10);
    const calls = { count: 0 };
    await powerMethod(productOf(matrix, calls), options({ count: 2, iterations: 15 }));
    expect(calls.count).toBe(3 * 16);
  });

  it('tells both ends apart where the eigenvalue largest in magnitude is negative', async () => {
    const matrix = matrixWith([6, -9, ...Array.from({ length: 28 }, (_, index) => Math.cos(index))], 4);
    const found = await powerMethod(productOf(matrix), options({ count: 1, iterations: 60 }));
    expectPairs(found!.largest, matrix, [6], 10);
    expectPairs([found!.smallest], matrix, [-9], 10);
  });

  it('does not mix two eigenvalues of one magnitude', async () => {
    const matrix = matrixWith([8, -8, ...Array.from({ length: 28 }, (_, index) => Math.cos(index))], 4);
    const found = await powerMethod(productOf(matrix), options({ count: 1, iterations: 15 }));
    expectPairs(found!.largest, matrix, [8], 10);
    expectPairs([found!.smallest], matrix, [-8], 10);
  });
});

/** Spectra with a gap between any two eigenvalues, of every kind. */
const spectra = fc.oneof(
  fc.uniqueArray(fc.integer({ min: -12, max: 12 }), { minLength: 1, maxLength: 8 }),
  fc.uniqueArray(fc.integer({ min: -12, max: -1 }), { minLength: 1, maxLength: 8 }),
  fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
  // rank-deficient: all but a few are zero
  fc
    .uniqueArray(fc.integer({ min: -12, max: 12 }), { minLength: 0, maxLength: 3 })
    .map((values) => [...values.filter((value) => value !== 0), 0, 0, 0]),
);

describe('Lanczos and the power method', () => {
  it('agree with the spectrum on both ends of any symmetric matrix, at any scale', async () => {
    await fc.assert(
      fc.asyncProperty(spectra, fc.integer({ min: -30, max: 30 }), fc.nat(1000), async (values, power, seed) => {
        const unit = 10 ** power;
        const matrix = matrixWith(values, seed + 1).mul(unit);
        const [top, bottom] = [Math.max(...values), Math.min(...values)];
        const tolerance = 1e-4 * unit * Math.max(top, -bottom);
        for (const find of [lanczos, powerMethod]) {
          const size = values.length;
          const found = (await find(productOf(matrix), options({ size, count: 2, iterations: 800 })))!;
          expect(Math.abs(found.largest[0]!.value - top * unit)).toBeLessThanOrEqual(tolerance);
          expect(Math.abs(found.smallest.value - bottom * unit)).toBeLessThanOrEqual(tolerance);
          // zero is told as zero, whatever rounding makes of it
          if (top === 0) expect(found.largest[0]!.value).toBe(0);
          if (bottom === 0) expect(found.smallest.value).toBe(0);
          const reported = [...found.largest, found.smallest].map(({ value }) => value);
          expect(reported).toEqual(reported.toSorted((a, b) => b - a));
        }
      }),
      { numRuns: 60, seed: 43 },
    );
  });

  it('tell what float32 does not resolve as zero, with what is resolved', async () => {
    const product = productOf(matrixWith([3, 2e-7, -1e-7, 1e-9, -2e-8], 2));
    for (const find of [lanczos, powerMethod]) {
      const { largest, smallest } = (await find(product, options({ size: 5, count: 4, iterations: 40 })))!;
      const [first, ...rest] = [...largest, smallest];
      expect(first.value).toBeCloseTo(3, 5);
      expect(rest.map(({ value }) => value)).toEqual([0, 0, 0, 0]);
      rest.forEach(({ residual }) => expect(residual / 3e-6).toBeCloseTo(1, 1));
    }
    const underflown = (): Promise<Float64Array> => Promise.resolve(new Float64Array(5));
    for (const find of [lanczos, powerMethod]) {
      const { largest, smallest } = (await find(underflown, options({ size: 5, count: 2 })))!;
      for (const { value, residual } of [...largest, smallest]) expect([value, residual]).toEqual([0, 2 ** -126]);
    }
  });
});

describe('quadrature', () => {
  const options = (size: number, steps: number, seed: number) => ({
    size,
    steps,
    generator: generatorFrom([seed, 6, 7, 8]),
  });
  const moment = (values: readonly number[], weights: readonly number[], power: number): number =>
    values.reduce((sum, value, at) => sum + weights[at]! * value ** power, 0);

  it('is exact for polynomials of a degree below twice its products, as its vector sees them', async () => {
    const eigenvalues = Array.from({ length: 40 }, (_, index) => Math.sin(3 * index) + (index < 3 ? 2 : 0));
    const matrix = matrixWith(eigenvalues, 7);
    let first: Float32Array | null = null;
    const product: Product = (vector) => {
      first ??= vector.slice();
      return productOf(matrix)(vector);
    };
    const steps = 5;
    const { values, weights } = (await quadrature(product, options(40, steps, 3)))!;
    expect(values).toHaveLength(steps);
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    const start = Matrix.columnVector([...first!]);
    let power = start;
    for (let degree = 0; degree < 2 * steps; degree++) {
      const exact = start.transpose().mmul(power).get(0, 0);
      expect(Math.abs(moment(values, weights, degree) - exact)).toBeLessThan(1e-5 * 3 ** degree);
      power = matrix.mmul(power);
    }
    expect(Math.abs(moment(values, weights, 2 * steps) - start.transpose().mmul(power).get(0, 0))).toBeGreaterThan(
      1e-3,
    );
  });

  it('over many vectors has the moments of the spectrum', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 12 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(1000),
        async (eigenvalues, steps, seed) => {
          const size = eigenvalues.length;
          const product = productOf(matrixWith(eigenvalues, seed + 1));
          const { generator } = options(size, steps, seed + 1);
          const found: number[] = [];
          for (let vector = 0; vector < 100; vector++) {
            const { values, weights } = (await quadrature(product, { size, steps, generator }))!;
            expect(moment(values, weights, 0)).toBeCloseTo(1, 9);
            found.push(moment(values, weights, 1));
          }
          const mean = eigenvalues.reduce((sum, value) => sum + value / size, 0);
          const variance = eigenvalues.reduce((sum, value) => sum + (value - mean) ** 2 / size, 0);
          // of a direction at random ⟨v, Av⟩ has the variance 2·Var(λ)/(n + 2)
          const error = Math.sqrt((2 * variance) / (size + 2) / 100);
          const average = found.reduce((sum, each) => sum + each / 100, 0);
          expect(Math.abs(average - mean)).toBeLessThan(4 * error + 1e-5);
        },
      ),
      { numRuns: 30, seed: 11 },
    );
  });

  it('ends where the Krylov space does: of few different eigenvalues it finds those', async () => {
    const calls = { count: 0 };
    const product = productOf(matrixWith([5, 5, 5, 5, -2, -2, 0, 0, 0, 0], 4), calls);
    const { values } = (await quadrature(product, options(10, 10, 2)))!;
    expect(calls.count).toBe(3);
    expect(values.map((value) => Math.round(1e4 * value) / 1e4 + 0)).toEqual([5, 0, -2]);
    const nothing = (await quadrature(productOf(Matrix.zeros(4, 4)), options(4, 4, 2)))!;
    expect(nothing).toEqual({ values: [0], weights: [1], residuals: [0, 0], exact: true });
  });

  it('says how far an eigenvalue is at most from its ends, and whether it has seen all', async () => {
    const eigenvalues = Array.from({ length: 200 }, (_, index) => index ** 2 / 100);
    const product = productOf(matrixWith(eigenvalues, 3));
    for (const steps of [2, 5, 12, 30]) {
      const { values, residuals, exact } = (await quadrature(product, options(200, steps, 4)))!;
      expect(exact).toBe(false);
      [values[0]!, values.at(-1)!].forEach((value, end) => {
        const away = Math.min(...eigenvalues.map((each) => Math.abs(each - value)));
        expect(away).toBeLessThan(residuals[end]! + 1e-3);
        if (steps < 12) expect(residuals[end]!).toBeGreaterThan(0.1);
      });
    }
    const few = [5, 3, 3, -2];
    for (const steps of [3, 4])
      expect((await quadrature(productOf(matrixWith(few, 4)), options(4, steps, 2)))!.exact).toBe(true);
    expect((await quadrature(productOf(matrixWith(few, 4)), options(4, 2, 2)))!.exact).toBe(false);
  });

  it('lets a listener in while it makes a product orthogonal, and ends where that throws', async () => {
    const product = productOf(matrixWith([3, 2, 1, 0, -1], 2));
    let calls = 0;
    const between = (): Promise<void> => (++calls > 3 ? Promise.reject(new Error('stop')) : Promise.resolve());
    await expect(quadrature(product, { ...options(5, 5, 1), between })).rejects.toThrow('stop');
    expect(calls).toBe(4);
  });

  it('says nothing of what is not finite, and gives up with the product', async () => {
    const broken = (): Promise<Float64Array> => Promise.resolve(new Float64Array(5).fill(NaN));
    expect(await quadrature(broken, options(5, 3, 1))).toEqual({
      values: [],
      weights: [],
      residuals: [],
      exact: false,
    });
    let calls = 0;
    const product = productOf(matrixWith([3, 2, 1, 0, -1], 2));
    const ending: Product = (vector) => (++calls > 2 ? Promise.resolve(null) : product(vector));
    expect(await quadrature(ending, options(5, 4, 1))).toBeNull();
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
    expect(found!.largest.map(({ value }) => value)).toEqual([NaN, NaN]);
    expect(found!.smallest.value).toBeNaN();
  });
});
