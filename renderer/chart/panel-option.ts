/** What a panel changes of the option that a chart's builder made: room, labels, zoom and tooltip. */
import { readoutHtml } from '../../shared/charts/drawing/frame.ts';
import type { Chart } from '../../shared/charts/index.ts';
import { settledAxes, ticksInView } from './axis-labels.ts';
import { untouched, zoomWindow } from './data-zoom.ts';
import type { PanelProps } from './panel.ts';

/** What decides how a chart fits into its panel. */
export interface PanelFit extends Pick<
  PanelProps,
  'spec' | 'link' | 'domain' | 'logX' | 'small' | 'axis' | 'tooltipRows'
> {
  /** Width of the panel, in px. */
  width: number;
  /** Width of the tools in its heading, in px; null while they are not there. */
  toolsWidth: number | null;
  readout: Chart['readout'];
  /** Whether the view is being zoomed or moved: nothing is read off then. */
  isMoving: () => boolean;
}

/** An option of ECharts that is being put together. */
type Option = Record<string, unknown>;

/** The option that a panel draws. @param whole the builder's, which stays as it is */
export function panelOption(whole: Readonly<Option>, fit: PanelFit): Option {
  const { spec, link, domain, logX } = fit;
  const option: Option = { ...whole };
  if (option['xAxis']) Object.assign(option, settledAxes(option as Parameters<typeof settledAxes>[0], !!domain));
  if (domain) option['xAxis'] = { ...(option['xAxis'] as object), min: domain[0], max: domain[1] };
  if (logX)
    option['xAxis'] = {
      ...(option['xAxis'] as object),
      ...ticksInView(option['xAxis'], spec, link?.range, domain),
    };
  if (link && Array.isArray(option['dataZoom']))
    option['dataZoom'] = option['dataZoom'].map((zoom: object) => ({
      ...zoom,
      ...zoomWindow(link.range),
      // the link says how narrow a view may be
      ...(domain ? { ...untouched, minValueSpan: 0 } : {}),
      ...(logX ? { minValueSpan: 0 } : {}),
    }));
  if (spec.chart === 'slice') narrow(option, fit.width);
  if (fit.small) compress(option, fit);
  else if (fit.tooltipRows) option['tooltip'] = { ...(option['tooltip'] as object), ...shortTooltip(fit) };
  return option;
}

/** A slice stands in a narrow column: its last label, `after`, and its legend stay inside. */
function narrow(option: Option, width: number): void {
  option['grid'] = { ...(option['grid'] as object), right: 24 };
  if (width < 290) option['xAxis'] = { ...(option['xAxis'] as object), interval: 0.5 };
  option['legend'] = { ...(option['legend'] as object), left: 12, right: 'auto' };
}

/** A small panel leaves titles and values to its heading. */
function compress(option: Option, { axis, toolsWidth }: PanelFit): void {
  const { legend, xAxis, yAxis, tooltip, grid } = option as Record<string, { axisLabel?: object }>;
  option['legend'] = { ...legend, right: toolsWidth === null ? 80 : toolsWidth + 20 };
  option['tooltip'] = { ...tooltip, showContent: false };
  option['yAxis'] = { ...yAxis, name: '' };
  option['grid'] = { ...grid, top: 30, ...(axis === 'none' ? { bottom: 8 } : {}) };
  if (axis === 'none') option['xAxis'] = { ...xAxis, axisLabel: { ...xAxis?.axisLabel, show: false } };
}

/** A short tooltip in the corner away from the pointer: the linked panels' headings say the rest. */
function shortTooltip({ isMoving, readout, tooltipRows }: PanelFit) {
  return {
    formatter: (parameters: unknown): string => {
      if (isMoving()) return '';
      const first = (Array.isArray(parameters) ? parameters[0] : parameters) as { axisValue?: unknown } | undefined;
      const read = first === undefined ? null : readout(Number(first.axisValue));
      return read ? readoutHtml({ ...read, rows: read.rows.slice(0, tooltipRows) }) : '';
    },
    position: (
      [x]: number[],
      _: unknown,
      __: unknown,
      ___: unknown,
      size: { contentSize: number[]; viewSize: number[] },
    ): number[] => {
      const [room = 0, wide = 0] = [size.viewSize[0], size.contentSize[0]];
      return [x! < room / 2 ? room - wide - 16 : 72, 28];
    },
  };
}
