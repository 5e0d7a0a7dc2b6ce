/**
 * Wheel and drag on the horizontal axis of a linked chart. They change the range that the charts share, which draw it once a frame:
 * ECharts would go through all its lines at every turn of the wheel, and on a log axis it moves by equal differences.
 */
import { moved, movedLog, zoomed, zoomedLog } from './chart-link.ts';
import type { ChartLink, Range } from './chart-link.ts';
import type { ECharts } from './echarts.ts';

/** What a chart tells about its horizontal axis. */
interface PanZoomAxis {
  /** The range that is moved, the axis's ends, and whether it is logarithmic; null where the chart is not linked. */
  target: () => { link: ChartLink; domain: readonly [number, number]; log: boolean } | null;
  /** Place on the axis under the pointer; null outside the axes. */
  placeOf: (event: { offsetX: number; offsetY: number }) => number | null;
  /** Length of the axis in px. */
  length: () => number;
}

/** Factor of a zoom and part of the view of a move, by how far the wheel turns at once. */
function notch(delta: number): { zoom: number; move: number } {
  const size = Math.abs(delta);
  return size > 3 ? { zoom: 1.4, move: 0.4 } : size > 1 ? { zoom: 1.2, move: 0.15 } : { zoom: 1.1, move: 0.05 };
}

/**
 * Leaves the wheel to the page unless Ctrl or Shift is held: ECharts's zoom keeps every turn over its axes from scrolling, whatever it does with it.
 * @param element what holds the chart
 */
export function scrollPast(element: Pick<HTMLElement, 'addEventListener'>): void {
  const pass = (event: Event): void => {
    const { ctrlKey, shiftKey } = event as WheelEvent;
    if (!ctrlKey && !shiftKey) event.stopPropagation();
  };
  // on its way down, before the chart within hears of it
  for (const name of ['wheel', 'mousewheel']) element.addEventListener(name, pass, { capture: true, passive: true });
}

/** Zooms with Ctrl and the wheel, moves with Shift and the wheel or by dragging. */
export function panZoomAxis(surface: ReturnType<ECharts['getZr']>, { target, placeOf, length }: PanZoomAxis): void {
  let held: { x: number; range: Range } | null = null;
  surface.on('mousewheel', (event) => {
    const now = target();
    const place = placeOf(event);
    const { ctrlKey, shiftKey } = event.event as unknown as WheelEvent;
    const towards = Math.sign(event.wheelDelta);
    if (!now || place === null || !towards || !(ctrlKey || shiftKey)) return;
    event.event.preventDefault();
    const { link, domain, log } = now;
    const by = notch(event.wheelDelta);
    if (ctrlKey) link.zoom((log ? zoomedLog : zoomed)(link.range, domain, place, by.zoom ** -towards));
    else if (link.range) link.zoom((log ? movedLog : moved)(link.range, domain, -towards * by.move));
  });
  surface.on('mousedown', (event) => {
    // the other buttons belong to menus, which take the release for themselves
    if ((event.event as unknown as MouseEvent).button !== 0) return;
    const range = target()?.link.range;
    held = range && placeOf(event) !== null ? { x: event.offsetX, range: { ...range } } : null;
  });
  surface.on('mousemove', (event) => {
    const now = target();
    if (!now?.link.range) return;
    // released where nobody told
    if ((event.event as unknown as MouseEvent).buttons === 0) held = null;
    if (!held) {
      if (placeOf(event) !== null) surface.setCursorStyle('grab');
      return;
    }
    surface.setCursorStyle('grabbing');
    event.event.preventDefault();
    now.link.zoom((now.log ? movedLog : moved)(held.range, now.domain, (held.x - event.offsetX) / length()));
  });
  surface.on('mouseup', () => {
    held = null;
  });
}
