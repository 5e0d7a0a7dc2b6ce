/** Whether an experiment can run here: the schema's rules, and those that need to know the data set. */
import { faultsText } from '../../../shared/bounded.ts';
import {
  aloneInEvaluation,
  aloneInUpdates,
  descentOf,
  measuresNoise,
  microBatchOf,
  probedStretches,
  scaleBatches,
  tooFewToScale,
  totalEpochs,
} from '../../../shared/cost.ts';
import { missingDataset, targetKindOf } from '../../../shared/datasets.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { studyOf } from '../../../shared/analyses/valley-floor.ts';
import { checkExperiment, isProbed, iterationsPerEpoch, totalIterations } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { lossProblem } from '../../../shared/losses/index.ts';
import { peakMemory } from '../../../shared/memory.ts';
import { formatGibibytes, machineMemory } from './memory.ts';
import { unseenProblem } from '../../../shared/names.ts';
import { drawsBatches } from '../../../shared/optimizers/index.ts';
import { hasBatchNorm, imageProblem } from '../../../shared/networks/index.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { sequentialOf } from '../../../shared/sequential/settings.ts';
import type { Problem } from '../../../shared/errors.ts';

/** What a check found: the experiment where it is valid by itself, its data set where there is one, and every problem. */
export interface Checked {
  experiment: Experiment | null;
  dataset: Dataset | null;
  /** Everything that keeps it from starting; empty when it can start. */
  problems: Problem[];
}

/**
 * Checks something that claims to be an experiment against the schema, the data sets that there are and the machine.
 * @param memory bytes that the machine has
 * @param begun whether it is to go on from a checkpoint, and has done what is done at the beginning only
 */
export function checkRunnable(
  value: unknown,
  datasets: readonly Dataset[],
  memory: number = machineMemory().total,
  begun = false,
): Checked {
  const check = checkExperiment(value);
  if (!check.ok) return { experiment: null, dataset: null, problems: check.problems };
  const { experiment } = check;
  const dataset = datasets.find(({ id }) => id === experiment.data.set) ?? null;
  return {
    experiment,
    dataset,
    problems: [
      ...dataProblems(experiment, dataset, datasets),
      ...(dataset ? [...targetProblems(experiment, dataset), ...networkProblems(experiment, dataset)] : []),
      ...(dataset ? memoryProblems(experiment, dataset, memory) : []),
      ...(begun ? [] : [...problemsAt({ name: unseenProblem(experiment.name) }), ...noiseProblems(experiment)]),
      ...windowProblems(experiment),
    ],
  };
}

/**
 * The experiment and its data set, ready to be queued.
 * @param begun whether it is to go on from a checkpoint
 * @throws ValleywalkError kind `input` with every problem by path
 */
export function requireRunnable(
  value: unknown,
  datasets: readonly Dataset[],
  begun = false,
): { experiment: Experiment; dataset: Dataset } {
  const { experiment, dataset, problems } = checkRunnable(value, datasets, machineMemory().total, begun);
  if (experiment && dataset && problems.length === 0) return { experiment, dataset };
  throw new ValleywalkError('input', `the experiment cannot start: ${faultsText(problems)}`, problems);
}

function dataProblems(experiment: Experiment, dataset: Dataset | null, datasets: readonly Dataset[]): Problem[] {
  const { set, train, validation } = experiment.data;
  if (!dataset) return [{ path: 'data.set', message: missingDataset(set, datasets) }];
  if (train + validation <= dataset.count) return [];
  const path = train >= dataset.count ? 'data.train' : validation >= dataset.count ? 'data.validation' : 'data.train';
  return [
    {
      path,
      message: `asks for more than there is: ${train} training and ${validation} validation examples of the ${dataset.count} in ${set}; lower one of them`,
    },
  ];
}

/** A loss is of classes or of real numbers, and a table has no images to crop. */
function targetProblems({ loss, data, probes }: Experiment, dataset: Dataset): Problem[] {
  return problemsAt({
    'loss.kind': lossProblem(loss, targetKindOf(dataset)),
    'probes.interpolation.evaluateOn':
      sequentialOf(probes.interpolation.evaluateOn) && targetKindOf(dataset) === 'values'
        ? `asks for sequential slices, which are decided where targets are classes, and those of ${dataset.id} are real numbers; use "train" or { "subset": n }`
        : null,
    'data.augment':
      data.augment && dataset.normalisation === null
        ? `crops and mirrors images, and ${dataset.id} is a table of numbers; turn it off`
        : null,
  });
}

/** A network that halves its images needs sides that can be halved so often, and batch norm more than one example at a time. */
function networkProblems(experiment: Experiment, dataset: Dataset): Problem[] {
  const message = imageProblem(experiment.model, dataset);
  if (message !== null) return [{ path: 'model.architecture', message }];
  const { optimizer, probes } = experiment;
  const { windows, evaluateOn } = probes.interpolation;
  const study = studyOf(probes.valleyFloor);
  return problemsAt({
    [optimizer.microBatch === 1
      ? 'optimizer.microBatch'
      : drawsBatches(optimizer)
        ? 'optimizer.batchSize'
        : 'data.train']: aloneInUpdates(experiment, dataset),
    'probes.interpolation.evaluateOn.subset': windows.length > 0 ? aloneInEvaluation(experiment, evaluateOn) : null,
    'probes.valleyFloor.batchSize': study && aloneInUpdates(descentOf(experiment, study), dataset),
  });
}

/** Noise that is to be measured needs examples to be measured on; not where a run has measured it already. */
function noiseProblems(experiment: Experiment): Problem[] {
  const { train } = experiment.data;
  const measurable = !measuresNoise(experiment) || scaleBatches(train, hasBatchNorm(experiment.model)) !== null;
  return problemsAt({ 'optimizer.noiseDeviation': measurable ? null : `cannot be measured: ${tooFewToScale(train)}` });
}

/** Problems of some messages by path; null is none. */
function problemsAt(messages: Readonly<Record<string, string | null>>): Problem[] {
  return Object.entries(messages).flatMap(([path, message]) => (message === null ? [] : [{ path, message }]));
}

/** A run that cannot fit would end in the middle of something, and take other programs along. */
function memoryProblems(experiment: Experiment, dataset: Dataset, total: number): Problem[] {
  // a network that does not take these images has no size
  if (imageProblem(experiment.model, dataset) !== null) return [];
  const needed = peakMemory(experiment, dataset);
  if (needed <= total) return [];
  const halved = (change: object): number => needed - peakMemory({ ...experiment, ...change }, dataset);
  const microBatch = microBatchOf(experiment, dataset);
  const less = {
    'optimizer.microBatch': halved({ optimizer: { ...experiment.optimizer, microBatch: Math.ceil(microBatch / 2) } }),
    'data.train': halved({ data: { ...experiment.data, train: Math.ceil(experiment.data.train / 2) } }),
  };
  const fitting = less['optimizer.microBatch'] > less['data.train'] && microBatch > 1;
  return [
    {
      path: fitting ? 'optimizer.microBatch' : 'data.train',
      message: `needs about ${formatGibibytes(needed)} of memory at its peak, and this machine has ${formatGibibytes(total)}; ${fitting ? `take a smaller micro-batch than ${microBatch}` : 'lower the number of training examples, or choose a smaller network'}`,
    },
  ];
}

/** A window that probes nothing is a slip of its writer, who would wait for slices in vain. */
function windowProblems(experiment: Experiment): Problem[] {
  const { windows } = experiment.probes.interpolation;
  const epochs = totalEpochs(experiment);
  const problems = windows.flatMap((window, index): Problem[] =>
    'epochs' in window && window.epochs.every((epoch) => epoch > epochs)
      ? [
          {
            path: `probes.interpolation.windows.${index}`,
            message: `probes nothing: it names epoch ${window.epochs.join(', ')}, but the run has ${epochs === 1 ? 'one epoch' : `${epochs} epochs`}; lower it or lengthen the run`,
          },
        ]
      : [],
  );
  if (experiment.keepParameters === 'windows' && probedStretches(experiment).length === 0 && problems.length === 0)
    problems.push({
      path: 'keepParameters',
      message:
        'keeps the parameters of probed iterations, but no iteration is probed; add a window, or choose "none" or "epochs"',
    });
  return [...problems, ...studyProblems(experiment)];
}

/** Points of the valley-floor study that the run will not keep. */
function studyProblems(experiment: Experiment): Problem[] {
  const study = studyOf(experiment.probes.valleyFloor);
  const { keepParameters } = experiment;
  if (!study || keepParameters === 'none') return [];
  const total = totalIterations(experiment);
  const isKept = (iteration: number): boolean =>
    iteration <= total &&
    (keepParameters === 'epochs'
      ? iteration === total || iteration % iterationsPerEpoch(experiment) === 0
      : (iteration < total && isProbed(experiment, iteration)) ||
        (iteration > 0 && isProbed(experiment, iteration - 1)));
  const absent = study.points.filter((iteration) => !isKept(iteration));
  if (absent.length === 0) return [];
  return [
    {
      path: 'probes.valleyFloor.points',
      message: `names iterations whose parameters the run will not keep: ${absent.join(', ')}; keepParameters keeps ${keepParameters === 'epochs' ? 'the ends of epochs' : 'probed iterations'}`,
    },
  ];
}
