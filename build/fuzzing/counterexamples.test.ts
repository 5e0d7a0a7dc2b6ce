import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../electron/datasets/testing.ts';
import { cloned, counterexampleFile, keepCounterexample, keptInputs } from './counterexamples.ts';

test('what broke a property is tried again: its own values, once each, of that property only', () => {
  const folder = temporaryFolder();
  try {
    const testFile = join(folder.path, 'wire.fuzz.test.ts');
    expect(counterexampleFile(testFile)).toBe(join(folder.path, 'wire.counterexamples.json'));
    const values = [Uint8Array.of(199, 0, 5), NaN, -0, undefined, new Float64Array(2), { text: 'ü' }];
    const found = {
      ...{ test: 'bytes', property: 1, found: 'took longer than 10 s', input: 'readable', seed: 1, path: '7' },
      clone: cloned(values)!.toString('base64'),
    };
    keepCounterexample(testFile, found);
    keepCounterexample(testFile, found);
    keepCounterexample(testFile, { ...found, input: 'a function', clone: null });
    expect(keptInputs({ testFile, test: 'bytes', index: 1 })).toEqual([values]);
    expect(keptInputs({ testFile, test: 'bytes', index: 0 })).toEqual([]);
    expect(keptInputs({ testFile: `${testFile}x`, test: 'bytes', index: 1 })).toEqual([]);
    expect(JSON.parse(readFileSync(counterexampleFile(testFile), 'utf8'))).toHaveLength(2);
  } finally {
    folder.remove();
  }
});

test('what cannot be cloned is told', () => {
  expect(cloned([() => 1])).toBeNull();
});
