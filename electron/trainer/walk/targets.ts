/** Targets on their way into a graph: classes as integers, real numbers as they are. */
import { input } from '../../../shared/graph/ops/index.ts';
import type { Tensor } from '../../../shared/graph/tensor.ts';
import { lossOf } from '../../../shared/losses/index.ts';
import type { Loss, LossSettings } from '../../../shared/losses/index.ts';
import type { DataShape } from '../../../shared/networks/index.ts';
import type { TargetKind } from '../../../shared/targets.ts';
import type { Examples } from '../../datasets/load.ts';

/** Targets of some examples as a graph is fed them: classes [count], or values [count, outputs]. */
export type TargetFeed = Int32Array | Float32Array;

/** The kind of targets that examples have. */
function targetKindOf({ targets }: Pick<Examples, 'targets'>): TargetKind {
  return targets instanceof Float32Array ? 'values' : 'classes';
}

/** The loss that an experiment asks for, for the targets that there are. */
export function lossFor(settings: LossSettings, examples: Pick<Examples, 'targets'>): Loss {
  return lossOf(settings, targetKindOf(examples));
}

/** What examples ask of a network. */
export function dataShapeOf({
  shape,
  classes,
  targetColumns,
}: Pick<Examples, 'shape' | 'classes' | 'targetColumns'>): DataShape {
  return { ...shape, classes, targetColumns };
}

/** The input of a graph that {@link targetFeed} is for. @param outputs of the network */
export function targetsInput({ targets }: Pick<Loss, 'targets'>, count: number, outputs: number): Tensor {
  return targets === 'classes' ? input('targets', [count], 'int') : input('targets', [count, outputs]);
}

/** Targets as a graph takes them; values are not copied. */
export function targetFeed(targets: Examples['targets']): TargetFeed {
  return targets instanceof Float32Array ? targets : Int32Array.from(targets);
}

/**
 * Rows `from` to `end` of an array with equally many numbers for each example, a view of it.
 * @param count examples in all
 */
export function rowsOf<T extends Int32Array | Float32Array | Uint8Array>(
  values: T,
  count: number,
  from: number,
  end: number,
): T {
  const width = values.length / count;
  return values.subarray(from * width, end * width) as T;
}

/** Copies the targets of one example into a row of others. */
export function copyTargets(
  { targets, count }: Pick<Examples, 'targets' | 'count'>,
  example: number,
  into: TargetFeed | Uint8Array,
  row: number,
): void {
  const width = targets.length / count;
  for (let at = 0; at < width; at++) into[row * width + at] = targets[example * width + at]!;
}
