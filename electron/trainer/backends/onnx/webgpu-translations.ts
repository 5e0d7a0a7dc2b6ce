/**
 * Translations for ONNX Runtime's WebGPU provider, which has no Sign, no LogSoftmax and no 64-bit integers (1.30): with these no
 * part of a network is left to the processor. And for convolutions that it computes wrong.
 */
import { cast, convolution, inputGradient, shapeConstant } from './emit.ts';
import type { Translations, Writer } from './emit.ts';
import { onnxType } from './model.ts';

/**
 * Channels that a convolution is given beside its own, of zeros. Its kernel goes three channels at a time where their number divides by 3, not by 4,
 * and that of its results by 4: right for 3 channels, wrong for 6, 9 and so on (microsoft/onnxruntime, issue 29651).
 */
function addedChannels(channels: number, filters: number): number {
  return channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && filters % 4 === 0 ? 4 - (channels % 4) : 0;
}

/** Zeros behind the others along one of four axes. */
function widened(write: Writer, value: string, axis: number, by: number): string {
  const [before, after] = [0, 1].map((end) =>
    Array.from({ length: 4 }, (_, at) => (end === 1 && at === axis ? by : 0)),
  );
  return write.node('Pad', [value, shapeConstant(write, [...before!, ...after!])]);
}

/** In place of the usual translations of these operations. */
export const webgpuTranslations: Partial<Translations> = {
  convolution(write, node, [image, weight, ...bias], output) {
    const [filters, channels] = node.inputs[1]!.shape as [number, number];
    const by = addedChannels(channels, filters);
    const inputs = by === 0 ? [image!, weight!] : [image!, weight!].map((value) => widened(write, value, 1, by));
    convolution(write, node, [...inputs, ...bias], output);
  },
  // a convolution too, from the filters' channels to the image's
  convolutionInputGradient(write, node, [upstream, weight], output) {
    const [filters, channels] = node.inputs[1]!.shape as [number, number];
    const by = addedChannels(filters, channels);
    const inputs = by === 0 ? [upstream!, weight!] : [widened(write, upstream!, 1, by), widened(write, weight!, 0, by)];
    inputGradient(write, node, inputs, output);
  },
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
