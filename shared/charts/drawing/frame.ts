/** What every chart shares: axes, margins, legend, zoom and tooltip, on screen and on paper. */
import type { EChartsOption, TitleComponentOption } from 'echarts';
import type { Readout } from '../chart.ts';
import { drawLegend } from './legend.ts';
import type { Legend, LegendEntry } from './legend.ts';
import type { ChartStyle } from './style.ts';
import { escapeHtml, formatTick, wrapped } from './text.ts';

import { xAxis, yAxis } from './axes.ts';
import type { XAxis, YAxis } from './axes.ts';
/**
 * The option without series.
 * @param note what a reader of the figure must know; written under a figure on paper, on screen the window shows it
 */
export function frame(
  style: ChartStyle,
  x: XAxis,
  y: YAxis,
  legend: readonly LegendEntry[] | Legend,
  readout: (x: number) => Readout | null,
  note: string | null = null,
): EChartsOption {
  const { palette, fontFamily, fontSize } = style;
  const screen = style.medium === 'screen';
  const written = screen || !style.notes || note === null ? [] : wrapped(note, style.width - 2 * fontSize, fontSize);
  const below = written.length > 0 ? 0.5 + noteHeight * written.length : 0.1;
  const bottom = fontSize * (screen ? (style.compact ? 2 : 3.4) + (x.ends ? 1 : 0) : below);
  const least = Math.max(fontSize * 0.8, style.corner > 0 ? fontSize * 1.7 : 0);
  const drawn = drawLegend(isList(legend) ? { entries: legend } : legend, style, { top: least, bottom });
  const top = Math.max(drawn.height, least);
  const option: EChartsOption = {
    animation: false,
    backgroundColor: screen ? 'transparent' : palette.background,
    textStyle: { fontFamily, fontSize, color: palette.text },
    grid: screen
      ? { left: fontSize * 5.4, right: fontSize * 1.4, top, bottom, outerBoundsMode: 'none' }
      : { left: 1, right: fontSize, top, bottom, outerBoundsMode: 'same', outerBoundsContain: 'all' },
    xAxis: xAxis(style, x),
    yAxis: yAxis(style, y, style.height - top - fontSize * 3.4),
    legend: drawn.option,
  };
  const titles: TitleComponentOption[] = [];
  if (written.length > 0)
    titles.push({
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
    });
  // on screen a chart is drawn on: a title that goes has to be taken away
  if (screen) titles.push(drawn.title ?? { text: '' });
  else if (drawn.title) titles.unshift(drawn.title);
  if (titles.length > 0) option.title = titles.length === 1 ? titles[0]! : titles;
  if (screen) Object.assign(option, interaction(style, readout));
  return option;
}

/** Whether a legend is told by its entries alone. */
function isList(legend: readonly LegendEntry[] | Legend): legend is readonly LegendEntry[] {
  return Array.isArray(legend);
}

/** Height of a line of the note, in font sizes. */
const noteHeight = 1.2;

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
