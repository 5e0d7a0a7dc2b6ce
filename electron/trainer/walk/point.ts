/** A point of the walk: trainable parameters, and the running statistics of batch norm that belong to them. */
import type { Model } from '../../../shared/networks/model.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { input } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { blend } from './vector.ts';

/** Both as flat vectors in the model's order. */
export interface Point {
  parameters: Float32Array;
  /** Empty for a network without batch norm. */
  statistics: Float32Array;
}

/** Where the tensors of a point lie. */
export type Layout = Pick<Model, 'parameters' | 'statistics'>;

/** A point of zeros. @param vector where its parameters are to lie, as many numbers */
export function emptyPoint(
  { parameters, statistics }: Layout,
  vector: Float32Array = new Float32Array(parameterTotal(parameters)),
): Point {
  return {
    parameters: vector,
    statistics: new Float32Array(parameterTotal(statistics)),
  };
}

/** What a graph with {@link pointInputs} is fed at a point: views by tensor name. @param suffix as it was given there */
export function feedsOf({ parameters, statistics }: Point, model: Layout, suffix = ''): Record<string, Float32Array> {
  const views = { ...viewsOf(parameters, model.parameters), ...viewsOf(statistics, model.statistics) };
  return suffix === ''
    ? views
    : Object.fromEntries(Object.entries(views).map(([name, values]) => [name + suffix, values]));
}

/** The tensors of a point as inputs of a graph, by name. @param suffix after the inputs' names, where there are several points */
export function pointInputs(model: Layout, suffix = ''): Record<string, Tensor> {
  return Object.fromEntries(
    [...model.parameters, ...model.statistics].map(({ name, shape }) => [name, input(name + suffix, shape)]),
  );
}

/**
 * Writes (1−α)·start + α·end; exactly `start` at 0 and `end` at 1.
 * @param alpha in [0, 1]
 */
export function blendPoints(start: Point, end: Point, alpha: number, into: Point): void {
  blend(start.parameters, end.parameters, alpha, into.parameters);
  blend(start.statistics, end.statistics, alpha, into.statistics);
}
