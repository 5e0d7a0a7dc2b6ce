import { expect, it } from 'vitest';
import { inSight } from './selection.ts';

it('what is changed in bulk is selected and shown, in the order of the selection', () => {
  const runs = (...ids: string[]) => ids.map((run) => ({ run }));
  expect(inSight(runs('c', 'a', 'b'), runs('a', 'b', 'd'))).toEqual(runs('a', 'b'));
  expect(inSight(runs('a'), [])).toEqual([]);
  expect(inSight([], runs('a'))).toEqual([]);
});
