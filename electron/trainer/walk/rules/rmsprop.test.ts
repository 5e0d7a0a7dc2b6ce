import { describe, expect, it } from 'vitest';
import { optimizer } from '../../../../shared/optimizers/index.ts';
import { ruleOnHost } from '../../testing/rules.ts';
import { smallExperiment } from '../../testing/walks.ts';
import { resumesBitForBit } from '../testing/resumed.ts';

describe('RMSProp', () => {
  it.each([
    [{}, ['squareAverage']],
    [{ centered: true, momentum: 0.9, weightDecay: 0.001 }, ['squareAverage', 'gradientAverage', 'velocity']],
  ])('goes on bit for bit from every checkpoint with %j, which holds %j', (told, vectors) =>
    resumesBitForBit(
      smallExperiment({
        optimizer: { kind: 'rmsprop', batchSize: 20, learningRate: 0.003, ...told },
        interpolation: { windows: [{ firstIterations: 9 }] },
        length: { epochs: 3 },
      }),
      vectors,
    ),
  );

  it('has a root of 0, not NaN, where all gradients were alike and rounding takes the variance below 0', () => {
    const settings = optimizer.parse({ kind: 'rmsprop', centered: true, alpha: 0.5, epsilon: 1 });
    const size = 1000;
    const gradient = Float32Array.from({ length: size }, (_, index) => 1 + index / 977);
    const vectors = { squareAverage: new Float32Array(size), gradientAverage: new Float32Array(size) };
    const update = ruleOnHost(settings, vectors);
    let current = new Float32Array(size);
    for (let iteration = 0; iteration < 100; iteration++) {
      const next = new Float32Array(size);
      update({ iteration, current, next, initial: next, gradient, previous: gradient, learningRate: 1e-3 });
      current = next;
    }
    const variances = vectors.squareAverage.map((square, index) => square - vectors.gradientAverage[index]! ** 2);
    expect(variances.some((variance) => variance < 0)).toBe(true);
    expect(current.every(Number.isFinite)).toBe(true);
  });
});
