import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { workAtATime } from '../../../shared/cost.ts';
import { experimentSchema } from '../../../shared/experiment.ts';
import type { MeasuredPace } from '../store/paces.ts';
import { choosePace, lessSure, measuredPaces } from './paces.ts';

const image = { height: 28, width: 28, channels: 1, classes: 10 };
const mlp = experimentSchema.parse({});
const { update } = workAtATime(mlp, image, 'host');
const paceOf = (architecture: MeasuredPace['architecture'], work: number, pace: number): MeasuredPace => ({
  architecture,
  kind: 'update',
  work,
  pace,
});
const choose = (...paces: MeasuredPace[]) => choosePace(mlp, image, 'update', 'host', paces);

describe('choosePace', () => {
  it('takes what was measured on the same network and about as much work at a time', () => {
    const same = paceOf('mlp', 1.5 * update, 2e9);
    expect(choose(paceOf('cnn', update, 7e9), same, paceOf('mlp', update / 100, 1e6))).toEqual({
      pace: 2e9,
      basis: 'measured',
    });
  });

  it('a tiny run on a backend of slow calls does not make a large one last for days', () => {
    // 30 ms an update of 3 million multiply-adds, as imitated GPUs take
    const tiny = paceOf('mlp', 3e6, 1e8);
    const reported = choose(tiny);
    expect(reported.basis).toBe('similar');
    // neither as if calls cost nothing, nor as if work did
    expect(reported.pace).toBeGreaterThan(2 * tiny.pace);
    expect(update / reported.pace).toBeGreaterThan(3e6 / tiny.pace);
  });

  it('falls back to the closest of other networks and sizes, then to a typical machine', () => {
    expect(choose(paceOf('cnn', update, 7e9), paceOf('resnet', 100 * update, 9e9))).toEqual({
      pace: 7e9,
      basis: 'similar',
    });
    expect(choose()).toMatchObject({ basis: 'typical' });
    expect(choose({ ...paceOf('mlp', update, 2e9), kind: 'evaluate' })).toEqual(choose());
  });

  it('lies between what the smaller work took per call and what it took per multiply-add', () => {
    const positive = fc.double({ min: 1e3, max: 1e15, noNaN: true });
    fc.assert(
      fc.property(positive, positive, fc.constantFrom('mlp' as const, 'vgg11' as const), (work, pace, architecture) => {
        const chosen = choose(paceOf(architecture, work, pace));
        expect(chosen.pace).toBeGreaterThanOrEqual(pace);
        expect(chosen.pace).toBeLessThanOrEqual(pace * Math.max(1, update / work));
      }),
    );
  });
});

it('lessSure takes the less sure', () => {
  expect(lessSure('measured', 'similar')).toBe('similar');
  expect(lessSure('typical', 'similar')).toBe('typical');
  expect(lessSure('measured', 'measured')).toBe('measured');
});

it('measuredPaces tells of runs and of measurements', () => {
  const own = paceOf('mlp', 1e8, 5e9);
  const speed = { network: 'mlp' as const, device: 'a device', measured_at: 'now' };
  const store = {
    paces: { of: () => [own], add: () => undefined },
    speeds: {
      list: () => [
        { ...speed, backend: 'cpu', update_ms: 4, examples_per_second: 200_000, evaluated_examples: 2000 },
        { ...speed, backend: 'webgpu', update_ms: 9000, examples_per_second: 100, evaluated_examples: 200 },
      ],
      set: () => undefined,
    },
  };
  const all = measuredPaces(store, 'cpu');
  expect(all).toHaveLength(3);
  expect(all[0]).toBe(own);
  // 100 examples of three passes less the first layer's input gradient in 4 ms; 2,000 evaluated at 200,000 a second
  expect(all[1]!.pace).toBeCloseTo((100 * (3 * 570_500 - 392_000)) / 0.004, -3);
  expect(all[2]).toEqual({ architecture: 'mlp', kind: 'evaluate', work: 2000 * 570_500, pace: 200_000 * 570_500 });
  // as many examples as the device really evaluated
  expect(measuredPaces(store, 'webgpu').at(-1)).toMatchObject({ work: 200 * 570_500, pace: 100 * 570_500 });
});
