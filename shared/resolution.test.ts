import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceFlags } from './quantities/index.ts';
import {
  answerAt,
  answerTo,
  flagsAt,
  isUnresolved,
  judge,
  judgeBarrier,
  judgeSlice,
  unmeasuredResolution,
} from './resolution.ts';

const nu = 0.1;
const even = (losses: readonly number[], tolerance = nu) => ({
  floor: tolerance,
  barrier: tolerance,
  bends: losses.slice(2).map(() => tolerance),
});
const judged = (losses: readonly number[], cosine: number | null = -1, tolerance = nu) =>
  judgeSlice(losses, even(losses, tolerance), cosine);

describe('the questions about a slice', () => {
  it('are answered by margins: yes beyond the tolerance, no beyond it on the other side, else not', () => {
    expect([0.2, 0.1, 0, -0.1, -0.2].map((margin) => judge(margin, 0.1))).toEqual([true, null, null, null, false]);
    expect([judge(1, NaN), judge(NaN, 0.1), judge(0, 0)]).toEqual([null, null, null]);
  });

  it('an interior floor lies below both ends, by more than ν', () => {
    const floors = [
      [1, 0.5, 1],
      [1, 0.95, 1],
      [1, 1, 1],
      [1, 1.05, 1],
      [1, 1.5, 1],
      [2, 1, 0],
      [2, 0.95, 1],
    ];
    expect(floors.map((slice) => judged(slice).interior_floor)).toEqual([true, null, null, null, false, false, null]);
  });

  it('a barrier rises above both ends, by more than ν', () => {
    const barriers = [
      [1, 1.5, 1],
      [1, 1.05, 1],
      [1, 1, 1],
      [1, 0.95, 1],
      [1, 0.5, 1],
      [1, 1.5, 2],
      [1, 1.95, 2],
    ];
    expect(barriers.map((slice) => judged(slice).barrier)).toEqual([true, null, null, null, false, false, null]);
    expect(judgeBarrier([1, 1.5, 1], 0.6)).toBeNull();
  });

  it('convex is no with one second difference below −ε, yes with none and some above, and open where it is straight', () => {
    expect(judged([1, 0, 1, 0, 1]).convex).toBe(false);
    expect(judged([1, 0.5, 0.2, 0.1]).convex).toBe(true);
    expect(judged([1, 0.5, 0.05, -0.4]).convex).toBeNull();
    expect(judged([3, 2, 1, 0]).convex).toBeNull();
    const bends = (each: number[]) => judgeSlice([3, 2, 1.5, 0.5, 0], { ...even([]), bends: each }, null).convex;
    // second differences 0.5, −0.5, 0.5
    expect([bends([0, 0.5, 0]), bends([0.5, 0.4, 0.5]), bends([0.5, 0.5, 0.5]), bends([NaN, NaN, NaN])]).toEqual([
      true,
      false,
      null,
      null,
    ]);
  });

  it('a bounce needs an interior floor and opposed gradients; one of them missing for sure is no', () => {
    const [valley, climb, flat] = [
      [1, 0, 1],
      [0, 1, 2],
      [1, 1, 1],
    ];
    const answers = (slice: number[]) => [-1, 0, 1, null].map((cosine) => judged(slice, cosine).bounce);
    expect(answers(valley)).toEqual([true, false, false, null]);
    expect(answers(climb)).toEqual([false, false, false, null]);
    expect(answers(flat)).toEqual([null, false, false, null]);
  });

  it('are never answered yes by noise within ν, and found where made ten times as high', () => {
    const noise = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 15 });
    fc.assert(
      fc.property(noise, fc.double({ min: 1e-8, max: 1e3, noNaN: true }), fc.nat(), (rolls, resolution, seed) => {
        // errors of at most a quarter: a second difference of them is at most ν
        const flat = rolls.map((roll) => 1e4 * resolution + (roll * resolution) / 4);
        const bound = resolution * (1 + 1e-9);
        expect(judged(flat, -1, bound)).toEqual({ interior_floor: null, barrier: null, convex: null, bounce: null });
        const place = 1 + (seed % (rolls.length - 2));
        const made = (height: number) =>
          judged(
            flat.map((loss, k) => loss + (k === place ? height : 0)),
            -1,
            bound,
          );
        expect(made(10 * resolution)).toMatchObject({ barrier: true, convex: false });
        expect(made(-10 * resolution)).toMatchObject({ interior_floor: true, bounce: true });
      }),
      { seed: 18 },
    );
  });
});

describe('what a record says', () => {
  const record = {
    loss_resolution: 1e-6,
    gradient_cosine: 0.5,
    interior_floor: true,
    barrier: null,
    convex: false,
    bounce: null,
  };

  it('tells the third answer from what was not asked, in records and in columns', () => {
    expect([answerTo(record, 'interior_floor'), answerTo(record, 'barrier'), answerTo(record, 'convex')]).toEqual([
      'yes',
      'below',
      'no',
    ]);
    expect(answerTo({ ...record, loss_resolution: null }, 'barrier')).toBeNull();
    expect(answerTo({ ...record, loss_resolution: NaN, barrier: NaN }, 'barrier')).toBeNull();
    expect([answerTo({ ...record, barrier: NaN }, 'barrier'), answerTo({ ...record, barrier: 1 }, 'barrier')]).toEqual([
      'below',
      'yes',
    ]);
    // without a gradient before it there is no telling, however well the loss is resolved
    expect([answerTo(record, 'bounce'), answerTo({ ...record, gradient_cosine: NaN }, 'bounce')]).toEqual([
      'below',
      null,
    ]);
  });

  it('counts a slice with any of the three below as unresolved', () => {
    expect(isUnresolved(record)).toBe(true);
    expect(isUnresolved({ ...record, barrier: false })).toBe(false);
    expect(isUnresolved({ ...record, loss_resolution: null })).toBe(false);
  });
});

it('losses whose noise was not measured are read with what float32 rounding of them bounds', () => {
  expect(unmeasuredResolution([1, -3, 2])).toBe(2 ** -22 * 4);
  expect(unmeasuredResolution([null, NaN, Infinity])).toBe(2 ** -22);
});

it('a row of columns answers as its record does', () => {
  const values = [0, 1, NaN];
  const rows = values.flatMap((flag) => values.flatMap((noise) => values.map((cosine) => ({ flag, noise, cosine }))));
  const flags = Float64Array.from(rows, ({ flag }) => flag);
  const columns = {
    ...Object.fromEntries(sliceFlags.map((flag) => [flag, flags])),
    loss_resolution: Float64Array.from(rows, ({ noise }) => noise),
    gradient_cosine: Float64Array.from(rows, ({ cosine }) => cosine),
  } as Parameters<typeof answerAt>[0];
  for (const row of rows.keys())
    for (const flag of sliceFlags) expect(answerAt(columns, row, flag)).toBe(answerTo(flagsAt(columns, row), flag));
});
