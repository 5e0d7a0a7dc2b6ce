/** Presets: ready-made experiments and studies. */
import { z } from 'zod';
import { paperFigureSchema } from './paper-figure.ts';
import { experimentSchema } from './experiment.ts';
import { studySchema } from './study.ts';

const presetFields = {
  id: z.string(),
  title: z.string(),
  /** What it shows, in one sentence. */
  description: z.string(),
  /** Null for presets that are no figure of the paper's. */
  paper: paperFigureSchema.nullable().default(null),
};

/** A ready-made experiment or study that a form opens filled in. */
export const presetSchema = z.union([
  z.strictObject({ ...presetFields, experiment: experimentSchema }),
  z.strictObject({ ...presetFields, study: studySchema }),
]);
export type Preset = z.output<typeof presetSchema>;
