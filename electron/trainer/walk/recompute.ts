/** Batch norm's statistics, estimated anew at any point. */
import type { Backend } from '../backends/backend.ts';
import type { Examples } from '../../datasets/load.ts';
import { input } from '../../../shared/graph/ops/index.ts';
import { logitsOf } from '../../../shared/networks/model.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { byBatchStatistics } from '../../../shared/networks/norms.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { balancedChunksOf, chunkSizeFor } from './chunks.ts';
import { compileBySize, disposeAll } from './evaluator.ts';
import type { Place, SegmentEvaluator } from './evaluator.ts';
import { feedsOf, pointInputs } from './point.ts';
import type { Point } from './point.ts';

/**
 * Wraps an evaluator so that it takes a point's parameters only: the statistics are those of some examples that pass the network as
 * in training, averaged over the chunks that they pass in, each weighted by its size.
 * @param examples what the statistics are estimated on
 */
export async function recomputing(
  evaluator: SegmentEvaluator,
  { backend, model, examples }: { backend: Backend; model: Model; examples: Examples },
): Promise<SegmentEvaluator> {
  const chunks = balancedChunksOf(examples, chunkSizeFor(model));
  const graphs = await compileBySize(chunks, backend, (size) => {
    const tensors = pointInputs(model);
    const { normalise, statistics } = byBatchStatistics(tensors);
    logitsOf(model, input('x', [size, model.features]), tensors, normalise);
    return statistics;
  });

  async function at({ parameters }: Point): Promise<Point> {
    const point = { parameters, statistics: new Float32Array(parameterTotal(model.statistics)) };
    const views = viewsOf(point.statistics, model.statistics);
    for (const { count, images } of chunks) {
      const found = await graphs.get(count)!.run({ x: images, ...feedsOf(point, model) });
      for (const { name } of model.statistics) {
        const view = views[name]!;
        const share = count / examples.count;
        for (let index = 0; index < view.length; index++) view[index]! += share * found[name]![index]!;
      }
    }
    return point;
  }

  return {
    count: evaluator.count + examples.count,
    measure: async (point) => evaluator.measure(await at(point)),
    between: async (alpha, point) => evaluator.between(alpha, await at(point)),
    batchedPoints: evaluator.batchedPoints,
    settled: at,
    stems: () => evaluator.stems(),
    async betweenAll(places) {
      const recomputed: Place[] = [];
      for (const { alpha, point } of places) recomputed.push({ alpha, point: await at(point) });
      return evaluator.betweenAll(recomputed);
    },
    async dispose() {
      await evaluator.dispose();
      await disposeAll(graphs);
    },
  };
}
