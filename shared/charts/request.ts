/** Which chart, and the file that a drawn figure is: the same for the window's dialogs and the terminal. */
import { z } from 'zod';
import { bands } from '../compare/band.ts';
import { charted } from '../quantities/index.ts';
import type { ChartedKind } from '../quantities/index.ts';

const chartedKinds = Object.keys(charted) as ChartedKind[];

const analysisId = z.string().min(1).max(64);

/** A comparison of runs: which metric, against what, how grouped. */
const comparisonSpecSchema = z
  .strictObject({
    chart: z.literal('comparison'),
    record: z.enum(chartedKinds),
    metric: z.enum([...new Set(chartedKinds.flatMap((record) => charted[record].map(({ key }) => key)))]),
    against: z.enum(['iteration', 'epoch', 'distance', 'path_length', 'elapsed_seconds']).default('iteration'),
    /** What tells groups apart: `status`, `tag`, `study`, `backend` or paths of settings; an empty list makes one group, null none. */
    group: z.array(z.string()).nullable().default(null),
    /** What the band around the mean of a group shows. */
    band: z.enum(bands).default('none'),
    /** Width τ of the smoothing kernel in iterations (epochs, of an epoch metric); 0 smooths nothing. */
    smoothing: z.number().min(0).max(1e9).default(0),
    /** Run to which differences are taken; it must be among the runs. */
    baseline: z.string().nullable().default(null),
    /** Runs or groups by their keys in the order of their colours, so that panels agree; those not named follow. */
    colours: z.array(z.string()).default([]),
  })
  .refine(({ record, metric }) => charted[record].some(({ key }) => key === metric), {
    error: 'is no metric of this record',
    path: ['metric'],
  });
/** A comparison of runs. */
export type ComparisonSpec = z.output<typeof comparisonSpecSchema>;

/** What a slice's losses are told relative to: its floor fₜ, or the straight line between its ends. */
export const sliceReferences = ['floor', 'ends'] as const;
/** One of them. */
export type SliceReference = (typeof sliceReferences)[number];

/** How values become colours. */
export const colourScales = ['linear', 'log'] as const;

/** Which probed iterations: those of an epoch (from 1), or all. */
const epoch = z.int().min(1).nullable().default(null);

/**
 * Which chart:
 * - `walk`: training loss with the slices between the iterations' hairlines and the dashed floor, one run;
 * - `slice`: the slice of one iteration of one run;
 * - `slice-map`: every slice of one run as a heat map: iteration × α, coloured by the loss above that slice's floor, or above the
 *   straight line between its ends, linear or logarithmic;
 * - `floor-histogram`: where the floors of one run lie in their steps, over all probed iterations or one epoch;
 * - `height-histogram`: heights above the floor before and after the update, over all probed iterations or one epoch;
 * - `iteration-metric`: a metric against the iteration, one or more runs (two height metrics of one run are drawn as `heights`);
 * - `heights`: height above the floor before and after each probed update, one run;
 * - `epoch-metric`: a metric against the epoch, one or more runs;
 * - `curvature`: the Hessian's largest eigenvalues and the smallest, or its spectral norm, with their residuals, or the gradient's share along
 *   the largest ones' eigenvectors, against the epoch: of one run every eigenvalue, of several the largest;
 * - `plane`: an analysis of one run: contours of the loss on the plane through three points; `plane-surface`: the same as a surface;
 * - `trajectory`: an analysis of one run: its kept points in their first two principal components;
 * - `valley-floor`: an analysis of one run: the loss along the valley floor and along the walk;
 * - `comparison`: a metric of one or more runs against what one likes, in groups, smoothed or as differences (docs/comparing.md).
 */
export const chartSpecSchema = z.discriminatedUnion('chart', [
  z.strictObject({ chart: z.literal('walk') }),
  z.strictObject({ chart: z.literal('heights') }),
  z.strictObject({ chart: z.literal('slice'), iteration: z.int().min(0) }),
  z.strictObject({
    chart: z.literal('slice-map'),
    reference: z.enum(sliceReferences).default('floor'),
    scale: z.enum(colourScales).default('linear'),
  }),
  z.strictObject({ chart: z.literal('floor-histogram'), epoch }),
  z.strictObject({ chart: z.literal('height-histogram'), epoch }),
  z.strictObject({ chart: z.literal('iteration-metric'), metric: z.enum(charted.iteration.map(({ key }) => key)) }),
  z.strictObject({ chart: z.literal('curvature'), metric: z.enum(charted.curvature.map(({ key }) => key)) }),
  z.strictObject({ chart: z.literal('epoch-metric'), metric: z.enum(charted.epoch.map(({ key }) => key)) }),
  z.strictObject({ chart: z.literal('plane'), analysis: analysisId }),
  z.strictObject({
    chart: z.literal('plane-surface'),
    analysis: analysisId,
    /** From where it is looked at, in degrees: around the vertical axis, and above the horizon. */
    azimuth: z.number().min(-360).max(360).default(-35),
    elevation: z.number().min(5).max(90).default(35),
  }),
  z.strictObject({ chart: z.literal('trajectory'), analysis: analysisId }),
  z.strictObject({ chart: z.literal('valley-floor'), analysis: analysisId }),
  comparisonSpecSchema,
]);
/** Which chart. */
export type ChartSpec = z.output<typeof chartSpecSchema>;

/** A chart of every quantity that has one, in the order of menus. */
export const quantityCharts: readonly ChartSpec[] = [
  ...charted.iteration.map(({ key }) => ({ chart: 'iteration-metric', metric: key }) as const),
  ...charted.epoch.map(({ key }) => ({ chart: 'epoch-metric', metric: key }) as const),
  ...charted.curvature.map(({ key }) => ({ chart: 'curvature', metric: key }) as const),
];

/** What a figure can be written as. */
export const figureFormats = ['svg', 'png', 'pdf', 'csv'] as const;
/** One of them. */
export type FigureFormat = (typeof figureFormats)[number];

/** The media type of each format. */
export const figureTypes = {
  svg: 'image/svg+xml',
  png: 'image/png',
  pdf: 'application/pdf',
  csv: 'text/csv',
} as const satisfies Record<FigureFormat, string>;

/** Pixels per inch of a PNG. */
export const dpiSchema = z
  .int('must be a whole number')
  .min(36, 'at least 36 dpi')
  .max(1200, 'at most 1200 dpi')
  .default(300);

/** A drawn figure. */
export const figureFileSchema = z.strictObject({
  /** Suggested file name with extension. */
  name: z.string(),
  mime: z.enum([...Object.values(figureTypes), 'application/json']),
  bytes: z.instanceof(Uint8Array),
});
/** A drawn figure. */
export type FigureFile = z.output<typeof figureFileSchema>;
