/** Every operation's builder. */
export * from './arithmetic.ts';
export * from './batch-norm.ts';
export * from './convolution.ts';
export * from './elementary.ts';
export * from './gemm.ts';
export * from './labels.ts';
export * from './layout.ts';
export * from './leaf.ts';
export * from './loss.ts';
export * from './mean.ts';
export * from './pool.ts';
export * from './reduce.ts';
export * from './relu.ts';
export * from './softmax.ts';
