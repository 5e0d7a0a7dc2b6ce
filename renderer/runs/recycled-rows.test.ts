/** Lines of a list and the elements that they stand in. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecycledRows } from './recycled-rows.ts';

it('a line that stays keeps its element, one that comes takes that of one that went', () => {
  const rows = new RecycledRows();
  expect(rows.elementsOf(['a', 'b', 'c'])).toEqual([0, 1, 2]);
  expect(rows.elementsOf(['b', 'c', 'd'])).toEqual([1, 2, 0]);
  expect(rows.elementsOf(['new', 'b', 'c'])).toEqual([0, 1, 2]);
  expect(rows.elementsOf([])).toEqual([]);
});

it('every line has an element of its own, however the list is scrolled', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 }), { maxLength: 20 }),
      (views) => {
        const rows = new RecycledRows();
        let before = new Map<string, number>();
        for (const view of views) {
          const elements = rows.elementsOf(view);
          expect(new Set(elements).size).toBe(view.length);
          const now = new Map(view.map((key, index) => [key, elements[index]!]));
          for (const [key, element] of now) if (before.has(key)) expect(element).toBe(before.get(key));
          before = now;
        }
      },
    ),
  );
});
