import { describe, expect, it } from 'vitest';
import { runCost } from '../cost.ts';
import { experimentSchema } from '../experiment.ts';
import { contrastsOf, isHopeless, samplingPlan, typicalSample } from './plan.ts';

describe('the plan of a sequential slice', () => {
  it('looks at 400 examples, then at 1.35 times as many, up to half of the set, and shares the risk', () => {
    const { stages, risk } = samplingPlan(6000, 10, 0.99);
    expect(stages).toEqual([400, 540, 729, 984, 1329, 1794, 2421]);
    // 9 losses, 9 second differences, 36 pairs
    expect(contrastsOf(10)).toBe(54);
    expect(risk * 54 * 7).toBeCloseTo(0.01, 15);
    expect(samplingPlan(800, 2, 0.9).stages).toEqual([400]);
    expect(samplingPlan(799, 2, 0.9).stages).toEqual([]);
  });

  it('gives up where widths that go with √(1/n − 1/N) need most of the set', () => {
    const needed = (n: number): number => Math.sqrt((1 / n - 1 / 6000) / (1 / 400 - 1 / 6000));
    expect(isHopeless({ count: 6000, examples: 400, shrinks: needed(2900) })).toBe(false);
    expect(isHopeless({ count: 6000, examples: 400, shrinks: needed(3100) })).toBe(true);
    expect(isHopeless({ count: 6000, examples: 400, shrinks: NaN })).toBe(true);
    expect(isHopeless({ count: 6000, examples: 400, shrinks: Infinity })).toBe(false);
  });

  it('is what the work of a run is told by', () => {
    const shape = { height: 28, width: 28, channels: 1, classes: 10 };
    const cost = (evaluateOn: unknown) =>
      runCost(experimentSchema.parse({ probes: { interpolation: { evaluateOn } } }), shape, 'host');
    expect(typicalSample(6000)).toBe(729);
    expect(typicalSample(500)).toBe(500);
    // 40 iterations of 10 points, one end more, and the epochs' two sets
    expect(cost({ sequential: {} }).evaluatedExamples).toBe(41 * 6000 + 40 * 9 * 729 + 2 * 7000);
    expect(cost('train').evaluatedExamples).toBe(401 * 6000 + 2 * 7000);
  });
});
