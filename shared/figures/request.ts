/** What a figure request says and what comes back: the same for the window's export dialog and the terminal. */
import { z } from 'zod';
import { epochMetrics, iterationMetrics } from '../metrics.ts';

/**
 * Which chart:
 * - `walk`: training loss with the slices between the iterations' hairlines and the dashed floor, one run;
 * - `slice`: the slice of one iteration of one run;
 * - `iteration-metric`: a metric against the iteration, one or more runs (two height metrics of one run are drawn as `heights`);
 * - `heights`: height above the floor before and after each probed update, one run;
 * - `epoch-metric`: a metric against the epoch, one or more runs.
 */
const chartSpecSchema = z.discriminatedUnion('chart', [
  z.strictObject({ chart: z.literal('walk') }),
  z.strictObject({ chart: z.literal('heights') }),
  z.strictObject({ chart: z.literal('slice'), iteration: z.int().min(0) }),
  z.strictObject({ chart: z.literal('iteration-metric'), metric: z.enum(iterationMetrics.map((entry) => entry.key)) }),
  z.strictObject({ chart: z.literal('epoch-metric'), metric: z.enum(epochMetrics.map((entry) => entry.key)) }),
]);
/** Which chart. */
export type ChartSpec = z.output<typeof chartSpecSchema>;

/** Range of iterations to draw, ends included; null draws all. */
const rangeSchema = z.strictObject({ from: z.number(), to: z.number() }).nullable();

/** A figure to be drawn. Sizes in millimetres, at which text is 7 points. */
export const figureRequestSchema = z.strictObject({
  runs: z.array(z.string()).min(1, 'choose at least one run').max(50, 'at most 50 runs in one figure'),
  spec: chartSpecSchema,
  format: z.enum(['svg', 'png', 'csv']),
  range: rangeSchema.default(null),
  /** Log y axis; values at or below zero are left out and the figure says so. */
  log: z.boolean().default(false),
  /** Figures are light by default: papers are. */
  theme: z.enum(['light', 'dark']).default('light'),
  width_mm: z
    .number({ error: 'must be a number' })
    .min(20, 'at least 20 mm')
    .max(1000, 'at most 1000 mm')
    .default(114.3),
  height_mm: z
    .number({ error: 'must be a number' })
    .min(20, 'at least 20 mm')
    .max(1000, 'at most 1000 mm')
    .default(50.8),
  /** Pixels per inch of a PNG. */
  dpi: z.int('must be a whole number').min(36, 'at least 36 dpi').max(1200, 'at most 1200 dpi').default(300),
});
/** A figure to be drawn, defaults filled in. */
export type FigureRequest = z.output<typeof figureRequestSchema>;

/** A drawn figure. */
export const figureFileSchema = z.strictObject({
  /** Suggested file name with extension. */
  name: z.string(),
  mime: z.enum(['image/svg+xml', 'image/png', 'text/csv']),
  bytes: z.instanceof(Uint8Array),
});
/** A drawn figure. */
export type FigureFile = z.output<typeof figureFileSchema>;
