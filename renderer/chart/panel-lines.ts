/** The layer of many long lines in one panel: where its lines lie, when they are drawn, and what the legend does with them. */
import type { Window } from '../../shared/charts/drawing/thin.ts';
import type { ECharts } from './echarts.ts';
import { along, LineCanvas } from './line-canvas.ts';
import type { Drawing, Scale } from './line-canvas.ts';
import { LineLayer } from './line-layer.ts';
import { insideWidth } from './panel.ts';
import type { Panel } from './panel.ts';

/** How strongly lines are drawn while the legend points at another one, and how much wider that one is; as ECharts does by the chart's option. */
const blurred = 0.15;
const emphasised = 1.8;

/** The lines of one panel that are drawn beside ECharts. */
export interface PanelLines {
  isActive: () => boolean;
  /** Begins with a chart; see {@link LineLayer.begin}. */
  begin: LineLayer['begin'];
  /** Goes through the lines for a window; see {@link LineLayer.scan}. */
  scan: LineLayer['scan'];
  /** Draws what was gone through last. @param isShown whether ECharts shows that window */
  draw: (window: Window, moving: boolean, isShown: boolean) => void;
  /** Listens to the legend. @param changed is called when lines are hidden or shown again */
  open: (instance: ECharts, element: HTMLElement, changed: () => void) => void;
  end: () => void;
}

/** Keeps the lines of a panel. */
export function usePanelLines(panel: Panel): PanelLines {
  const layer = new LineLayer();
  let canvas: LineCanvas | null = null;
  let beside: HTMLElement | null = null;
  /** The entry of the legend under the pointer. */
  let pointed: string | null = null;
  let last: Drawing | null = null;

  /** Where places and values lie in px; null where nothing is in view. */
  function scaleOf(window: Window, isShown: boolean): Scale | null {
    const { instance, margins, props } = panel;
    const { low, high } = layer.view;
    if (!instance || !margins || low > high) return null;
    const pixels = (axis: object, [a, b]: readonly [number, number]): [number, number] => [
      instance.convertToPixel(axis, a),
      instance.convertToPixel(axis, b),
    ];
    const values = [low, high > low ? high : panel.log.value ? 2 * low : low + (Math.abs(low) || 1)] as const;
    const places = [window.from, window.to] as const;
    const left = margins.left;
    return {
      // ECharts rounds the ends of what it shows
      x: along(
        places,
        isShown ? pixels({ xAxisIndex: 0 }, places) : [left, left + insideWidth(panel)],
        props.logX ?? false,
      ),
      y: along(values, pixels({ yAxisIndex: 0 }, values), panel.log.value),
    };
  }
  function draw(window: Window, moving: boolean, isShown: boolean): void {
    if (!beside || !panel.margins) return;
    const scale = scaleOf(window, isShown);
    if (!scale) {
      canvas?.clear();
      return;
    }
    const { margins } = panel;
    const [width, height] = [panel.width.value, panel.height.value];
    const names = layer.drawn.map(({ name }) => name);
    last = {
      view: layer.view,
      look: (line) => {
        const look = layer.lookAt(line, moving);
        return pointed === names[line] ? { ...look, width: look.width * emphasised } : look;
      },
      opacity: (line) => (pointed === null || pointed === names[line] ? 1 : blurred),
      scale,
      plot: {
        left: margins.left,
        top: margins.top,
        width: insideWidth(panel),
        height: height - margins.top - margins.bottom,
      },
      width,
      height,
    };
    canvas ??= new LineCanvas(beside);
    if (moving) canvas.draw(last);
    else canvas.refine(last);
  }
  function point(event: unknown): void {
    const { type, seriesName } = event as { type?: string; seriesName?: string };
    // the pointer over the plot highlights as well: points, by their series' number
    if (seriesName === undefined || !layer.isActive) return;
    // lines that do not stand out do not make others stand back
    const isEmphasised = layer.drawn.some((line) => line.isEmphasised && line.name === seriesName);
    pointed = type === 'highlight' && isEmphasised ? seriesName : null;
    if (last) canvas?.refine(last);
  }
  return {
    isActive: () => layer.isActive,
    begin: (series, window, isFresh) => {
      // the entry under the pointer may be there no more, and nothing tells when the pointer leaves it
      if (isFresh) pointed = null;
      const rest = layer.begin(series, window, isFresh);
      if (!layer.isActive) {
        canvas?.clear();
        last = null;
      }
      return rest;
    },
    scan: (window, moving) => layer.scan(window, moving),
    draw,
    open: (instance, element, changed) => {
      beside = element;
      instance.on('highlight', point);
      instance.on('downplay', point);
      instance.on('legendselectchanged', (event) => {
        // it is put back at once, and the line hidden in all charts
        if (panel.props.link?.pick) return;
        layer.select((event as { selected: Record<string, boolean> }).selected);
        if (layer.isActive) changed();
      });
    },
    end: () => {
      layer.end();
      canvas?.remove();
      canvas = null;
      last = null;
    },
  };
}
