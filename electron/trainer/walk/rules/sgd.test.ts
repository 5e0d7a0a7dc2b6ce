import { describe, expect, it } from 'vitest';
import { optimizer } from '../../../../shared/optimizers/index.ts';
import { smallExperiment } from '../../testing/walks.ts';
import { resumesBitForBit } from '../testing/resumed.ts';
import { sgd, sgdEach } from './sgd.ts';

type Settings = Parameters<typeof sgd>[0]['settings'];
const settingsOf = (told: object): Settings => optimizer.parse({ kind: 'sgd', ...told }) as Settings;

/** Points and a velocity of many magnitudes. */
function update(settings: Settings, size = 1003) {
  const vector = (which: number): Float32Array =>
    Float32Array.from(
      { length: size },
      (_, index) => Math.sin(7 * which + index) * 10 ** (4 * Math.cos(3 * (which + index))),
    );
  return {
    iteration: 3,
    learningRate: settings.learningRate,
    settings,
    current: vector(0),
    next: new Float32Array(size),
    initial: vector(1),
    gradient: vector(2),
    previous: vector(3),
    vectors: { velocity: settings.momentum > 0 ? vector(4) : null },
  };
}

describe('SGD', () => {
  it.each([{}, { weightDecay: 0.01 }, { momentum: 0.9 }, { momentum: 0.9, weightDecay: 0.01 }])(
    'by its loops is SGD by element to the bit: %j',
    (told) => {
      const [loops, each] = [update(settingsOf(told)), update(settingsOf(told))];
      const [sums, exact] = [sgd(loops), sgdEach(each)];
      expect(loops.next).toEqual(each.next);
      expect(loops.vectors).toEqual(each.vectors);
      for (const name of ['gradient', 'update', 'distance'] as const)
        expect(Math.abs(sums[name] / exact[name] - 1), name).toBeLessThan(1e-12);
    },
  );

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
  const settings = settingsOf({ momentum, learningRate: 1 });
  const vectors = { velocity: Float64Array.of(0) };
  let current = Float64Array.of(1);
  const found = [1];
  for (let iteration = 0; iteration < steps; iteration++) {
    const next = new Float64Array(1);
    const gradient = Float64Array.of(curvature * current[0]!);
    const rest = { initial: next, previous: next, settings, vectors, learningRate: 1 };
    sgdEach({ ...rest, iteration, current, next, gradient });
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
