/** Every operation: its builder, and what it knows about itself in one table. */
import { addOperation, divideOperation, multiplyOperation, subtractOperation } from './arithmetic.ts';
import { batchNormAffineOperation } from './batch-norm.ts';
import { convolutionOperation, filterGradientOperation, inputGradientOperation } from './convolution.ts';
import { expOperation, logOperation, sqrtOperation, tanhOperation } from './elementary.ts';
import { erfOperation } from './erf.ts';
import { gemmOperation } from './gemm.ts';
import { groupNormAffineOperation } from './group-norm.ts';
import { correctOperation, oneHotOperation } from './labels.ts';
import { reshapeOperation, transposeOperation } from './layout.ts';
import { constantOperation, inputOperation } from './leaf.ts';
import {
  averagePoolOperation,
  maxPoolOperation,
  gatherAtArgmaxOperation,
  maxPoolGradientOperation,
  repeatOperation,
} from './pool.ts';
import { broadcastOperation, sumOperation } from './reduce.ts';
import { reluOperation, heavisideOperation } from './relu.ts';
import { sigmoidOperation } from './sigmoid.ts';
import { logSoftmaxOperation, softmaxOperation } from './softmax.ts';
import type { Operation, Tensor } from '../tensor.ts';

export * from './arithmetic.ts';
export * from './batch-norm.ts';
export * from './convolution.ts';
export * from './elementary.ts';
export * from './erf.ts';
export * from './gelu.ts';
export * from './gemm.ts';
export * from './group-norm.ts';
export * from './labels.ts';
export * from './layout.ts';
export * from './leaf.ts';
export * from './loss.ts';
export * from './mean.ts';
export * from './pool.ts';
export * from './reduce.ts';
export * from './relu.ts';
export * from './sigmoid.ts';
export * from './silu.ts';
export * from './softmax.ts';

const listed = [
  addOperation,
  subtractOperation,
  multiplyOperation,
  divideOperation,
  expOperation,
  logOperation,
  tanhOperation,
  sqrtOperation,
  reluOperation,
  heavisideOperation,
  sigmoidOperation,
  erfOperation,
  softmaxOperation,
  logSoftmaxOperation,
  gemmOperation,
  reshapeOperation,
  transposeOperation,
  sumOperation,
  broadcastOperation,
  convolutionOperation,
  inputGradientOperation,
  filterGradientOperation,
  averagePoolOperation,
  repeatOperation,
  maxPoolOperation,
  maxPoolGradientOperation,
  gatherAtArgmaxOperation,
  batchNormAffineOperation,
  groupNormAffineOperation,
  oneHotOperation,
  correctOperation,
  inputOperation,
  constantOperation,
] as const;
type Listed = (typeof listed)[number];

/** Name of an operation. */
export type OpName = Listed['name'];
/** Name of an operation that is computed: all but inputs and constants. */
export type ComputedOp = Exclude<OpName, 'input' | 'constant'>;
type AttributesOf<O> = O extends Operation<string, infer A> ? A : never;
/** A node of an operation, with its attributes. */
export type NodeOf<N extends OpName> = Tensor<AttributesOf<Extract<Listed, { name: N }>>>;

/** Every operation by its name. */
export const operations = Object.fromEntries(listed.map((operation) => [operation.name, operation])) as {
  readonly [N in OpName]: Extract<Listed, { name: N }>;
};
