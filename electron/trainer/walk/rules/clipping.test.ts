import { describe, expect, it } from 'vitest';
import { clipping } from '../../../../shared/clipping/index.ts';
import { smallExperiment, walked } from '../../testing/walks.ts';
import { resumesBitForBit } from '../testing/resumed.ts';
import { gradientClipping } from './clipping.ts';

const walk = (told: object) =>
  smallExperiment({
    optimizer: { learningRate: 0.05, momentum: 0.9, ...told },
    interpolation: { windows: [{ firstIterations: 9 }] },
    length: { epochs: 3 },
  });

describe('gradient clipping', () => {
  it('leaves gradients alone that are not too long, and tells of the gradient before it', () => {
    const by = (told: object) =>
      gradientClipping(clipping.parse(told), () => new Float32Array(2))!(Float32Array.of(3, -4), Float32Array.of(1, 1));
    const sums = { gradient: 25, product: -1 };
    expect(by({ kind: 'norm', maxNorm: 6 })).toEqual({ gradient: Float32Array.of(3, -4), sums });
    const half = by({ kind: 'norm', maxNorm: 2.5 });
    expect(half.sums).toEqual(sums);
    expect(half.gradient[0]).toBeCloseTo(1.5, 6);
    expect(half.gradient[1]).toBeCloseTo(-2, 6);
    expect(by({ kind: 'value', clipValue: 3.5 })).toEqual({ gradient: Float32Array.of(3, -3.5), sums });
    expect(gradientClipping(clipping.parse({ kind: 'none' }), () => new Float32Array(2))).toBeNull();
  });

  it('carries what is not finite into the update, which then counts as diverged', () => {
    for (const told of [{ kind: 'norm' }, { kind: 'value' }]) {
      const clip = gradientClipping(clipping.parse(told), () => new Float32Array(1))!;
      expect(clip(Float32Array.of(NaN), Float32Array.of(0)).gradient[0]).toBeNaN();
      expect(clip(Float32Array.of(Infinity), Float32Array.of(0)).sums.gradient).toBe(Infinity);
    }
  });

  it('decides the updates of a walk, whose records have both norms', async () => {
    const free = await walked(walk({ momentum: 0 }));
    const { iterations } = await walked(walk({ momentum: 0, clipping: { kind: 'norm', maxNorm: 0.2 } }));
    expect(iterations[0]!.gradient_norm).toBeCloseTo(free.iterations[0]!.gradient_norm!, 12);
    expect(free.iterations[0]!.gradient_norm).toBeGreaterThan(0.2);
    expect(free.iterations.every(({ clipped_gradient_norm: norm }) => norm === null)).toBe(true);
    for (const { gradient_norm, clipped_gradient_norm, update_norm, floor_loss } of iterations) {
      expect(clipped_gradient_norm).toBeCloseTo(Math.min(gradient_norm!, 0.2), 5);
      // the slice lies along the update that was taken
      expect(update_norm).toBeCloseTo(0.05 * clipped_gradient_norm!, 7);
      expect(floor_loss).not.toBeNull();
    }
  });

  it.each([
    { kind: 'norm', maxNorm: 0.2 },
    { kind: 'value', clipValue: 0.05 },
  ])('goes on bit for bit from every checkpoint with %j', (way) =>
    resumesBitForBit(walk({ clipping: way, warmup: { kind: 'linear' }, schedule: { kind: 'cosine' } }), ['velocity']),
  );
});
