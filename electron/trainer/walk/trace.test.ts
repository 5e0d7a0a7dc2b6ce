import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { mostTraceProducts, traceProducts } from '../../../shared/curvature/trace.ts';
import { generatorFrom } from '../random/generator.ts';
import { matrixWith, productOf } from '../testing/matrices.ts';
import type { Product } from './eigen.ts';
import { traceOf } from './trace.ts';
import type { Trace } from './trace.ts';

const estimate = async (product: Product, size: number, seed = 1): Promise<Trace> =>
  (await traceOf(product, { size, generator: generatorFrom([seed, 7, 8, 9]) }))!;

/** Seven large eigenvalues, a tail that falls slowly, and a few below zero: as of a network's Hessian. */
const spectrum = Array.from({ length: 150 }, (_, index) =>
  index < 7 ? 20 / (1 + index) : index % 7 === 0 ? -0.1 : 0.3 / Math.sqrt(index),
);
const truth = spectrum.reduce((sum, value) => sum + value, 0);

describe('the trace', () => {
  it('of a matrix of a rank up to the range is exact but for rounding, at any scale', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: traceProducts.range }),
        fc.integer({ min: mostTraceProducts, max: 50 }),
        fc.integer({ min: -20, max: 20 }),
        fc.nat(1000),
        async (values, zeros, power, seed) => {
          const unit = 10 ** power;
          const eigenvalues = [...values, ...new Array<number>(zeros).fill(0)];
          const matrix = matrixWith(eigenvalues, seed + 1).mul(unit);
          const exact = eigenvalues.reduce((sum, value) => sum + value, 0) * unit;
          const { value, error } = await estimate(productOf(matrix), eigenvalues.length);
          const largest = Math.max(...eigenvalues.map(Math.abs)) * unit;
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(error);
          expect(error).toBeLessThanOrEqual(2e-5 * largest);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it('of any other is without bias, with the error that it tells', async () => {
    const matrix = matrixWith(spectrum, 3);
    const calls = { count: 0 };
    const found: Trace[] = [];
    const runs = 60;
    for (let seed = 1; seed <= runs; seed++)
      found.push(await estimate(productOf(matrix, calls), spectrum.length, seed));
    expect(calls.count).toBe(runs * mostTraceProducts);
    const away = found.map(({ value }) => value - truth);
    const mean = away.reduce((sum, each) => sum + each, 0) / runs;
    const deviation = Math.sqrt(away.reduce((sum, each) => sum + each ** 2, 0) / runs);
    const told = Math.sqrt(found.reduce((sum, { error }) => sum + error ** 2, 0) / runs);
    expect(Math.abs(mean)).toBeLessThan((3 * deviation) / Math.sqrt(runs));
    expect(told / deviation).toBeGreaterThan(0.75);
    expect(told / deviation).toBeLessThan(1.33);
    expect(found.filter(({ value, error }) => Math.abs(value - truth) < 2 * error).length).toBeGreaterThan(0.8 * runs);
    // 30 products: Hutchinson's estimator would be off by √(2/30)·‖A‖_F, some 10 %
    const alone = Math.sqrt((2 / mostTraceProducts) * spectrum.reduce((sum, value) => sum + value ** 2, 0));
    expect(deviation).toBeLessThan(alone / 4);
  });

  it('of up to 30 dimensions is exact but for rounding, by a product for each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: mostTraceProducts }),
        fc.integer({ min: -20, max: 20 }),
        fc.nat(1000),
        async (values, power, seed) => {
          const unit = 10 ** power;
          const calls = { count: 0 };
          const product = productOf(matrixWith(values, seed + 1).mul(unit), calls);
          const { value, error } = await estimate(product, values.length);
          const largest = Math.max(...values.map(Math.abs)) * unit;
          expect(Math.abs(value - values.reduce((sum, each) => sum + each, 0) * unit)).toBeLessThanOrEqual(error);
          expect(error).toBeLessThanOrEqual(3e-5 * largest + Number.MIN_VALUE);
          expect(calls.count).toBe(values.length);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it('has an error where the signs that are drawn lie in the range', async () => {
    // the matrix has one direction, and every drawn vector of signs is it
    const size = 40;
    const direction = new Float64Array(size).fill(1 / Math.sqrt(size));
    const product: Product = (vector) => {
      const along = vector.reduce((sum, each, at) => sum + each * direction[at]!, 0);
      return Promise.resolve(direction.map((each) => 8 * along * each));
    };
    const generator = { ...generatorFrom([1, 7, 8, 9]), uniform: () => 0.75 };
    const { value, error } = (await traceOf(product, { size, generator }))!;
    expect(Math.abs(value - 8)).toBeLessThanOrEqual(error);
    expect(error).toBeLessThan(1e-3);
  });

  it('of nothing is nothing, and of what is not finite no number', async () => {
    for (const size of [20, 40]) {
      expect(await estimate(productOf(Matrix.zeros(size, size)), size)).toEqual({ value: 0, error: 0 });
      const { value } = await estimate(() => Promise.resolve(new Float64Array(size).fill(NaN)), size);
      expect(value).toBeNaN();
    }
  });

  it('is the same from the same generator, and given up with the product', async () => {
    const product = productOf(matrixWith(spectrum, 3));
    expect(await estimate(product, spectrum.length)).toEqual(await estimate(product, spectrum.length));
    for (const last of [3, traceProducts.range + 2, mostTraceProducts - 1]) {
      let calls = 0;
      const ending: Product = (vector) => (++calls > last ? Promise.resolve(null) : product(vector));
      const generator = generatorFrom([1, 7, 8, 9]);
      expect(await traceOf(ending, { size: spectrum.length, generator })).toBeNull();
      expect(calls).toBe(last + 1);
    }
  });
});
