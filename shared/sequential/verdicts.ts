/** What is decided about a slice whose inner losses are known by intervals: floor, interior floor, barrier, convexity and heights. */
import { judge } from '../resolution.ts';
import type { Answer } from '../resolution.ts';

/** A number that is known to lie between two others. */
interface Bounds {
  low: number;
  high: number;
}

/** A slice as far as it is known; all intervals hold together, with the confidence that was asked for. */
export interface BoundedSlice {
  /** ℓ(α_k), k = 0…K, K ≥ 2: the ends exact, the others estimated. */
  losses: readonly number[];
  /** Half widths of their intervals, 0 at the ends. */
  halves: readonly number[];
  /** Half width of ℓ(α_j) − ℓ(α_k), j ≠ k. */
  halfBetween: (j: number, k: number) => number;
  /** Half width of the second difference at an interior k. */
  halfBend: (k: number) => number;
}

/** What is said about a slice. */
export interface SliceDecision {
  /** Whether every answer below is decided: the sample need not grow. */
  isDecided: boolean;
  /** Where the loss was found least. */
  floor: number;
  /** Other points that may be the floor: none lies above the one found by more than the tolerance, once decided. */
  alsoFloor: readonly number[];
  interior_floor: Answer;
  barrier: Answer;
  convex: Answer;
  /** What heights are known to, once decided: the tolerance's share of the range, or what the evaluation resolves, whichever is more. */
  tolerance: number;
}

function boundsOf({ losses, halves }: Pick<BoundedSlice, 'losses' | 'halves'>): Bounds[] {
  return losses.map((loss, k) => ({ low: loss - halves[k]!, high: loss + halves[k]! }));
}

/** What a slice's losses are to be known to: a share of its range, or what the evaluation resolves, whichever is more. */
export function toleranceOf(slice: Pick<BoundedSlice, 'losses' | 'halves'>, share: number, resolution: number): number {
  const bounds = boundsOf(slice);
  // the range is at least so large: the highest point is surely no lower, the lowest no higher
  const range = Math.max(...bounds.map(({ low }) => low)) - Math.min(...bounds.map(({ high }) => high));
  return Math.max(share * range, resolution);
}

const within = ({ low, high }: Bounds, tolerance: number): boolean => low >= -tolerance && high <= tolerance;

/**
 * Decides what can be told.
 *
 * - heights: every interval is at most as wide as the tolerance to either side
 * - floor: every other point is surely higher than the one found, or surely no farther from it than the tolerance
 * - interior floor, barrier: as `judgeSlice` answers them, with intervals; below what can be told only where the margin is surely within the
 *   tolerance
 * - convex: no where some second difference lies surely below −ν, yes where surely none lies below −ν of the whole set and some surely above ν. Below what can be told only
 *   where surely none lies below −ε, and some above ν or all within ±ε; ε is the greater of ν and 8/K² times the tolerance, since K equal
 *   bends of that size make a slice sag by the tolerance.
 * @param share tolerance as a share of the slice's range, in (0, 1)
 * @param resolution ν ≥ 0 of the sample
 * @param whole ν of the whole set, at most `resolution`: a slice is called convex by the stricter one, by which the whole set would not be
 */
export function decideSlice(
  slice: BoundedSlice,
  share: number,
  resolution: number,
  whole: number = resolution,
): SliceDecision {
  const { losses, halves } = slice;
  const last = losses.length - 1;
  const bounds = boundsOf(slice);
  const tolerance = toleranceOf(slice, share, resolution);
  const inner = bounds.slice(1, -1);
  const areHeightsKnown = halves.every((half) => half <= tolerance);

  const floor = losses.indexOf(Math.min(...losses));
  const alsoFloor: number[] = [];
  let isFloorKnown = true;
  for (const [k, loss] of losses.entries()) {
    if (k === floor) continue;
    const [above, half] = [loss - losses[floor]!, slice.halfBetween(k, floor)];
    if (above > half) continue;
    alsoFloor.push(k);
    isFloorKnown &&= within({ low: above - half, high: above + half }, tolerance);
  }

  const [lowerEnd, higherEnd] = [Math.min(losses[0]!, losses[last]!), Math.max(losses[0]!, losses[last]!)];
  const depth: Bounds = {
    low: lowerEnd - Math.min(...inner.map(({ high }) => high)),
    high: lowerEnd - Math.min(...inner.map(({ low }) => low)),
  };
  const rise: Bounds = {
    low: Math.max(...inner.map(({ low }) => low)) - higherEnd,
    high: Math.max(...inner.map(({ high }) => high)) - higherEnd,
  };
  const interior = judgeBounds(depth, resolution);
  const barrier = judgeBounds(rise, resolution);
  const areMarginsKnown =
    (interior !== null || within(depth, tolerance)) && (barrier !== null || within(rise, tolerance));

  const bends = losses.slice(1, -1).map((loss, index): Bounds => {
    const [bend, half] = [losses[index]! - 2 * loss + losses[index + 2]!, slice.halfBend(index + 1)];
    return { low: bend - half, high: bend + half };
  });
  const leastBend = Math.max(resolution, (8 * tolerance) / last ** 2);
  const isConcave = bends.some(({ high }) => high < -resolution);
  const isBentUp = bends.some(({ low }) => low > resolution);
  const isConvex = isBentUp && bends.every(({ low }) => low >= -whole);
  const isNearlyConvex = bends.every(({ low }) => low >= -leastBend);
  const isStraight = bends.every((bend) => within(bend, leastBend));
  const isShapeKnown = isConcave || isConvex || (isNearlyConvex && (isBentUp || isStraight));
  return {
    isDecided: losses.every(Number.isFinite) && areHeightsKnown && isFloorKnown && areMarginsKnown && isShapeKnown,
    floor,
    alsoFloor,
    interior_floor: interior,
    barrier,
    convex: isConcave ? false : isConvex ? true : null,
    tolerance,
  };
}

/** Yes where a margin surely exceeds the resolution, no where its opposite surely does. */
function judgeBounds({ low, high }: Bounds, resolution: number): Answer {
  return judge(low, resolution) === true ? true : judge(high, resolution) === false ? false : null;
}
