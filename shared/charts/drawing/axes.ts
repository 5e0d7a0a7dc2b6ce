/** The axes of every chart: ends, ticks, titles and limits. */
import type { XAXisComponentOption, YAXisComponentOption } from 'echarts';
import { unlimited } from '../../quantities/quantity.ts';
import type { Limits } from '../../quantities/index.ts';
import type { ChartStyle } from './style.ts';
import { axisTitle, drawnSymbol, exactTick, formatCount, formatTick, richStyles, tickFormatter } from './text.ts';
import { drawableEnds, isOrdinary, logPlaces, logTicks, niceTicks } from './ticks.ts';

/** Horizontal axis of a chart. */
export interface XAxis {
  title: string;
  /** Whole numbers only: iterations and epochs. */
  whole: boolean;
  /** Logarithmic: everything that is drawn lies above zero. */
  log?: boolean;
  /** First and last place that is drawn; null when there is nothing. */
  extent: [number, number] | null;
  /** What is written under 0 and 1, such as before and after. */
  ends?: [string, string];
}

/** Vertical axis of a chart. */
export interface YAxis {
  title: string;
  /** The title where there is little room. */
  short?: string | readonly string[];
  symbol: string;
  unit: string | null;
  log: boolean;
  /** Smallest and greatest value that is drawn. */
  extent: [number, number] | null;
  /** Whether the axis ends at the extent on screen too, where it otherwise ends at round numbers. */
  pinned?: boolean;
  /** Whole numbers only: counts. */
  whole?: boolean;
  /** What the axis never passes, and how much of it is always shown, on an axis that is not logarithmic. */
  limits?: Limits;
}

/** What both axes share. */
function axisStyle(style: ChartStyle) {
  const { palette, fontSize, lines } = style;
  return {
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.axis, width: lines.hairline } },
    axisTick: { show: true, length: fontSize * 0.35, lineStyle: { color: palette.axis, width: lines.hairline } },
    nameLocation: 'middle' as const,
  };
}

/** The title of an axis, which may hold a symbol's subscripts. */
function named(name: string, { palette, fontFamily, fontSize }: ChartStyle) {
  return { name, nameTextStyle: { color: palette.text, fontFamily, fontSize, ...richStyles(name, fontSize) } };
}

/** The horizontal axis as ECharts draws it, its ticks round numbers within the span that is drawn. */
export function xAxis(
  style: ChartStyle,
  { title, whole, log = false, extent: own, ends }: XAxis,
): XAXisComponentOption {
  const { x: common } = style.axes;
  const extent: XAxis['extent'] = own && common ? [common.from, common.to] : own;
  const { fontFamily, fontSize, palette } = style;
  const paper = style.medium === 'paper';
  const ticks = !extent
    ? undefined
    : log
      ? logPlaces(...extent, whole)
      : paper || !isOrdinary(extent)
        ? niceTicks(...extent, 7, whole ? 1 : 0)
        : undefined;
  const written = whole ? formatCount : ticks && !log ? tickFormatter(ticks) : formatTick;
  const shared = axisStyle(style);
  return {
    type: log ? 'log' : 'value',
    ...shared,
    axisTick: { ...shared.axisTick, ...(ticks ? { customValues: ticks } : {}) },
    ...named(style.compact ? '' : style.axes.xTitle || title, style),
    nameGap: fontSize * (ends ? 2.9 : 1.9),
    min: extent ? extent[0] : 'dataMin',
    max: extent ? extent[1] : 'dataMax',
    ...(ticks && extent && !log ? ownInterval(...extent) : {}),
    ...(whole && !log ? { minInterval: 1 } : {}),
    splitLine: { show: false },
    axisLabel: {
      color: palette.muted,
      fontFamily,
      fontSize,
      margin: fontSize * 0.55,
      hideOverlap: true,
      ...(ticks ? { customValues: ticks } : {}),
      formatter: (value: number) => {
        const end = value === 0 ? ends?.[0] : value === 1 ? ends?.[1] : null;
        return end ? `${written(value)}\n${end}` : written(value);
      },
    },
  };
}

/** The vertical axis as ECharts draws it. @param room that its labels have, in px of height */
export function yAxis(style: ChartStyle, y: YAxis, room: number): YAXisComponentOption {
  const { fontFamily, fontSize, lines, palette } = style;
  const screen = style.medium === 'screen';
  const shared = {
    ...axisStyle(style),
    ...named(style.axes.yTitle || axisTitle(y, room, fontSize, drawnSymbol(style.medium)), style),
    nameGap: screen ? fontSize * 4 : fontSize * 0.6,
    splitLine: { show: screen, lineStyle: { color: palette.grid, width: lines.hairline } },
  };
  const label = {
    color: palette.muted,
    fontFamily,
    fontSize,
    margin: fontSize * 0.55,
    hideOverlap: true,
    // ECharts chooses round ticks for whatever the zoom shows
    formatter: exactTick,
  };
  const wanted = Math.max(2, Math.min(5, Math.floor(room / (fontSize * 2.6))));
  const limits = y.limits ?? unlimited;
  const { most } = limits;
  /** Whether the axis is left to end at round numbers. */
  const rounded = !y.extent || (screen && !y.pinned && isOrdinary(y.extent));
  if (!y.log)
    return {
      type: 'value',
      ...shared,
      axisLabel: label,
      scale: limits.shows === 'data',
      splitNumber: wanted,
      boundaryGap: [0, '4%'],
      ...(y.whole ? { minInterval: 1 } : {}),
      ...(y.extent && !rounded ? tight(y, y.extent, wanted, shared.axisTick, label) : {}),
      ...(screen && rounded && most !== null
        ? { max: ({ max }: { max: number }) => (max > 0.95 * most && max <= most ? most : null) }
        : {}),
      ...(limits.shows === 'both' ? { min: limits.least, max: limits.most } : {}),
      ...chosenEnds(style, y, wanted, shared.axisTick, label),
    };
  const ticks = y.extent ? logTicks(...y.extent, wanted) : undefined;
  const fixed = screen && !y.pinned ? null : y.extent;
  return {
    type: 'log',
    ...shared,
    // the extent knows of bands too; without them, on screen, what the zoom shows
    min: ({ min }) => (fixed ? fixed[0] : min > 0 ? min : 0.105) / 1.05,
    max: ({ max }) => Math.min(Number.MAX_VALUE, (fixed ? fixed[1] : max > 0 ? max : 1 / 1.05) * 1.05),
    ...(ticks ? ticked(ticks, shared.axisTick, label) : { axisLabel: label }),
    ...chosenEnds(style, y, wanted, shared.axisTick, label),
  };
}

/** The ends that the figure's author chose, with ticks that fit them; an end that is left open stays with the data. */
function chosenEnds({ axes }: ChartStyle, y: YAxis, wanted: number, tick: object, label: object) {
  if (!axes.y || !y.extent || (axes.y.from === null && axes.y.to === null)) return {};
  const data = y.log
    ? { min: y.extent[0] / 1.05, max: Math.min(Number.MAX_VALUE, y.extent[1] * 1.05) }
    : tight(y, y.extent, wanted, tick, label);
  const chosen = [axes.y.from ?? data.min, axes.y.to ?? data.max] as const;
  if (!(chosen[0] < chosen[1])) return {};
  const [min, max] = y.log ? chosen : drawableEnds(chosen);
  const ticks = y.log ? logTicks(min, max, wanted) : niceTicks(min, max, wanted + 1, y.whole ? 1 : 0);
  return { min, max, ...(y.log ? {} : ownInterval(min, max)), ...ticked(ticks, tick, label) };
}

/**
 * A distance between ticks of the library's own, though none are drawn: left to itself it chooses one that it rounds to 20 decimals,
 * and stops with an internal error where that is nothing.
 */
function ownInterval(min: number, max: number): { interval: number } {
  return { interval: max / 5 - min / 5 };
}

/** Ticks at given places, whose labels tell them apart. */
function ticked(ticks: number[], tick: object, label: object) {
  return {
    axisTick: { ...tick, customValues: ticks },
    axisLabel: { ...label, customValues: ticks, formatter: tickFormatter(ticks) },
  };
}

/** Limits close around the values with round ticks inside: paper has no room to spare. */
function tight(y: YAxis, extent: [number, number], wanted: number, tick: object, label: object) {
  const [low, high] = drawableEnds(extent);
  // values that differ by less than the ticks could tell are drawn as one value
  const pad = (low === extent[0] && high === extent[1] ? high - low : Math.abs(high) || 1) * 0.05;
  const [min, max] = tightEnds(y.limits ?? unlimited, low, high, pad);
  const ticks = niceTicks(min, max, wanted + 1, y.whole ? 1 : 0);
  return { min, max, ...ownInterval(min, max), ...ticked(ticks, tick, label) };
}

/** Ends of an axis close around values; limits that all of them lie beyond do not count. */
function tightEnds(limits: Limits, low: number, high: number, pad: number): [number, number] {
  if (limits.shows === 'both') return [limits.least, limits.most];
  const floor = limits.least !== null && high > limits.least ? limits.least : -Infinity;
  const ceiling = limits.most !== null && low < limits.most ? limits.most : Infinity;
  if (limits.shows === 'least')
    return [
      Math.max(floor, Math.min(limits.least, low)),
      Math.min(ceiling, high <= limits.least ? limits.least + 1 : high + 1.5 * pad),
    ];
  return [Math.max(floor, low < 0 ? low - pad : Math.max(0, low - pad)), Math.min(ceiling, high + 1.5 * pad)];
}
