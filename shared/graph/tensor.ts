/**
 * The tensor graph: a value is described by the operation that makes it and the tensors it is made from. Nothing is computed
 * here; backends compile a graph and the reference evaluates it in float64.
 *
 * Every dimension is known when the graph is built, the batch included: a backend compiles one graph per batch size (the
 * last, smaller chunk of an evaluation gets a graph of its own), so that shapes are checked once and kernels are planned once.
 *
 * To add an operation, write one file in ops/ with its {@link Operation} and its builder, list it in ops/index.ts, and
 * give every backend its translation: one that is missing does not compile. Gradient rules are written in these same builders, so that the set stays closed under
 * differentiation: differentiating twice gives exact Hessian-vector products.
 */

/** Element type: `float` (float32 on a backend, float64 in the reference) or `int` (int32). */
export type DType = 'float' | 'int';

/** Dimensions, outermost first; `[]` is a scalar. Row-major everywhere. */
export type Shape = readonly number[];

/** A node of the graph: immutable, compared by identity. */
export interface Tensor<A = unknown> {
  // attributes are checked where an operation's own builder makes the node
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly operation: Operation<string, any>;
  readonly inputs: readonly Tensor[];
  /** Plain JSON-like values that, with the inputs, decide the result. */
  readonly attributes: A;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What computing a node takes; what is left out is nothing, or too little to count. */
export interface Cost {
  /** Products that are added up. */
  multiplyAdds?: number;
  /** Numbers of a layer's result, which training keeps in memory for the backward pass. */
  yielded?: number;
  /** Numbers that a normalisation makes on the way to its result, and the result. */
  normalised?: number;
  /** Numbers of both whose way through memory takes time of its own, as those of a linear layer do not. */
  moved?: number;
  /** Numbers that a smooth activation makes of images; beside a linear layer's multiply-adds those of vectors are next to nothing. */
  activated?: number;
  /** Places of a convolution's filter, for each of which its gradient may copy the images. */
  places?: number;
}

/** What an operation knows about itself. */
export interface Operation<N extends string, A> {
  /** Unique name; backends key their translations by it. */
  readonly name: N;
  /** True where an element of the result depends on those elements of the inputs alone that lie, broadcast, at its own place. */
  readonly elementWise?: true;
  /**
   * Shape and type of the result.
   * @throws Error naming the operation and the shapes when the inputs do not fit.
   */
  infer(inputs: readonly Tensor[], attributes: A): { shape: Shape; dtype: DType };
  /**
   * Gradients for each input given the gradient for the result (same shape as the result), in graph operations;
   * null where the result does not depend smoothly on that input.
   */
  gradient(node: Tensor<A>, upstream: Tensor): (Tensor | null)[];
  /** What it takes; null where that is next to nothing beside those that tell it. */
  cost: ((node: Tensor<A>) => Cost) | null;
  /** Reference value in float64 (integers as whole float64), row-major, from the values of the inputs. */
  evaluate(node: Tensor<A>, inputs: readonly Float64Array[]): Float64Array;
}

/**
 * Makes a node after checking its inputs; operations' builders call it.
 * @throws Error when the inputs do not fit the operation.
 */
export function makeNode<A>(operation: Operation<string, A>, inputs: readonly Tensor[], attributes: A): Tensor<A> {
  const { shape, dtype } = operation.infer(inputs, attributes);
  return { operation, inputs, attributes, shape, dtype };
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** A shape in words for messages, `[100, 784]`. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Whether two shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, axis) => dimension === b[axis]);
}
