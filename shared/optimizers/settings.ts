/** Settings that several optimisers have: their rate and how it goes on, their batch, momentum and decay. */
import { z } from 'zod';
import { field, integer, range } from '../fields.ts';
import { clipping } from '../clipping/index.ts';
import { schedule } from '../schedules/index.ts';
import { warmup } from '../schedules/warmup.ts';

/** What an optimiser's direction is multiplied by. @param usual the default */
export function learningRate(usual: number) {
  return field(
    {
      title: 'Learning rate',
      help: 'The update is the optimiser’s direction (of SGD, the gradient) times it; the paper finds it sets the height above the valley floor.',
      unit: null,
      group: 'how',
      control: 'number',
    },
    z
      .number({ error: 'must be a number' })
      .positive(range('above 0', 'at most 1,000,000'))
      .max(1e6, range('above 0', 'at most 1,000,000'))
      .default(usual),
  );
}

/** Examples of a batch; an optimiser without this setting takes the whole training set. */
export const batchSize = field(
  {
    title: 'Batch size',
    help: 'Examples per iteration; the paper finds small batches inject the noise that explores.',
    unit: 'examples',
    group: 'how',
    control: 'integer',
  },
  integer(1, 10_000_000).default(100),
);

/** What every optimiser has beside its rate. */
export const stepping = {
  microBatch: field(
    {
      title: 'Micro-batch',
      help: 'Examples that pass at once, their gradients added up; empty picks the most that fits into memory. Batch norm takes the statistics of each micro-batch.',
      unit: 'examples',
      group: 'how',
      control: 'integer',
      empty: 'automatic',
      advanced: true,
    },
    integer(1, 10_000_000).nullable().default(null),
  ),
  schedule,
  warmup,
  clipping,
} as const;

/** Share of the previous direction that is kept. */
export const momentum = field(
  {
    title: 'Momentum',
    help: 'Share of the previous update direction that is kept; the paper uses 0.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .min(0, range('at least 0', 'below 1'))
    .lt(1, range('at least 0', 'below 1'))
    .default(0),
);

/** Share of a gradient that momentum does not take in. */
const dampening = field(
  {
    title: 'Dampening',
    help: 'Share of each gradient that momentum leaves out, after the first; nothing without momentum.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .min(0, range('at least 0', 'at most 1'))
    .max(1, range('at least 0', 'at most 1'))
    .default(0),
);

/** Whether the step looks ahead along its momentum. */
const nesterov = field(
  {
    title: 'Nesterov',
    help: 'Steps along the gradient and the momentum that comes of it, instead of the momentum alone.',
    unit: null,
    group: 'how',
    control: 'switch',
    advanced: true,
  },
  z.boolean({ error: 'must be true or false' }).default(false),
);

/** The momentum of SGD and gradient descent. */
export const momenta = { momentum, dampening, nesterov } as const;

/** L2 penalty, added to the gradient, or a decay of its own. @param usual the default */
export function weightDecay(usual = 0) {
  return field(
    {
      title: 'Weight decay',
      help: 'L2 penalty added to the gradient as weight decay × parameter; AdamW multiplies parameters by 1 − learning rate × weight decay instead.',
      unit: null,
      group: 'how',
      control: 'number',
      advanced: true,
    },
    z
      .number({ error: 'must be a number' })
      .min(0, range('at least 0', 'at most 100'))
      .max(100, range('at least 0', 'at most 100'))
      .default(usual),
  );
}

/** Share of a running average that is kept. @param of what is averaged @param usual the default */
export function average(title: string, of: string, usual: number) {
  const allowed = range('at least 0', 'below 1');
  return field(
    {
      title,
      help: `Share of the running average of ${of} that is kept at every update.`,
      unit: null,
      group: 'how',
      control: 'number',
      advanced: true,
    },
    z.number({ error: 'must be a number' }).min(0, allowed).lt(1, allowed).default(usual),
  );
}

/** What keeps a division from being one by zero. */
export const epsilon = field(
  {
    title: 'Epsilon',
    help: 'Added to the root of the second moment, so that nothing is divided by zero.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .positive(range('above 0', 'at most 1'))
    .max(1, range('above 0', 'at most 1'))
    .default(1e-8),
);
