/** What every chart shares: axes, margins, legend, zoom and tooltip, on screen and on paper. */
import type { EChartsOption, XAXisComponentOption, YAXisComponentOption } from 'echarts';
import { unlimited } from '../../quantities/quantity.ts';
import type { Limits } from '../../quantities/index.ts';
import type { Readout } from '../chart.ts';
import type { ChartStyle, LineStyle } from './style.ts';
import {
  axisTitle,
  escapeHtml,
  exactTick,
  formatCount,
  formatTick,
  shortened,
  textWidth,
  tickFormatter,
  wrapped,
} from './text.ts';
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
  /** What is written under the ends instead of nothing, such as before and after. */
  ends?: [string, string];
}

/** Vertical axis of a chart. */
export interface YAxis {
  title: string;
  /** The title where there is little room. */
  short?: string;
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

/** An entry of the legend: a series by its name, drawn as its line, as its line with markers, as an icon, or as the marker of its points. */
export type LegendEntry = { name: string } & (
  { drawn: 'line' | 'marked line' | 'triangle' | 'circle' | 'rect' } | { drawn: 'marker'; marker: LineStyle['marker'] }
);

/**
 * The option without series.
 * @param note what a reader of the figure must know; written under a figure on paper, on screen the window shows it
 */
export function frame(
  style: ChartStyle,
  x: XAxis,
  y: YAxis,
  legend: LegendEntry[],
  readout: (x: number) => Readout | null,
  note: string | null = null,
): EChartsOption {
  const { palette, fontFamily, fontSize } = style;
  const screen = style.medium === 'screen';
  const hasLegend = legend.length > 1 && style.legend !== 'none';
  const above = hasLegend && style.legend === 'above';
  const scrolls = screen && legend.length > 6;
  const legendWidth = style.width - 2 * fontSize - style.corner;
  const textRoom = legendWidth - 4 * fontSize;
  const rows = !above ? 0 : scrolls ? 1 : legendRows(legend, legendWidth, textRoom, fontSize);
  const top = Math.max(fontSize * (rows === 0 ? 0.8 : 0.6 + rows * legendPitch), style.corner > 0 ? fontSize * 1.7 : 0);
  const written = screen || !style.notes || note === null ? [] : wrapped(note, style.width - 2 * fontSize, fontSize);
  const below = written.length > 0 ? 0.5 + noteHeight * written.length : 0.1;
  const bottom = fontSize * (screen ? (style.compact ? 2 : 3.4) + (x.ends ? 1 : 0) : below);
  const option: EChartsOption = {
    animation: false,
    backgroundColor: screen ? 'transparent' : palette.background,
    textStyle: { fontFamily, fontSize, color: palette.text },
    grid: screen
      ? { left: fontSize * 5.4, right: fontSize * 1.4, top, bottom, outerBoundsMode: 'none' }
      : { left: 1, right: fontSize, top, bottom, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    xAxis: xAxis(style, x),
    yAxis: yAxis(style, y, style.height - top - fontSize * 3.4),
    legend: {
      show: hasLegend,
      // by the style alone: a chart that begins empty is drawn on with the same place
      ...(style.legend === 'above' || style.legend === 'none'
        ? { top: 0, right: fontSize, width: legendWidth, itemGap: fontSize * (legendPitch - 1) }
        : inside(style, top, bottom)),
      type: scrolls ? 'scroll' : 'plain',
      data: legend.map(legendItem),
      formatter: (name) => shortened(name, textRoom, fontSize),
      padding: [fontSize * 0.3, 0],
      itemWidth: fontSize * 1.8,
      itemHeight: fontSize * 0.7,
      selectedMode: screen,
      textStyle: {
        color: palette.text,
        fontFamily,
        fontSize,
        lineHeight: fontSize,
        padding: [0, fontSize * legendGap, 0, 0],
      },
      inactiveColor: palette.hairline,
    },
  };
  if (written.length > 0)
    option.title = {
      text: written.join('\n'),
      bottom: fontSize * 0.2,
      // anchored at the right edge, however wide a reader's font is
      left: 'right',
      padding: [0, fontSize, 0, 0],
      textStyle: {
        color: palette.muted,
        fontFamily,
        fontSize,
        lineHeight: fontSize * noteHeight,
        fontWeight: 'normal',
      },
    };
  if (screen) Object.assign(option, interaction(style, readout));
  return option;
}

/** A legend in a corner of the plot; where the plot begins is known only once its labels are, see {@link placeLegend}. */
function inside({ legend, fontSize }: ChartStyle, top: number, bottom: number) {
  const [upper, left] = [legend.startsWith('top'), legend.endsWith('left')];
  return {
    orient: 'vertical' as const,
    align: 'left' as const,
    ...(upper ? { top: top + fontSize * 0.2 } : { bottom: bottom + fontSize * 3 }),
    ...(left ? { left: fontSize * 5 } : { right: fontSize * 1.4 }),
    // rows are itemGap apart, measured between texts one line high
    itemGap: fontSize * 0.35,
  };
}

/**
 * The legend of an option, moved into its corner of the plot.
 * @param plot the plot's rectangle in a drawing of the style's size, in px
 */
export function placeLegend(
  style: ChartStyle,
  plot: { x: number; y: number; width: number; height: number },
): Record<string, number> | null {
  const { legend, fontSize, width, height } = style;
  if (legend === 'above' || legend === 'none') return null;
  const gap = fontSize * 0.4;
  return {
    ...(legend.startsWith('top') ? { top: plot.y + gap } : { bottom: height - plot.y - plot.height + gap }),
    ...(legend.endsWith('left') ? { left: plot.x + gap } : { right: width - plot.x - plot.width + gap }),
  };
}

/** Height of a line of the note, in font sizes. */
const noteHeight = 1.2;

/** Distance between rows of the legend, and room after an entry's text, in font sizes. */
const legendPitch = 1.5;
const legendGap = 0.7;

const triangle = 'path://M0 10 L5.8 0 L11.6 10 Z';
/** Markers as paths, which keep their proportions in a legend. */
const markerPaths: Readonly<Record<LineStyle['marker'], string>> = {
  circle: 'circle',
  rect: 'path://M0 0 H10 V10 H0 Z',
  triangle,
  diamond: 'path://M5 0 L10 5 L5 10 L0 5 Z',
  arrow: 'path://M5 0 L10 10 L5 7.5 L0 10 Z',
};

function legendItem(entry: LegendEntry) {
  const { name, drawn } = entry;
  switch (drawn) {
    case 'marker':
      // pale points have an entry that is not
      return { name, icon: markerPaths[entry.marker], itemStyle: { opacity: 1 } };
    case 'line':
      // ECharts puts a circle on lines without markers
      return { name, itemStyle: { opacity: 0 }, lineStyle: { width: 'inherit' as const } };
    case 'marked line':
      return { name, lineStyle: { opacity: 1, width: 'inherit' as const } };
    case 'triangle':
      return { name, icon: triangle };
    default:
      return { name, icon: drawn };
  }
}

/** Number of rows that the legend takes, by an estimate of its texts' widths. */
function legendRows(legend: LegendEntry[], width: number, textRoom: number, fontSize: number): number {
  let [rows, used] = [1, 0];
  for (const { name } of legend) {
    // icon, 5 px before the text, the text and what follows it
    const wide =
      fontSize * (1.8 + legendGap + legendPitch - 1) + 5 + textWidth(shortened(name, textRoom, fontSize), fontSize);
    if (used > 0 && used + wide > width) {
      rows++;
      used = 0;
    }
    used += wide;
  }
  return rows;
}

/** Zoom and tooltip. */
function interaction(style: ChartStyle, readout: (x: number) => Readout | null): EChartsOption {
  const { palette, fontFamily, fontSize } = style;
  return {
    dataZoom: [
      {
        id: 'zoom',
        type: 'inside',
        xAxisIndex: 0,
        filterMode: 'weakFilter',
        zoomOnMouseWheel: 'ctrl',
        moveOnMouseWheel: 'shift',
        moveOnMouseMove: true,
        minValueSpan: 1,
        // the window draws what is in view only, so that every frame can
        throttle: 0,
      },
    ],
    tooltip: {
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      backgroundColor: palette.background,
      borderColor: palette.hairline,
      textStyle: { color: palette.text, fontFamily, fontSize },
      axisPointer: {
        type: 'cross',
        lineStyle: { color: palette.axis, type: 'solid', width: 1 },
        crossStyle: { color: palette.axis, type: 'solid', width: 1 },
        label: {
          backgroundColor: palette.axis,
          color: palette.background,
          fontFamily,
          fontSize,
          formatter: ({ value }) => formatTick(Number(value)),
        },
      },
      formatter: (parameters) => {
        const first = (Array.isArray(parameters) ? parameters[0] : parameters) as { axisValue?: unknown } | undefined;
        const read = first === undefined ? null : readout(Number(first.axisValue));
        return read ? readoutHtml(read) : '';
      },
    },
  };
}

/** A read-out as the inside of a tooltip. */
export function readoutHtml({ title, rows }: Readout): string {
  const lines = rows.map(
    ({ label, value }) =>
      `<tr><td style="padding-right:12px">${escapeHtml(label)}</td>` +
      `<td style="text-align:right;font-variant-numeric:tabular-nums">${escapeHtml(value)}</td></tr>`,
  );
  return `<strong>${escapeHtml(title)}</strong><table style="border-spacing:0;line-height:1.4">${lines.join('')}</table>`;
}

/** What both axes share. */
function axisStyle(style: ChartStyle) {
  const { palette, fontFamily, fontSize, lines } = style;
  return {
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.axis, width: lines.hairline } },
    axisTick: { show: true, length: fontSize * 0.35, lineStyle: { color: palette.axis, width: lines.hairline } },
    nameLocation: 'middle' as const,
    nameTextStyle: { color: palette.text, fontFamily, fontSize },
  };
}

function xAxis(style: ChartStyle, { title, whole, log = false, extent, ends }: XAxis): XAXisComponentOption {
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
    name: style.compact ? '' : style.axes.xTitle || title,
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
        const end = ends && extent ? (value === extent[0] ? ends[0] : value === extent[1] ? ends[1] : null) : null;
        return end ? `${written(value)}\n${end}` : written(value);
      },
    },
  };
}

function yAxis(style: ChartStyle, y: YAxis, room: number): YAXisComponentOption {
  const { fontFamily, fontSize, lines, palette } = style;
  const screen = style.medium === 'screen';
  const shared = {
    ...axisStyle(style),
    name: style.axes.yTitle || axisTitle(y, room, fontSize),
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
