import { describe, expect, it } from 'vitest';
import { runCost } from '../cost.ts';
import { experimentSchema } from '../experiment.ts';
import { contrastsOf, nextLook, samplingPlan, typicalSample } from './plan.ts';

describe('the plan of a sequential slice', () => {
  it('looks at 400 examples, then at 1.35 times as many, up to half of the set, and shares the risk', () => {
    const { stages, levels } = samplingPlan(6000, 10, 0.99);
    expect(stages).toEqual([400, 540, 729, 984, 1329, 1794, 2421]);
    // 9 losses, 9 second differences, 36 pairs
    expect(contrastsOf(10)).toBe(54);
    expect(levels.map(({ known }) => known)).toEqual([[], [5], [2, 5, 8]]);
    expect(samplingPlan(800, 2, 0.9).stages).toEqual([400]);
    expect(samplingPlan(799, 2, 0.9).stages).toEqual([]);
    for (let intervals = 2; intervals <= 40; intervals++) {
      const plan = samplingPlan(6000, intervals, 0.99);
      const risk = plan.levels.reduce((sum, each) => sum + each.risk, 0);
      expect(risk * contrastsOf(intervals) * plan.stages.length).toBeCloseTo(0.01, 15);
      let before: readonly number[] = [];
      for (const { known } of plan.levels) {
        expect(known).toEqual([...new Set([...before, ...known])].sort((a, b) => a - b));
        expect(known.every((k) => k > 0 && k < intervals)).toBe(true);
        expect(2 * known.length).toBeLessThan(intervals);
        before = known;
      }
    }
  });

  it('goes on as it costs least, where widths go with √(1/n − 1/N)', () => {
    const needed = (n: number): number => Math.sqrt((1 / n - 1 / 6000) / (1 / 400 - 1 / 6000));
    const look = { count: 6000, examples: 400, stage: 540, unknown: 9, more: 1 };
    // 9 points of 667 examples more are one of 6,000
    expect(nextLook({ ...look, shrinks: Infinity })).toBe('grow');
    expect(nextLook({ ...look, shrinks: needed(1060) })).toBe('grow');
    expect(nextLook({ ...look, shrinks: needed(1075) })).toBe('know more');
    expect(nextLook({ ...look, shrinks: NaN })).toBe('know more');
    expect(nextLook({ ...look, stage: null, shrinks: Infinity })).toBe('know more');
    const last = { ...look, more: null };
    expect(nextLook({ ...last, shrinks: needed(2900) })).toBe('grow');
    expect(nextLook({ ...last, shrinks: needed(3100) })).toBe('give up');
    expect(nextLook({ ...last, shrinks: NaN })).toBe('give up');
    expect(nextLook({ ...last, stage: null, shrinks: Infinity })).toBe('give up');
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
