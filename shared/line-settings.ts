/** Settings of the line of a step: how far beyond its ends slices go, and whether the step's batch is evaluated along them. */
import { z } from 'zod';
import { field, range } from './fields.ts';

/** How far before and beyond its ends the line of a step may be followed, α. */
export const lineReach = { from: -2, to: 10 } as const;

/** They stand among those of the interpolation. */
export const lineSettings = {
  from: field(
    {
      title: 'First α',
      help: 'Where slices begin: 0 is θ(t), and below it the line is followed back. Each further point between costs an evaluation a step.',
      unit: null,
      group: 'measured',
      control: 'number',
      advanced: true,
    },
    z
      .number({ error: 'must be a number' })
      .min(lineReach.from, range('at least −2', 'at most 0'))
      .max(0, range('at least −2', 'at most 0'))
      .default(0),
  ),
  to: field(
    {
      title: 'Last α',
      help: 'Where slices end: 1 is θ(t+1), and beyond it the line goes on as far; 3 finds most floors of early steps. Floors, heights and barriers stay those of the step.',
      unit: null,
      group: 'measured',
      control: 'number',
      advanced: true,
    },
    z
      .number({ error: 'must be a number' })
      .min(1, range('at least 1', 'at most 10'))
      .max(lineReach.to, range('at least 1', 'at most 10'))
      .default(1),
  ),
  onBatch: field(
    {
      title: 'Also on the batch',
      help: 'The loss of the step’s own batch along its slice, as training sees it: augmented, batch norm by the batch. Costs the batch’s examples at every point.',
      unit: null,
      group: 'measured',
      control: 'switch',
      advanced: true,
    },
    z.boolean({ error: 'must be true or false' }).default(false),
  ),
} as const;
