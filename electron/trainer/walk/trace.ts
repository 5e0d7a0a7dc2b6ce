/** The trace of a symmetric matrix that is only known by its products with vectors. */
import { productRounding } from '../../../shared/curvature/index.ts';
import { mostTraceProducts, traceProducts } from '../../../shared/curvature/trace.ts';
import type { Generator } from '../random/generator.ts';
import { dot, norm, orthogonalise, randomUnit, unit } from './eigen.ts';
import type { Product } from './eigen.ts';
import { standardError } from './measurement.ts';

/** What is told of a trace. */
export interface Trace {
  /** The estimate; NaN where a product was not finite. */
  value: number;
  /** Standard error by the random vectors, and what rounding of the products may do. */
  error: number;
}

/**
 * Hutch++ (Meyer, Musco, Musco, Woodruff, Hutch++: Optimal Stochastic Trace Estimation, 2021, algorithm 1): exact on the range Q of A times a few
 * random vectors, where the large eigenvalues are, and Hutchinson's estimator on what is left,
 *
 *   tr A ≈ tr QᵀAQ + mean over m of ⟨h, Ah⟩,  h = (I − QQᵀ)z, z with components ±1 at random.
 *
 * Q has nothing to do with z, so that the estimate is unbiased whatever Q has missed. The terms of the mean are independent given Q: their standard
 * deviation by √m is the error. A matrix of a rank up to that of Q is told exactly, and so is one of so few dimensions that a product with each unit
 * vector takes no more.
 * @param options length of the vectors, and what draws them
 * @returns null when the product gave up
 */
export async function traceOf(
  product: Product,
  { size, generator }: { size: number; generator: Generator },
): Promise<Trace | null> {
  if (size <= mostTraceProducts) return diagonalOf(product, size);
  const basis = await rangeOf(product, { size, generator });
  if (basis === null) return null;
  let [value, largest] = [0, 0];
  for (const vector of basis) {
    const image = await product(vector);
    if (image === null) return null;
    value += dot(image, vector) / dot(vector, vector);
    largest = Math.max(largest, norm(image));
  }
  const terms: number[] = [];
  while (terms.length < traceProducts.remainder) {
    const signs = new Float64Array(size);
    for (let index = 0; index < size; index++) signs[index] = generator.uniform() < 0.5 ? -1 : 1;
    orthogonalise(signs, basis);
    const squared = norm(signs) ** 2;
    // signs that lie in Q leave nothing to measure along
    if (squared === 0) {
      terms.push(0);
      continue;
    }
    const direction = unit(signs);
    const image = await product(direction);
    if (image === null) return null;
    terms.push(squared * dot(image, direction));
    largest = Math.max(largest, norm(image));
  }
  const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
  // along a vector of Q a product's rounding may count in full; beside random signs it has no direction
  const rounding = productRounding * largest * (basis.length + Math.sqrt(size));
  return { value: value + mean, error: standardError(terms, Infinity) + rounding };
}

/** The sum of the diagonal, entry by entry; each may have all of its product's rounding. Null when the product gave up. */
async function diagonalOf(product: Product, size: number): Promise<Trace | null> {
  let [value, largest] = [0, 0];
  for (let place = 0; place < size; place++) {
    const image = await product(new Float32Array(size).fill(1, place, place + 1));
    if (image === null) return null;
    value += image[place]!;
    largest = Math.max(largest, norm(image));
  }
  return { value, error: productRounding * largest * size };
}

/** An orthonormal basis of the matrix's products with random vectors, of as many or as few as differ by more than rounding; null when the product gave up. */
async function rangeOf(
  product: Product,
  { size, generator }: { size: number; generator: Generator },
): Promise<Float32Array[] | null> {
  const basis: Float32Array[] = [];
  for (let drawn = 0; drawn < traceProducts.range; drawn++) {
    const image = await product(randomUnit(size, generator));
    if (image === null) return null;
    const length = norm(image);
    orthogonalise(image, basis);
    if (norm(image) > productRounding * length) basis.push(unit(image));
  }
  return basis;
}
