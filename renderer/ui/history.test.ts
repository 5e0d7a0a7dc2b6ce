import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHistory } from './history.ts';

test('undo and redo retrace any changes, and a change forgets what was undone', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 30 }), fc.nat(40), (values, steps) => {
      let clock = 0;
      const history = createHistory(-1, () => (clock += 1000));
      for (const value of values) history.change(value, 'size');
      const all = [-1, ...values];
      const back = Math.min(steps, values.length);
      for (let step = 0; step < steps; step++) history.undo();
      expect(history.value.value).toBe(all[all.length - 1 - back]);
      expect(history.canUndo.value).toBe(back < values.length);
      for (let step = 0; step < steps; step++) history.redo();
      expect(history.value.value).toBe(all.at(-1));
      history.undo();
      history.change(99, 'size');
      expect(history.canRedo.value).toBe(false);
    }),
  );
});

test('letters typed quickly into one field are one step', () => {
  let clock = 0;
  const history = createHistory('', () => clock);
  for (const text of ['w', 'wa', 'walk']) {
    clock += 100;
    history.change(text, 'title');
  }
  clock += 100;
  history.change('walk 2', 'caption');
  history.undo();
  expect(history.value.value).toBe('walk');
  history.undo();
  expect(history.value.value).toBe('');
  expect(history.canUndo.value).toBe(false);
});
