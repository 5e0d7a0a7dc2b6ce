import { describe, expect, it } from 'vitest';
import { blankIteration } from '../../shared/blank-records.ts';
import { iterationColumns, toColumns } from '../../shared/records.ts';
import type { IterationRecord } from '../../shared/records.ts';
import { latestStep, meaningOf, nextBarrier, stepAt } from './reading.ts';

const unprobed = blankIteration({
  learning_rate: 0.1,
  batch_loss: 1,
  gradient_norm: 1,
  gradient_cosine: -0.5,
  update_norm: 0.1,
  distance: 1,
  path_length: 1,
});
const plain: IterationRecord = {
  ...unprobed,
  loss_before: 1,
  loss_after: 0.9,
  floor_loss: 0.8,
  floor_alpha: 0.6,
  height_before: 0.2,
  height_after: 0.1,
  barrier_height: 0,
  convex: true,
  bounce: true,
  loss_resolution: 1e-6,
  interior_floor: true,
  barrier: false,
};
const columnsOf = (...rows: Partial<IterationRecord>[]) =>
  toColumns<IterationRecord>(
    iterationColumns,
    rows.map((row, iteration) => ({ ...plain, ...row, iteration })),
  );
const crossEntropy = { kind: 'cross-entropy', labelSmoothing: 0 } as const;
const say = (row: Partial<IterationRecord>) => meaningOf(stepAt(columnsOf(row), 0)!, crossEntropy);

describe('meaningOf', () => {
  it('tells a bounce', () => expect(say({})).toMatch(/^A bounce: .* lands lower/));
  it('tells an overshoot that keeps its direction', () =>
    expect(say({ gradient_cosine: 0.3, height_after: 0.4 })).toMatch(/lands higher .* keeps the direction/));
  it('tells a barrier first', () =>
    expect(say({ barrier_height: 0.02, barrier: true })).toMatch(/0\.02 nats .* crossed a barrier/));
  it('tells a slope down and a slope up', () => {
    expect(say({ interior_floor: false })).toMatch(/has not reached the floor/);
    expect(say({ interior_floor: false, loss_after: 1.1 })).toMatch(/climbs/);
  });
  it('tells where the parabola has a floor that is not on the step', () => {
    const told = (extrapolated_floor: number) => ({ extrapolated_floor, extrapolated_floor_error: 0.01 });
    expect(say({ interior_floor: false, ...told(1.4) })).toMatch(/beyond the step, at α = 1\.4 ± 0\.01\.$/);
    expect(say({ interior_floor: false, loss_after: 1.1, ...told(-0.2) })).toMatch(/before the step, at α = −0\.2 /);
    expect(say({ interior_floor: false, ...told(12.7) })).toMatch(/puts farther than 3 times the step\.$/);
    expect(say({ interior_floor: false, ...told(0.99) })).toMatch(/has not reached the floor\.$/);
  });
  it('tells that nothing can be told, whatever the raw numbers look like', () => {
    const below = { interior_floor: null, barrier: null, bounce: null, barrier_height: 1e-7, floor_alpha: 0.5 };
    expect(say(below)).toMatch(/lies below what this evaluation resolves: differences of 1\.000e−6 nats/);
  });
  it('tells what was not measured', () => expect(say(unprobed)).toMatch(/not interpolated; its gradient opposes/));
  it('tells the first step', () => expect(say({ gradient_cosine: null })).toMatch(/no gradient before/));
});

it('stepAt finds an iteration and nothing else', () => {
  const columns = columnsOf({}, { batch_loss: 7 });
  expect(stepAt(columns, 1)?.batch_loss).toBe(7);
  expect(stepAt(columns, 2)).toBeNull();
});

it('latestStep prefers a probed one', () => {
  expect(latestStep(columnsOf({}, {}, unprobed))).toBe(1);
  expect(latestStep(columnsOf(unprobed, unprobed))).toBe(1);
  expect(latestStep(columnsOf())).toBeNull();
});

it('nextBarrier looks both ways', () => {
  const columns = columnsOf({ barrier: true }, {}, { barrier: true }, { barrier: null, barrier_height: 1e-8 });
  expect(nextBarrier(columns, 0, 1)).toBe(2);
  expect(nextBarrier(columns, 2, -1)).toBe(0);
  expect(nextBarrier(columns, 2, 1)).toBeNull();
  expect(nextBarrier(columns, 0, -1)).toBeNull();
});
