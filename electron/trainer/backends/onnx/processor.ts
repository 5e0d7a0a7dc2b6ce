/** How graphs are translated so that ONNX Runtime's processor kernels compute them fastest. */
import type { ConvolutionAttributes } from '../../../../shared/graph/ops/convolution.ts';
import type { Plan } from '../../../../shared/graph/plan.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { moving, reshaped } from './emit.ts';
import { batchLastShape } from './model.ts';
import type { Adaptation, Fusion, Writer } from './emit.ts';
import { batchLastTranslations, wideConvolution } from './batch-last.ts';

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

/**
 * Scale and shift of an image's channels as batch norm by given statistics, 0 and 1: the runtime keeps images in its own blocked layout through that operator,
 * and not through a product and a sum, before and after which it turns them. Those of a convolution that nothing else reads it takes into the filters.
 */
function normsFused({ nodes }: Plan): (node: Tensor) => Fusion | null {
  const readers = new Map<Tensor, number>();
  for (const { inputs } of nodes) for (const each of inputs) readers.set(each, (readers.get(each) ?? 0) + 1);
  return ({ operation, inputs: [product, shift] }) => {
    if (operation.name !== 'add' || product?.operation.name !== 'multiply' || readers.get(product) !== 1) return null;
    const [image, factor] = product.inputs;
    const channels = image!.shape[1]!;
    if (image!.shape.length !== 4 || !isPerChannel(factor!, channels) || !isPerChannel(shift!, channels)) return null;
    if (image!.operation.name === 'convolution' && readers.get(image!) === 1) return null;
    return {
      inputs: [image!, factor!, shift!],
      write(write, [x, ...affine]) {
        const [scale, offset] = affine.map((each) => reshaped(write, each, [channels]));
        const [mean, variance] = [0, 1].map((value) =>
          write.constant([channels], new Float32Array(channels).fill(value)),
        );
        const attributes = { epsilon: Float32Array.of(0) };
        return write.node('BatchNormalization', [x!, scale!, offset!, mean!, variance!], attributes);
      },
    };
  };
}

/** Whether a tensor has a number for each channel of images. */
function isPerChannel({ shape }: Tensor, channels: number): boolean {
  return shape.length === 4 && shape[1] === channels && shape.every((size, axis) => axis === 1 || size === 1);
}

/** Whether a graph has filter gradients over enough examples: they want images batch-last, and so everything around gains by it. */
function trains({ nodes }: Plan): boolean {
  const examples = (shape: Shape): number => shape[0]!;
  return nodes.some(
    ({ operation, inputs: [image] }) =>
      operation.name === 'convolutionFilterGradient' && examples(image!.shape) >= fewest,
  );
}

/**
 * What replaces the usual translations of a graph on the processor.
 * @param between names of what goes from one graph to another: images among it lie batch-last, whichever of these graphs alone would not have them so
 */
export function processorAdaptation(plan: Plan, between: ReadonlySet<string> = new Set()): Adaptation {
  const ports = [
    ...plan.inputs.map(({ attributes: { name, shape } }) => ({ name, shape })),
    ...Object.entries<Tensor>(plan.outputs).map(([name, { shape }]) => ({ name, shape })),
  ];
  const liesBatchLast = new Set(
    ports
      .filter(({ name, shape }) => between.has(name) && shape.length === 4 && shape[0]! >= fewest)
      .map(({ name }) => name),
  );
  return trains(plan) || liesBatchLast.size > 0
    ? { batchLast: batchLastTranslations, liesBatchLast }
    : { translations: { convolution }, fuse: normsFused(plan) };
}
