import { expect, it } from 'vitest';
import { graphCache } from './graph-cache.ts';
import type { WholeGraph } from './whole-graph.ts';

it('keeps a graph while somebody uses it, and a few that nobody uses', () => {
  const [made, disposed]: [string[], string[]] = [[], []];
  const cache = graphCache();
  const take = (key: string): WholeGraph =>
    cache.take(key, () => {
      made.push(key);
      return { run: () => [], dispose: () => void disposed.push(key) };
    });
  expect(take('used')).toBe(take('used'));
  cache.giveBack('used');
  for (const key of ['a', 'b', 'c', 'd']) {
    take(key);
    cache.giveBack(key);
  }
  // used again, so that another is the oldest
  take('a');
  cache.giveBack('a');
  expect(disposed).toEqual([]);
  take('e');
  cache.giveBack('e');
  expect(disposed).toEqual(['b']);
  cache.giveBack('used');
  // though it was taken before all others
  expect(disposed).toEqual(['b', 'c']);
  expect(made).toEqual(['used', 'a', 'b', 'c', 'd', 'e']);
});
