/** The evaluator of slices that an experiment asks for: its examples and its way with batch norm. */
import { recomputedOn } from '../../../shared/cost.ts';
import type { Experiment } from '../../../shared/experiment.ts';
import type { Examples } from '../../datasets/load.ts';
import type { Backend } from '../backends/backend.ts';
import { sequentialOf, slicesCount } from '../../../shared/sequential/settings.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { generatorFor } from '../random/generator.ts';
import { subset } from '../random/shuffle.ts';
import { pick } from './chunks.ts';
import { segmentEvaluator } from './evaluator.ts';
import type { SegmentEvaluator } from './evaluator.ts';
import { recomputing } from './recompute.ts';
import { lossFor } from './targets.ts';

/** The examples that both ends of slices are evaluated on: the whole training set, or its fixed subset. */
export function evaluatedExamples({ seed, probes }: Experiment, train: Examples): Examples {
  const { evaluateOn } = probes.interpolation;
  const count = slicesCount(evaluateOn, train.count);
  return count === train.count ? train : pick(train, subset(train.count, count, generatorFor(seed, 'subset')));
}

/** Evaluates slices with the batch norm that the experiment asks for. */
export async function openSegments(
  experiment: Experiment,
  { backend, model, train }: { backend: Backend; model: Model; train: Examples },
): Promise<SegmentEvaluator> {
  const { batchNorm, evaluateOn } = experiment.probes.interpolation;
  const examples = evaluatedExamples(experiment, train);
  const segments = await segmentEvaluator({
    backend,
    model,
    loss: lossFor(experiment.loss, train),
    examples,
    population: train.count,
    statistics: batchNorm === 'batch' ? 'chunk' : 'running',
    keepsOutputs: sequentialOf(evaluateOn) !== null,
    // epochs read it of this evaluator where it is that of the whole training set
    fits: examples === train,
  });
  const sample = recomputedOn(experiment);
  if (sample === 0) return segments;
  const settling = pick(train, subset(train.count, sample, generatorFor(experiment.seed, 'statistics')));
  return recomputing(segments, { backend, model, examples: settling });
}
