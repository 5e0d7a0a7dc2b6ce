/** Settings of the curvature probe: both ends of the spectrum of the loss's Hessian. */
import { z } from 'zod';
import { field, integer, toldAs } from '../fields.ts';
import { curvatureMeasurements } from './measurements.ts';
import type { MeasurementKey } from './measurements.ts';

export { curvatureMeasurements } from './measurements.ts';
export type { MeasurementKey } from './measurements.ts';
export type { OpenPasses } from './measurement.ts';

const methods = {
  none: 'Not measured',
  lanczos: 'Lanczos',
  power: 'Power iteration',
} as const;

function method<M extends keyof typeof methods>(name: M) {
  return field(
    {
      title: 'Hessian eigenvalues',
      help: 'The curvature of the training loss: its Hessian’s largest eigenvalues and the smallest, by Lanczos or, as the paper’s authors did, by power iteration.',
      unit: null,
      group: 'measured',
      control: 'choice',
      choices: methods,
    },
    z.literal(name),
  );
}

const settings = {
  every: field(
    {
      title: 'Measure curvature',
      help: 'At the initialisation and the end of every epoch, or before every so many iterations.',
      unit: null,
      group: 'measured',
      control: 'word-or-count',
      words: {
        word: 'epoch',
        wordLabel: 'every epoch',
        countKey: 'iterations',
        countLabel: 'before every',
        unit: 'iterations',
        countTitle: 'Iterations between two measurements',
        initial: 10,
        prefix: 'every ',
      },
    },
    z
      .union([z.literal('epoch'), z.strictObject({ iterations: integer(1, 100_000_000) })], {
        error: 'must be "epoch" or { "iterations": n } with a whole number from 1',
      })
      .default('epoch'),
  ),
  eigenvalues: field(
    {
      title: 'Eigenvalues',
      help: 'How many of the largest, by sign; the smallest is measured too. The spectral norm, the paper’s measure of flatness, is the larger magnitude of both ends.',
      unit: null,
      group: 'measured',
      control: 'integer',
    },
    integer(1, 100).default(1),
  ),
  examples: field(
    {
      title: 'Examples for curvature',
      help: 'A fixed seeded subset of the training set whose loss is differentiated; the paper used 25,000.',
      unit: 'examples',
      group: 'measured',
      control: 'integer',
    },
    integer(1, 10_000_000).default(2000),
  ),
  iterations: field(
    {
      title: 'Products at most',
      help: 'Hessian-vector products: of Lanczos in all, of power iteration for each eigenvalue, the smallest counted in. One more for each tells the residual, which says whether they were enough.',
      unit: 'products',
      group: 'measured',
      control: 'integer',
      advanced: true,
    },
    integer(1, 500).default(15),
  ),
} as const;

/** A switch for each measurement beside the eigenvalues. */
const switches = Object.fromEntries(
  curvatureMeasurements.map(({ key, title, help }) => [
    key,
    field(
      { title, help, unit: null, group: 'measured', control: 'switch', advanced: true },
      z.boolean({ error: 'must be true or false' }).default(false),
    ),
  ]),
) as Record<MeasurementKey, z.ZodDefault<z.ZodBoolean>>;

const probes = z.discriminatedUnion(
  'method',
  [
    z.strictObject({ method: method('none') }),
    z.strictObject({ method: method('lanczos'), ...settings, ...switches }),
    z.strictObject({ method: method('power'), ...settings, ...switches }),
  ],
  { error: `must be one of ${Object.keys(methods).join(', ')}` },
);

/** The probe; one that does not tell its method is Lanczos. */
export const hessian = z.preprocess((value) => toldAs(value, 'method', 'lanczos'), probes);

/** The settings of a probe that measures. */
export type CurvatureProbe = Exclude<z.output<typeof hessian>, { method: 'none' }>;

/**
 * Rounding of a Hessian-vector product in float32, as a share of the spectral norm: what an eigenvalue is off beside its residual, and below
 * which it has no sign.
 */
export const productRounding = 1e-6;
