/** What is said about a field. */
import { expect, it } from 'vitest';
import type { Dataset } from '../../shared/datasets.ts';
import { factsOf, fixedBy } from './field-facts.ts';

const set = { count: 5000, height: 28, width: 28, channels: 1, classes: 10 } as Dataset;

it('a data set says what it holds, and how many of its images there are', () => {
  expect(factsOf({ path: 'data.set' }, set)).toMatch(/^5,000 images of 28 × 28, 10 classes\.$/);
  expect(factsOf({ path: 'data.train' }, set)).toMatch(/^Of 5,000 in all\.$/);
  expect(factsOf({ path: 'seed' }, set)).toBeNull();
  expect(factsOf({ path: 'data.set' }, undefined)).toBeNull();
});

it('a field is fixed by what is varied around it or within it, not by itself or one of a like name', () => {
  expect(fixedBy({ path: 'length.epochs' }, { length: [{ epochs: 2 }] })).toMatch(/^Varied by length: .*2/);
  expect(fixedBy({ path: 'length' }, { 'length.epochs': [1, 2] })).toBe('Varied by length.epochs: 1, 2.');
  expect(fixedBy({ path: 'length' }, { length: [1], lengths: [2], seed: [3] })).toBeUndefined();
  expect(fixedBy({ path: 'seed' }, {})).toBeUndefined();
});
