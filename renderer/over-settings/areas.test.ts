import { expect, test } from 'vitest';
import { blankRun } from '../../shared/blank-records.ts';
import { experimentSchema } from '../../shared/experiment.ts';
import type { RunPoint } from '../../shared/over-settings/run-axis.ts';
import { brushesOf, drawnPoints, withAreas } from './areas.ts';

const accuracy = 'epoch.validation_accuracy.last';
const axes = ['optimizer.kind', 'optimizer.learningRate', accuracy];

function pointOf(kind: string, learningRate: number, value: number | null): RunPoint {
  const experiment = experimentSchema.parse({ name: 'r', optimizer: { kind, learningRate } });
  return { run: blankRun({ run: `${kind}-${learningRate}`, name: 'r', experiment }), summaries: { [accuracy]: value } };
}
const points = [pointOf('sgd', 0.1, 0.5), pointOf('adam', 0.2, 0.7), pointOf('sgd', 0.3, null)];

test('areas of one axis replace each other, and none takes them away', () => {
  const one = withAreas({}, accuracy, [[0, 0.6]]);
  expect(withAreas(one, 'seed', [[0, 1]])).toEqual({ [accuracy]: [[0, 0.6]], seed: [[0, 1]] });
  expect(withAreas(one, accuracy, [])).toEqual({});
});

test('a brush of words counts their places in order, one of numbers their size', () => {
  const drawn = drawnPoints(points, axes);
  expect(drawn).toHaveLength(2);
  const [words, numbers] = brushesOf({ 'optimizer.kind': [[-0.4, 0.4]], [accuracy]: [[0.6, 1]] }, drawn, axes);
  // adam comes before sgd
  expect([words!.holds('adam'), words!.holds('sgd')]).toEqual([true, false]);
  expect([numbers!.holds(0.5), numbers!.holds(0.7)]).toEqual([false, true]);
  expect(brushesOf({ seed: [[0, 1]] }, drawn, axes)).toEqual([]);
});
