import { expect, it } from 'vitest';
import { keptArrays } from './kept.ts';

it('an array has its number by where it lies, once', () => {
  const kept = keptArrays();
  const [some, others] = [new Float32Array(4), new Float32Array(4)];
  expect(kept.of(some)).toEqual({ id: 0, fresh: true });
  expect(kept.of(some.subarray(0))).toEqual({ id: 0, fresh: false });
  expect(kept.of(some.subarray(1))).toEqual({ id: 1, fresh: true });
  expect(kept.of(others)).toEqual({ id: 2, fresh: true });
  expect(kept.gone()).toEqual([]);
});

it('what did not get there is given another number, and what there is no room for has none', () => {
  const kept = keptArrays(32);
  const [some, others] = [new Float32Array(8), new Float32Array(1)];
  expect(kept.of(some)).toEqual({ id: 0, fresh: true });
  expect(kept.of(others)).toBeNull();
  kept.forget(some);
  expect(kept.of(others)).toEqual({ id: 1, fresh: true });
  expect(kept.of(some)).toBeNull();
  kept.forget(others);
  expect(kept.of(some)).toEqual({ id: 2, fresh: true });
});
