/** Activations and losses beside PyTorch's in float64: pytorch.py made the numbers. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lossOf } from '../losses/index.ts';
import type { Loss, LossSettings } from '../losses/index.ts';
import { activate, activationNames } from './activations.ts';
import { differentiate } from '../graph/differentiate.ts';
import * as ops from '../graph/ops/index.ts';
import { evaluateReference } from '../graph/reference.ts';
import { sizeOf } from '../graph/tensor.ts';
import type { Shape, Tensor } from '../graph/tensor.ts';
import { greatestDifference } from '../graph/testing/numbers.ts';

/** Of a function: its values, the gradient of their sum weighted by a direction, and that sum's Hessian times the direction. */
interface Derivatives {
  value: number[];
  gradient: number[];
  product: number[];
}
const known = JSON.parse(readFileSync(new URL('testing/pytorch.json', import.meta.url), 'utf8')) as {
  activations: { points: number[]; direction: number[]; of: Record<string, Derivatives> };
  losses: { outputs: number[]; labels: number[]; direction: number[]; of: Record<string, Derivatives> };
};

/** The same of a graph, in float64. */
function derivativesOf(build: (x: Tensor) => Tensor, shape: Shape, at: number[], direction: number[]): Derivatives {
  const x = ops.input('x', shape);
  const value = build(x);
  const weights = ops.constant(direction.slice(0, sizeOf(value.shape)), value.shape);
  const [gradient] = differentiate(ops.sum(ops.multiply(value, weights)), [x]);
  const along = ops.sum(ops.multiply(gradient!, ops.constant(direction, shape)));
  const found = evaluateReference({ value, gradient: gradient!, product: differentiate(along, [x])[0]! }, { x: at });
  return { value: [...found.value], gradient: [...found.gradient], product: [...found.product] };
}

function expectSame(found: Derivatives, expected: Derivatives): void {
  for (const part of ['value', 'gradient', 'product'] as const)
    expect(greatestDifference(found[part], expected[part]), part).toBeLessThan(1e-13);
}

describe('activations', () => {
  it('have a reference each', () => {
    expect(Object.keys(known.activations.of)).toEqual(activationNames);
  });

  it.each(activationNames)('%s has the values and derivatives of PyTorch', (name) => {
    const { points, direction, of } = known.activations;
    expectSame(
      derivativesOf((x) => activate(name, x), [points.length], points, direction),
      of[name]!,
    );
  });
});

describe('losses', () => {
  const smoothing = (labelSmoothing: number): LossSettings => ({ kind: 'cross-entropy', labelSmoothing });
  const settings: Record<string, LossSettings> = {
    'cross-entropy': smoothing(0),
    'cross-entropy, label smoothing 0.1': smoothing(0.1),
    'cross-entropy, label smoothing 0.9': smoothing(0.9),
    'squared-error': { kind: 'squared-error' },
  };
  const ways: (keyof Pick<Loss, 'of' | 'toDifferentiateTwice'>)[] = ['of', 'toDifferentiateTwice'];

  it.each(Object.keys(known.losses.of).flatMap((name) => ways.map((way) => [name, way] as const)))(
    '%s, %s, has the values and derivatives of PyTorch',
    (name, way) => {
      const { outputs, labels, direction, of } = known.losses;
      const loss = lossOf(settings[name]!, 'classes');
      const shape = [labels.length, outputs.length / labels.length];
      expectSame(
        derivativesOf((z) => loss[way](z, ops.constant(labels, [labels.length], 'int')), shape, outputs, direction),
        of[name]!,
      );
    },
  );
});
