import { expect, it } from 'vitest';
import { modelFor } from '../../../../shared/networks/index.ts';
import { smallExperiment } from '../../testing/walks.ts';
import { emptyPoint, variancesOf } from '../point.ts';
import { hostSpace } from '../space/host.ts';
import { parameterTotal } from '../../../../shared/networks/parameters.ts';
import { openBetween } from './between.ts';

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
