/** The density of the Hessian's eigenvalues at kept points of a walk, by stochastic Lanczos quadrature. */
import { z } from 'zod';
import { field, integer } from '../fields.ts';

/** Most points of an analysis: more lines nobody tells apart. */
const mostPoints = 8;

/** Settings of the spectral density. */
export const spectralDensitySettingsSchema = z.strictObject({
  points: field(
    {
      title: 'Iterations',
      help: 'The parameters before these updates, eight at most; empty takes the first kept and the last.',
      unit: null,
      group: 'measured',
      control: 'integer-list',
      empty: 'first and last',
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
      help: 'The loss over so many training examples is differentiated: those of the curvature, a fixed seeded subset.',
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
      help: 'Hessian-vector products of Lanczos’s method: more of them tell finer features; as many copies of the parameters are in memory.',
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
      /** Of each vector its Ritz values, falling, and their weights, which add up to 1; empty where the Hessian is not finite. */
      vectors: z.array(z.strictObject({ values: z.array(z.number()), weights: z.array(z.number().min(0).max(1)) })),
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

/** The least and the greatest Ritz value of some points; null where there is none. */
export function rangeOf(points: readonly SpectrumSeen[]): [number, number] | null {
  const all = points.flatMap(({ vectors }) => vectors.flatMap(({ values }) => values));
  return all.length === 0
    ? null
    : all.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity] as [
        number,
        number,
      ]);
}

/** The mean eigenvalue, tr H / P: of each vector it is ⟨v, Hv⟩, the zeroth and first moment being exact. */
export function meanEigenvalue({ vectors }: SpectrumSeen): Estimate {
  const seen = vectors.filter(({ values }) => values.length > 0);
  return seen.length === 0
    ? { value: NaN, error: NaN }
    : estimateOf(seen.map(({ values, weights }) => values.reduce((sum, value, at) => sum + weights[at]! * value, 0)));
}

/**
 * The density at x, in shares of the eigenvalues per unit of eigenvalue: mean over vectors of Σ wᵢ N(x; θᵢ, width²) (Ghorbani, Krishnan, Xiao, An
 * Investigation into Neural Net Optimization via Hessian Eigenvalue Density, 2019; Lin, Saad, Yang, Approximating Spectral Densities of Large Matrices, 2016).
 */
export function densityAt({ vectors }: SpectrumSeen, x: number, width: number): Estimate {
  const seen = vectors.filter(({ values }) => values.length > 0);
  return seen.length === 0
    ? { value: NaN, error: NaN }
    : estimateOf(
        seen.map(
          ({ values, weights }) =>
            values.reduce((sum, value, at) => sum + weights[at]! * gaussian((x - value) / width), 0) / width,
        ),
      );
}

const gaussian = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Width of the Gaussians as a share of the range of all points: features narrower than that are not told. */
const widthShare = 0.01;

/** Places of the density to a width, and widths beyond both ends. */
const [placesPerWidth, beyond] = [3, 4];

/** Where a density is told. */
export interface DensityGrid {
  x: number[];
  /** Standard deviation of the Gaussians. */
  width: number;
  /** A tenth of what a single eigenvalue makes at its peak: less than that says nothing. */
  least: number;
}

/** The places of the densities of all points; null where there is no range to tell them on. */
export function densityGrid({ points, parameters }: SpectralDensityResult): DensityGrid | null {
  const range = rangeOf(points);
  if (range === null) return null;
  const [low, high] = range;
  const width = widthShare * (high - low);
  // what is divided by it has to stay a number
  if (!(width > 1e-300 && width < 1e300) || low + width === low || high + width === high) return null;
  const count = Math.round((1 / widthShare + 2 * beyond) * placesPerWidth) + 1;
  return {
    x: Array.from({ length: count }, (_, at) => low - beyond * width + (at * width) / placesPerWidth),
    width,
    least: (0.1 * gaussian(0)) / width / parameters,
  };
}
