import { describe, expect, it } from 'vitest';
import { optimizer } from '../../../../shared/optimizers/index.ts';
import { ruleByElement } from '../../testing/rules.ts';
import { smallExperiment } from '../../testing/walks.ts';
import { resumesBitForBit } from '../testing/resumed.ts';
describe('SGD', () => {
  it.each([
    { momentum: 0.9, dampening: 0.3, weightDecay: 0.001 },
    { momentum: 0.9, nesterov: true },
  ])('goes on bit for bit from every checkpoint with %j', async (told) =>
    resumesBitForBit(
      smallExperiment({
        optimizer: { learningRate: 0.05, ...told },
        interpolation: { windows: [{ firstIterations: 9 }] },
        length: { epochs: 3 },
      }),
      ['velocity'],
    ),
  );
});

/** x_t of a mode of curvature λ, told as ηλ, under SGD with momentum μ, from 1. */
function crossings(curvature: number, momentum: number, steps: number): number[] {
  const settings = optimizer.parse({ kind: 'sgd', momentum, learningRate: 1 });
  const update = ruleByElement(settings, { velocity: Float64Array.of(0) });
  let current = Float64Array.of(1);
  const found = [1];
  for (let iteration = 0; iteration < steps; iteration++) {
    const next = new Float64Array(1);
    const gradient = Float64Array.of(curvature * current[0]!);
    update({ initial: next, previous: next, learningRate: 1, iteration, current, next, gradient });
    current = next;
    found.push(current[0]!);
  }
  return found;
}

describe('a mode of a quadratic loss with momentum (docs/definitions.md, What momentum does)', () => {
  const momentum = 0.99;
  it.each([0.01, 0.5, 1.5, 3])(
    'crosses its floor in a share ω/π of the steps, and bounces in max(0, 2ω/π − 1): ηλ = %d',
    (curvature) => {
      const at = crossings(curvature, momentum, 4000);
      const crosses = at.slice(1).map((value, t) => value * at[t]! < 0);
      const share = (of: boolean[]): number => of.filter(Boolean).length / of.length;
      const omega = Math.acos((1 + momentum - curvature) / (2 * Math.sqrt(momentum)));
      expect(share(crosses)).toBeCloseTo(omega / Math.PI, 2);
      const bounces = crosses.slice(1).map((now, t) => now && crosses[t]!);
      expect(share(bounces)).toBeCloseTo(Math.max(0, (2 * omega) / Math.PI - 1), 2);
      // updates turn as often as the mode crosses: they follow the same recurrence
      const updates = at.slice(1).map((value, t) => value - at[t]!);
      expect(share(updates.slice(1).map((value, t) => value * updates[t]! < 0))).toBeCloseTo(omega / Math.PI, 2);
    },
  );

  it('crosses at every step above ηλ = (1 + √μ)², and is stable up to 2(1 + μ)', () => {
    const strong = 0.25;
    const at = crossings(2.4, strong, 200);
    expect(at.slice(1).every((value, t) => value * at[t]! < 0)).toBe(true);
    expect(Math.abs(at.at(-1)!)).toBeLessThan(1e-3);
    expect(Math.abs(crossings(2.52, strong, 200).at(-1)!)).toBeGreaterThan(1);
  });
});
