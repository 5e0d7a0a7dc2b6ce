/** An axis of single values side by side, words or numbers, each at a whole place from 0. */
import { exactTick, shortened, textWidth } from './text.ts';
import type { ChartStyle } from './style.ts';

/** An axis as ECharts takes it. */
type Axis = Readonly<Record<string, unknown>>;

/** Ends of an axis of `count` values: half a place beyond the first and the last. */
export const placesOf = (count: number): [number, number] => [-0.5, Math.max(0, count - 1) + 0.5];

/** A horizontal axis with a label at each place, cut to the room that each has; labels that still touch are left out. */
export function labelledX(axis: Axis, labels: readonly string[], style: ChartStyle): Axis {
  const room = (style.width * 0.86) / Math.max(1, labels.length);
  return labelled(axis, labels, (label) => shortened(label, Math.max(room, style.fontSize * 3), style.fontSize));
}

/** So many values have a tick each, at their own place on an axis of numbers. */
const fewValues = 8;

/** A horizontal axis of numbers with its ticks at the values themselves, where they are few. */
export function tickedAt(axis: Axis, values: readonly number[]): Axis {
  if (values.length === 0 || values.length > fewValues) return axis;
  return {
    ...axis,
    axisTick: { ...(axis['axisTick'] as object), customValues: values },
    axisLabel: { ...(axis['axisLabel'] as object), customValues: values, formatter: exactTick },
  };
}

/** A vertical axis with a label at each place. */
export function labelledY(axis: Axis, labels: readonly string[], style: ChartStyle): Axis {
  const shown = labels.map((label) => shortened(label, longest(style), style.fontSize));
  const wide = Math.max(0, ...shown.map((label) => textWidth(label, style.fontSize)));
  return {
    ...labelled(axis, labels, (label) => shortened(label, longest(style), style.fontSize)),
    ...(style.medium === 'screen' ? { nameGap: wide + style.fontSize * 1.4 } : {}),
  };
}

const longest = (style: ChartStyle): number => Math.min(style.width * 0.25, style.fontSize * 14);

/** Room at the left for the labels of a vertical axis and its title, in px, on screen. */
export function roomForLabels(labels: readonly string[], style: ChartStyle): number {
  const wide = Math.max(
    0,
    ...labels.map((label) => textWidth(shortened(label, longest(style), style.fontSize), style.fontSize)),
  );
  return Math.max(style.fontSize * 5.4, wide + style.fontSize * 3.2);
}

function labelled(axis: Axis, labels: readonly string[], written: (label: string) => string): Axis {
  const customValues = labels.map((_, place) => place);
  const [min, max] = placesOf(labels.length);
  return {
    ...axis,
    type: 'value',
    min,
    max,
    interval: 1,
    axisTick: { ...(axis['axisTick'] as object), customValues },
    axisLabel: {
      ...(axis['axisLabel'] as object),
      customValues,
      formatter: (place: number) => written(labels[Math.round(place)] ?? ''),
    },
    splitLine: { show: false },
  };
}
