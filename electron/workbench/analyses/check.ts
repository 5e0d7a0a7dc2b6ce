/** Whether an analysis can be done on a run: what it needs is kept, and its data set is here. */
import { checkValue } from '../../../shared/check-value.ts';
import { analysisKinds, analysisRequestSchema } from '../../../shared/analyses/index.ts';
import type { AnalysisRequest } from '../../../shared/analyses/index.ts';
import { aloneInEvaluation, aloneInUpdates, descentOf } from '../../../shared/cost.ts';
import type { Dataset } from '../../../shared/datasets.ts';
import { faultsText } from '../../../shared/bounded.ts';
import { problemsOf } from '../../../shared/problems.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Problem } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { spectralDensityMemory } from '../../../shared/memory.ts';
import type { ParameterFile } from '../../../shared/trainer-messages.ts';
import { formatGibibytes, machineMemory } from '../experiments/memory.ts';

/**
 * Checks a request against its schema and the run.
 * @param kept the run's kept parameters
 * @param memory bytes that the machine has
 * @throws ValleywalkError kind `input` with what is wrong and what to do
 */
export function requireAnalysable(
  value: unknown,
  run: RunRecord,
  kept: readonly ParameterFile[],
  datasets: readonly Dataset[],
  memory: number = machineMemory().total,
): { request: AnalysisRequest; dataset: Dataset } {
  const checked = checkValue(analysisRequestSchema, value);
  if (!checked.success) {
    const problems = problemsOf(checked.error);
    const reported = faultsText(
      problems.map(({ path, message }) => ({ path: path.replace(/^settings\./, ''), message })),
    );
    throw new ValleywalkError('input', `the analysis cannot start: ${reported}`, problems);
  }
  const request = checked.data;
  const { title, needs } = analysisKinds[request.kind];
  if (kept.length < needs)
    throw new ValleywalkError(
      'input',
      `${title} needs the kept parameters of ${needs} iterations, and run ${run.run} (${run.name}) keeps ${kept.length === 0 ? 'none' : kept.length}; ` +
        'run the experiment again with keepParameters set to "windows" (every probed iteration) or "epochs"',
    );
  const named = 'points' in request.settings ? request.settings.points : [];
  const iterations = kept.map(({ iteration }) => iteration);
  const absent = named.filter((iteration) => !iterations.includes(iteration));
  if (absent.length > 0) {
    const message = `names iterations whose parameters are not kept: ${absent.join(', ')}; kept are ${keptText(iterations)}`;
    throw new ValleywalkError('input', `the analysis cannot start: points ${message}`, [
      { path: 'settings.points', message },
    ]);
  }
  const dataset = datasets.find(({ id }) => id === run.experiment.data.set);
  if (!dataset)
    throw new ValleywalkError(
      'input',
      `the data set ${run.experiment.data.set} of run ${run.run} is not here any more; add it again under Data`,
    );
  if (run.data_checksum !== null && run.data_checksum !== dataset.checksum)
    throw new ValleywalkError(
      'input',
      `the data set ${dataset.id} is not the one that run ${run.run} was trained on (SHA-256 ${dataset.checksum.slice(0, 12)}… instead of ${run.data_checksum.slice(0, 12)}…); add the right one`,
    );
  const problem =
    aloneProblem(request, run.experiment, dataset) ?? memoryProblem(request, run.experiment, dataset, memory);
  if (problem)
    throw new ValleywalkError(
      'input',
      `the analysis cannot start: ${problem.path.replace(/^settings\./, '')} ${problem.message}`,
      [problem],
    );
  return { request, dataset };
}

/** A setting that would leave batch norm one example at a time. */
function aloneProblem(request: AnalysisRequest, experiment: Experiment, dataset: Dataset): Problem | null {
  const { kind, settings } = request;
  const problem = (path: string, message: string | null): Problem | null =>
    message === null ? null : { path, message };
  if (kind === 'valley-floor')
    return problem('settings.batchSize', aloneInUpdates(descentOf(experiment, settings), dataset));
  if (kind === 'plane')
    return problem('settings.evaluateOn.subset', aloneInEvaluation(experiment, settings.evaluateOn));
  return null;
}

/** Vectors of a spectral density that do not fit: it would end in the middle of something, and take other programs along. */
function memoryProblem(
  { kind, settings }: AnalysisRequest,
  experiment: Experiment,
  dataset: Dataset,
  total: number,
): Problem | null {
  if (kind !== 'spectral-density') return null;
  const neededBy = (steps: number): number => spectralDensityMemory(experiment, dataset, { ...settings, steps });
  const needed = neededBy(settings.steps);
  if (needed <= total) return null;
  let fitting = settings.steps;
  while (fitting > 1 && neededBy(fitting) > total) fitting--;
  const advice =
    fitting > 1 ? `take ${fitting} or fewer` : 'no number of them fits; it needs a machine with more memory';
  return {
    path: 'settings.steps',
    message: `needs about ${formatGibibytes(needed)} of memory at its peak, a copy of the parameters for each product, and this machine has ${formatGibibytes(total)}; ${advice}`,
  };
}

/** Kept iterations in words: `0 to 40 (41 points)`. */
function keptText(iterations: readonly number[]): string {
  if (iterations.length <= 8) return iterations.join(', ');
  return `${iterations.slice(0, 3).join(', ')}, … ${iterations.at(-1)} (${iterations.length} points)`;
}
