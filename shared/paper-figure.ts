/** What a preset says about the figure or table of the paper's that it reproduces; figures/paper-recipe.ts draws it. */
import { z } from 'zod';
import { claimIds } from './claims/result.ts';
import { chartSpecSchema } from './charts/request.ts';

/** A chart of the figure; a preset cannot know the valley-floor study that its run will have. */
const paperChart = z.union([z.strictObject({ chart: z.literal('valley-floor') }), chartSpecSchema]);

const paperPanel = z
  .strictObject({
    chart: paperChart,
    /** Epoch, from 1, whose first iteration `from` and `to` count from; left out where they are what the chart draws against. */
    epoch: z.int().min(1).optional(),
    /** Iterations or epochs from and to, ends included; all where left out. */
    from: z.number().optional(),
    to: z.number().optional(),
    /** Logarithmic y axis. */
    log: z.boolean().default(false),
    /** Written above the panel. */
    title: z.string().default(''),
  })
  .refine(({ epoch, from, to }) => epoch === undefined || (from !== undefined && to !== undefined), {
    error: 'says from and to where it names an epoch',
    path: ['epoch'],
  });

/** What a preset of one of the paper's figures and tables reproduces, at which scale, and how its result is drawn. */
export const paperFigureSchema = z.strictObject({
  /** The paper's figure or table in words. */
  figure: z.string(),
  /** `desk`: the bundled data, minutes on two cores; `paper`: the paper's own data and networks. */
  scale: z.enum(['desk', 'paper']),
  /** Claims that it bears on. */
  claims: z.array(z.enum(claimIds)).min(1),
  /** Panels in a row. */
  columns: z.int().min(1).max(3).default(1),
  /** Charts of the result, row by row. */
  panels: z.array(paperPanel).min(1),
});
/** What a preset of one of the paper's figures and tables reproduces. */
export type PaperFigure = z.output<typeof paperFigureSchema>;
