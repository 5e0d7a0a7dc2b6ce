import { expect, it } from 'vitest';
import { experimentSchema } from './experiment.ts';
import { lineExamples, outsideAlphas } from './line.ts';

const interpolation = (settings: object) =>
  experimentSchema.parse({ probes: { interpolation: settings } }).probes.interpolation;

it('a slice ends with the step unless told otherwise', () => {
  const plain = interpolation({});
  expect(outsideAlphas(plain)).toEqual([]);
  expect(lineExamples(plain, 6000, 100)).toBe(0);
});

it('beyond it are the multiples of 1/K within the range, both ends counted in', () => {
  const wide = interpolation({ from: -0.5, to: 3 });
  const alphas = outsideAlphas(wide);
  expect(alphas).toHaveLength(25);
  expect([alphas[0], alphas[4], alphas[5], alphas.at(-1)]).toEqual([-0.5, -0.1, 1.1, 3]);
  expect(outsideAlphas(interpolation({ points: 4, from: -0.3, to: 1.6 }))).toEqual([-0.25, 1.25, 1.5]);
  expect(lineExamples(wide, 6000, 100)).toBe(25 * 6000);
  expect(lineExamples(interpolation({ from: -0.5, to: 3, onBatch: true }), 6000, 100)).toBe(25 * 6000 + 36 * 100);
  expect(lineExamples(interpolation({ onBatch: true }), 6000, 100)).toBe(11 * 100);
});

it.each([
  [{ from: 0.1 }, 'probes.interpolation.from'],
  [{ from: -2.5 }, 'probes.interpolation.from'],
  [{ to: 0.9 }, 'probes.interpolation.to'],
  [{ to: 11 }, 'probes.interpolation.to'],
])('a range that does not hold the step, or reaches too far, is refused: %o', (settings, path) => {
  const found = experimentSchema.safeParse({ probes: { interpolation: settings } });
  expect(found.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
});

it('the cost of numbers as they are typed, however large, is told at once', () => {
  expect(lineExamples({ points: 10, from: 0, to: 1e9, onBatch: false }, 1, 1)).toBe(1e10 - 10);
});
