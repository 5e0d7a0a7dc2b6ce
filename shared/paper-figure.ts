/** What a preset says about the figure or table of the paper's that it reproduces. */
import { z } from 'zod';
import { claimIds } from './claims/result.ts';
import { chartSpecSchema } from './figures/request.ts';

/** What a preset of one of the paper's figures and tables reproduces, at which scale, and how its result is drawn. */
export const paperFigureSchema = z.strictObject({
  /** The paper's figure or table in words. */
  figure: z.string(),
  /** `desk`: the bundled data, minutes on two cores; `paper`: the paper's own data and networks. */
  scale: z.enum(['desk', 'paper']),
  /** Claims that it bears on. */
  claims: z.array(z.enum(claimIds)).min(1),
  /** Charts of the result, in the figure's order; iterations or epochs from and to, all where left out. */
  panels: z
    .array(z.strictObject({ chart: chartSpecSchema, from: z.number().optional(), to: z.number().optional() }))
    .min(1),
});
