/** Settings of the paper's three walkers, and how their learning rate goes on. */
import { z } from 'zod';
import { field, integer, range, toldAs } from './fields.ts';

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
            .min(1, 'name at least one epoch')
            .max(1000, 'at most 1,000 epochs')
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

/** The paper's three walkers. */
const walkers = {
  sgd: 'Stochastic gradient descent (SGD)',
  gd: 'Gradient descent (GD)',
  'gd-isotropic-noise': 'Gradient descent with isotropic noise',
} as const;

function walker<K extends keyof typeof walkers>(name: K) {
  return field(
    {
      title: 'Optimiser',
      help: 'SGD steps along the gradient of one batch; gradient descent along that of the whole training set, one iteration an epoch; isotropic noise adds the same Gaussian noise to every component of it.',
      unit: null,
      group: 'how',
      control: 'choice',
      choices: walkers,
    },
    z.literal(name),
  );
}

const learningRate = field(
  {
    title: 'Learning rate',
    help: 'Step length per unit of gradient; the paper finds it sets the height above the valley floor.',
    unit: null,
    group: 'how',
    control: 'number',
  },
  z
    .number({ error: 'must be a number' })
    .positive(range('above 0', 'at most 1,000,000'))
    .max(1e6, range('above 0', 'at most 1,000,000'))
    .default(0.5),
);

const batchSize = field(
  {
    title: 'Batch size',
    help: 'Examples per iteration; the paper finds small batches inject the noise that explores.',
    unit: 'examples',
    group: 'how',
    control: 'integer',
  },
  integer(1, 10_000_000).default(100),
);

const noiseDeviation = field(
  {
    title: 'Noise standard deviation',
    help: 'Of the noise on every component of the gradient; empty measures it once at initialisation: √(0.02 × the greatest variance of a component over single examples), chosen on one half of the micro-batches and estimated on the other, so that it is not too large on average.',
    unit: null,
    group: 'how',
    control: 'number',
    empty: 'measured',
  },
  z
    .number({ error: 'must be a number' })
    .min(0, range('at least 0', 'at most 1,000,000'))
    .max(1e6, range('at least 0', 'at most 1,000,000'))
    .nullable()
    .default(null),
);

/** What every walker has beside its rate and its batch. */
const stepping = {
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
  momentum: field(
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
  ),
  weightDecay: field(
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
  ),
} as const;

const optimizers = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: walker('sgd'), learningRate, batchSize, ...stepping }),
    z.strictObject({ kind: walker('gd'), learningRate, ...stepping }),
    z.strictObject({ kind: walker('gd-isotropic-noise'), learningRate, noiseDeviation, ...stepping }),
  ],
  { error: `must be one of ${Object.keys(walkers).join(', ')}` },
);

/** A walker; one that does not tell its kind is SGD. */
export const optimizer = z.preprocess((value) => toldAs(value, 'kind', 'sgd'), optimizers);

type Optimizer = z.output<typeof optimizers>;

/**
 * Whether an optimiser takes its gradients on batches drawn from the training set, rather than on the whole of it: whether its settings
 * have a batch size.
 */
export function drawsBatches(optimizer: Optimizer): optimizer is Extract<Optimizer, { batchSize: number }> {
  return 'batchSize' in optimizer;
}
