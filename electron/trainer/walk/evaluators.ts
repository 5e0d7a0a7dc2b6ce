/** What a walk measures losses with: slices, and both sets at the end of an epoch. */
import { batchSizeOf } from '../../../shared/experiment.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { LoadedData } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { sequentialOf, slicesCount } from '../../../shared/sequential/settings.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { batchLosses } from './batch-losses.ts';
import type { BatchLosses } from './batch-losses.ts';
import { pointEvaluator } from './evaluator.ts';
import type { Evaluator, SegmentEvaluator } from './evaluator.ts';
import { openResolution } from './resolution.ts';
import type { ResolutionProbe } from './resolution.ts';
import { openSample } from './sample.ts';
import type { SampleEvaluator } from './sample.ts';
import { openSegments } from './segments.ts';
import { lossFor } from './targets.ts';

/** The evaluators of a walk. */
export interface Evaluators {
  /** Evaluates slices; null when nothing is probed. */
  segments: SegmentEvaluator | null;
  /** Evaluates the whole training set; the same as `segments` where slices are taken on it. */
  train: Evaluator;
  validation: Evaluator;
  /** Tells what `segments` resolves; null when nothing is probed. */
  resolution: ResolutionProbe | null;
  /** Evaluates samples between the ends of sequential slices; null where there are none. */
  sample: SampleEvaluator | null;
  /** Evaluates batches along their steps; null where nothing is probed, or batches are not asked for. */
  batch: BatchLosses | null;
}

/**
 * Opens the evaluators that an experiment asks for.
 * @param options `microBatch`: examples that pass at once in an update; left out where there are no batches
 */
export async function openEvaluators(
  experiment: Experiment,
  { backend, model, data, microBatch }: { backend: Backend; model: Model; data: LoadedData; microBatch?: number },
): Promise<Evaluators> {
  const { windows, evaluateOn, batchNorm, onBatch } = experiment.probes.interpolation;
  const population = data.train.count;
  const loss = lossFor(experiment.loss, data.train);
  const whole = slicesCount(evaluateOn, population) === population;
  const segments = windows.length > 0 ? await openSegments(experiment, { backend, model, train: data.train }) : null;
  const resolution = segments ? await openResolution(experiment, { backend, model, train: data.train }) : null;
  // epochs are told by running statistics, however slices are
  const alike = model.statistics.length === 0 || batchNorm === 'running';
  const train =
    segments && whole && alike
      ? segments
      : await pointEvaluator({ backend, model, loss, examples: data.train, population, fits: true });
  const validation = await pointEvaluator({
    backend,
    model,
    loss,
    examples: data.validation,
    population: data.validation.count,
    fits: true,
  });
  const sample =
    segments && sequentialOf(evaluateOn) && loss.targets === 'classes'
      ? await openSample({ backend, model, loss, examples: data.train, segments })
      : null;
  const batch =
    segments && onBatch && microBatch !== undefined
      ? await batchLosses(backend, model, loss, batchSizeOf(experiment), microBatch)
      : null;
  return { segments, train, validation, resolution, sample, batch };
}

/** Frees what they hold. */
export async function disposeEvaluators(evaluators: Evaluators): Promise<void> {
  const { segments, train, validation, resolution, sample, batch } = evaluators;
  for (const each of new Set([segments, train, validation, resolution, sample, batch])) await each?.dispose();
}
