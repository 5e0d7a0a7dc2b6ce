import { describe, expect, it } from 'vitest';
import { totalIterations } from '../../../shared/experiment.ts';
import { smallExperiment, walked } from '../testing/walks.ts';
import { learningRateAt } from './schedule.ts';

// 3 iterations an epoch, 6 epochs
const rates = (schedule: object): number[] => {
  const experiment = smallExperiment({ optimizer: { learningRate: 0.5, schedule }, length: { epochs: 6 } });
  return Array.from({ length: totalIterations(experiment) }, (_, iteration) => learningRateAt(experiment, iteration));
};
const perEpoch = (values: number[]): number[] =>
  [1, 2, 3, 4, 5, 6].flatMap((_, epoch) => Array<number>(3).fill(values[epoch]!));
const close = (found: number[], expected: number[]): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((rate, index) => expect(rate).toBeCloseTo(expected[index]!, 12));
};

describe('a schedule', () => {
  it('keeps the rate unless told otherwise', () =>
    close(rates({ kind: 'constant' }), perEpoch(Array<number>(6).fill(0.5))));

  it('steps after every so many epochs', () =>
    close(rates({ kind: 'step', factor: 0.1, everyEpochs: 2 }), perEpoch([0.5, 0.5, 0.05, 0.05, 0.005, 0.005])));

  it('steps from named epochs, once each, in whatever order', () =>
    close(
      rates({ kind: 'milestones', factor: 0.5, epochs: [5, 2, 5] }),
      perEpoch([0.5, 0.25, 0.25, 0.25, 0.125, 0.125]),
    ));

  it('falls along half a period of the cosine', () => {
    const found = rates({ kind: 'cosine', finalRate: 0.1 });
    expect(found[0]).toBe(0.5);
    expect(found[9]).toBeCloseTo(0.3, 12);
    found.forEach((rate, t) => expect(rate).toBeCloseTo(0.1 + 0.4 * Math.cos((Math.PI * t) / 36) ** 2, 12));
  });

  it('decides the steps of a walk, and is told', async () => {
    const experiment = smallExperiment({
      hidden: [],
      optimizer: { schedule: { kind: 'step', factor: 0.5, everyEpochs: 1 } },
      length: { epochs: 3 },
    });
    const found = await walked(experiment);
    expect(found.iterations.map(({ learning_rate }) => learning_rate)).toEqual([
      ...[0.5, 0.5, 0.5],
      ...[0.25, 0.25, 0.25],
      ...[0.125, 0.125, 0.125],
    ]);
    for (const { update_norm, gradient_norm, learning_rate } of found.iterations)
      expect(update_norm! / gradient_norm!).toBeCloseTo(learning_rate!, 5);
  });
});
