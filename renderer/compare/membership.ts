/** Who is in a comparison, and why: runs that are chosen by name, pinned ones, and all that match a filter. */
import type { RunRecord } from '../../shared/records.ts';
import { plural } from '../ui/format.ts';

/** Most runs of one comparison; how many more there would be is said. */
export const mostRuns = 500;
/** The same over settings, where a run is one point or one line, of which no records are read. */
export const mostOverSettings = 2_000;

/** Why a run is in a comparison; the first of these that holds. */
type Reason = 'name' | 'pin' | 'filter';

/** The runs of a comparison. */
export interface Membership {
  /** In the order of their colours: those chosen by name in that order, then the others from the oldest, so that one that arrives comes last. */
  runs: RunRecord[];
  /** By run. */
  reasons: ReadonlyMap<string, Reason>;
  /** How many would be in it, but for the most that are compared. */
  left: number;
  /** How many are compared at most. */
  most: number;
}

/**
 * Joins what an address says: each run is in it once, whatever the number of its reasons.
 * @param stored all runs, newest first
 * @param ids chosen by name, in order; those that are not stored are left out, as are pinned ones
 * @param pins stay whatever the filter says
 * @param matches the filter; null where there is none
 * @param most runs; where there are more, pinned ones stay, then those chosen by name in their order, then the newest
 */
export function joinRuns(
  stored: readonly RunRecord[],
  ids: readonly string[],
  pins: readonly string[],
  matches: ((run: RunRecord) => boolean) | null,
  most = mostRuns,
): Membership {
  const known = new Map(stored.map((run) => [run.run, run]));
  const there = (all: readonly string[]): Set<string> => new Set(all.filter((id) => known.has(id)));
  const [named, pinned] = [there(ids), there(pins)];
  const matching = matches === null ? [] : stored.filter(matches).map(({ run }) => run);
  const wanted = new Set([...pinned, ...named, ...matching]);
  const kept = new Set([...wanted].slice(0, most));
  const runs = [
    ...[...named].filter((id) => kept.has(id)).map((id) => known.get(id)!),
    ...[...kept]
      .filter((id) => !named.has(id))
      .map((id) => known.get(id)!)
      .sort((a, b) => a.sequence - b.sequence),
  ];
  const reasonOf = (id: string): Reason => (named.has(id) ? 'name' : pinned.has(id) ? 'pin' : 'filter');
  return { runs, reasons: new Map(runs.map(({ run }) => [run, reasonOf(run)])), left: wanted.size - kept.size, most };
}

/** Who is compared and why, in a sentence without its full stop: `12 runs: 2 chosen by name, 10 match the filter`. */
export function membershipWords({ runs, reasons }: Pick<Membership, 'runs' | 'reasons'>): string {
  const numbers: Record<Reason, number> = { name: 0, pin: 0, filter: 0 };
  for (const reason of reasons.values()) numbers[reason]++;
  const parts = [
    [numbers.name, 'chosen by name'],
    [numbers.pin, 'pinned'],
    [numbers.filter, numbers.filter === 1 ? 'matches the filter' : 'match the filter'],
  ] as const;
  const given = parts.filter(([count]) => count > 0);
  if (given.length === 0) return 'No run';
  const all = plural(runs.length, 'run');
  if (given.length > 1) return `${all}: ${given.map(([count, words]) => `${count} ${words}`).join(', ')}`;
  return given[0]![1].endsWith('the filter') ? `${all} ${given[0]![1]}` : `${all}, ${given[0]![1]}`;
}
