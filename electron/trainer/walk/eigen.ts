/** Both ends of the spectrum of a symmetric matrix that is only known by its products with vectors. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { productRounding } from '../../../shared/curvature/index.ts';
import type { Generator } from '../random/generator.ts';
import { addAll, dots } from './basis.ts';

/** Multiplies the matrix by a unit vector, into an array that the next product may write into; null asks to give up. */
export type Product = (vector: Float32Array) => Promise<Float64Array | null>;

/** An eigenvalue with its unit eigenvector, as good as the method found them. */
export interface Eigenpair {
  /** Rayleigh quotient ⟨v, Av⟩; 0 where products in float32 do not resolve it; NaN where a product was not finite. */
  value: number;
  /** ‖Av − value·v‖₂: some eigenvalue of the matrix is at most so far from `value`. Where `value` is 0, at least what is resolved. */
  residual: number;
  vector: Float32Array;
}

/** Both ends of a spectrum. Of a finite matrix its norm ‖A‖₂ is the larger of the two ends' magnitudes. */
export interface Spectrum {
  /** The algebraically largest eigenvalues, in falling order. */
  largest: Eigenpair[];
  /** The algebraically smallest one. */
  smallest: Eigenpair;
}

/** What to look for. */
export interface EigenOptions {
  /** Length of the vectors. */
  size: number;
  /** How many of the largest eigenvalues. */
  count: number;
  /**
   * Products at most: of Lanczos in all, of the power method for each eigenvalue, the smallest counted in; one more for each tells the
   * residual.
   */
  iterations: number;
  /** Draws the start vectors. */
  generator: Generator;
}

/** Lanczos ends early once every wanted residual is estimated below so much of its eigenvalue. */
const tolerance = 1e-5;

/** While the smallest eigenvalue cannot be the norm, a residual below so much of the norm is enough for it. */
const otherEndTolerance = 1e-3;

/** The least normal float32: below it products lose their digits, and at last themselves. */
const leastNormal = 2 ** -126;

/**
 * Both ends of the spectrum by the method of Lanczos with full reorthogonalisation (twice, as Parlett, The Symmetric Eigenvalue Problem,
 * 6.9). Vectors are kept in float32, all sums are float64. Where the Krylov space is exhausted it goes on from a new random direction.
 * An eigenvalue that occurs more than once is told as often as it was found when the wanted ones had settled: once, as a rule.
 * @returns the min(count, size) largest and the smallest, or null when the product gave up
 */
export async function lanczos(product: Product, options: EigenOptions): Promise<Spectrum | null> {
  const { size, generator } = options;
  const count = Math.min(options.count, size);
  const steps = Math.min(Math.max(options.iterations, count), size);
  const space = krylovFrom(randomUnit(size, generator));
  const { basis, diagonal, beside } = space;
  for (;;) {
    const step = diagonal.length;
    const extended = await extend(product, space);
    if (extended === null) return null;
    if (!Number.isFinite(diagonal[step])) return nothingFound(count, size);
    const { next, beta } = extended;
    const found = tridiagonal(diagonal, beside);
    const scale = Math.max(...found.values.map(Math.abs));
    const exhausted = beta <= productRounding * scale;
    const estimate = (index: number): number => Math.abs(beta * found.vector(index)[step]!);
    const settled = (index: number): boolean =>
      estimate(index) <= Math.max(tolerance * Math.abs(found.values[index]!), productRounding * scale);
    const otherEndSettled = (): boolean => {
      const left = estimate(step);
      return Math.abs(found.values[step]!) + left < scale && left <= otherEndTolerance * scale;
    };
    const ended =
      diagonal.length >= count &&
      !exhausted &&
      found.values.slice(0, count).every((_, index) => settled(index)) &&
      (settled(step) || otherEndSettled());
    if (ended || diagonal.length === steps) return ritzPairs(product, basis, found, count);
    if (exhausted) {
      const fresh = Float64Array.from(randomUnit(size, generator));
      orthogonalise(fresh, basis, space.squares);
      grow(space, unit(fresh), 0);
    } else grow(space, unit(next), beta);
  }
}

/**
 * Both ends of the spectrum by the power method, with the told number of products for each eigenvalue, as the paper's authors did with 15. It
 * finds the eigenvalues that are largest in magnitude, each orthogonal to those before it: while they are positive these are the largest.
 * The first negative one is the smallest, and with the matrix less that one, whose eigenvalues are not negative, it finds the largest that are left.
 * Where none is negative, the smallest is found with the matrix less the last one, of whose rest no eigenvalue is positive.
 * @returns the min(count, size) largest and the smallest, or null when the product gave up
 */
export async function powerMethod(product: Product, options: EigenOptions): Promise<Spectrum | null> {
  const count = Math.min(options.count, options.size);
  const found: Eigenpair[] = [];
  let smallest: Eigenpair | null = null;
  while (found.length < count || smallest === null) {
    // the last of all is the smallest
    if (found.length === options.size) break;
    const shift: number = smallest?.value ?? (found.length === count ? found.at(-1)!.value : 0);
    const before = found.map(({ vector }) => vector);
    const pair: Eigenpair | null = await dominant(product, options, shift, before);
    if (pair === null) return null;
    if (smallest === null && (pair.value < 0 || found.length === count)) smallest = pair;
    else found.push(pair);
  }
  return spectrumOf(smallest ? [...found, smallest] : found, count);
}

/** A Krylov space: orthonormal vectors, and the matrix on them, which is tridiagonal. */
interface Krylov {
  basis: Float32Array[];
  /** ⟨q, q⟩ of each, which rounding to float32 leaves beside 1. */
  squares: number[];
  diagonal: number[];
  /** Between consecutive vectors. */
  beside: number[];
}

function krylovFrom(start: Float32Array): Krylov {
  return { basis: [start], squares: [dot(start, start)], diagonal: [], beside: [] };
}

/** Adds a vector, and what stands between it and the one before. */
function grow({ basis, squares, beside }: Krylov, vector: Float32Array, beta: number): void {
  basis.push(vector);
  squares.push(dot(vector, vector));
  beside.push(beta);
}

/** Numbers that are worked on before a listener is let in: some tenths of a second. */
const numbersAtOnce = 2 ** 26;

/**
 * One product more: adds to the diagonal, not finite where the product is not, and tells what is left of the product beside the space, and its length β.
 * Null when the product gave up.
 */
async function extend(
  product: Product,
  { basis, squares, diagonal }: Krylov,
  between?: () => Promise<void>,
): Promise<{ next: Float64Array; beta: number } | null> {
  const last = basis[diagonal.length]!;
  const next = await product(last);
  if (next === null) return null;
  diagonal.push(dot(next, last));
  const atOnce = between ? Math.ceil(numbersAtOnce / next.length) : basis.length;
  for (let pass = 0; pass < 2; pass++)
    for (let from = 0; from < basis.length; from += atOnce) {
      project(next, basis.slice(from, from + atOnce), squares.slice(from, from + atOnce));
      await between?.();
    }
  return { next, beta: norm(next) };
}

/** A measure of the spectrum as a vector sees it: Σ wᵢ f(θᵢ) is ⟨v, f(A)v⟩ for every polynomial f of a degree below twice their number. */
export interface Quadrature {
  /** θ: Ritz values, in falling order. */
  values: number[];
  /** w: their weights, which add up to 1. */
  weights: number[];
  /** Of the first value and the last: an eigenvalue is at most so far from it, β·|last component of its eigenvector|, beside rounding. */
  residuals: number[];
  /** Whether the Krylov space is exhausted: then it is exact for every f. */
  exact: boolean;
}

/**
 * Gauss's quadrature by the method of Lanczos from a random unit vector, with full reorthogonalisation (Golub and Welsch, 1969; stochastic Lanczos
 * quadrature takes its mean over vectors). It ends early where the Krylov space is exhausted.
 * @param steps products at most
 * @param between let in while a product's components are taken away, as long as it may take
 * @returns null when the product gave up; nothing where a product was not finite
 */
export async function quadrature(
  product: Product,
  options: { size: number; steps: number; generator: Generator; between?: () => Promise<void> },
): Promise<Quadrature | null> {
  const { size, generator, between } = options;
  const steps = Math.min(options.steps, size);
  const space = krylovFrom(randomUnit(size, generator));
  const { diagonal, beside } = space;
  for (let scale = 0; ;) {
    const extended = await extend(product, space, between);
    if (extended === null) return null;
    const { next, beta } = extended;
    scale = Math.max(scale, Math.abs(diagonal.at(-1)!) + beta);
    if (!Number.isFinite(scale)) return { values: [], weights: [], residuals: [], exact: false };
    const exact = diagonal.length === size || beta <= productRounding * scale;
    if (!exact && diagonal.length < steps) {
      grow(space, unit(next), beta);
      continue;
    }
    const { values, vector } = tridiagonal(diagonal, beside);
    return {
      values,
      weights: values.map((_, index) => Math.min(1, vector(index)[0]! ** 2)),
      residuals: [0, values.length - 1].map((index) => Math.abs(beta * vector(index).at(-1)!)),
      exact,
    };
  }
}

/**
 * The eigenvalue furthest from `shift` on what is orthogonal to the vectors `before`, by the power method on A − shift. Its vector is the best
 * in the span of the last two: where eigenvalues lie about as far on both sides of `shift`, one alone is a mixture of theirs for ever.
 */
async function dominant(
  product: Product,
  { size, iterations, generator }: EigenOptions,
  shift: number,
  before: readonly Float32Array[],
): Promise<Eigenpair | null> {
  const start = Float64Array.from(randomUnit(size, generator));
  orthogonalise(start, before);
  let vector = unit(start);
  for (let iteration = 0; iteration < Math.max(1, iterations - 2); iteration++) {
    const next = await product(vector);
    if (next === null) return null;
    addTo(next, vector, -shift);
    orthogonalise(next, before);
    const length = norm(next);
    if (!Number.isFinite(length)) return noPair(size);
    // the matrix is `shift` on what is left
    if (length === 0) break;
    vector = unit(next);
  }
  if (iterations > 2) {
    const best = await bestInSpan(product, vector, shift, before);
    if (best === null) return null;
    vector = best;
  }
  const image = await product(vector);
  return image && measured(vector, image);
}

/**
 * The unit vector in the span of v and Av, as far as it is orthogonal to `before`, whose Rayleigh quotient is furthest from `shift`; two
 * products. Null when the product gave up.
 */
async function bestInSpan(
  product: Product,
  vector: Float32Array,
  shift: number,
  before: readonly Float32Array[],
): Promise<Float32Array | null> {
  const image = await product(vector);
  if (image === null) return null;
  const first = dot(image, vector);
  const scale = Math.max(norm(image), Math.abs(shift));
  orthogonalise(image, [...before, vector]);
  const between = norm(image);
  // what is left of an eigenvector's product is rounding
  if (!(between > productRounding * scale)) return vector;
  const beside = unit(image);
  const turned = await product(beside);
  if (turned === null) return null;
  const second = dot(turned, beside);
  // the angle from v to the eigenvector of the larger eigenvalue of [[first, between], [between, second]]
  const half = Math.atan2(2 * between, first - second) / 2;
  const angle = (first + second) / 2 >= shift ? half : half + Math.PI / 2;
  const best = new Float64Array(vector.length);
  addTo(best, vector, Math.cos(angle));
  addTo(best, beside, Math.sin(angle));
  return unit(best);
}

/**
 * The found pairs as a spectrum: in falling order, the smallest of them the last. What products in float32 do not resolve beside the norm
 * has no sign and no place of its own, whatever came out: it is told as 0, with a residual that says what is resolved.
 */
function spectrumOf(pairs: readonly Eigenpair[], count: number): Spectrum {
  const scale = Math.max(...pairs.map(({ value }) => Math.abs(value)));
  const resolution = Math.max(productRounding * scale, leastNormal);
  const reported = pairs
    .map((pair) =>
      Math.abs(pair.value) <= resolution
        ? { ...pair, value: 0, residual: Math.max(Math.hypot(pair.residual, pair.value), resolution) }
        : pair,
    )
    .sort((a, b) => b.value - a.value);
  return { largest: reported.slice(0, count), smallest: reported.at(-1)! };
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

/** Ritz vectors of the first eigenvalues and the last, with their residuals. */
async function ritzPairs(
  product: Product,
  basis: readonly Float32Array[],
  found: ReturnType<typeof tridiagonal>,
  count: number,
): Promise<Spectrum | null> {
  const all: Eigenpair[] = [];
  const last = found.values.length - 1;
  for (const index of new Set([...Array.from({ length: count }, (_, rank) => rank), last])) {
    const weights = found.vector(index);
    const sum = new Float64Array(basis[0]!.length);
    addAll(sum, basis, weights);
    const vector = unit(sum);
    const image = await product(vector);
    if (image === null) return null;
    all.push(measured(vector, image));
  }
  return spectrumOf(all, count);
}

/** Rayleigh quotient and residual of a unit vector from its product, into which it writes. */
function measured(vector: Float32Array, image: Float64Array): Eigenpair {
  const value = dot(image, vector) / dot(vector, vector);
  addTo(image, vector, -value);
  return { value, residual: norm(image), vector };
}

function noPair(size: number): Eigenpair {
  return { value: NaN, residual: NaN, vector: new Float32Array(size) };
}

function nothingFound(count: number, size: number): Spectrum {
  return { largest: Array.from({ length: count }, () => noPair(size)), smallest: noPair(size) };
}

/** Takes the components along unit vectors away, twice (classical Gram–Schmidt): once leaves rounding errors that grow. @param squares ⟨q, q⟩ of each */
export function orthogonalise(
  vector: Float64Array,
  basis: readonly Float32Array[],
  squares = basis.map((direction) => dot(direction, direction)),
): void {
  for (let pass = 0; pass < 2; pass++) project(vector, basis, squares);
}

/** Takes the components along unit vectors away, once: all as they are before. */
function project(vector: Float64Array, basis: readonly Float32Array[], squares: readonly number[]): void {
  addAll(
    vector,
    basis,
    dots(vector, basis).map((along, at) => -along / squares[at]!),
  );
}

/** A direction at random, every one as likely. */
export function randomUnit(size: number, generator: Generator): Float32Array {
  const vector = new Float64Array(size);
  for (let index = 0; index < size; index++) vector[index] = generator.normal();
  return unit(vector);
}

/** A vector by its length, in float32. */
export function unit(vector: Float64Array): Float32Array {
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

/** ‖a‖₂. */
export function norm(vector: Float64Array): number {
  let total = 0;
  // by index: of 571,360 numbers 0.5 ms, where the array's iterator takes 5.6
  for (let index = 0; index < vector.length; index++) total += vector[index]! ** 2;
  return Math.sqrt(total);
}
