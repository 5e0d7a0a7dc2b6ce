import { expect, test } from 'vitest';
import { roundingShare, sliceNoise } from './noise.ts';

test('on a whole set the band is rounding: 2⁻²² of one nat and the greatest loss', () => {
  expect(sliceNoise([1, 3, NaN, 2], [NaN, NaN, NaN, NaN])).toEqual({
    kind: 'rounding',
    half: Array(4).fill(roundingShare * 4),
  });
});

test('on a subset the band is two standard errors, point by point', () => {
  expect(sliceNoise([1, 2, 3], [0.01, 0.02, NaN])).toEqual({ kind: 'sampling', half: [0.02, 0.04, 0] });
});
