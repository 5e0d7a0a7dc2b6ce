/**
 * Ends and ticks of axes, for any numbers: the least and the greatest of float64, ends a rounding apart, none at all. ECharts is handed
 * only ends and ticks from here, because its own rounding to 20 decimals knows no smaller numbers.
 */

/** Ends of an axis are at least so far apart, relative to the greater: its ticks have twelve digits to differ in. */
const relativeSpan = 1e-10;

/** And absolutely: below it float64 has no digits left to divide an axis with. */
export const leastSpan = 1e-300;

/** The furthest end on both sides: the distance between two such ends is a float64 too. */
const furthest = 8e307;

/** More ticks than an axis or a set of isolines ever asks for. */
const mostTicks = 200;

/**
 * Ends that an axis can have: finite, in ascending order and apart. Ends too near to each other keep the lower; equal ones are moved apart by
 * a tenth of their size, so that one value stands on a readable axis.
 * @param least smallest distance between them
 */
export function drawableEnds([from, to]: readonly [number, number], least = 0): [number, number] {
  const [one, other] = [clamped(from), clamped(to)];
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  const size = Math.max(-low, high);
  const enough = Math.max(least, relativeSpan * size, leastSpan);
  // a sum that was rounded is far enough
  if (high - low >= enough * (1 - 1e-5)) return [low, high];
  const apart = low === high && least < enough ? Math.max(enough, size * 0.1 || 1) : enough;
  return low + apart <= furthest ? [low, low + apart] : [high - apart, high];
}

/** Whether an author's ends can be an axis as they are; the message says what they must be. */
export const farApart = {
  holds: ({ from, to }: { from: number | null; to: number | null }): boolean => {
    if ([from, to].some((end) => end !== null && Math.abs(end) > furthest)) return false;
    return from === null || to === null || to - from >= Math.max(relativeSpan * Math.max(-from, to), leastSpan);
  },
  message: 'the ends of an axis lie within ±8×10³⁰⁷ and differ in their first ten digits; choose ends further apart',
} as const;

/** A number within what an axis can show; NaN becomes 0. */
function clamped(value: number): number {
  return Number.isNaN(value) ? 0 : Math.max(-furthest, Math.min(furthest, value));
}

/** Whether ECharts finds round ticks between two ends by itself: its decimals are enough for them, and they are told apart. */
export function isOrdinary([low, high]: readonly [number, number]): boolean {
  const span = high - low;
  const size = Math.max(Math.abs(low), Math.abs(high));
  // one value is given room by ECharts, by its size
  const room = span === 0 ? size : span;
  return Number.isFinite(span) && (size === 0 || (room >= 1e-12 && room >= relativeSpan * size));
}

/**
 * Round numbers between two limits: multiples of 1, 2 or 5 times a power of ten, at most 200 of them, ascending. None where a limit is no
 * finite number or the limits are out of order.
 * @param most at most so many, or a few more
 * @param smallest smallest distance between them
 */
export function niceTicks(low: number, high: number, most: number, smallest = 0): number[] {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high) return [];
  const size = Math.max(Math.abs(low), Math.abs(high));
  // no closer than what the digits below tell apart; the quotients do not overflow where the difference does
  const finest = size * 1e-11;
  const step = Math.max(niceStep(Math.max(high / most - low / most, finest)), smallest);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.min(mostTicks, Math.floor(high / step + 1e-9) - first + 1);
  const ticks: number[] = [];
  for (let index = 0; index < count; index++) {
    const tick = Number(((first + index) * step).toPrecision(12));
    if (Number.isFinite(tick)) ticks.push(tick);
  }
  return ticks;
}

/** Ticks of a horizontal log axis: ECharts by itself has powers of ten only, of which a zoomed axis may have none. */
export function logPlaces(low: number, high: number, whole: boolean): number[] {
  return logTicks(low, high, 4).filter((tick) => !whole || Number.isInteger(tick));
}

/**
 * Ticks of a log axis: powers of ten, with 2 and 5 between them (or more) where the axis is short, only every few decades where it is long.
 * None unless both ends are finite, in order and above zero.
 */
export function logTicks(low: number, high: number, wanted: number): number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  // as many as fit a label each, and not fewer than there have always been
  const stride = Math.ceil((to - from) / 30) || 1;
  const inside = (ticks: number[]): number[] => ticks.filter((tick) => tick >= low / 1.05 && tick / 1.05 <= high);
  const decades = (mantissas: number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.ceil(from / stride) * stride; power <= to; power += stride)
      for (const mantissa of mantissas) ticks.push(Number(`${mantissa}e${power}`));
    // the least floats are several multiples of a power at once
    return [...new Set(inside(ticks))].filter((tick) => tick > 0 && Number.isFinite(tick));
  };
  for (const mantissas of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]]) {
    const ticks = decades(mantissas);
    if (ticks.length >= Math.min(3, wanted)) return ticks;
  }
  // less than a factor of two: a linear ladder
  return niceTicks(low, high, wanted).filter((tick) => tick > 0);
}

/** The least of 1, 2 and 5 times a power of ten that is at least so great; 1 for what is not above 0. */
export function niceStep(rough: number): number {
  if (!(rough > 0)) return 1;
  const size = Math.max(rough, leastSpan * 1e-3);
  const power = 10 ** Math.floor(Math.log10(size));
  return ([1, 2, 5, 10].find((factor) => factor * power >= size) ?? 10) * power;
}
