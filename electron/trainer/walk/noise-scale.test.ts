import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../random/generator.ts';
import { subset } from '../random/shuffle.ts';
import { gradientRounding, noiseScaleOf } from './noise-scale.ts';

/** Gradients of single examples of a least-squares problem in float64: (⟨x, θ⟩ − y)·x, with the exact noise scale of the set. */
function leastSquares(examples: number, size: number, state: number) {
  const generator = generatorFrom([state, 2, 3, 4]);
  const normals = (): number[] => Array.from({ length: size }, () => generator.normal());
  const [point, solution] = [normals(), normals()];
  const gradients = Array.from({ length: examples }, () => {
    const x = normals();
    const left = x.reduce((sum, value, at) => sum + value * (point[at]! - solution[at]!), 0.5 * generator.normal());
    return x.map((value) => left * value);
  });
  const mean = meanOf(gradients);
  const trace = gradients.reduce((sum, each) => sum + squared(each, mean), 0) / (examples - 1);
  const gradient = squared(mean, new Array<number>(size).fill(0));
  return { gradients, mean, gradient, exact: trace / gradient };
}

const meanOf = (vectors: readonly (readonly number[])[]): number[] =>
  vectors[0]!.map((_, at) => vectors.reduce((sum, each) => sum + each[at]!, 0) / vectors.length);

const squared = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0);

/** Every choice of `size` of the numbers below `count`. */
function choices(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: count - from }, (_, index) => from + index).flatMap((first) =>
    choices(count, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

describe('the noise scale', () => {
  it('over all batches that there are is the exact one, whatever their size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 8 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 1000 }),
        (examples, size, wanted, state) => {
          const batch = Math.min(wanted, examples - 1);
          const { gradients, mean, gradient, exact } = leastSquares(examples, size, state);
          const distances = choices(examples, batch).map((chosen) =>
            squared(meanOf(chosen.map((index) => gradients[index]!)), mean),
          );
          const { value } = noiseScaleOf(distances, { gradient, batch, examples });
          expect(value / exact).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it.each([
    // gradients of single examples have heavy tails, which 40 of them may miss: measurements take larger batches
    [1, 0.75],
    [10, 0.85],
    [100, 0.85],
  ])('of 40 batches of %i examples is within its error as often as a mean is', (batch, least) => {
    const examples = 400;
    const { gradients, mean, gradient, exact } = leastSquares(examples, 6, 9);
    const generator = generatorFrom([batch, 5, 6, 7]);
    const runs = 200;
    const found = Array.from({ length: runs }, () => {
      const distances = Array.from({ length: 40 }, () => {
        const chosen = subset(examples, batch, generator);
        return squared(meanOf(Array.from(chosen, (index) => gradients[index]!)), mean);
      });
      return noiseScaleOf(distances, { gradient, batch, examples });
    });
    const average = found.reduce((sum, { value }) => sum + value, 0) / runs;
    const deviation = Math.sqrt(found.reduce((sum, { value }) => sum + (value - exact) ** 2, 0) / runs);
    expect(Math.abs(average - exact)).toBeLessThan((3 * deviation) / Math.sqrt(runs));
    const within = (errors: number): number =>
      found.filter(({ value, error }) => Math.abs(value - exact) < errors * error).length / runs;
    expect(within(1)).toBeGreaterThan(0.5);
    expect(within(1)).toBeLessThan(0.8);
    expect(within(2)).toBeGreaterThan(least);
  });

  // Gaussian noise in three directions, of all examples or of a share of them
  it.each([
    [1, 0.2],
    [0.04, 0.28],
    [0.01, 0.5],
  ])('errs by more, and tells it less surely, where a share of %f of the examples carries the noise', (share, most) => {
    const [examples, batch, size, runs] = [2000, 50, 3, 120];
    const generator = generatorFrom([3, 5, 6, 7]);
    const gradients = Array.from({ length: examples }, (_, index) =>
      Array.from({ length: size }, () => 1 + (index < share * examples ? generator.normal() : 0)),
    );
    const mean = meanOf(gradients);
    const distances = gradients.map((each) => squared(each, mean));
    const trace = distances.reduce((sum, each) => sum + each, 0) / (examples - 1);
    const gradient = squared(mean, [0, 0, 0]);
    const found = Array.from({ length: runs }, () => {
      const ofBatches = Array.from({ length: 40 }, () => {
        const chosen = subset(examples, batch, generator);
        return squared(meanOf(Array.from(chosen, (index) => gradients[index]!)), mean);
      });
      return noiseScaleOf(ofBatches, { gradient, batch, examples });
    });
    // Var‖g_b − G‖² by the second and fourth moments of independent examples
    const products = mean.map((_, row) =>
      mean.map((__, column) => {
        const moments = gradients.map((each) => (each[row]! - mean[row]!) * (each[column]! - mean[column]!));
        return moments.reduce((sum, each) => sum + each, 0) / examples;
      }),
    );
    const ofSquare = products.flat().reduce((sum, each) => sum + each ** 2, 0) / trace ** 2;
    const fourth = distances.reduce((sum, each) => sum + each ** 2, 0) / examples / trace ** 2;
    const expected = Math.sqrt((2 * ofSquare + (fourth - 1 - 2 * ofSquare) / batch) / 40);
    const exact = trace / gradient;
    const deviation = Math.sqrt(found.reduce((sum, { value }) => sum + (value / exact - 1) ** 2, 0) / runs);
    expect(deviation / expected).toBeGreaterThan(0.8);
    expect(deviation / expected).toBeLessThan(1.25);
    expect(deviation).toBeLessThan(most);
    if (share < 0.04) expect(deviation).toBeGreaterThan(0.25);
    const within = found.filter(({ value, error }) => Math.abs(value - exact) < 2 * error).length / runs;
    expect(within).toBeGreaterThan(0.8);
  });

  it('of every example is exact, with the error of rounding alone', () => {
    const { gradients, mean, gradient, exact } = leastSquares(30, 5, 8);
    const distances = gradients.map((each) => squared(each, mean));
    const { value, error } = noiseScaleOf(distances, { gradient, batch: 1, examples: 30, every: true });
    expect(value / exact).toBeCloseTo(1, 12);
    expect(error).toBeGreaterThan(0);
    expect(error / exact).toBeLessThan(1e-4);
  });

  it('is of examples: the unit of the gradients does not matter', () => {
    const { gradients, mean, gradient } = leastSquares(20, 3, 4);
    const distances = gradients.map((each) => squared(each, mean));
    const once = noiseScaleOf(distances, { gradient, batch: 1, examples: 20 });
    const options = { gradient: 1e6 * gradient, batch: 1, examples: 20 };
    const scaled = noiseScaleOf(
      distances.map((each) => 1e6 * each),
      options,
    );
    expect(scaled.value / once.value).toBeCloseTo(1, 12);
    expect(scaled.error / once.error).toBeCloseTo(1, 9);
  });

  it('of gradients that are all the same is less than its error', () => {
    // every distance is rounding
    const { value, error } = noiseScaleOf([1e-14, 3e-14, 2e-14], { gradient: 1, batch: 10, examples: 1000 });
    expect(value).toBeLessThan(error);
    expect(noiseScaleOf([0, 0], { gradient: 4, batch: 1, examples: 10 })).toEqual({
      value: 0,
      error: expect.closeTo((gradientRounding ** 2 * 10) / 9, 15) as number,
    });
  });

  it('asks for two batches', () => {
    expect(() => noiseScaleOf([1], { gradient: 1, batch: 1, examples: 10 })).toThrow(/two batches/);
  });
});
