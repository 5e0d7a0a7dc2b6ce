/** The range in view as ECharts takes it and tells it. */
import type { Range } from './chart-link.ts';

/** A zoom that ECharts does not move: panZoomAxis does. */
export const untouched = { zoomOnMouseWheel: false, moveOnMouseWheel: false, moveOnMouseMove: false } as const;

/** The zoom that shows a range; without one, everything. */
export function zoomWindow(range: Range | null | undefined): Record<string, number> {
  return range ? { startValue: range.from, endValue: range.to } : { start: 0, end: 100 };
}

/** Tells ranges apart by their ends: what a chart shows already need not be set again. */
export function rangeKey(range: Range | null | undefined): string {
  return range ? `${range.from} ${range.to}` : '';
}

/** Ends of a horizontal axis; null where the data decides. */
export function endsOf(axis: unknown): readonly [number, number] | null {
  const { min, max } = (axis ?? {}) as { min?: unknown; max?: unknown };
  return typeof min === 'number' && typeof max === 'number' ? [min, max] : null;
}

/**
 * The range that ECharts tells in percent of the axis.
 * @param event its `datazoom`, alone or in a batch
 * @param ends the axis's ends
 * @returns null for everything; undefined where the event tells no range
 */
export function toldRange(event: unknown, [low, high]: readonly [number, number]): Range | null | undefined {
  const { batch, ...own } = event as { batch?: { start?: number; end?: number }[]; start?: number; end?: number };
  const { start, end } = batch?.[0] ?? own;
  if (start === undefined || end === undefined) return undefined;
  const span = (high - low) / 100;
  return start <= 0.05 && end >= 99.95 ? null : { from: low + start * span, to: low + end * span };
}
