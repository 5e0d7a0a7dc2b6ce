import { describe, expect, it } from 'vitest';
import { differentiate } from '../graph/differentiate.ts';
import * as ops from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { generatorFor, generatorFrom } from '../random/generator.ts';
import { syntheticExamples } from '../testing/examples.ts';
import { centralDifferences, greatestDifference } from '../testing/numbers.ts';
import { mlp } from './mlp.ts';
import { parameterTotal, viewsOf } from './parameters.ts';

describe('mlp', () => {
  it("lays its parameters out as PyTorch's linear layers do", () => {
    const model = mlp({ features: 784, hidden: [500, 350], classes: 10 });
    expect(model.parameters).toEqual([
      { name: 'layers.0.weight', shape: [500, 784], offset: 0, size: 392000 },
      { name: 'layers.0.bias', shape: [500], offset: 392000, size: 500 },
      { name: 'layers.1.weight', shape: [350, 500], offset: 392500, size: 175000 },
      { name: 'layers.1.bias', shape: [350], offset: 567500, size: 350 },
      { name: 'layers.2.weight', shape: [10, 350], offset: 567850, size: 3500 },
      { name: 'layers.2.bias', shape: [10], offset: 571350, size: 10 },
    ]);
    expect(parameterTotal(model.parameters)).toBe(571360);
    expect(model.multiplyAdds).toBe(784 * 500 + 500 * 350 + 350 * 10);
  });

  it('starts each layer uniform within ±1/√in, by its seed alone', () => {
    const model = mlp({ features: 100, hidden: [60, 400], classes: 10 });
    const flat = model.initialise(generatorFor(1, 'initialisation'));
    const inputs = [100, 60, 400];
    for (const [name, values] of Object.entries(viewsOf(flat, model.parameters))) {
      const bound = 1 / Math.sqrt(inputs[Number(name.split('.')[1])]!);
      expect(Math.max(...values.map(Math.abs)), name).toBeLessThanOrEqual(Math.fround(bound));
      if (values.length < 1000) continue;
      // the variance of U(−b, b) is b²/3
      const variance = values.reduce((sum, each) => sum + each * each, 0) / values.length;
      expect(variance / (bound ** 2 / 3), name).toBeCloseTo(1, 1);
      expect(Math.abs(values.reduce((sum, each) => sum + each, 0) / values.length), name).toBeLessThan(0.05 * bound);
    }
    expect(model.initialise(generatorFor(1, 'initialisation'))).toEqual(flat);
    expect(model.initialise(generatorFor(2, 'initialisation'))).not.toEqual(flat);
  });

  it.each([[[]], [[5]], [[6, 4]]])('with hidden widths %j has the gradient that finite differences find', (hidden) => {
    const { images, labels } = syntheticExamples(8, 5, 3);
    const model = mlp({ features: 5, hidden, classes: 3 });
    const tensors = Object.fromEntries(model.parameters.map(({ name, shape }) => [name, ops.input(name, shape)]));
    const logits = model.head(model.stem.apply(ops.input('x', [8, 5]), tensors), tensors);
    expect(logits.shape).toEqual([8, 3]);
    const loss = ops.mean(ops.crossEntropy(logits, ops.input('labels', [8], 'int')));
    const names = model.parameters.map(({ name }) => name);
    const gradients = differentiate(
      loss,
      names.map((name) => tensors[name]!),
    );
    const feeds = { x: images, labels, ...viewsOf(model.initialise(generatorFrom([9, 8, 7, 6])), model.parameters) };
    const exact = evaluateReference(
      Object.fromEntries(gradients.map((gradient, index) => [names[index]!, gradient])),
      feeds,
    );
    for (const name of names) {
      const numeric = centralDifferences(
        (feeds as Record<string, ArrayLike<number>>)[name]!,
        (point) => evaluateReference({ loss }, { ...feeds, [name]: point }).loss[0]!,
        1e-6,
      );
      expect(greatestDifference(exact[name]!, numeric), name).toBeLessThan(1e-8);
    }
  });
});
