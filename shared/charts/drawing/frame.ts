/** What every chart shares: axes, margins, legend, zoom and tooltip, on screen and on paper. */
import type { EChartsOption } from 'echarts';
import type { Readout } from '../chart.ts';
import type { ChartStyle, LineStyle } from './style.ts';
import { escapeHtml, formatTick, shortened, textWidth, wrapped } from './text.ts';

import { xAxis, yAxis } from './axes.ts';
import type { XAxis, YAxis } from './axes.ts';
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
