/** A point of the walk: trainable parameters, and the running statistics of batch norm that belong to them. */
import type { Model } from '../../../shared/networks/model.ts';
import { parameterTotal, viewsOf } from '../../../shared/networks/parameters.ts';
import { input } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { isOnDevice } from '../backends/backend.ts';
import type { FloatFeed, Vector } from '../backends/backend.ts';
import { blend } from './vector.ts';

/** Both as flat vectors in the model's order. */
export interface Point<V extends Vector = Vector> {
  parameters: V;
  /** Empty for a network without batch norm; always the host's, since they are few. */
  statistics: Float32Array;
}

/** A point whose numbers are at hand. */
export type HostPoint = Point<Float32Array>;

/** Where the tensors of a point lie. */
export type Layout = Pick<Model, 'parameters' | 'statistics'>;

/** A point of zeros. @param vector where its parameters are to lie, as many numbers */
export function emptyPoint(model: Layout): HostPoint;
export function emptyPoint<V extends Vector>(model: Layout, vector: V): Point<V>;
export function emptyPoint(
  { parameters, statistics }: Layout,
  vector: Vector = new Float32Array(parameterTotal(parameters)),
): Point {
  return { parameters: vector, statistics: new Float32Array(parameterTotal(statistics)) };
}

/** The point with its numbers at hand: itself, or with a copy of what the device holds. */
export async function hostPoint(point: Point): Promise<HostPoint> {
  const { parameters, statistics } = point;
  return isOnDevice(parameters) ? { parameters: await parameters.read(), statistics } : { parameters, statistics };
}

/** Parts of a vector by tensor name, wherever it lies; writing to a part writes to the vector. */
export function partsOf(vector: Vector, slots: Layout['parameters']): Record<string, FloatFeed> {
  return isOnDevice(vector)
    ? Object.fromEntries(slots.map(({ name, offset, size }) => [name, { vector, offset, length: size }]))
    : viewsOf(vector, slots);
}

/** What a graph with {@link pointInputs} is fed at a point: views by tensor name. @param suffix as it was given there */
export function feedsOf(point: HostPoint, model: Layout, suffix?: string): Record<string, Float32Array>;
export function feedsOf(point: Point, model: Layout, suffix?: string): Record<string, FloatFeed>;
export function feedsOf({ parameters, statistics }: Point, model: Layout, suffix = ''): Record<string, FloatFeed> {
  const views = { ...partsOf(parameters, model.parameters), ...viewsOf(statistics, model.statistics) };
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
export function blendPoints(start: HostPoint, end: HostPoint, alpha: number, into: HostPoint): void {
  blend(start.parameters, end.parameters, alpha, into.parameters);
  blend(start.statistics, end.statistics, alpha, into.statistics);
}

/** Least share of the smallest running variance of some points that remains where they are combined beyond themselves. */
export const leastVariance = 0.1;

/** Whether each statistic is a variance. */
export function variancesOf({ statistics }: Layout): boolean[] {
  return statistics.flatMap(({ name, size }) => new Array<boolean>(size).fill(name.endsWith('running_var')));
}
