import { describe, expect, it } from 'vitest';
import { barrierOf, valleyFloorSettingsSchema } from '../../../shared/analyses/valley-floor.ts';
import { unmeasuredResolution } from '../../../shared/resolution.ts';
import { benchOf, linearSoftmaxLoss } from '../testing/benches.ts';
import { centralDifferences } from '../../../shared/graph/testing/numbers.ts';
import { hasSettled, valleyFloor } from './valley-floor.ts';

describe('barriers and the stop rule', () => {
  it('are what their formulas say', () => {
    expect(barrierOf([1, 3, 2])).toBe(1);
    expect(barrierOf([1, 1.5, 2])).toBe(0);
    expect(barrierOf([1, null, 2])).toBeNull();
    const falling = Array.from({ length: 11 }, (_, index) => 1 - index / 100);
    expect(hasSettled(falling, 0.2)).toBe(true);
    expect(hasSettled(falling, 0.05)).toBe(false);
    expect(hasSettled(falling.slice(1), 0.2)).toBe(false);
    const rising = falling.map((_, index) => 1 + index);
    expect(hasSettled(rising, 0.2)).toBe(false);
    expect(
      hasSettled(
        falling.map((_, index) => 1 + 8 * (index % 2)),
        0.2,
      ),
    ).toBe(false);
    expect(
      hasSettled(
        falling.map(() => 1),
        0,
      ),
    ).toBe(false);
  });
});

describe('the valley floor', () => {
  it('is where gradient descent by another way ends, and linear softmax has no barriers', async () => {
    const { bench, report, shares } = await benchOf({ hidden: [] });
    const settings = valleyFloorSettingsSchema.parse({ points: [0, 6], steps: 5, learningRate: 0.2, intervals: 4 });
    const result = await valleyFloor(settings, bench);
    expect(result.floors.map(({ iteration, steps, ended }) => [iteration, steps, ended])).toEqual([
      [0, 5, 'steps'],
      [6, 5, 'steps'],
    ]);
    const ends: Float64Array[] = [];
    for (const [index, iteration] of [0, 6].entries()) {
      const start = Float64Array.from((await bench.kept.read(iteration)).parameters);
      let at = start;
      for (let step = 0; step < 5; step++) {
        const slope = centralDifferences(at, (point) => linearSoftmaxLoss(point, bench));
        at = at.map((value, i) => value - 0.2 * slope[i]!);
      }
      ends.push(at);
      const floor = result.floors[index]!;
      expect(floor.walk_loss).toBeCloseTo(linearSoftmaxLoss(start, bench), 5);
      expect(floor.floor_loss).toBeCloseTo(linearSoftmaxLoss(at, bench), 5);
      expect(floor.depth_distance).toBeCloseTo(Math.hypot(...at.map((value, i) => value - start[i]!)), 4);
    }
    expect(result.floors[0]!.walk_loss).toBe(report.iterations[0]!.loss_before);
    const [segment] = result.segments;
    expect([segment!.from, segment!.to, segment!.floor.losses.length]).toEqual([0, 6, 5]);
    const middle = ends[0]!.map((value, i) => (value + ends[1]![i]!) / 2);
    expect(segment!.floor.losses[2]).toBeCloseTo(linearSoftmaxLoss(middle, bench), 5);
    // its loss is convex
    expect([segment!.walk.barrier, segment!.floor.barrier]).toEqual([0, 0]);
    expect([segment!.walk.has_barrier, segment!.floor.has_barrier]).toEqual([false, false]);
    const least = unmeasuredResolution(segment!.floor.losses);
    expect(segment!.floor.resolution).toBeGreaterThan(least);
    expect(segment!.floor.resolution).toBeLessThan(10 * least);
    expect(result.totals).toMatchObject({
      segments: 1,
      walk_barriers: 0,
      floor_barriers: 0,
      walk_unresolved: 0,
      floor_unresolved: 0,
      floor_mean_height: 0,
    });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('takes kept points, large batches and batch norm, and stops where the loss has settled', async () => {
    const { bench } = await benchOf({ model: { hidden: [8], batchNorm: true } });
    const settings = valleyFloorSettingsSchema.parse({ maximum: 3, steps: 40, batchSize: 30, tolerance: 0.9 });
    const { floors, segments } = await valleyFloor(settings, bench);
    expect(floors.map(({ iteration }) => iteration)).toEqual([0, 3, 6]);
    expect(floors.every(({ ended, steps }) => ended === 'settled' && steps === 10)).toBe(true);
    expect(segments).toHaveLength(2);
    await expect(valleyFloor({ ...settings, batchSize: 61 }, bench)).rejects.toThrow(/61 > 60/);
  });

  it('says where a descent diverged', async () => {
    const { bench } = await benchOf({ hidden: [8] });
    const settings = valleyFloorSettingsSchema.parse({ points: [0, 6], steps: 200, tolerance: 0 });
    const { floors } = await valleyFloor({ ...settings, learningRate: 1e20 }, bench);
    expect(floors[0]!.ended).toBe('diverged');
    expect(floors[0]!.floor_loss ?? Infinity).toBeGreaterThan(1e6);
    expect(floors[0]!.steps).toBeLessThan(200);
  });

  it('of a convex loss has no barriers, however close the floor points are', async () => {
    const { bench } = await benchOf({
      hidden: [],
      optimizer: { batchSize: 20, learningRate: 3e-8 },
      length: { iterations: 40 },
      interpolation: { windows: [{ firstIterations: 40 }] },
    });
    const settings = valleyFloorSettingsSchema.parse({ maximum: 40, steps: 1, learningRate: 3e-8, tolerance: 0 });
    const { segments, totals } = await valleyFloor(settings, bench);
    const heights = segments.flatMap(({ walk, floor }) => [walk.barrier!, floor.barrier!]);
    expect(heights.some((height) => height > 0)).toBe(true);
    expect(totals).toMatchObject({ walk_barriers: 0, floor_barriers: 0 });
    expect(totals.walk_unresolved + totals.floor_unresolved).toBeGreaterThan(50);
  });
});
