/** Graphs by what they compute: a network that is compiled anew at every point of a slice is the same graph each time. */
import type { WholeGraph } from './whole-graph.ts';

/** How many that nobody uses are kept. */
const idle = 4;

/** Graphs that are used by any number of executables. */
export interface GraphCache {
  /** The graph under a key, made if there is none. */
  take(key: string, make: () => WholeGraph): WholeGraph;
  /** Is called once for each {@link GraphCache.take}; those that were not used for the longest time are disposed beyond a few. */
  giveBack(key: string): void;
}

/** Makes a cache. */
export function graphCache(): GraphCache {
  /** Of all kept graphs, those used last at the end. */
  const entries = new Map<string, { graph: WholeGraph; users: number }>();
  return {
    take(key, make) {
      const entry = entries.get(key) ?? { graph: make(), users: 0 };
      entry.users++;
      entries.delete(key);
      entries.set(key, entry);
      return entry.graph;
    },
    giveBack(key) {
      const entry = entries.get(key)!;
      entry.users--;
      entries.delete(key);
      entries.set(key, entry);
      const unused = [...entries].filter(([, { users }]) => users === 0);
      for (const [each, { graph }] of unused.slice(0, Math.max(0, unused.length - idle))) {
        graph.dispose();
        entries.delete(each);
      }
    },
  };
}
