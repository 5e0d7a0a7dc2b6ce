/** The gradient of the mean loss of examples that are chosen anew each time, batch norm by running statistics, as in evaluation. */
import type { Examples } from '../../datasets/load.ts';
import type { Backend, Executable } from '../backends/backend.ts';
import type { Loss } from '../../../shared/losses/index.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { disposeAll } from './evaluator.ts';
import { feedsOf } from './point.ts';
import type { Point } from './point.ts';
import { gradientGraph, gradientOf } from './slope.ts';
import { rowsOf, targetFeed } from './targets.ts';

/** Computes gradients. */
export interface MeanGradient {
  /**
   * ∇ of the mean loss, without weight decay: in float32 for the examples that pass at once, their mean in float64.
   * @param into overwritten, as long as the parameters
   * @param between asked before each micro-batch; the gradient is given up where it says true
   * @returns false when given up
   */
  compute(
    point: Point,
    examples: Examples,
    into: Float64Array,
    between: () => boolean | Promise<boolean>,
  ): Promise<boolean>;
  /** Frees what the backend holds. */
  dispose(): Promise<void>;
}

/** Prepares it. @param microBatch examples that pass at once; each number of them that occurs is compiled once */
export function openMeanGradient(backend: Backend, model: Model, loss: Loss, microBatch: number): MeanGradient {
  const graphs = new Map<number, Executable>();
  const part = new Float32Array(parameterTotal(model.parameters));
  const views = viewsOf(part, model.parameters);
  const writeTo = Object.fromEntries(model.parameters.map(({ name }) => [gradientOf(name), views[name]!]));

  async function compiled(size: number): Promise<Executable> {
    const graph = graphs.get(size) ?? (await backend.compile(gradientGraph(model, loss, size)));
    graphs.set(size, graph);
    return graph;
  }

  return {
    async compute(point, examples, into, between) {
      const feeds = feedsOf(point, model);
      const targets = targetFeed(examples.targets);
      into.fill(0);
      for (let from = 0; from < examples.count; from += microBatch) {
        if (await between()) return false;
        const end = Math.min(from + microBatch, examples.count);
        const graph = await compiled(end - from);
        const images = rowsOf(examples.images, examples.count, from, end);
        await graph.run({ x: images, targets: rowsOf(targets, examples.count, from, end), ...feeds }, writeTo);
        const share = (end - from) / examples.count;
        for (let index = 0; index < into.length; index++) into[index]! += share * part[index]!;
      }
      return true;
    },
    dispose: () => disposeAll(graphs),
  };
}
