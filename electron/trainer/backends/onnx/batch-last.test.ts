import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differentiate } from '../../../../shared/graph/differentiate.ts';
import { divide } from '../../../../shared/graph/divide.ts';
import * as ops from '../../../../shared/graph/ops/index.ts';
import { evaluateReference } from '../../../../shared/graph/reference.ts';
import { sizeOf } from '../../../../shared/graph/tensor.ts';
import type { Shape, Tensor } from '../../../../shared/graph/tensor.ts';
import { generatorFrom } from '../../random/generator.ts';
import { greatestDifference } from '../../../../shared/graph/testing/numbers.ts';
import { onnxCpu } from './onnx.ts';

const backend = onnxCpu(1);

/**
 * Compares what the backend makes of a graph with the float64 reference; numbers fed are uniform in [−1, 1). Where storing float32 alone
 * changes the reference, as where batch norm divides by next to nothing, the backend may lose a few times as much beside the bound.
 */
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
  const rounded = evaluateReference(outputs, feeds, true);
  for (const [name, exact] of Object.entries(evaluateReference(outputs, feeds)))
    expect(greatestDifference(results[name]!, exact), name).toBeLessThan(
      bound + 4 * greatestDifference(rounded[name]!, exact),
    );
  await executable.dispose();
}

/** Compares a graph with itself in two, what does not depend on an input first; the runtime may move transpositions past sums in one of them. */
async function compareKept(
  outputs: Record<string, Tensor>,
  varying: string,
  shapes: Record<string, Shape>,
): Promise<void> {
  const generator = generatorFrom([4, 3, 2, 1]);
  const feeds: Record<string, Float32Array> = {};
  for (const [name, shape] of Object.entries(shapes))
    feeds[name] = Float32Array.from({ length: sizeOf(shape) }, () => 2 * generator.uniform() - 1);
  const divided = divide(outputs, new Set([varying]));
  const between = new Set(Object.keys(divided.kept));
  const whole = await backend.compile(outputs);
  const before = await backend.compile(divided.kept, {}, between);
  const after = await backend.compile(divided.outputs, {}, between);
  const kept = await before.run(feeds);
  const found = await after.run({ ...feeds, ...kept });
  for (const [name, values] of Object.entries(await whole.run(feeds)))
    expect(greatestDifference(found[name]!, values), name).toBeLessThan(2e-6);
  for (const each of [whole, before, after]) await each.dispose();
}

it('computes a convolution of many examples, its gradients and their gradients as the reference does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        examples: fc.integer({ min: 14, max: 19 }),
        channels: fc.integer({ min: 1, max: 5 }),
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

/** What may follow a convolution, by name; each takes and gives images [examples, 4, height, width]. */
const steps: Record<string, (x: Tensor, factor: Tensor, shift: Tensor) => Tensor> = {
  relu: (x) => ops.relu(x),
  tanh: (x) => ops.tanh(x),
  sigmoid: (x) => ops.sigmoid(x),
  erf: (x) => ops.erf(x),
  exp: (x) => ops.exp(ops.scale(x, 0.3)),
  'batch norm': (x, factor, shift) => ops.batchNorm(x, ops.add(factor, ops.constant(1.5)), shift).result,
  'largest of windows': (x) => ops.maxPool(x),
  'mean of windows': (x) => ops.averagePool(x, [2, 2]),
  'repeated over windows': (x) => ops.repeat(x, [2, 2]),
  'sum over channels': (x) => ops.add(x, ops.tanh(ops.sum(x, [1], true))),
  'sum over rows': (x) => ops.multiply(x, ops.tanh(ops.sum(x, [2], true))),
  'mean over examples': (x) => ops.subtract(x, ops.mean(x, [0], true)),
  // 128 numbers of either sign: without the factor, what rounding within their sum leaves counts as much as the bound
  'sum of images': (x) =>
    ops.multiply(x, ops.reshape(ops.tanh(ops.scale(ops.sum(x, [1, 2, 3]), 0.1)), [x.shape[0]!, 1, 1, 1])),
  'sum of each pixel': (x) => ops.add(x, ops.reshape(ops.tanh(ops.sum(x, [0])), [1, ...x.shape.slice(1)])),
  broadcast: (x, factor) => ops.multiply(x, ops.broadcastTo(ops.reshape(factor, [1, 4, 1, 1]), x.shape)),
  'other order': (x) => ops.transpose(ops.tanh(ops.transpose(x, [1, 0, 3, 2])), [1, 0, 3, 2]),
};

it('computes what stands between convolutions, its gradients and their gradients as the reference does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        examples: fc.integer({ min: 15, max: 18 }),
        size: fc.constantFrom([4, 4] as const, [4, 8] as const),
        names: fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 4 }),
      }),
      async ({ examples, size: [height, width], names }) => {
        fc.pre(names.filter((name) => name.endsWith('of windows')).length <= 2);
        const shapes = {
          x: [examples, 2, height, width],
          weight: [4, 2, 3, 3],
          again: [4, 4, 3, 3],
          factor: [4],
          shift: [4],
          direction: [4, 2, 3, 3],
        };
        const given = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, ops.input(name, shape)]));
        const { x, weight, again, factor, shift, direction } = given as Record<keyof typeof shapes, Tensor>;
        const first = ops.convolution(x, ops.scale(weight, 0.3), null, { padding: 1 });
        const between = names.reduce((value, name) => steps[name]!(value, factor, shift), first);
        const last = ops.convolution(ops.tanh(between), ops.scale(again, 0.1), null, { padding: 1 });
        const loss = ops.mean(ops.multiply(last, last));
        const variables = [weight, factor, shift];
        const gradients = differentiate(loss, variables);
        const products = differentiate(ops.sum(ops.multiply(gradients[0]!, direction)), variables);
        const outputs = (of: Tensor[]): Record<string, Tensor> =>
          Object.fromEntries(of.map((tensor, index) => [`${index}`, tensor]));
        await compare({ loss, between, ...outputs(gradients) }, shapes, 1e-5);
        await compare(outputs(products), shapes, 1e-4);
        await compareKept(outputs(products), 'direction', shapes);
      },
    ),
    { numRuns: 80 },
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
