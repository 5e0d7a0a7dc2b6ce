import { expect, it } from 'vitest';
import { unmeasuredResolution } from '../resolution.ts';
import { answered, segmentOf, totalsOf, valleyFloorResultSchema } from './valley-floor.ts';

/** A result as it was stored before resolutions were measured: every rise is a barrier. */
const old = {
  kind: 'valley-floor',
  floors: [],
  segments: [
    {
      from: 0,
      to: 5,
      walk: { losses: [2, 1, 2], barrier: 0, length: 1 },
      floor: { losses: [0.5, 0.5 + 7.7e-8, 0.5], barrier: 7.7e-8, length: 1 },
    },
    {
      from: 5,
      to: 9,
      walk: { losses: [2, null, 2], barrier: null, length: 1 },
      floor: { losses: [0.5, 0.75, 0.5], barrier: 0.25, length: 1 },
    },
  ],
  totals: {
    segments: 2,
    walk_barriers: 0,
    floor_barriers: 2,
    walk_mean_height: 0,
    floor_mean_height: 0.125,
    walk_greatest_height: 0,
    floor_greatest_height: 0.25,
  },
  examples: 10,
};

it('a result of before is answered by what float32 holds, and its heights stay', () => {
  const read = valleyFloorResultSchema.parse(answered(old));
  const answers = read.segments.flatMap(({ walk, floor }) => [walk.has_barrier, floor.has_barrier]);
  expect(answers).toEqual([false, null, null, true]);
  expect(read.segments[0]!.floor).toMatchObject({ barrier: expect.closeTo(7.7e-8, 14) as number });
  expect(read.segments[0]!.floor.resolution).toBe(unmeasuredResolution([0.5 + 7.7e-8]));
  expect(read.segments[1]!.walk.resolution).toBeNull();
  expect(read.totals).toEqual({
    segments: 2,
    walk_barriers: 0,
    floor_barriers: 1,
    // a segment whose loss is gone was not measured, and lies below nothing
    walk_unresolved: 0,
    floor_unresolved: 1,
    walk_mean_height: 0,
    floor_mean_height: expect.closeTo(0.125, 6) as number,
    walk_greatest_height: 0,
    floor_greatest_height: 0.25,
  });
  // once answered it stays as it is, and so do other results and what was never stored
  expect(answered(read)).toBe(read);
  expect([answered(null), answered({ kind: 'plane' })]).toEqual([null, { kind: 'plane' }]);
});

it('a segment has a barrier beyond its resolution, none beyond it on the other side, and else neither', () => {
  const at = (height: number) => segmentOf([1, 1 + height, 1], 2, 0.1);
  expect([0.2, 0.05, -0.05, -0.2].map((height) => at(height).has_barrier)).toEqual([true, null, null, false]);
  const segments = [0.2, 0.05, -0.2].map((height, from) => ({ from, to: from + 1, walk: at(height), floor: at(0) }));
  expect(totalsOf(segments)).toMatchObject({
    walk_barriers: 1,
    walk_unresolved: 1,
    floor_barriers: 0,
    floor_unresolved: 3,
  });
});
