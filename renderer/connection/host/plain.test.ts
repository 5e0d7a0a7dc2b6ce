import { expect, it } from 'vitest';
import { reactive, ref } from 'vue';
import { plain } from './plain.ts';

it('makes what a view holds fit to be cloned, proxies inside a plain object too', () => {
  const settings = reactive({ points: [0, 1, 2], evaluateOn: { subset: 5 }, margin: null as number | null });
  const runs = ref(['a', 'b']);
  const column = Float64Array.of(1, NaN);
  const message = { id: 1, parameters: { settings, runs: runs.value, column, absent: undefined } };
  expect(() => structuredClone(message)).toThrow();
  expect(structuredClone(plain(message))).toEqual({
    id: 1,
    parameters: {
      settings: { points: [0, 1, 2], evaluateOn: { subset: 5 }, margin: null },
      runs: ['a', 'b'],
      column,
      absent: undefined,
    },
  });
  expect((plain({ column }) as { column: Float64Array }).column).toBe(column);
});
