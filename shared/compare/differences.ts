/** All differences of a value of one sample and a value of another, in order, without making them. */
import type { Ordered } from './sample.ts';

/** What a count of differences up to a limit finds. */
interface Found {
  /** The greatest of them; −∞ where there is none. */
  value: number;
  /** How many there are. */
  count: number;
  /** The least beyond the limit; ∞ where there is none. */
  next: number;
}

/** Counts the differences up to a limit, in one walk along both samples. @param a ascending @param b ascending */
function upTo(a: Float64Array, b: Float64Array, limit: number): Found {
  const found: Found = { value: -Infinity, count: 0, next: Infinity };
  let row = 0;
  for (const one of a) {
    while (row < b.length && one - b[row]! > limit) row++;
    found.count += b.length - row;
    if (row < b.length) found.value = Math.max(found.value, one - b[row]!);
    if (row > 0) found.next = Math.min(found.next, one - b[row - 1]!);
  }
  return found;
}

/** What lies halfway, and before `high` where no number is between. */
function halfway(low: number, high: number): number {
  const [from, to] = [low, high].map((end) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, end)) / 2);
  const middle = from! + to!;
  return middle >= low && middle < high ? middle : low;
}

/**
 * All differences of a value of `a` and a value of `b`, ascending. Each that is asked for is found by halving the range that it lies in, whose
 * ends are differences themselves: it is the one that sorting them would find.
 */
export function differencesOf(a: Float64Array, b: Float64Array): Ordered {
  const [own, other] = [a.slice().sort(), b.slice().sort()];
  const length = own.length * other.length;
  if (length === 0) return { length, at: () => undefined };
  const [least, greatest] = [own[0]! - other.at(-1)!, own.at(-1)! - other[0]!];

  function select(row: number): Found {
    let [low, high] = [least, greatest];
    while (low < high) {
      const found = upTo(own, other, halfway(low, high));
      if (found.count > row) high = found.value;
      else low = found.next;
    }
    return upTo(own, other, low);
  }

  // quantiles ask for neighbours
  let last: { row: number; found: Found } | null = null;
  return {
    length,
    at(row) {
      if (row < 0 || row >= length) return undefined;
      if (row === 0) return least;
      if (row === length - 1) return greatest;
      if (last && row >= last.row) {
        if (row < last.found.count) return last.found.value;
        if (row === last.found.count) return last.found.next;
      }
      last = { row, found: select(row) };
      return last.found.value;
    },
  };
}
