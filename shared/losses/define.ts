/** A loss's declaration: one file a loss, from which its setting, form, graph, units and the claims' view of it come. */
import type { z } from 'zod';
import type { Tensor } from '../graph/tensor.ts';
import type { TargetKind } from '../targets.ts';
import type { LossesAlong, OutputCurve } from './curve.ts';

/** A loss with its settings, ready to be put into a graph. */
export interface Loss extends LossFormulas {
  /** The targets that it is given. */
  targets: TargetKind;
}

/** A loss's formulas, for every kind of targets that it takes. */
interface LossFormulas {
  /**
   * The loss of every example.
   * @param outputs the network's, [n, outputs]
   * @param targets classes, int [n], or values, float [n, outputs]
   * @returns [n]
   */
  of: (outputs: Tensor, targets: Tensor) => Tensor;
  /** The same by other operations, whose second derivatives keep their relative accuracy in float32. */
  toDifferentiateTwice: (outputs: Tensor, targets: Tensor) => Tensor;
  /**
   * At most what an example's loss moves by where its outputs move by one, each up or down by itself and not all together: what
   * rounding of the outputs makes of the loss.
   * @param loss of that example
   */
  sensitivity: (loss: number) => number;
  /** The loss of one example in float64, outside of a graph. @param outputs of every class @param label its class */
  value: (outputs: ArrayLike<number>, label: number) => number;
  /** The losses of single examples along a curve of their outputs, in float64. */
  along: (curve: OutputCurve) => LossesAlong;
}

/** A loss as its file declares it. */
export interface LossDefinition<K extends string, S extends z.ZodRawShape> {
  /** Its name in experiments, `loss.kind`. */
  key: K;
  /** Its name in words. */
  title: string;
  /** Its formula and what it is called elsewhere, as a clause of the help of all of them. */
  help: string;
  /** The unit of its values; null for a pure number. */
  unit: 'nats' | null;
  /** The targets that it can be taken of. */
  targets: readonly TargetKind[];
  /** Its settings, each a `field` with words and a default. */
  settings: S;
  /** Whether the paper's claims speak of walks on it: a run of one of which they do not is left out of all of them. */
  evidence: (settings: z.output<z.ZodObject<S>>) => boolean;
  build: (settings: z.output<z.ZodObject<S>>) => LossFormulas;
}

/** Declares a loss; listed in index.ts, it is there everywhere. */
export function defineLoss<const K extends string, S extends z.ZodRawShape>(
  definition: LossDefinition<K, S>,
): LossDefinition<K, S> {
  return definition;
}
