import { expect, it } from 'vitest';
import { formatSetting } from '../runs/settings.ts';
import { valueWords } from '../setting-words.ts';
import { nearFloorWords, sampleWords } from './words.ts';

it('says how a slice was evaluated', () => {
  expect(sampleWords({ examples: 410, tolerance: 0.01, confidence: 0.99 }, 45_000)).toBe(
    'points between the ends on 410 of 45,000 examples, 99 % for this slice',
  );
  expect(sampleWords({ examples: 410, known: 1, tolerance: 0.01, confidence: 0.99 }, 45_000)).toBe(
    'points between the ends on 410 of 45,000 examples, 1 of them on all, 99 % for this slice',
  );
  expect(sampleWords({ examples: 6000, tolerance: 0, confidence: 1 }, 6000)).toBe(
    'no sample decided this slice: all of its points are on the 6,000 examples',
  );
  expect(sampleWords({ examples: NaN, tolerance: NaN, confidence: NaN }, 6000)).toBeNull();
});

it('says which other places may have the floor', () => {
  const alphas = [0, 0.25, 0.5, 0.75, 1];
  const losses = [2, 1.2, 1, 1.008, 1.9];
  expect(nearFloorWords(alphas, losses, { tolerance: 0.02 })).toBe(' (0.75 within 2 % of the range)');
  expect(nearFloorWords(alphas, losses, { tolerance: 0.001 })).toBe('');
  expect(nearFloorWords(alphas, losses, { tolerance: NaN })).toBe('');
  expect(nearFloorWords(alphas, [2, 1, 1, 1.5, 1.9], { tolerance: 0.02 })).toBe(' (0.5 within 2 % of the range)');
});

it('says the setting in tables and names', () => {
  const value = { sequential: { confidence: 0.99, tolerance: 0.02 } };
  expect(formatSetting('probes.interpolation.evaluateOn', value)).toBe('sequentially, confidence 0.99, tolerance 0.02');
  expect(valueWords(value)).toBe('sequential confidence 0.99 tolerance 0.02');
});
