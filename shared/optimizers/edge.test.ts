import { describe, expect, it } from 'vitest';
import { edgeFactorOf, edgeOf } from './edge.ts';
import { optimizer } from './index.ts';

/** The greatest |θ| of the last of many steps of PyTorch's SGD on λθ²/2 from θ = 1, at learning rate 1. */
function ends(
  { momentum, dampening, nesterov }: { momentum: number; dampening: number; nesterov: boolean },
  λ: number,
  decay = 0,
): number {
  let [theta, velocity] = [1, 0];
  for (let step = 0; step < 4000; step++) {
    const gradient = λ * theta + decay * theta;
    velocity = step === 0 || momentum === 0 ? gradient : momentum * velocity + (1 - dampening) * gradient;
    theta -= nesterov ? gradient + momentum * velocity : velocity;
  }
  return Math.abs(theta);
}

describe('edgeFactorOf', () => {
  it.each([
    { momentum: 0, dampening: 0, nesterov: false },
    { momentum: 0, dampening: 0.5, nesterov: false },
    { momentum: 0.9, dampening: 0, nesterov: false },
    { momentum: 0.5, dampening: 0.25, nesterov: false },
    { momentum: 0.9, dampening: 0, nesterov: true },
  ])('is where the steps of SGD begin to climb a quadratic: %o', (settings) => {
    const edge = edgeFactorOf(optimizer.parse({ kind: 'sgd', learningRate: 0.1, ...settings }))!;
    expect(ends(settings, edge * 0.99)).toBeLessThan(1e-3);
    expect(ends(settings, edge * 1.01)).toBeGreaterThan(1e3);
  });

  it('is lower by the weight decay, which bends what is descended', () => {
    const settings = { momentum: 0.9, dampening: 0, nesterov: false };
    const edge = edgeOf(optimizer.parse({ kind: 'sgd', weightDecay: 0.4, ...settings }), 1)!;
    expect(edge).toBeCloseTo(3.4, 12);
    expect(ends(settings, edge * 0.99, 0.4)).toBeLessThan(1e-3);
    expect(ends(settings, edge * 1.01, 0.4)).toBeGreaterThan(1e3);
    expect(edgeOf(optimizer.parse({ kind: 'adam' }), 1)).toBeNull();
  });

  it('is not told of optimisers that scale components, nor of clipped gradients', () => {
    for (const kind of ['adam', 'adamw', 'rmsprop']) expect(edgeFactorOf(optimizer.parse({ kind }))).toBeNull();
    const clipping = { kind: 'norm', maxNorm: 1 };
    expect(edgeFactorOf(optimizer.parse({ kind: 'gd', clipping }))).toBeNull();
  });
});
