import { describe, expect, it } from 'vitest';
import { centralDifferences, greatestDifference } from './testing/numbers.ts';
import { generatorFrom } from '../../electron/trainer/random/generator.ts';
import { differentiate } from './differentiate.ts';
import * as ops from './ops/index.ts';
import { plan } from './plan.ts';
import { evaluateReference } from './reference.ts';
import type { Tensor } from './tensor.ts';

describe('plan', () => {
  const x = ops.input('x', [2, 3]);

  it('leaves out what no output needs', () => {
    const used = ops.relu(x);
    ops.exp(ops.input('unused', [2]));
    const { nodes, inputs } = plan({ used });
    expect(nodes).toEqual([x, used]);
    expect(inputs).toEqual([x]);
  });

  it('computes equal things once, and inputs before what is made of them', () => {
    const twice = ops.add(ops.relu(x), ops.relu(ops.input('x', [2, 3])));
    const { nodes, outputs } = plan({ twice, again: ops.add(ops.relu(x), ops.relu(x)) });
    expect(nodes.map((node) => node.operation.name)).toEqual(['input', 'relu', 'add']);
    expect(outputs.twice).toBe(outputs.again);
    expect([...evaluateReference({ twice }, { x: [1, -1, 2, 0, 3, -3] }).twice]).toEqual([2, 0, 4, 0, 6, 0]);
  });

  it('keeps apart what differs in attributes only', () => {
    expect(plan({ a: ops.sum(x, [0]), b: ops.sum(x, [1]), c: ops.sum(x, [0], true) }).nodes).toHaveLength(4);
    expect(plan({ a: ops.constant(1), b: ops.constant(1, [1]), c: ops.constant(2) }).nodes).toHaveLength(3);
  });

  it('refuses two forms of one input', () => {
    const other = ops.input('x', [3, 2]);
    expect(() => plan({ a: x, b: other })).toThrow('input "x" has two forms: float [2, 3] and float [3, 2]');
  });

  it('walks a chain deeper than the call stack', () => {
    let chain: Tensor = ops.input('x', []);
    const start = chain;
    for (let depth = 0; depth < 20_000; depth++) chain = ops.add(chain, ops.constant(1));
    const [gradient] = differentiate(chain, [start]);
    expect(evaluateReference({ chain, gradient: gradient! }, { x: [5] })).toEqual({
      chain: Float64Array.of(20_005),
      gradient: Float64Array.of(1),
    });
  });
});

describe('differentiate', () => {
  it('adds up the ways that lead to one variable', () => {
    const x = ops.input('x', []);
    // x³ + x² has the slope 3x² + 2x and the curvature 6x + 2
    const square = ops.multiply(x, x);
    const [first] = differentiate(ops.add(ops.multiply(square, x), square), [x]);
    const [second] = differentiate(first!, [x]);
    expect(evaluateReference({ first: first!, second: second! }, { x: [2] })).toEqual({
      first: Float64Array.of(16),
      second: Float64Array.of(14),
    });
  });

  it('gives zeros for what the output does not depend on', () => {
    const x = ops.input('x', [2]);
    const [gradient] = differentiate(ops.sum(ops.input('y', [3])), [x]);
    expect([...evaluateReference({ gradient: gradient! }, {}).gradient]).toEqual([0, 0]);
  });

  it('wants a scalar', () => {
    const x = ops.input('x', [2]);
    expect(() => differentiate(x, [x])).toThrow('the output must be a scalar, its shape is [2]');
  });

  it('twice gives the Hessian-vector product of a smooth network', () => {
    const generator = generatorFrom([1, 2, 3, 4]);
    const random = (count: number): number[] => Array.from({ length: count }, () => 2 * generator.uniform() - 1);
    const shapes = [[4, 3], [4], [2, 4], [2]];
    const parameters = shapes.map((shape, index) => ops.input(`p${index}`, shape));
    const vectors = shapes.map((shape, index) => ops.input(`v${index}`, shape));
    const hidden = ops.tanh(ops.linear(ops.input('x', [5, 3]), parameters[0]!, parameters[1]!));
    const logits = ops.linear(hidden, parameters[2]!, parameters[3]!);
    const loss = ops.mean(ops.crossEntropy(logits, ops.input('labels', [5], 'int')));
    const gradients = differentiate(loss, parameters);
    const along = gradients
      .map((gradient, index) => ops.sum(ops.multiply(gradient, vectors[index]!)))
      .reduce((a, b) => ops.add(a, b));
    const products = differentiate(along, parameters);

    const feeds: Record<string, number[]> = { x: random(15), labels: [0, 1, 1, 0, 1] };
    shapes.forEach((shape, index) => {
      const size = shape.reduce((a, b) => a * b);
      feeds[`p${index}`] = random(size);
      feeds[`v${index}`] = random(size);
    });
    const exact = evaluateReference(Object.fromEntries(products.map((each, index) => [index, each])), feeds);
    shapes.forEach((_, index) => {
      const numeric = centralDifferences(
        feeds[`p${index}`]!,
        (point) => evaluateReference({ along }, { ...feeds, [`p${index}`]: point }).along[0]!,
      );
      expect(greatestDifference(exact[index]!, numeric)).toBeLessThan(1e-8);
      expect(Math.max(...exact[index]!.map(Math.abs))).toBeGreaterThan(1e-3);
    });
  });
});

describe('reference', () => {
  it('names an input that is missing or of another size', () => {
    const x = ops.input('x', [2]);
    expect(() => evaluateReference({ x }, {})).toThrow('input "x" was not fed');
    expect(() => evaluateReference({ x }, { x: [1] })).toThrow('input "x": 1 values do not fill shape [2]');
  });
});
