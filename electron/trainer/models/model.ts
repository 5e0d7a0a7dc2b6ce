/** What a model is: its parameters, how they start, and its graph in two parts. */
import type { Tensor } from '../graph/tensor.ts';
import type { Generator } from '../random/generator.ts';
import type { ParameterSlot } from './parameters.ts';

/** Parameter tensors of a graph by name. */
type ParameterTensors = Readonly<Record<string, Tensor>>;

/** A network: logits = head(stem(x)). */
export interface Model {
  /** Numbers per example. */
  features: number;
  classes: number;
  /** Every trainable tensor and its place, in the order of the flat array; the stem's come first. */
  parameters: readonly ParameterSlot[];
  /** Multiply-adds of one example's forward pass. */
  multiplyAdds: number;
  /** Draws initial parameters into a new flat array. */
  initialise(generator: Generator): Float32Array;
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
    apply(x: Tensor, parameters: ParameterTensors): Tensor;
  };
  /** The rest: [examples, width] → logits [examples, classes]. */
  head(values: Tensor, parameters: ParameterTensors): Tensor;
}
