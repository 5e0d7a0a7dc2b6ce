import { describe, expect, it } from 'vitest';
import { onnxCpu } from '../backends/onnx/onnx.ts';
import { usualLoss } from '../../../shared/losses/index.ts';
import { cnn } from '../../../shared/networks/cnn.ts';
import type { Model } from '../../../shared/networks/model.ts';
import { generatorFrom } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { gradientFunction } from './gradient.ts';
import { emptyPoint } from './point.ts';

const image = { channels: 1, height: 8, width: 8 };
const { images, targets: labels } = syntheticExamples(24, 64, 3);

async function gradientOf(model: Model, microBatch: number, count = 24) {
  const point = { parameters: model.initialise(generatorFrom([1, 2, 3, 4])), statistics: model.initialStatistics() };
  const into = { gradient: emptyPoint(model).parameters, statistics: emptyPoint(model).statistics };
  const compiled = await gradientFunction(onnxCpu(1), model, usualLoss, count, microBatch);
  const loss = await compiled.compute(
    point,
    images.slice(0, 64 * count),
    Int32Array.from(labels.slice(0, count)),
    into,
  );
  await compiled.dispose();
  return { loss, ...into };
}

describe('a gradient in micro-batches', () => {
  it.each([12, 6, 1])('of %i is the gradient of the whole batch, within rounding', async (microBatch) => {
    const model = cnn({ image, outputs: 3, batchNorm: false });
    const [whole, parts] = [await gradientOf(model, 24), await gradientOf(model, microBatch)];
    const greatest = Math.max(...whole.gradient.map(Math.abs));
    expect(parts.loss).toBeCloseTo(whole.loss, 6);
    whole.gradient.forEach((value, index) =>
      expect(Math.abs(parts.gradient[index]! - value)).toBeLessThan(1e-6 * greatest),
    );
  });

  it('normalises each by its own statistics, and averages the running ones one after the other', async () => {
    const model = cnn({ image, outputs: 3, batchNorm: true });
    const [two, one] = [await gradientOf(model, 12), await gradientOf(model, 12, 12)];
    const { statistics } = two;
    model.statistics.forEach(({ name, offset }) => {
      const start = name.endsWith('running_var') ? 1 : 0;
      // after one batch 0.9 · start + 0.1 · batch; the second moves it on
      expect(statistics[offset]).not.toBe(one.statistics[offset]);
      expect(Math.abs(statistics[offset]! - start)).toBeGreaterThan(Math.abs(one.statistics[offset]! - start));
    });
    expect(two.loss).not.toBeCloseTo((await gradientOf(model, 24)).loss, 6);
  });
});
