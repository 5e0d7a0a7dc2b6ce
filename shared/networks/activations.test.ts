import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../../electron/trainer/random/generator.ts';
import { differentiate } from '../graph/differentiate.ts';
import * as ops from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import type { Tensor } from '../graph/tensor.ts';
import { greatestDifference } from '../graph/testing/numbers.ts';
import { activate, activateAndPool, activationNames, activationSetting, activationShort } from './activations.ts';

const shape = [3, 2, 4, 6];
const generator = generatorFrom([1, 2, 3, 4]);
const images = Float64Array.from({ length: 3 * 2 * 4 * 6 }, () => 8 * generator.uniform() - 4);

describe.each(activationNames)('%s', (name) => {
  it('and its pool are the pool of the activation, with its gradient', () => {
    const x = ops.input('x', shape);
    const [found, expected] = [activateAndPool(name, x), ops.maxPool(activate(name, x))];
    const slope = (value: Tensor) => differentiate(ops.sum(ops.multiply(value, value)), [x])[0]!;
    const values = evaluateReference({ found, expected, up: slope(found), down: slope(expected) }, { x: images });
    expect(greatestDifference(values.found, values.expected)).toBeLessThan(1e-14);
    expect(greatestDifference(values.up, values.down)).toBeLessThan(1e-14);
  });

  it('is a value of the setting, with a short name unless it is ReLU', () => {
    expect(activationSetting.parse(name)).toBe(name);
    expect(activationShort(name) === '').toBe(name === 'relu');
  });
});

it('is ReLU where it is not told, and nothing else', () => {
  expect(activationSetting.parse(undefined)).toBe('relu');
  expect([undefined, null, 'softplus', 3].map(activationShort)).toEqual(['', '', '', '']);
  expect(() => activationSetting.parse('softplus')).toThrow(/must be relu, tanh, gelu, gelu-tanh, silu, or sigmoid/);
});
