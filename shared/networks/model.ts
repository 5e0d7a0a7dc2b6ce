/** What a model is: its parameters, how they start, and its graph in two parts. */
import type { Tensor } from '../graph/tensor.ts';
import type { LaidOut } from './layers.ts';

/** Tensors of a graph by name: parameters, and running statistics where they are used. */
export type TensorsByName = Readonly<Record<string, Tensor>>;

/** Normalises a batch at the batch norm of this name: see norms.ts. */
export type Normalise = (x: Tensor, layer: string) => Tensor;

/** A network: logits = head(stem(x)). Its trainable tensors lie in the order of the flat array, the stem's first. */
export interface Model extends LaidOut {
  /** Numbers per example: channels × height × width. */
  features: number;
  /** Numbers that it puts out for an example: a logit a class, or a value for each target. */
  outputs: number;
  /**
   * The part up to the first nonlinearity, affine in its parameters: on a segment between two parameter vectors its result is the
   * same blend of its two end results, so that a slice computes it once and not at every α.
   */
  stem: {
    /** Names of the parameters it uses; none makes it the identity. */
    parameters: readonly string[];
    /** Numbers per example that it yields. */
    width: number;
    /** x [examples, features] → [examples, width]. */
    apply(x: Tensor, tensors: TensorsByName): Tensor;
  };
  /** The rest: [examples, width] → logits [examples, outputs]. */
  head(values: Tensor, tensors: TensorsByName, normalise: Normalise): Tensor;
}

/** The stem of a network whose first layer is not worth keeping: the images themselves. */
export function noStem(features: number): Model['stem'] {
  return { parameters: [], width: features, apply: (x) => x };
}

/** The whole network: x [examples, features] → logits. */
export function logitsOf(model: Model, x: Tensor, tensors: TensorsByName, normalise: Normalise): Tensor {
  return model.head(model.stem.apply(x, tensors), tensors, normalise);
}
