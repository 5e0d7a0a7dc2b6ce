/** What an experiment will cost, told before it starts. */
import { defaultBackend, vectorPlaceOf } from '../../../shared/backends.ts';
import { curvaturePoints } from '../../../shared/experiment.ts';
import { descentOf, parameterCount, runCost, totalEpochs, valleyFloorCost } from '../../../shared/cost.ts';
import { keptFiles } from '../../../shared/kept-files.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { isProbed } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { memoryBeside, peakMemory, shareKeptByProducts } from '../../../shared/memory.ts';
import { hasBatchNorm, imageProblem } from '../../../shared/networks/index.ts';
import { formatDuration } from '../../../shared/format.ts';
import { outsideAlphas } from '../../../shared/line.ts';
import type { Estimate } from '../../../shared/estimate.ts';
import type { MeasuredPace } from '../store/paces.ts';
import { studyOf } from '../../../shared/analyses/valley-floor.ts';
import { checkRunnable } from './check.ts';
import { formatGibibytes, machineMemory } from './memory.ts';
import { choosePace, lessSure } from './paces.ts';
import { typicalStart } from './starts.ts';

/**
 * What follows the run, as phrases: the valley-floor study, told with the time that it takes at most.
 * @param paces of the processor, on which analyses compute
 * @param start seconds to start what computes it
 */
function extraOf(experiment: Experiment, dataset: Dataset, paces: readonly MeasuredPace[], start: number): string[] {
  const study = studyOf(experiment.probes.valleyFloor);
  if (!study) return [];
  const descents = study.points.length || Math.min(study.maximum, keptFiles(experiment));
  const descent = descentOf(experiment, study);
  const cost = valleyFloorCost(descent, dataset, study, descents);
  const seconds =
    start +
    cost.update / choosePace(descent, dataset, 'update', 'host', paces).pace +
    cost.evaluate / choosePace(descent, dataset, 'evaluate', 'host', paces).pace;
  const steps = `${study.steps.toLocaleString('en')} ${study.steps === 1 ? 'step' : 'steps'}`;
  return [
    `the valley-floor study afterwards: up to ${descents} descents of ${steps} each, about ${formatDuration(seconds)}`,
  ];
}

/** Bytes of a record in the database, its share of lists and indices counted in; measured by bench/store.ts. */
const recordSizes = { iteration: 180, slice: 20, epoch: 130, eigenvalue: 50 };

/** Bytes of a parameter file beside the parameters: names and shapes. */
const headerBytes = 600;

/**
 * Estimates cost and lists problems of something that claims to be an experiment.
 * @param paces of the backend, measured on this machine
 * @param memory bytes that the machine has, and has free
 * @param start seconds that a run takes to start and to end, see {@link startOf}
 */
export function estimate(
  value: unknown,
  datasets: readonly Dataset[],
  paces: readonly MeasuredPace[],
  backend: string = defaultBackend,
  memory: { total: number; free: number } = machineMemory(),
  start: number = typicalStart,
): Estimate {
  const { experiment, dataset, problems } = checkRunnable(value, datasets, memory.total);
  // a network has no cost for images that it cannot take
  if (!experiment || !dataset || imageProblem(experiment.model, dataset) !== null)
    return {
      problems,
      seconds: null,
      start_seconds: start,
      backend,
      basis: 'typical',
      iterations: 0,
      probed_iterations: 0,
      parameters: null,
      disk_bytes: 0,
      memory_bytes: null,
      warnings: [],
      extra: [],
    };
  // analyses compute on the processor, whatever the runs compute on
  const extra = extraOf(
    experiment,
    dataset,
    backend === defaultBackend ? paces : [],
    backend === defaultBackend ? start : typicalStart,
  );
  return { problems, backend, extra, ...estimateRun(experiment, dataset, backend, paces, memory, start) };
}

/**
 * What a valid experiment on its data set will cost, whose images the network takes.
 * @param backend where it computes: its process beside the trainer's is counted, where it has one
 * @param paces of the backend, measured on this machine
 * @param memory bytes that the machine has, and has free
 * @param start seconds that a run takes to start and to end
 */
export function estimateRun(
  experiment: Experiment,
  dataset: Dataset,
  backend: string,
  paces: readonly MeasuredPace[],
  memory: { total: number; free: number } = machineMemory(),
  start: number = typicalStart,
): Omit<Estimate, 'problems' | 'backend' | 'extra' | 'seconds' | 'parameters'> & {
  seconds: number;
  parameters: number;
} {
  const vectors = vectorPlaceOf(backend);
  const cost = runCost(experiment, dataset, vectors);
  const parameters = parameterCount(experiment, dataset);
  const needed = peakMemory(experiment, dataset) + memoryBeside(backend, experiment, dataset);
  const update = choosePace(experiment, dataset, 'update', vectors, paces);
  const evaluate = choosePace(experiment, dataset, 'evaluate', vectors, paces);
  const left = shareKeptByProducts(experiment, dataset) * cost.deriveKept;
  const derived = cost.derive - cost.deriveLosses - left;
  const seconds = start + (cost.update + derived) / update.pace + (cost.evaluate + cost.deriveLosses) / evaluate.pace;
  return {
    seconds,
    start_seconds: start,
    basis: cost.evaluate === 0 ? update.basis : lessSure(update.basis, evaluate.basis),
    iterations: cost.iterations,
    probed_iterations: cost.probedIterations,
    parameters,
    disk_bytes: recordBytes(experiment, cost) + keptFiles(experiment) * (4 * parameters + headerBytes),
    memory_bytes: needed,
    warnings: warningsOf(experiment, needed, memory),
  };
}

function warningsOf(
  experiment: Experiment,
  needed: number | null,
  { total, free }: { total: number; free: number },
): string[] {
  const warnings: string[] = [];
  if (needed !== null && needed > free && needed <= total)
    warnings.push(
      `It needs about ${formatGibibytes(needed)} of memory and ${formatGibibytes(free)} are free: close other programs, or wait for runs that are under way.`,
    );
  const { batchNorm } = experiment.probes.interpolation;
  if (
    experiment.model.architecture !== 'mlp' &&
    hasBatchNorm(experiment.model) &&
    batchNorm === 'running' &&
    isProbed(experiment, 0)
  )
    warnings.push(
      'The first iterations are probed while the running statistics of batch norm have not settled: in a deep network heights may reach hundreds of nats there. Probe a later epoch, or recompute the statistics at every point.',
    );
  return warnings;
}

function recordBytes(experiment: Experiment, cost: { iterations: number; probedIterations: number }): number {
  const { interpolation } = experiment.probes;
  return (
    cost.iterations * recordSizes.iteration +
    cost.probedIterations * (interpolation.points + 1 + outsideAlphas(interpolation).length) * recordSizes.slice +
    (totalEpochs(experiment) + 1) * recordSizes.epoch +
    eigenvalues(experiment) * recordSizes.eigenvalue
  );
}

function eigenvalues(experiment: Experiment): number {
  const { hessian } = experiment.probes;
  return hessian.method === 'none' ? 0 : curvaturePoints(experiment) * (hessian.eigenvalues + 1);
}
