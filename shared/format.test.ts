import { expect, test } from 'vitest';
import { formatDuration, formatMeasured, formatNumber } from './format.ts';

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
  [0.4, '0:00'],
  [41, '0:41'],
  [725, '12:05'],
  [3729, '1:02:09'],
  [null, '–'],
])('%s seconds read %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));
