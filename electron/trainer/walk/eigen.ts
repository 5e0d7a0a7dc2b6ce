/** The largest eigenvalues of a symmetric matrix that is only known by its products with vectors. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Generator } from '../random/generator.ts';

/** Multiplies the matrix by a unit vector, into an array that the next product may write into; null asks to give up. */
export type Product = (vector: Float32Array) => Promise<Float64Array | null>;

/** An eigenvalue with its unit eigenvector, as good as the method found them. */
export interface Eigenpair {
  /** Rayleigh quotient ⟨v, Av⟩; NaN where a product was not finite. */
  value: number;
  /** ‖Av − value·v‖₂: some eigenvalue of the matrix is at most so far from `value`. */
  residual: number;
  vector: Float32Array;
}

/** What to look for. */
export interface EigenOptions {
  /** Length of the vectors. */
  size: number;
  /** How many eigenvalues. */
  count: number;
  /** Products at most: of Lanczos in all, of the power method for each eigenvalue; one more each tells the residual. */
  iterations: number;
  /** Draws the start vectors. */
  generator: Generator;
}

/** Lanczos ends early once every wanted residual is estimated below so much of its eigenvalue. */
const tolerance = 1e-5;

/** Below so much of the largest eigenvalue what is left of a product is rounding of float32. */
const roundingShare = 1e-6;

/**
 * The algebraically largest eigenvalues, in falling order, by the method of Lanczos with full reorthogonalisation (twice, as
 * Parlett, The Symmetric Eigenvalue Problem, 6.9). Vectors are kept in float32, all sums are float64. Where the Krylov space is
 * exhausted it goes on from a new random direction. An eigenvalue that occurs more than once is told as often as it was found
 * when the wanted ones had settled: once, as a rule.
 * @returns min(count, size) pairs, or null when the product gave up
 */
export async function lanczos(product: Product, options: EigenOptions): Promise<Eigenpair[] | null> {
  const { size, generator } = options;
  const count = Math.min(options.count, size);
  const steps = Math.min(Math.max(options.iterations, count), size);
  const basis: Float32Array[] = [randomUnit(size, generator)];
  const diagonal: number[] = [];
  const beside: number[] = [];
  for (;;) {
    const step = diagonal.length;
    const next = await product(basis[step]!);
    if (next === null) return null;
    const alpha = dot(next, basis[step]!);
    if (!Number.isFinite(alpha)) return nothingFound(count, size);
    diagonal.push(alpha);
    orthogonalise(next, basis);
    const beta = norm(next);
    const found = tridiagonal(diagonal, beside);
    const scale = Math.max(...found.values.map(Math.abs));
    const exhausted = beta <= roundingShare * scale;
    const settled =
      diagonal.length >= count &&
      !exhausted &&
      found.values.slice(0, count).every((value, index) => {
        const last = found.vector(index)[step]!;
        return Math.abs(beta * last) <= tolerance * Math.abs(value);
      });
    if (settled || diagonal.length === steps) return pairs(product, basis, found, count);
    if (exhausted) {
      const fresh = Float64Array.from(randomUnit(size, generator));
      orthogonalise(fresh, basis);
      basis.push(unit(fresh));
      beside.push(0);
    } else {
      basis.push(unit(next));
      beside.push(beta);
    }
  }
}

/**
 * The eigenvalues that are largest in magnitude, in falling order of it, by the power method, each orthogonal to those
 * before it. Always the told number of iterations, as the paper's authors did with 15.
 * @returns min(count, size) pairs, or null when the product gave up
 */
export async function powerMethod(product: Product, options: EigenOptions): Promise<Eigenpair[] | null> {
  const { size, iterations, generator } = options;
  const found: Eigenpair[] = [];
  while (found.length < Math.min(options.count, size)) {
    const before = found.map(({ vector }) => vector);
    const start = Float64Array.from(randomUnit(size, generator));
    orthogonalise(start, before);
    let vector = unit(start);
    for (let iteration = 0; iteration < iterations; iteration++) {
      const next = await product(vector);
      if (next === null) return null;
      orthogonalise(next, before);
      const length = norm(next);
      if (!Number.isFinite(length)) return nothingFound(Math.min(options.count, size), size);
      // the matrix is zero on what is left
      if (length === 0) break;
      vector = unit(next);
    }
    const pair = await measured(product, vector);
    if (pair === null) return null;
    found.push(pair);
  }
  return found;
}

/** Eigenvalues of a symmetric tridiagonal matrix in falling order, and the eigenvector of each. */
function tridiagonal(diagonal: readonly number[], beside: readonly number[]) {
  const order = diagonal.length;
  const matrix = Matrix.zeros(order, order);
  diagonal.forEach((value, index) => matrix.set(index, index, value));
  beside.forEach((value, index) => {
    matrix.set(index, index + 1, value);
    matrix.set(index + 1, index, value);
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const ranks = realEigenvalues.map((_, index) => index).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    values: ranks.map((rank) => realEigenvalues[rank]!),
    vector: (index: number): number[] => eigenvectorMatrix.getColumn(ranks[index]!),
  };
}

/** Ritz vectors of the first eigenvalues, with their residuals. */
async function pairs(
  product: Product,
  basis: readonly Float32Array[],
  found: ReturnType<typeof tridiagonal>,
  count: number,
): Promise<Eigenpair[] | null> {
  const all: Eigenpair[] = [];
  for (let index = 0; index < count; index++) {
    const weights = found.vector(index);
    const vector = new Float64Array(basis[0]!.length);
    weights.forEach((weight, row) => addTo(vector, basis[row]!, weight));
    const pair = await measured(product, unit(vector));
    if (pair === null) return null;
    all.push(pair);
  }
  return all.sort((a, b) => b.value - a.value);
}

/** Rayleigh quotient and residual of a unit vector. */
async function measured(product: Product, vector: Float32Array): Promise<Eigenpair | null> {
  const image = await product(vector);
  if (image === null) return null;
  const value = dot(image, vector) / dot(vector, vector);
  addTo(image, vector, -value);
  return { value, residual: norm(image), vector };
}

function nothingFound(count: number, size: number): Eigenpair[] {
  return Array.from({ length: count }, () => ({ value: NaN, residual: NaN, vector: new Float32Array(size) }));
}

/** Takes the components along unit vectors away, twice: once leaves rounding errors that grow. */
function orthogonalise(vector: Float64Array, basis: readonly Float32Array[]): void {
  for (let pass = 0; pass < 2; pass++)
    for (const direction of basis) addTo(vector, direction, -dot(vector, direction) / dot(direction, direction));
}

function randomUnit(size: number, generator: Generator): Float32Array {
  const vector = new Float64Array(size);
  for (let index = 0; index < size; index++) vector[index] = generator.normal();
  return unit(vector);
}

function unit(vector: Float64Array): Float32Array {
  const length = norm(vector);
  // `from` with a function would first make a list of all numbers
  const result = new Float32Array(vector.length);
  for (let index = 0; index < result.length; index++) result[index] = vector[index]! / length;
  return result;
}

/** ⟨a, b⟩ in float64. */
export function dot(a: Float64Array | Float32Array, b: Float32Array): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += a[index]! * b[index]!;
  return total;
}

function addTo(vector: Float64Array, direction: Float32Array, weight: number): void {
  for (let index = 0; index < vector.length; index++) vector[index]! += weight * direction[index]!;
}

function norm(vector: Float64Array): number {
  let total = 0;
  for (const value of vector) total += value * value;
  return Math.sqrt(total);
}
