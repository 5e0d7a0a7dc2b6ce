import { describe, expect, it } from 'vitest';
import { modelFor } from '../../../../shared/networks/index.ts';
import { smallExperiment } from '../../testing/walks.ts';
import type { Place } from '../evaluator.ts';
import { emptyPoint, variancesOf } from '../point.ts';
import { hostSpace } from '../space/host.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { openBetween, takeAlong } from './between.ts';

it('beyond the step goes on straight, and no running variance falls below a tenth of the smaller end', async () => {
  const { model: settings } = smallExperiment({ model: { hidden: [4], batchNorm: true } });
  const model = modelFor(settings, { channels: 1, height: 1, width: 6, classes: 3 });
  const [start, end] = [emptyPoint(model), emptyPoint(model)];
  start.parameters.fill(1);
  end.parameters.fill(3);
  start.statistics.fill(2);
  end.statistics.fill(0.5);
  const size = parameterTotal(model.parameters);
  const { between, blend } = await openBetween(hostSpace(1, size), 1, model);
  const point = between[0]!;
  await blend(start, end, 3, point);
  expect([...new Set(point.parameters as Float32Array)]).toEqual([7]);
  const variances = variancesOf(model);
  expect(new Set(variances)).toEqual(new Set([true, false]));
  for (const [index, isVariance] of variances.entries())
    expect(point.statistics[index]).toBeCloseTo(isVariance ? 0.05 : -2.5, 6);
  await blend(start, end, -0.5, point);
  expect((point.parameters as Float32Array)[0]).toBe(0);
  expect(point.statistics[0]).toBeCloseTo(2.75, 6);
});

describe('places on a line', () => {
  const { model: settings } = smallExperiment({ model: { hidden: [4] } });
  const model = modelFor(settings, { channels: 1, height: 1, width: 6, classes: 3 });
  const step = { from: emptyPoint(model), to: emptyPoint(model) };
  const size = parameterTotal(model.parameters);
  const go = { tick: () => undefined, stopped: () => false };

  it.each([1, 2, 3, 5, 8])('are taken in order, %i at a time', async (count) => {
    const alphas = [-1, 0.25, 0.5, 2, 3];
    const groups: number[][] = [];
    const line = await openBetween(hostSpace(count, size), count, model);
    const take = (places: readonly Place[]): Promise<void> => {
      groups.push(places.map(({ alpha }) => alpha));
      return Promise.resolve();
    };
    expect(await takeAlong(line, step, alphas, go, take)).toBe(true);
    expect(groups.flat()).toEqual(alphas);
    expect(Math.max(...groups.map(({ length }) => length))).toBe(Math.min(count, alphas.length));
  });

  it('are refused where there is no point to write them into', async () => {
    const line = await openBetween(hostSpace(1, size), 0, model);
    await expect(takeAlong(line, step, [2], go, () => Promise.resolve())).rejects.toThrow(RangeError);
  });
});
