import { describe, expect, it } from 'vitest';
import { smallExperiment, walked } from '../../testing/walks.ts';
import { resumesBitForBit } from '../testing/resumed.ts';
import { cosineOfUpdates } from '../vector.ts';

const walk = (optimizer: object, probes: object = { updateCosine: true }) =>
  smallExperiment({
    optimizer: { learningRate: 0.05, ...optimizer },
    probes: { interpolation: { points: 4, windows: [{ firstIterations: 9 }] }, ...probes },
    length: { epochs: 3 },
  });

describe('the cosine of consecutive updates', () => {
  it('is that of the ways between three points', () => {
    const of = (...points: number[][]) =>
      cosineOfUpdates(...(points.map((each) => Float32Array.from(each)) as [Float32Array, Float32Array, Float32Array]));
    expect(of([0, 0], [1, 0], [1, 3])).toBe(0);
    expect(of([0, 0], [1, 1], [-2, -2])).toBeCloseTo(-1, 12);
    expect(of([1, 2], [2, 4], [2.5, 5])).toBeCloseTo(1, 12);
    expect(of([1, 2], [1, 2], [2.5, 5])).toBeNaN();
  });

  it('of plain SGD is the cosine of gradients; of momentum it is not', async () => {
    const plain = await walked(walk({}));
    expect(plain.iterations[0]!.update_cosine).toBeNull();
    for (const { gradient_cosine, update_cosine } of plain.iterations.slice(1))
      expect(update_cosine).toBeCloseTo(gradient_cosine!, 4);
    const { iterations } = await walked(walk({ momentum: 0.9 }));
    const mean = (key: 'gradient_cosine' | 'update_cosine'): number =>
      iterations.slice(1).reduce((sum, each) => sum + each[key]!, 0) / (iterations.length - 1);
    expect(mean('update_cosine')).toBeGreaterThan(mean('gradient_cosine') + 0.1);
  });

  it('is measured where it is asked for, and changes nothing else', async () => {
    const measured = await walked(walk({ momentum: 0.9 }));
    const not = await walked(walk({ momentum: 0.9 }, {}));
    expect(not.iterations).toEqual(measured.iterations.map((each) => ({ ...each, update_cosine: null })));
  });

  it('goes on bit for bit from every checkpoint, which holds the point before', () =>
    resumesBitForBit(walk({ kind: 'adamw', batchSize: 20 }), ['firstMoment', 'secondMoment']));
});
