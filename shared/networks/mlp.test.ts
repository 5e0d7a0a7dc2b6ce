import { describe, expect, it } from 'vitest';
import { generatorFor } from '../../electron/trainer/random/generator.ts';
import { mlp } from './mlp.ts';
import { parameterTotal, viewsOf } from './parameters.ts';

describe('mlp', () => {
  it("lays its parameters out as PyTorch's linear layers do", () => {
    const model = mlp({ features: 784, hidden: [500, 350], outputs: 10 });
    expect(model.parameters).toEqual([
      { name: 'layers.0.weight', shape: [500, 784], offset: 0, size: 392000 },
      { name: 'layers.0.bias', shape: [500], offset: 392000, size: 500 },
      { name: 'layers.1.weight', shape: [350, 500], offset: 392500, size: 175000 },
      { name: 'layers.1.bias', shape: [350], offset: 567500, size: 350 },
      { name: 'layers.2.weight', shape: [10, 350], offset: 567850, size: 3500 },
      { name: 'layers.2.bias', shape: [10], offset: 571350, size: 10 },
    ]);
    expect(parameterTotal(model.parameters)).toBe(571360);
  });

  it('starts each layer uniform within ±1/√in, by its seed alone', () => {
    const model = mlp({ features: 100, hidden: [60, 400], outputs: 10 });
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

  it('normalises every hidden layer where asked', () => {
    const model = mlp({ features: 784, hidden: [500, 350], outputs: 10, batchNorm: true });
    expect(model.parameters.map(({ name }) => name)).toEqual([
      ...['layers.0.weight', 'layers.0.bias', 'norms.0.weight', 'norms.0.bias'],
      ...['layers.1.weight', 'layers.1.bias', 'norms.1.weight', 'norms.1.bias'],
      ...['layers.2.weight', 'layers.2.bias'],
    ]);
    expect(parameterTotal(model.parameters)).toBe(571360 + 2 * 850);
    expect(parameterTotal(model.statistics)).toBe(2 * 850);
  });
});
