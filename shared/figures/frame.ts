/** What every chart shares: axes, margins, legend, zoom and tooltip, on screen and on paper. */
import type { EChartsOption, XAXisComponentOption, YAXisComponentOption } from 'echarts';
import type { Readout } from './chart.ts';
import type { ChartStyle } from './style.ts';
import { axisTitle, escapeHtml, formatCount, formatTick } from './text.ts';

/** Horizontal axis of a chart. */
export interface XAxis {
  title: string;
  /** Whole numbers only: iterations and epochs. */
  whole: boolean;
  min?: number;
  max?: number;
}

/** Vertical axis of a chart. */
export interface YAxis {
  title: string;
  symbol: string;
  unit: string | null;
  log: boolean;
  /** Smallest and greatest value that is drawn. */
  extent: [number, number] | null;
  /** Whether the axis must show zero. */
  zero?: boolean;
  /** Whole numbers only: counts. */
  whole?: boolean;
  /** Limits that are always shown, such as −1 and 1 of a cosine. */
  limits?: [number, number];
  /** A value that the axis never passes, such as 1 of a share. */
  ceiling?: number;
}

/** An entry of the legend: the series' name and, where its line says too little, an icon. */
export interface LegendEntry {
  name: string;
  icon?: string;
}

/** The option without series. */
export function frame(
  style: ChartStyle,
  x: XAxis,
  y: YAxis,
  legend: LegendEntry[],
  readout: (x: number) => Readout | null,
): EChartsOption {
  const { palette, fontFamily, fontSize } = style;
  const screen = style.medium === 'screen';
  const hasLegend = legend.length > 1;
  const top = hasLegend ? fontSize * 2.1 : fontSize * 0.8;
  const bottom = fontSize * (style.compact ? 2 : 3.4);
  const option: EChartsOption = {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily, fontSize, color: palette.text },
    grid: screen
      ? { left: fontSize * 5.4, right: fontSize * 1.4, top, bottom, outerBoundsMode: 'none' }
      : { left: 1, right: fontSize, top, bottom: 1, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    xAxis: xAxis(style, x),
    yAxis: yAxis(style, y, style.height - top - bottom),
    legend: {
      show: hasLegend,
      data: legend.map((entry) => ({ lineStyle: { opacity: 1 }, ...entry })),
      top: 0,
      right: fontSize,
      padding: screen ? [4, 0] : [2, 0],
      itemGap: fontSize,
      itemWidth: fontSize * 1.8,
      itemHeight: fontSize * 0.7,
      selectedMode: screen,
      textStyle: { color: palette.text, fontFamily, fontSize },
      inactiveColor: palette.hairline,
      ...(legend.length > 6 ? { type: screen ? ('scroll' as const) : ('plain' as const) } : {}),
    },
  };
  if (screen) Object.assign(option, interaction(style, readout));
  return option;
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
function axisLook(style: ChartStyle) {
  const { palette, fontFamily, fontSize, lines } = style;
  return {
    axisLine: { show: true, onZero: false, lineStyle: { color: palette.axis, width: lines.hairline } },
    axisTick: { show: true, length: fontSize * 0.35, lineStyle: { color: palette.axis, width: lines.hairline } },
    nameLocation: 'middle' as const,
    nameTextStyle: { color: palette.text, fontFamily, fontSize },
  };
}

function xAxis(style: ChartStyle, { title, whole, min, max }: XAxis): XAXisComponentOption {
  const { fontFamily, fontSize, palette } = style;
  return {
    type: 'value',
    ...axisLook(style),
    name: style.compact ? '' : title,
    nameGap: fontSize * 1.9,
    min: min ?? 'dataMin',
    max: max ?? 'dataMax',
    ...(whole ? { minInterval: 1 } : {}),
    splitLine: { show: false },
    axisLabel: {
      color: palette.muted,
      fontFamily,
      fontSize,
      margin: fontSize * 0.55,
      hideOverlap: true,
      showMinLabel: true,
      alignMinLabel: 'center',
      formatter: whole ? formatCount : formatTick,
    },
  };
}

function yAxis(style: ChartStyle, y: YAxis, room: number): YAXisComponentOption {
  const { fontFamily, fontSize, lines, palette } = style;
  const screen = style.medium === 'screen';
  const look = {
    ...axisLook(style),
    name: axisTitle(y, room, fontSize),
    nameGap: screen ? fontSize * 4 : fontSize * 0.6,
    splitLine: { show: screen, lineStyle: { color: palette.grid, width: lines.hairline } },
  };
  const label = {
    color: palette.muted,
    fontFamily,
    fontSize,
    margin: fontSize * 0.55,
    hideOverlap: true,
    formatter: formatTick,
  };
  const splitNumber = Math.max(2, Math.min(5, Math.floor(room / (fontSize * 2.6))));
  if (!y.log)
    return {
      type: 'value',
      ...look,
      axisLabel: label,
      scale: !y.zero,
      splitNumber,
      boundaryGap: [0, '4%'],
      ...(y.whole ? { minInterval: 1 } : {}),
      ...(y.ceiling === undefined
        ? {}
        : { max: ({ max }: { max: number }) => (max > 0.95 * y.ceiling! ? y.ceiling! : null!) }),
      ...(y.limits ? { min: y.limits[0], max: y.limits[1] } : {}),
    };
  const ticks = y.extent ? logTicks(...y.extent, splitNumber) : undefined;
  return {
    type: 'log',
    ...look,
    min: ({ min }) => (min > 0 ? min / 1.05 : 0.1),
    max: ({ max }) => (max > 0 ? max * 1.05 : 1),
    axisLabel: { ...label, ...(ticks ? { customValues: ticks } : {}) },
    axisTick: { ...look.axisTick, ...(ticks ? { customValues: ticks } : {}) },
  };
}

/** Ticks of a log axis: powers of ten, with 2 and 5 between them (or more) where the axis is short. */
export function logTicks(low: number, high: number, wanted: number): number[] {
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const inside = (ticks: number[]): number[] => ticks.filter((tick) => tick >= low / 1.05 && tick <= high * 1.05);
  const decades = (mantissas: number[]): number[] => {
    const ticks: number[] = [];
    for (let power = from; power <= to; power++)
      for (const mantissa of mantissas) ticks.push(Number(`${mantissa}e${power}`));
    return inside(ticks);
  };
  for (const mantissas of [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7]]) {
    const ticks = decades(mantissas);
    if (ticks.length >= Math.min(3, wanted)) return ticks;
  }
  // less than a factor of two: a linear ladder
  const step = niceStep((high - low) / wanted);
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step); tick * step <= high; tick++) ticks.push(Number((tick * step).toPrecision(12)));
  return ticks;
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}
