import { describe, expect, it } from 'vitest';
import { multiplyAddsPerExample, multiplyAddsPerUpdate, runCost } from '../../../shared/cost.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import { meterFor } from './meter.ts';

const experiment = experimentSchema.parse({
  data: { train: 100, validation: 20 },
  model: { hidden: [5] },
  optimizer: { batchSize: 10 },
  probes: { interpolation: { windows: [{ firstIterations: 3 }] } },
});

const shape = { height: 2, width: 2, channels: 1, classes: 3 };

describe('meter', () => {
  it('starts at nothing done and nothing known', () => {
    const meter = meterFor(experiment, shape, 'host');
    expect(meter.progress()).toEqual({ progress: 0, secondsLeft: null });
    expect(meter.pace()).toEqual({ update: null, evaluate: null });
  });

  it('learns the pace of both kinds of work and weighs them by it', () => {
    const meter = meterFor(experiment, shape, 'host');
    const cost = runCost(experiment, shape, 'host');
    meter.updated(2);
    meter.evaluated(60, 3);
    expect(meter.pace()).toEqual({
      update: multiplyAddsPerUpdate(experiment, shape, 'host') / 2,
      evaluate: (60 * multiplyAddsPerExample(experiment, shape)) / 3,
    });
    // 10 updates of 2 s; all examples at 20 a second
    const left = 9 * 2 + (cost.evaluatedExamples - 60) / 20;
    const { progress, secondsLeft } = meter.progress();
    expect(secondsLeft).toBeCloseTo(left, 9);
    expect(progress).toBeCloseTo(5 / (5 + left), 9);
  });

  it('counts results that were at hand as done', () => {
    const meter = meterFor(experiment, shape, 'host');
    meter.evaluated(60, 3);
    meter.evaluated(60, 0);
    expect(meter.pace().evaluate).toBe((120 * multiplyAddsPerExample(experiment, shape)) / 3);
  });

  it('goes on at the share where it was, from a checkpoint that counted updates in another unit', () => {
    // before the work of optimisers was counted, an update with AdamW had that of plain SGD
    const adamw = experimentSchema.parse({ ...experiment, optimizer: { kind: 'adamw', batchSize: 10 } });
    const perUpdate = multiplyAddsPerUpdate(adamw, shape, 'host');
    const earlier = multiplyAddsPerUpdate(experiment, shape, 'host');
    expect(earlier).toBeLessThan(perUpdate / 1.5);
    const seconds = { update: 10, evaluate: 0, derive: 0 };
    const from = (update: number, done: number) => ({
      scalars: { done },
      meter: { done: { update, evaluate: 0, derive: 0 }, seconds },
    });
    const total = { update: 10 * perUpdate, evaluate: 0, derive: 0 };
    for (const kept of [earlier, perUpdate, 7 * perUpdate]) {
      const meter = meterFor(adamw, shape, 'host', from(5 * kept, 5), total);
      expect(meter.progress()).toEqual({ progress: 0.5, secondsLeft: 10 });
      expect(meter.pace().update).toBe((5 * perUpdate) / 10);
    }
    // one that stopped before its first update
    expect(meterFor(adamw, shape, 'host', from(0, 0), total).state().done.update).toBe(0);
  });

  it('goes on from a checkpoint of today to the byte, whatever its sums have rounded', () => {
    const meter = meterFor(experiment, shape, 'host');
    for (let update = 0; update < 7; update++) meter.updated(0.1);
    meter.evaluated(60, 3);
    meter.derived(1e9, 2);
    const state = meter.state();
    state.done.update *= 1 + 1e-12;
    expect(meterFor(experiment, shape, 'host', { scalars: { done: 7 }, meter: state }).state()).toEqual(state);
  });

  it('never falls, and is complete when all work is', () => {
    const meter = meterFor(experiment, shape, 'host');
    const cost = runCost(experiment, shape, 'host');
    meter.evaluated(cost.evaluatedExamples / 2, 1);
    meter.updated(0.01);
    const before = meter.progress().progress;
    // a pause of the machine makes the updates ahead look long
    meter.updated(50);
    expect(meter.progress().progress).toBe(before);
    for (let update = 2; update < 10; update++) meter.updated(0.01);
    meter.evaluated(cost.evaluatedExamples / 2, 1);
    expect(meter.progress()).toEqual({ progress: 1, secondsLeft: 0 });
  });
});
