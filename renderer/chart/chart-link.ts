/** What the charts of one view share: the zoomed range, the place under the pointer, the selected step. */
import { reactive } from 'vue';
import type { LegendPick } from './legend-pick.ts';

/** Iterations in view. */
export interface Range {
  from: number;
  to: number;
}

/** State shared by linked charts. */
export interface ChartLink {
  /** Null shows everything. */
  range: Range | null;
  /** Place of the pointer on the horizontal axis. */
  cursor: number | null;
  selected: number | null;
  /** Sets the range, from a chart. */
  zoom(range: Range | null): void;
  /** Sets the place of the pointer, from a chart. */
  point(x: number | null): void;
  /** Takes a click on an entry of a chart's legend; left out, ECharts hides its line in that chart alone. */
  pick?: (pick: LegendPick) => void;
}

/** A new link: everything in view, nothing pointed at. @param pick takes clicks on legends */
export function createChartLink(pick?: (pick: LegendPick) => void): ChartLink {
  const link: ChartLink = reactive<ChartLink>({
    range: null,
    cursor: null,
    selected: null,
    zoom: (range) => (link.range = range),
    point: (x) => (link.cursor = x),
    ...(pick ? { pick } : {}),
  });
  return link;
}

/** How narrow a view may be: one place of an axis that counts, less where a whole axis is only some units long. */
function leastOf([low, high]: readonly [number, number]): number {
  return Math.min(1, (high - low) / 20);
}

/** A range inside a domain, null when it covers all of it; at least `least` wide. */
export function clampRange(
  range: Range,
  [low, high]: readonly [number, number],
  least = leastOf([low, high]),
): Range | null {
  const span = Math.max(least, Math.min(range.to - range.from, high - low));
  const from = Math.min(Math.max(range.from, low), high - span);
  const tolerance = (high - low) * 1e-3;
  return from - low <= tolerance && high - (from + span) <= tolerance ? null : { from, to: from + span };
}

/** The range zoomed by a factor around a place; at least `least` wide. */
export function zoomed(
  range: Range | null,
  domain: readonly [number, number],
  around: number,
  factor: number,
  least = leastOf(domain),
): Range | null {
  const { from, to } = range ?? { from: domain[0], to: domain[1] };
  const span = Math.max(least, (to - from) * factor);
  const share = to > from ? Math.min(1, Math.max(0, (around - from) / (to - from))) : 0.5;
  return clampRange({ from: around - share * span, to: around + (1 - share) * span }, domain, least);
}

/** The range moved by a part of its length, as far as the domain goes. */
export function moved({ from, to }: Range, domain: readonly [number, number], by: number): Range | null {
  const step = by * (to - from);
  return clampRange({ from: from + step, to: to + step }, domain, 0);
}

/** A log axis is zoomed in to this much of a decade at the most. */
const leastOfDecade = 0.02;

/** {@link zoomed} on a log axis: by a factor of its decades. */
export function zoomedLog(
  range: Range | null,
  domain: readonly [number, number],
  around: number,
  factor: number,
): Range | null {
  const [low, high] = [Math.log10(domain[0]), Math.log10(domain[1])];
  return placed(zoomed(range && logged(range), [low, high], Math.log10(around), factor, leastOfDecade));
}

/** {@link moved} on a log axis: by a part of its decades. */
export function movedLog(range: Range, domain: readonly [number, number], by: number): Range | null {
  return placed(moved(logged(range), [Math.log10(domain[0]), Math.log10(domain[1])], by));
}

/** {@link clampRange} on a log axis. */
export function clampLog(range: Range, domain: readonly [number, number]): Range | null {
  return placed(clampRange(logged(range), [Math.log10(domain[0]), Math.log10(domain[1])], leastOfDecade));
}

const logged = ({ from, to }: Range): Range => ({ from: Math.log10(from), to: Math.log10(to) });
const placed = (range: Range | null): Range | null => range && { from: 10 ** range.from, to: 10 ** range.to };

/** The range moved so that an iteration's step is in view; the same range if it already is. */
export function revealing(range: Range | null, domain: readonly [number, number], iteration: number): Range | null {
  if (!range || (iteration >= range.from && iteration + 1 <= range.to)) return range;
  const span = range.to - range.from;
  const middle = iteration + 0.5;
  return clampRange({ from: middle - span / 2, to: middle + span / 2 }, domain);
}

/** Stretches of iterations whose slices are recorded, ends included, in order: places worth looking at. */
export function recordedStretches(iteration: Float64Array, floorAlpha: Float64Array): Range[] {
  const found: Range[] = [];
  let last: Range | null = null;
  for (let row = 0; row < iteration.length; row++) {
    if (Number.isNaN(floorAlpha[row]!)) continue;
    const t = iteration[row]!;
    if (last?.to === t - 1) last.to = t;
    else found.push((last = { from: t, to: t }));
  }
  return found;
}
