import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differentiate } from '../../graph/differentiate.ts';
import * as ops from '../../graph/ops/index.ts';
import { evaluateReference } from '../../graph/reference.ts';
import { sizeOf } from '../../graph/tensor.ts';
import type { Shape, Tensor } from '../../graph/tensor.ts';
import { generatorFrom } from '../../random/generator.ts';
import { greatestDifference } from '../../testing/numbers.ts';
import { onnxCpu } from './onnx.ts';

const backend = onnxCpu(1);

/** Compares what the backend makes of a graph with the float64 reference; numbers fed are uniform in [−1, 1). */
async function compare(outputs: Record<string, Tensor>, shapes: Record<string, Shape>, bound: number): Promise<void> {
  const generator = generatorFrom([1, 2, 3, 4]);
  const feeds = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => 2 * generator.uniform() - 1),
    ]),
  );
  const executable = await backend.compile(outputs);
  const results = await executable.run(feeds);
  for (const [name, exact] of Object.entries(evaluateReference(outputs, feeds)))
    expect(greatestDifference(results[name]!, exact), name).toBeLessThan(bound);
  await executable.dispose();
}

it('computes a convolution of many examples, its gradients and their gradients as the reference does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        examples: fc.integer({ min: 14, max: 19 }),
        channels: fc.integer({ min: 1, max: 3 }),
        filters: fc.integer({ min: 1, max: 12 }),
        height: fc.integer({ min: 2, max: 6 }),
        width: fc.integer({ min: 2, max: 6 }),
        tall: fc.integer({ min: 1, max: 3 }),
        broad: fc.integer({ min: 1, max: 3 }),
        stride: fc.constantFrom(1, 2),
        padding: fc.constantFrom(0, 1),
        biased: fc.boolean(),
      }),
      async ({ examples, channels, filters, height, width, tall, broad, stride, padding, biased }) => {
        fc.pre(tall <= height + 2 * padding && broad <= width + 2 * padding);
        const shapes: Record<string, Shape> = {
          x: [examples, channels, height, width],
          weight: [filters, channels, tall, broad],
          ...(biased ? { bias: [filters] } : {}),
        };
        const [x, weight, bias] = Object.entries(shapes).map(([name, shape]) => ops.input(name, shape));
        const result = ops.convolution(x!, weight!, bias ?? null, { stride, padding });
        const [byX, byWeight] = differentiate(ops.mean(ops.multiply(result, result)), [x!, weight!]);
        const along = ops.add(ops.sum(ops.multiply(byX!, x!)), ops.sum(ops.multiply(byWeight!, weight!)));
        const [twiceX, twiceWeight] = differentiate(along, [x!, weight!]);
        // the first alone is translated as in evaluation, the others as in training
        await compare({ result }, shapes, 1e-5);
        await compare({ result, byX: byX!, byWeight: byWeight! }, shapes, 1e-5);
        await compare({ twiceX: twiceX!, twiceWeight: twiceWeight! }, shapes, 1e-5);
      },
    ),
    { numRuns: 60 },
  );
});

it('computes small images with many channels as the reference does, in evaluation too', async () => {
  const shapes = { x: [20, 130, 3, 4], weight: [5, 130, 3, 3], bias: [5] };
  const [x, weight, bias] = Object.entries(shapes).map(([name, shape]) => ops.input(name, shape));
  const result = ops.convolution(x!, weight!, bias!, { padding: 1 });
  const [byX] = differentiate(ops.mean(ops.multiply(result, result)), [x!]);
  await compare({ result }, shapes, 1e-5);
  await compare({ byX: byX! }, shapes, 1e-5);
});
