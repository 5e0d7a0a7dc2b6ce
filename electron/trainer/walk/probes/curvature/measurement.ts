/** What a measurement beside the eigenvalues is: a file each, listed in measurements.ts and declared in shared/curvature/. */
import type { MeasurementKey } from '../../../../../shared/curvature/index.ts';
import type { Experiment } from '../../../../../shared/experiment.ts';
import type { Loss } from '../../../../../shared/losses/index.ts';
import type { Model } from '../../../../../shared/networks/model.ts';
import type { MeasuredBy } from '../../../../../shared/quantities/index.ts';
import type { Examples } from '../../../../datasets/load.ts';
import type { Backend } from '../../../backends/backend.ts';
import type { HessianProduct } from '../../hessian.ts';
import type { Slope } from '../../slope.ts';
import type { Step } from '../../sources/source.ts';

/** What measurements work with. */
export interface MeasurementTools {
  experiment: Experiment;
  /** The training set. */
  train: Examples;
  /** Those of the curvature: the training set or a fixed subset of it. */
  examples: Examples;
  backend: Backend;
  model: Model;
  loss: Loss;
  /** Examples that pass at once in a gradient or product. */
  microBatch: number;
  /** Over the examples of the curvature. */
  hessian: HessianProduct;
  /** Over the same; one for all who ask, who do not dispose it. */
  slope: () => Promise<Slope>;
}

/**
 * What rounding in float32 may do to a slope or a Hessian-vector product along a vector, as a share of its length (docs/definitions.md, how exact: 1.4·10⁻⁵ and
 * less); of a whole product, as a share of ‖H‖₂, it is `productRounding`.
 */
export const roundingAlong = 2 ** -16;

/** Lets a stop in between pieces of work, and says whether there was one. */
export type BetweenPieces = () => boolean | Promise<boolean>;

/**
 * Measures at a step. It draws from generators of its own alone, named by seed, iteration and what they are for, so that the walk stays what it is and a
 * continued run measures what an undisturbed one does.
 */
export interface Measurement<K extends MeasurementKey> {
  /** Null when stopped on the way. */
  measure(step: Step, between: BetweenPieces): Promise<MeasuredBy<K> | null>;
  /** Frees what the backend holds for it alone. */
  dispose(): Promise<void>;
}

/** Prepares a measurement where it is switched on. */
export type OpenMeasurement<K extends MeasurementKey> = (tools: MeasurementTools) => Promise<Measurement<K>>;

/**
 * A drawn estimate and its error as records tell them, null where either is not finite. However small it is beside its error: to keep those alone that
 * happen to come out large would bias what is kept, and lose the error of the others.
 */
export function toldBy({ value, error }: { value: number; error: number }): [number, number] | [null, null] {
  return Number.isFinite(value) && Number.isFinite(error) ? [value, error] : [null, null];
}
