/** The density of the Hessian's eigenvalues at kept points of a walk, by stochastic Lanczos quadrature. */
import { z } from 'zod';
import { productRounding } from '../curvature/index.ts';
import { field, integer } from '../fields.ts';
import { formatMeasured, formatWithError } from '../format.ts';

/** Most points of an analysis: more lines nobody tells apart. */
const mostPoints = 8;

/** Settings of the spectral density. */
export const spectralDensitySettingsSchema = z.strictObject({
  points: field(
    {
      title: 'Iterations',
      help: 'The parameters before these updates, eight at most; empty takes the first kept and the last, with batch norm the last alone: its running statistics begin at mean 0 and variance 1, by which nothing is normalised.',
      unit: null,
      group: 'measured',
      control: 'integer-list',
      empty: 'automatic',
    },
    z
      .array(integer(0, 100_000_000), { error: 'must be a list of iterations' })
      .max(mostPoints, `must be at most ${mostPoints} iterations`)
      .refine((points) => new Set(points).size === points.length, 'must name each iteration once')
      .default([]),
  ),
  examples: field(
    {
      title: 'Examples',
      help: 'The loss over so many training examples is differentiated, the first of one seeded order: as many as the curvature is measured on are the same examples.',
      unit: null,
      group: 'measured',
      control: 'integer',
    },
    integer(1, 10_000_000).default(2000),
  ),
  vectors: field(
    {
      title: 'Random vectors',
      help: 'The density is the mean of what so many random vectors see, and their scatter its error.',
      unit: 'vectors',
      group: 'measured',
      control: 'integer',
    },
    integer(2, 100).default(5),
  ),
  steps: field(
    {
      title: 'Products of each vector',
      help: 'Hessian-vector products of Lanczos’s method for each vector at each point. Each takes as long as some 2.5 gradients over the examples. n of them resolve 1/n of the spectrum’s range and keep n copies of the parameters in memory.',
      unit: 'products',
      group: 'measured',
      control: 'integer',
    },
    integer(2, 200).default(40),
  ),
});
/** Settings of the spectral density. */
export type SpectralDensitySettings = z.output<typeof spectralDensitySettingsSchema>;

/** What random vectors see of the spectrum at each point. */
export const spectralDensityResultSchema = z.strictObject({
  kind: z.literal('spectral-density'),
  points: z.array(
    z.strictObject({
      iteration: z.int().min(0),
      /** Of each vector what it sees; without values where the Hessian is not finite. */
      vectors: z.array(
        z.strictObject({
          /** Ritz values, falling. */
          values: z.array(z.number()),
          /** Their weights, which add up to 1. */
          weights: z.array(z.number().min(0).max(1)),
          /** Of the first value and the last: an eigenvalue is at most so far from it. Analyses of before this was kept have none. */
          residuals: z.array(z.number().min(0)).max(2).optional(),
          /** Whether more products would tell no more of what it sees. */
          exact: z.boolean().optional(),
        }),
      ),
    }),
  ),
  /** Number of trainable parameters, and so of eigenvalues. */
  parameters: z.int().min(1),
  /** Number of examples that the loss is the mean over. */
  examples: z.int().min(1),
  /** Size of the training set they were drawn from. */
  population: z.int().min(1),
});
/** What random vectors see of the spectrum. */
export type SpectralDensityResult = z.output<typeof spectralDensityResultSchema>;
/** One point of it. */
export type SpectrumSeen = SpectralDensityResult['points'][number];

/** A mean over vectors and its standard error; NaN where there are none. */
export interface Estimate {
  value: number;
  error: number;
}

/** Mean over vectors that are drawn for themselves, and its standard error; infinite of one. */
function estimateOf(each: readonly number[]): Estimate {
  const count = each.length;
  const value = each.reduce((sum, one) => sum + one / count, 0);
  // by differences in shares of the largest: squares of huge numbers would be infinite
  const largest = Math.max(...each.map((one) => Math.abs(one - value)), Number.MIN_VALUE);
  const squares = each.reduce((sum, one) => sum + ((one - value) / largest) ** 2, 0);
  return { value, error: count > 1 ? largest * Math.sqrt(squares / (count - 1) / count) : Infinity };
}

/** Whether what was seen of a point is told: a density without one of its vectors would be of another random choice than its error is. */
export function isTold({ vectors }: SpectrumSeen): boolean {
  return vectors.length > 1 && vectors.every(({ values }) => values.length > 0);
}

/** The least and the greatest Ritz value of some points, of those that are told; null where there is none. */
export function rangeOf(points: readonly SpectrumSeen[]): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const { vectors } of points.filter(isTold))
    for (const { values } of vectors)
      for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low <= high ? [low, high] : null;
}

/** An end of a spectrum, as it was seen. */
export interface SpectrumEnd {
  /** Ritz value; 0 where products in float32 do not resolve it beside the other end. */
  value: number;
  /** Some eigenvalue is at most so far from it, their rounding counted in; null of analyses of before this was kept. */
  residual: number | null;
}

/** Both ends of what was seen at a point: the spectrum's own lie there or beyond. Null where it is not told. */
export function endsOf(point: SpectrumSeen): { least: SpectrumEnd; greatest: SpectrumEnd } | null {
  const range = rangeOf([point]);
  if (range === null) return null;
  const [low, high] = range;
  const rounding = productRounding * Math.max(Math.abs(low), Math.abs(high));
  const endAt = (value: number, from: 0 | 1): SpectrumEnd => {
    const seen = point.vectors.flatMap(({ values, residuals }) =>
      values.at(from === 0 ? 0 : -1) === value && residuals?.length === 2 ? [residuals[from]!] : [],
    );
    return {
      value: Math.abs(value) <= rounding ? 0 : value,
      residual: seen.length > 0 ? Math.max(rounding, Math.min(...seen)) : null,
    };
  };
  return { least: endAt(low, 1), greatest: endAt(high, 0) };
}

/** An end in words: `12.34 ± 0.012`, without an error where none is kept. */
export function endText({ value, residual }: SpectrumEnd): string {
  return residual === null ? formatMeasured(value) : formatWithError(value, residual);
}

/** The mean eigenvalue, tr H / P: of each vector it is ⟨v, Hv⟩, the zeroth and first moment being exact. NaN where the point is not told. */
export function meanEigenvalue(point: SpectrumSeen): Estimate {
  return isTold(point)
    ? estimateOf(
        point.vectors.map(({ values, weights }) => values.reduce((sum, value, at) => sum + weights[at]! * value, 0)),
      )
    : { value: NaN, error: NaN };
}

/**
 * The density at x, in shares of the eigenvalues per unit of eigenvalue: mean over vectors of Σ wᵢ N(x; θᵢ, width²) (Ghorbani, Krishnan, Xiao, An
 * Investigation into Neural Net Optimization via Hessian Eigenvalue Density, 2019; Lin, Saad, Yang, Approximating Spectral Densities of Large Matrices, 2016).
 * Its error is of the choice of vectors and leaves out that of a finite number of products. NaN where the point is not told.
 */
export function densityAt(point: SpectrumSeen, x: number, width: number): Estimate {
  return isTold(point)
    ? estimateOf(
        point.vectors.map(({ values, weights }) => {
          let sum = 0;
          for (let at = 0; at < values.length; at++) {
            const away = (x - values[at]!) / width;
            // beyond it is less than 1e-13 of the peak
            if (away < widthsThatCount && away > -widthsThatCount) sum += weights[at]! * gaussian(away);
          }
          return sum / width;
        }),
      )
    : { value: NaN, error: NaN };
}

const gaussian = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Widths from a Ritz value beyond which it adds nothing. */
const widthsThatCount = 8;

/** Least width of the Gaussians as a share of the range of a point. */
const leastWidthShare = 0.01;

/**
 * The width as a share of the range: n Ritz values lie about π/2 of the range's nth part apart in a broad bulk, and narrower Gaussians on them
 * are a comb. Those of the nth part belong, but for e⁻⁸ of their Fourier transforms, to the polynomials that the quadrature is exact for.
 */
function widthShareOf({ vectors }: SpectrumSeen): number {
  return Math.max(leastWidthShare, ...vectors.map(({ values, exact }) => (exact ? 0 : 1 / values.length)));
}

/** Places of the density to a width, and widths beyond both ends. */
const [placesPerWidth, beyond] = [4, 4];

/** Where the density of a point is told. */
export interface DensityGrid {
  x: number[];
  /** Standard deviation of the Gaussians. */
  width: number;
  /** A tenth of what a single eigenvalue makes at its peak: less than that says nothing. */
  least: number;
}

/** The places of the density of a point; null where there is no range to tell it on. @param parameters number of eigenvalues */
export function densityGrid(point: SpectrumSeen, parameters: number): DensityGrid | null {
  const range = rangeOf([point]);
  if (range === null) return null;
  const [low, high] = range;
  const share = widthShareOf(point);
  const width = share * (high - low);
  // what is divided by it has to stay a number
  if (!(width > 1e-300 && width < 1e300) || low + width === low || high + width === high) return null;
  const count = Math.round((1 / share + 2 * beyond) * placesPerWidth) + 1;
  return {
    x: Array.from({ length: count }, (_, at) => low - beyond * width + (at * width) / placesPerWidth),
    width,
    least: (0.1 * gaussian(0)) / width / parameters,
  };
}
