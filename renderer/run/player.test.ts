import { expect, test } from 'vitest';
import { stepFrom } from './player.ts';

const played = Float64Array.of(0, 1, 2, 10, 11);

test('steps go through the played iterations and stop at the last', () => {
  expect([0, 1, 2, 10, 11].map((at) => stepFrom(played, at, 1))).toEqual([1, 2, 10, 11, null]);
  expect(stepFrom(played, 1, 2)).toBe(10);
  expect(stepFrom(played, 2, 20)).toBe(11);
});

test('steps backwards stop at the first', () => {
  expect([0, 1, 2, 10, 11].map((at) => stepFrom(played, at, -1))).toEqual([null, 0, 1, 2, 10]);
  expect(stepFrom(played, 10, -20)).toBe(0);
});

test('from an iteration that is not played the neighbours are one step away', () => {
  expect(stepFrom(played, 5, 1)).toBe(10);
  expect(stepFrom(played, 5, -1)).toBe(2);
  expect(stepFrom(played, -1, 1)).toBe(0);
  expect(stepFrom(played, 99, 1)).toBeNull();
  expect(stepFrom(played, 99, -1)).toBe(11);
});

test('nothing played, nowhere to go', () => {
  expect(stepFrom(new Float64Array(0), 0, 1)).toBeNull();
});
