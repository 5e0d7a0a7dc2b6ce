/**
 * The experiment: everything that decides a run. Form, file, terminal and store use this one schema and its messages.
 *
 * Every field carries a title, a unit, one sentence of help, a range and a default ({@link FieldMeta}); the form is drawn
 * from them ({@link experimentFields}), and the terminal's and files' messages name them.
 */
import { checkValue } from './check-value.ts';
import { z } from 'zod';
import { studyOf, valleyFloorProbe } from './analyses/valley-floor.ts';
import { hessian } from './curvature/index.ts';
import { field, integer } from './fields.ts';
import { lineSettings } from './line-settings.ts';
import type { Problem } from './errors.ts';
import { problemsOf } from './problems.ts';
import { fieldsOf } from './setting-fields.ts';
import type { ExperimentField } from './setting-fields.ts';

import { loss } from './losses/index.ts';
import { hasBatchNorm, model, networkProblem } from './networks/index.ts';
import { drawsBatches, optimizer, optimizerProblem } from './optimizers/index.ts';
import { warmupIterations } from './schedules/warmup.ts';
import { sequentialOf, slicesOn, slicesOnWords, subsetOf } from './sequential/settings.ts';
import { didYouMean, nearest } from './spelling.ts';

export type { FieldGroup } from './fields.ts';

const data = z.strictObject({
  set: field(
    {
      title: 'Data set',
      help: 'The examples to learn; add MNIST, CIFAR, folders of images or tables of numbers under Data.',
      unit: null,
      group: 'what',
      control: 'data-set',
    },
    z.string({ error: 'must be the name of a data set' }).min(1, 'must name a data set').default('fashion-mnist-small'),
  ),
  train: field(
    {
      title: 'Training examples',
      help: 'The first so many examples of the set train the network.',
      unit: 'examples',
      group: 'what',
      control: 'integer',
    },
    integer(1, 10_000_000).default(6000),
  ),
  validation: field(
    {
      title: 'Validation examples',
      help: 'The last so many examples of the set are only ever evaluated.',
      unit: 'examples',
      group: 'what',
      control: 'integer',
    },
    integer(1, 10_000_000).default(1000),
  ),
  augment: field(
    {
      title: 'Augmentation',
      help: 'Random crop with padding 4 and horizontal flip, in training only; for colour photographs of at least 16 × 16, as the paper does on CIFAR.',
      unit: null,
      group: 'what',
      control: 'switch',
      advanced: true,
    },
    z.boolean({ error: 'must be true or false' }).default(false),
  ),
});

const length = z.union(
  [z.strictObject({ epochs: integer(1, 100_000) }), z.strictObject({ iterations: integer(1, 100_000_000) })],
  { error: 'must be { "epochs": n } or { "iterations": n } with a whole number from 1' },
);

const probeWindow = z.union(
  [
    z.strictObject({ firstIterations: integer(1, 100_000_000) }),
    z.strictObject({
      epochs: z
        .array(integer(1, 100_000))
        .min(1, 'must name at least one epoch')
        .max(1000, 'must name at most 1,000 epochs'),
    }),
  ],
  { error: 'must be { "firstIterations": n } or { "epochs": [1, 10, …] }, epochs counted from 1' },
);

const interpolation = z.strictObject({
  points: field(
    {
      title: 'Interpolation points',
      help: 'Intervals between θ(t) and θ(t+1); 10 gives α = 0, 0.1, …, 1.',
      unit: 'points',
      group: 'measured',
      control: 'integer',
    },
    integer(2, 100).default(10),
  ),
  evaluateOn: field(
    {
      title: 'Evaluate on',
      help: 'The whole training set is exact; a fixed seeded subset is faster and carries a standard error. A sequential sample: both ends on the whole set, points between on a random sample that grows until every answer about the slice is decided.',
      unit: null,
      group: 'measured',
      control: 'word-or-count',
      words: slicesOnWords,
    },
    slicesOn.default('train'),
  ),
  batchNorm: field(
    {
      title: 'Batch norm between points',
      help: 'Statistics that normalise at an interpolated point: the running ones, interpolated too; those of each evaluated batch (100 images; 1,000 for an MLP); or new ones from 1,000 training examples at every point. Running ones take some iterations to settle.',
      unit: null,
      group: 'measured',
      control: 'choice',
      advanced: true,
      withBatchNorm: true,
      choices: {
        running: 'Running statistics, interpolated',
        batch: 'Statistics of the evaluated batch',
        recomputed: 'Recomputed at every point',
      },
    },
    z
      .enum(['running', 'batch', 'recomputed'], { error: 'must be "running", "batch" or "recomputed"' })
      .default('running'),
  ),
  ...lineSettings,
  windows: field(
    {
      title: 'Probed iterations',
      help: 'Where the loss is interpolated: the first iterations, whole epochs, or both; no window turns it off.',
      unit: null,
      group: 'measured',
      control: 'windows',
    },
    z
      .array(probeWindow, { error: 'must be a list of windows' })
      .max(100, 'must be at most 100 windows')
      .default([{ firstIterations: 40 }]),
  ),
});

/** The schema of an experiment, defaults included. Parsing `{}` gives the quick walk's settings. */
export const experimentSchema = z
  .strictObject({
    name: field(
      {
        title: 'Name',
        help: 'How the run is called in lists, legends and files.',
        unit: null,
        group: 'what',
        control: 'text',
        varied: 'never',
      },
      z
        .string({ error: 'must be text' })
        .trim()
        .min(1, 'must not be empty; give the experiment one')
        .max(120, 'must have at most 120 characters')
        .default('quick walk'),
    ),
    seed: field(
      {
        title: 'Seed',
        help: 'The same seed gives the same initialisation and order, and with the same backend, device and number of threads the same records, bit for bit.',
        unit: null,
        group: 'how',
        control: 'integer',
        varied: 'seeds',
      },
      integer(0, 4_294_967_295).default(1),
    ),
    data: data.prefault({}),
    model: model.prefault({}),
    loss: loss.prefault({}),
    optimizer: optimizer.prefault({}),
    length: field(
      {
        title: 'Length',
        help: 'How long to train: whole epochs, or a number of iterations.',
        unit: null,
        group: 'how',
        control: 'length',
      },
      length.default({ epochs: 1 }),
    ),
    probes: z
      .strictObject({
        interpolation: interpolation.prefault({}),
        hessian: hessian.prefault({ method: 'none' }),
        valleyFloor: valleyFloorProbe.prefault({ when: 'never' }),
        updateCosine: field(
          {
            title: 'Cosine of updates',
            help: 'The angle between consecutive updates, beside that between gradients: momentum, Adam and clipping make them different. Takes one vector more of the parameters’ length.',
            unit: null,
            group: 'measured',
            control: 'switch',
            advanced: true,
          },
          z.boolean({ error: 'must be true or false' }).default(false),
        ),
      })
      .prefault({}),
    keepParameters: field(
      {
        title: 'Keep parameters',
        help: 'Write the parameters as .safetensors files, to compute on them elsewhere.',
        unit: null,
        group: 'measured',
        control: 'choice',
        advanced: true,
        choices: { none: 'None', epochs: 'At the end of every epoch', windows: 'At every probed iteration' },
      },
      z.enum(['none', 'epochs', 'windows'], { error: 'must be "none", "epochs" or "windows"' }).default('none'),
    ),
  })
  .superRefine((experiment, context) => {
    const refuse = (path: string[], input: unknown, message: string): void =>
      context.addIssue({ code: 'custom', path, input, message });
    const { train } = experiment.data;
    const { optimizer } = experiment;
    if (drawsBatches(optimizer) && optimizer.batchSize > train)
      refuse(
        ['optimizer', 'batchSize'],
        optimizer.batchSize,
        `is larger than the training set: ${optimizer.batchSize} > ${train} training examples; lower it or raise data.train`,
      );
    const contradiction = networkProblem(experiment.model);
    if (contradiction) refuse(['model', ...contradiction.path.split('.')], experiment.model, contradiction.message);
    const conflict = optimizerProblem(optimizer);
    if (conflict) refuse(['optimizer', conflict.setting], optimizer, conflict.message);
    const batch = drawsBatches(optimizer) ? optimizer.batchSize : train;
    if (optimizer.microBatch !== null && batch % optimizer.microBatch !== 0)
      refuse(
        ['optimizer', 'microBatch'],
        optimizer.microBatch,
        `does not divide the ${drawsBatches(optimizer) ? 'batch' : 'training set'}: ${batch} is no multiple of ${optimizer.microBatch}; choose a divisor, or leave it empty`,
      );
    const warming = warmupIterations(optimizer.warmup);
    const total = totalIterations(experiment);
    if (warming > total)
      refuse(
        ['optimizer', 'warmup', 'iterations'],
        warming,
        `is longer than the run: ${warming} > ${total} iterations; lower it or lengthen the run`,
      );
    const probe = experiment.probes.hessian;
    if (probe.method !== 'none' && probe.examples > train)
      refuse(
        ['probes', 'hessian', 'examples'],
        probe.examples,
        `is larger than the training set: ${probe.examples} > ${train} training examples; lower it or raise data.train`,
      );
    if (probe.method === 'lanczos' && probe.iterations < probe.eigenvalues)
      refuse(
        ['probes', 'hessian', 'iterations'],
        probe.iterations,
        `is too few for ${probe.eigenvalues} eigenvalues: Lanczos takes at least one product for each, and some more to find them well`,
      );
    const study = studyOf(experiment.probes.valleyFloor);
    if (study && experiment.keepParameters === 'none')
      refuse(
        ['keepParameters'],
        experiment.keepParameters,
        'must be "epochs" or "windows" for probes.valleyFloor, which descends from kept parameters; or set probes.valleyFloor.when to "never"',
      );
    if (study?.batchSize && study.batchSize > train)
      refuse(
        ['probes', 'valleyFloor', 'batchSize'],
        study.batchSize,
        `is larger than the training set: ${study.batchSize} > ${train} training examples; lower it or leave it empty`,
      );
    const { evaluateOn: on, batchNorm } = experiment.probes.interpolation;
    if (sequentialOf(on) && batchNorm === 'batch' && hasBatchNorm(experiment.model))
      refuse(
        ['probes', 'interpolation', 'batchNorm'],
        batchNorm,
        'must be "running" or "recomputed" for sequential slices: by the statistics of its batch an example’s loss depends on which others are in the sample; or set probes.interpolation.evaluateOn to "train"',
      );
    const { from, to, onBatch } = experiment.probes.interpolation;
    const beyond = from < 0 ? 'from' : to > 1 ? 'to' : onBatch ? 'onBatch' : null;
    if (sequentialOf(on) && beyond)
      refuse(
        ['probes', 'interpolation', beyond],
        experiment.probes.interpolation[beyond],
        `must be ${{ from: 0, to: 1, onBatch: false }[beyond]} for sequential slices, which end with the step and are not of its batch; or set probes.interpolation.evaluateOn to "train"`,
      );
    const subset = subsetOf(on);
    if (subset !== null && subset > train)
      refuse(
        ['probes', 'interpolation', 'evaluateOn', 'subset'],
        subset,
        `is larger than the training set: ${subset} > ${train} training examples; lower it or use "train"`,
      );
  });

/** A complete, valid experiment. */
export type Experiment = z.output<typeof experimentSchema>;

/** The result of checking something that claims to be an experiment. */
export type ExperimentCheck = { ok: true; experiment: Experiment } | { ok: false; problems: Problem[] };

/**
 * Checks an unknown value against the schema and fills in defaults.
 * @returns the experiment, or every problem with the path of its field; an unknown key is a problem of its own.
 */
export function checkExperiment(value: unknown): ExperimentCheck {
  const result = checkValue(experimentSchema, value);
  return result.success
    ? { ok: true, experiment: result.data }
    : { ok: false, problems: problemsOf(result.error, notASetting) };
}

/** What is wrong with a path that the experiment at hand does not have. */
export function notASetting(path: readonly string[]): string {
  const settings = experimentFields();
  const written = path.join('.');
  // or a group of settings, all of which are there in some cases only
  const known = settings.find((field) => field.path === written || field.path.startsWith(`${written}.`));
  if (known?.when)
    return `is a setting only where ${known.when.path} is ${known.when.values.join(' or ')}; leave it out`;
  const parts = settings.map((field) => field.path.split('.').slice(0, path.length).join('.'));
  return `is not a setting; ${didYouMean(nearest(written, [...new Set(parts)])) ?? 'check its spelling'}`;
}

let fields: readonly ExperimentField[] | undefined;

/** Every field of the experiment in the schema's order, with its metadata and default. */
export function experimentFields(): readonly ExperimentField[] {
  // the form asks at every key press, and going through the schema takes a while
  return (fields ??= fieldsOf(experimentSchema));
}

/** Examples of one iteration: the batch of SGD, the whole training set of gradient descent. */
export function batchSizeOf({ data, optimizer }: Experiment): number {
  return drawsBatches(optimizer) ? optimizer.batchSize : data.train;
}

/** Number of iterations in one epoch: full batches only, the remainder of the shuffled order is dropped; 1 for gradient descent. */
export function iterationsPerEpoch(experiment: Experiment): number {
  return Math.floor(experiment.data.train / batchSizeOf(experiment));
}

/** Number of iterations of the whole run. */
export function totalIterations(experiment: Experiment): number {
  const { length } = experiment;
  return 'epochs' in length ? length.epochs * iterationsPerEpoch(experiment) : length.iterations;
}

/** Whether iteration t (from 0) is probed, that is, lies in one of the windows. */
export function isProbed(experiment: Experiment, iteration: number): boolean {
  const epoch = Math.floor(iteration / iterationsPerEpoch(experiment)) + 1;
  return experiment.probes.interpolation.windows.some((window) =>
    'firstIterations' in window ? iteration < window.firstIterations : window.epochs.includes(epoch),
  );
}

/** Whether curvature is measured at θ_t: with epochs at the initialisation and their ends, else before every nth iteration. */
export function isCurvatureDue(experiment: Experiment, iteration: number): boolean {
  const { hessian } = experiment.probes;
  if (hessian.method === 'none') return false;
  const total = totalIterations(experiment);
  return hessian.every === 'epoch'
    ? iteration % iterationsPerEpoch(experiment) === 0 || iteration === total
    : iteration < total && iteration % hessian.every.iterations === 0;
}

/** How often a run measures curvature. */
export function curvaturePoints(experiment: Experiment): number {
  const { hessian } = experiment.probes;
  if (hessian.method === 'none') return 0;
  const total = totalIterations(experiment);
  return hessian.every === 'epoch'
    ? Math.ceil(total / iterationsPerEpoch(experiment)) + 1
    : Math.ceil(total / hessian.every.iterations);
}
