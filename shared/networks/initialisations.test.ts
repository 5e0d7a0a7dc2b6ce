import { describe, expect, it } from 'vitest';
import { generatorFor } from '../../electron/trainer/random/generator.ts';
import { initialisationNames } from './initialisations.ts';
import type { InitialisationName, Starting } from './initialisations.ts';
import { convolutionLayer, layOutLayers, linearLayer, batchNormLayer } from './layers.ts';
import { viewsOf } from './parameters.ts';

/** A linear layer of 300 inputs and 400 outputs, a convolution of 24 channels and 64 filters of 5 × 5, and a batch norm. */
const layers = [
  linearLayer('linear', 300, 400),
  convolutionLayer('conv', 24, 64, { kernel: 5 }),
  batchNormLayer('bn', 64),
];
const fans = { linear: { in: 300, out: 400 }, conv: { in: 24 * 25, out: 64 * 25 } };

function drawn(starting: Starting, seed = 1): Record<string, Float32Array> {
  const { parameters, initialise } = layOutLayers(layers, starting);
  return viewsOf(initialise(generatorFor(seed, 'initialisation')), parameters);
}

type Expected = { bound: number } | { deviation: number } | 0;
type Layer = keyof typeof fans;
/** What `torch.nn` and `torch.nn.init` draw from, of weights and biases: [−bound, bound), N(0, deviation), or 0. */
const published: Record<InitialisationName, (layer: Layer) => { weight: Expected; bias: Expected }> = {
  paper: (layer) =>
    layer === 'conv'
      ? { weight: { deviation: Math.sqrt(2 / fans.conv.out) }, bias: 0 }
      : { weight: { bound: 1 / Math.sqrt(fans.linear.in) }, bias: { bound: 1 / Math.sqrt(fans.linear.in) } },
  pytorch: (layer) => ({
    weight: { bound: 1 / Math.sqrt(fans[layer].in) },
    bias: { bound: 1 / Math.sqrt(fans[layer].in) },
  }),
  'kaiming-normal': (layer) => ({ weight: { deviation: Math.sqrt(2 / fans[layer].in) }, bias: 0 }),
  'kaiming-uniform': (layer) => ({ weight: { bound: Math.sqrt(6 / fans[layer].in) }, bias: 0 }),
  'xavier-normal': (layer) => ({
    weight: { deviation: Math.sqrt(2 / (fans[layer].in + fans[layer].out)) },
    bias: 0,
  }),
  'xavier-uniform': (layer) => ({ weight: { bound: Math.sqrt(6 / (fans[layer].in + fans[layer].out)) }, bias: 0 }),
};

/** Mean, variance and kurtosis of values. */
function moments(values: Float32Array): { mean: number; variance: number; kurtosis: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const power = (order: number) => values.reduce((sum, value) => sum + (value - mean) ** order, 0) / values.length;
  return { mean, variance: power(2), kurtosis: power(4) / power(2) ** 2 };
}

describe.each(initialisationNames)('%s', (name) => {
  it.each(['linear', 'conv'] as const)('draws a %s layer as it says', (layer) => {
    const values = drawn({ initialisation: name });
    const { weight, bias } = published[name](layer);
    for (const [part, expected] of Object.entries({ weight, bias })) {
      const found = values[`${layer}.${part}`]!;
      if (expected === 0) {
        expect(new Set(found), part).toEqual(new Set([0]));
        continue;
      }
      const deviation = 'bound' in expected ? expected.bound / Math.sqrt(3) : expected.deviation;
      if ('bound' in expected) {
        const greatest = Math.max(...found.map(Math.abs));
        expect(greatest, part).toBeLessThanOrEqual(Math.fround(expected.bound));
        expect(greatest / expected.bound, part).toBeGreaterThan(1 - 20 / found.length);
      }
      const { mean, variance, kurtosis } = moments(found);
      // five standard errors of each
      const root = Math.sqrt(found.length);
      expect(Math.abs(mean) / deviation, part).toBeLessThan(5 / root);
      const normal = 'deviation' in expected;
      expect(Math.abs(variance / deviation ** 2 - 1), part).toBeLessThan((5 * Math.sqrt(normal ? 2 : 0.8)) / root);
      if (found.length > 1000) expect(kurtosis, part).toBeCloseTo(normal ? 3 : 1.8, 1);
    }
  });

  it('is scaled by a factor, norms left as they start', () => {
    const [once, twice] = [drawn({ initialisation: name }), drawn({ initialisation: name, initialScale: 0.25 })];
    for (const [tensor, values] of Object.entries(twice))
      expect(values, tensor).toEqual(once[tensor]!.map((value) => (tensor.startsWith('bn') ? value : 0.25 * value)));
  });
});

it("is the paper's where nothing is told", () => {
  expect(drawn({})).toEqual(drawn({ initialisation: 'paper', initialScale: 1 }));
  expect(drawn({}, 2)).not.toEqual(drawn({}));
});
