/** Settings that several optimisers have: their rate and how it goes on, their batch, momentum and decay. */
import { z } from 'zod';
import { field, integer, range } from '../fields.ts';

/** How the learning rate goes on over a run; the walk's own rule is in electron/trainer/walk/schedule.ts. */
const schedules = {
  constant: 'Constant',
  step: 'Steps of so many epochs',
  milestones: 'Steps at epochs',
  cosine: 'Cosine',
} as const;

function scheduleKind<K extends keyof typeof schedules>(name: K) {
  return field(
    {
      title: 'Learning rate schedule',
      help: 'The paper keeps the rate constant; steps multiply it by a factor, cosine lowers it over the whole run.',
      unit: null,
      group: 'how',
      control: 'choice',
      choices: schedules,
      advanced: true,
    },
    z.literal(name),
  );
}

const factor = field(
  {
    title: 'Factor',
    help: 'The learning rate is multiplied by it at every step of the schedule.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .positive(range('above 0', 'at most 1,000'))
    .max(1000, range('above 0', 'at most 1,000'))
    .default(0.1),
);

const schedule = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: scheduleKind('constant') }),
      z.strictObject({
        kind: scheduleKind('step'),
        factor,
        everyEpochs: field(
          {
            title: 'Step after every',
            help: 'Epochs between two steps of the learning rate.',
            unit: 'epochs',
            group: 'how',
            control: 'integer',
            advanced: true,
          },
          integer(1, 100_000).default(30),
        ),
      }),
      z.strictObject({
        kind: scheduleKind('milestones'),
        factor,
        epochs: field(
          {
            title: 'Step from epochs',
            help: 'From the beginning of each of these epochs, counted from 1, the learning rate is lowered once more.',
            unit: 'epochs',
            group: 'how',
            control: 'integer-list',
            advanced: true,
          },
          z
            .array(integer(1, 100_000), { error: 'must be a list of whole numbers' })
            .min(1, 'must name at least one epoch')
            .max(1000, 'must name at most 1,000 epochs')
            .default([10]),
        ),
      }),
      z.strictObject({
        kind: scheduleKind('cosine'),
        finalRate: field(
          {
            title: 'Final learning rate',
            help: 'What the rate reaches at the end of the run, along half a period of the cosine.',
            unit: null,
            group: 'how',
            control: 'number',
            advanced: true,
          },
          z
            .number({ error: 'must be a number' })
            .min(0, range('at least 0', 'at most 1,000,000'))
            .max(1e6, range('at least 0', 'at most 1,000,000'))
            .default(0),
        ),
      }),
    ],
    { error: `must be one of ${Object.keys(schedules).join(', ')}` },
  )
  .prefault({ kind: 'constant' });

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

/** L2 penalty, added to the gradient. */
export const weightDecay = field(
  {
    title: 'Weight decay',
    help: 'L2 penalty added to the gradient as weight decay × parameter.',
    unit: null,
    group: 'how',
    control: 'number',
    advanced: true,
  },
  z
    .number({ error: 'must be a number' })
    .min(0, range('at least 0', 'at most 100'))
    .max(100, range('at least 0', 'at most 100'))
    .default(0),
);
