/**
 * Translations for ONNX Runtime's WebGPU provider, which has no Sign, no LogSoftmax and no 64-bit integers (1.30): with these no
 * part of a network is left to the processor.
 */
import { cast } from './emit.ts';
import type { Translations } from './emit.ts';
import { onnxType } from './model.ts';

/** In place of the usual translations of these operations. */
export const webgpuTranslations: Partial<Translations> = {
  // of a ReLU's result, which is never negative
  heaviside(write, _, [a], output) {
    const zero = write.constant([], Float32Array.of(0));
    cast(write, write.node('Greater', [a!, zero]), onnxType.float, output);
  },
  logSoftmax(write, _, [a], output) {
    const lowered = write.node('Sub', [a!, write.node('ReduceMax', [a!], { axes: [-1], keepdims: 1 })]);
    const axes = write.constant([1], BigInt64Array.of(-1n));
    const total = write.node('ReduceSum', [write.node('Exp', [lowered]), axes], { keepdims: 1 });
    write.node('Sub', [lowered, write.node('Log', [total])], {}, output);
  },
  // the first column that holds the greatest logit, less their number: 0 where a column does not hold it, negative where it does
  correct(write, { inputs: [{ shape } = { shape: [] }] }, [logits, labels], output) {
    const classes = shape[1]!;
    const top = write.node('ReduceMax', [logits!], { axes: [-1], keepdims: 1 });
    const isTop = cast(write, write.node('Equal', [logits!, top]), onnxType.float);
    const columns = write.constant(
      [1, classes],
      Float32Array.from({ length: classes }, (_each, column) => column - classes),
    );
    const first = write.node('ReduceMin', [write.node('Mul', [isTop, columns])], { axes: [-1], keepdims: 0 });
    const number = write.constant([], Float32Array.of(classes));
    const asked = write.node('Sub', [cast(write, labels!, onnxType.float), number]);
    cast(write, write.node('Equal', [first, asked]), onnxType.float, output);
  },
};
