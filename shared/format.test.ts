import { expect, test } from 'vitest';
import { formatDuration, formatMeasured, formatNumber, formatWithError } from './format.ts';

test.each([
  [0.20002, '0.2', '0.2000'],
  [44.456, '44.46', '44.46'],
  [-0.3034, '−0.3034', '−0.3034'],
  [1234.56, '1235', '1235'],
  [123456, '1.235e5', '1.235e5'],
  [0.00012344, '1.234e−4', '1.234e−4'],
  [0, '0', '0'],
  [3, '3', '3.000'],
  [null, '–', '–'],
  [NaN, '–', '–'],
])('%s reads %s, and %s in a column', (value, plain, measured) => {
  expect(formatNumber(value)).toBe(plain);
  expect(formatMeasured(value)).toBe(measured);
});

test.each([
  [12.7134, 0.2442, '12.71 ± 0.24'],
  [1.6, 0.002, '1.6 ± 0.002'],
  [0.42491234, 6.523e-7, '0.424912 ± 6.5e−7'],
  [2.413, 1.015e-5, '2.413 ± 1.0e−5'],
  [-1234.5, 500, '−1230 ± 500'],
  [0.01, 3, '0.01 ± 3'],
  [0, 0.5, '0 ± 0.5'],
  [5, 0, '5 ± 0'],
  [NaN, NaN, '– ± –'],
])('%s with the error %s reads %s', (value, error, text) => expect(formatWithError(value, error)).toBe(text));

test.each([
  [0.4, '0:00'],
  [41, '0:41'],
  [725, '12:05'],
  [3729, '1:02:09'],
  [null, '–'],
])('%s seconds read %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
