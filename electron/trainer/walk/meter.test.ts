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
    const meter = meterFor(experiment, shape);
    expect(meter.progress()).toEqual({ progress: 0, secondsLeft: null });
    expect(meter.pace()).toEqual({ update: null, evaluate: null });
  });

  it('learns the pace of both kinds of work and weighs them by it', () => {
    const meter = meterFor(experiment, shape);
    const cost = runCost(experiment, shape);
    meter.updated(2);
    meter.evaluated(60, 3);
    expect(meter.pace()).toEqual({
      update: multiplyAddsPerUpdate(experiment, shape) / 2,
      evaluate: (60 * multiplyAddsPerExample(experiment, shape)) / 3,
    });
    // 10 updates of 2 s; all examples at 20 a second
    const left = 9 * 2 + (cost.evaluatedExamples - 60) / 20;
    const { progress, secondsLeft } = meter.progress();
    expect(secondsLeft).toBeCloseTo(left, 9);
    expect(progress).toBeCloseTo(5 / (5 + left), 9);
  });

  it('counts results that were at hand as done', () => {
    const meter = meterFor(experiment, shape);
    meter.evaluated(60, 3);
    meter.evaluated(60, 0);
    expect(meter.pace().evaluate).toBe((120 * multiplyAddsPerExample(experiment, shape)) / 3);
  });

  it('never falls, and is complete when all work is', () => {
    const meter = meterFor(experiment, shape);
    const cost = runCost(experiment, shape);
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
