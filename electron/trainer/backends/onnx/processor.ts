/** How graphs are translated so that ONNX Runtime's processor kernels compute them fastest. */
import type { ConvolutionAttributes } from '../../../../shared/graph/ops/convolution.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { moving } from './emit.ts';
import type { Adaptation, Writer } from './emit.ts';
import { batchLastShape, batchLastTranslations, wideConvolution } from './batch-last.ts';

/** Fewest examples that are worth laying batch-last. */
const fewest = 16;

/** Convolution in a graph that only evaluates: small images with many channels turn batch-last and back. */
function convolution(
  write: Writer,
  { inputs: [image, weight], attributes }: Tensor<ConvolutionAttributes>,
  [images, ...rest]: readonly string[],
  output: string,
): void {
  const { stride, padding } = attributes;
  const [examples, channels, height, width] = image!.shape as [number, number, number, number];
  if (stride !== 1 || examples < fewest || height * width > 64 || channels < 128) {
    write.node('Conv', [images!, ...rest], { ...moving(attributes), kernel_shape: weight!.shape.slice(2) }, output);
    return;
  }
  const filter = { inputs: rest, shape: weight!.shape };
  const turned = write.node('Transpose', [images!], { perm: [1, 2, 3, 0] });
  const wide = wideConvolution(write, turned, batchLastShape(image!.shape), filter, [padding, padding]);
  write.node('Transpose', [wide], { perm: [3, 0, 1, 2] }, output);
}

/** Whether a graph has filter gradients over enough examples: they want images batch-last, and so everything around gains by it. */
function trains({ nodes }: Plan): boolean {
  const examples = (shape: Shape): number => shape[0]!;
  return nodes.some(
    ({ operation, inputs: [image] }) =>
      operation.name === 'convolutionFilterGradient' && examples(image!.shape) >= fewest,
  );
}

/** What replaces the usual translations of a graph on the processor. */
export function processorAdaptation(plan: Plan): Adaptation {
  return trains(plan) ? { batchLast: batchLastTranslations } : { translations: { convolution } };
}
