/**
 * Wheel and drag on the horizontal axis of a linked chart. They change the range that the charts share, which draw it once a frame:
 * ECharts would go through all its lines at every turn of the wheel, and on a log axis it moves by equal differences.
 *
 * As in other programs for charts, a drag draws a box to zoom to, Shift and a drag move what is in view, and a double click shows everything.
 * The wheel is the page's, except with Ctrl (⌘) or in the chart that has the focus; a pinch on a touch pad arrives as a wheel with Ctrl.
 */
import { clampLog, clampRange, moved, movedLog, zoomed, zoomedLog } from './chart-link.ts';
import type { ChartLink, Range } from './chart-link.ts';
import type { ECharts } from './echarts.ts';

/** The range that is moved, the axis's ends, and whether it is logarithmic. */
export interface AxisTarget {
  link: Pick<ChartLink, 'range' | 'zoom'>;
  domain: readonly [number, number];
  log: boolean;
}

/** What a chart tells about its horizontal axis. */
export interface PanZoomAxis {
  /** Null where the chart is not linked. */
  target: () => AxisTarget | null;
  /** Place on the axis under the pointer; null outside the axes. */
  placeOf: (event: { offsetX: number; offsetY: number }) => number | null;
  /** Where the axis begins and how long it is, in px. */
  axis: () => { left: number; length: number };
  /** Whether the chart has the focus of the keyboard. */
  isFocused: () => boolean;
  /** Whether nothing is drawn: its axis is a mere place then, and a view of it would stay when there is something to see. */
  isEmpty: () => boolean;
  /** Shows the box that is dragged, in px; null hides it. */
  box: (span: Range | null) => void;
}

/** A drag shorter than this many px is a click. */
const shortestDrag = 5;

/** The place at so many px from the left, within the axis. */
export function placeAt(
  { link, domain, log }: AxisTarget,
  { left, length }: ReturnType<PanZoomAxis['axis']>,
  px: number,
): number {
  const { from, to } = link.range ?? { from: domain[0], to: domain[1] };
  const share = Math.min(1, Math.max(0, (px - left) / length));
  return log ? from * (to / from) ** share : from + share * (to - from);
}

/** A turn of the wheel in px, however a browser tells it. */
function turned({ deltaX, deltaY, deltaMode }: Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode'>): number {
  const delta = Math.abs(deltaY) >= Math.abs(deltaX) ? deltaY : deltaX;
  return deltaMode === 0 ? delta : delta * 33;
}

/**
 * The factor of a zoom: a notch of a wheel (about 120 px) is a third, and so are the many small turns of a pinch together.
 * @param px how far the wheel turned; towards oneself, above zero, zooms out
 */
export function zoomFactor(px: number, pinch: boolean): number {
  return 2 ** (Math.max(-300, Math.min(300, pinch && Math.abs(px) < 40 ? 6 * px : px)) / 300);
}

/** The range after a turn of the wheel; undefined where it is the page's. */
export function wheeled(
  target: AxisTarget,
  place: number,
  event: Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
  isFocused: boolean,
): Range | null | undefined {
  const { link, domain, log } = target;
  const px = turned(event);
  const asked = event.ctrlKey || event.metaKey;
  if (px === 0 && asked) return link.range;
  if (asked || (isFocused && !event.shiftKey && Math.abs(event.deltaY) >= Math.abs(event.deltaX))) {
    // with everything in view, the page scrolls on
    if (!asked && px >= 0 && link.range === null) return undefined;
    return (log ? zoomedLog : zoomed)(link.range, domain, place, zoomFactor(px, event.ctrlKey));
  }
  if (!event.shiftKey || !link.range) return undefined;
  return (log ? movedLog : moved)(link.range, domain, Math.max(-600, Math.min(600, px)) / 1500);
}

/** Takes the turns of the wheel over a chart. @param element what holds it and is seen, whether or not the chart is */
export function wheelZoom(
  element: HTMLElement,
  { target, placeOf, axis, isFocused, isEmpty }: Omit<PanZoomAxis, 'box'>,
): void {
  const turn = (event: Event): void => {
    const wheel = event as WheelEvent;
    const now = target();
    const modified = wheel.ctrlKey || wheel.metaKey || wheel.shiftKey;
    // a chart that is not linked is zoomed by ECharts, which would keep every other turn over its axes from scrolling
    if (!now && modified) return;
    event.stopPropagation();
    if (!now || event.type !== 'wheel') return;
    const { left, top } = element.getBoundingClientRect();
    const at = { offsetX: wheel.clientX - left, offsetY: wheel.clientY - top };
    const inside = placeOf(at) !== null;
    if (!inside && !wheel.ctrlKey && !wheel.metaKey) return;
    if (isEmpty()) {
      // the page is not zoomed in its place
      if (wheel.ctrlKey || wheel.metaKey) event.preventDefault();
      return;
    }
    const range = wheeled(now, placeAt(now, axis(), at.offsetX), wheel, isFocused() && inside);
    if (range === undefined) return;
    event.preventDefault();
    now.link.zoom(range);
  };
  // on its way down, before the chart within hears of it
  for (const name of ['wheel', 'mousewheel']) element.addEventListener(name, turn, { capture: true, passive: false });
}

/** A drag over the axis: a box to zoom to, or the view moved. */
export class AxisDrag {
  readonly #axis: Pick<PanZoomAxis, 'target' | 'axis' | 'box'>;
  #held: { x: number; moves: Range | null; far: boolean } | null = null;

  constructor(axis: Pick<PanZoomAxis, 'target' | 'axis' | 'box'>) {
    this.#axis = axis;
  }

  /** What goes on. */
  get doing(): 'nothing' | 'box' | 'move' {
    return !this.#held ? 'nothing' : this.#held.moves ? 'move' : 'box';
  }

  /** The button went down within the axes. @param moving whether the view is to be moved */
  down(x: number, moving: boolean): void {
    const range = this.#axis.target()?.link.range;
    this.cancel();
    if (range === undefined || (moving && !range)) return;
    this.#held = { x, moves: moving && range ? { ...range } : null, far: false };
  }

  /** The pointer moved with the button down. */
  move(x: number): void {
    const now = this.#axis.target();
    const held = this.#held;
    if (!held || !now) return;
    if (held.moves) {
      const { length } = this.#axis.axis();
      now.link.zoom((now.log ? movedLog : moved)(held.moves, now.domain, (held.x - x) / length));
      return;
    }
    held.far ||= Math.abs(x - held.x) >= shortestDrag;
    if (held.far) this.#axis.box(this.#span(held.x, x));
  }

  /** The button was released: the view is what the box holds. */
  up(x: number): void {
    const now = this.#axis.target();
    const held = this.#held;
    this.cancel();
    // a box that was drawn back to nothing is given up
    if (!held || !now || held.moves || !held.far || Math.abs(x - held.x) < shortestDrag) return;
    const axis = this.#axis.axis();
    const { from, to } = this.#span(held.x, x);
    const range = { from: placeAt(now, axis, from), to: placeAt(now, axis, to) };
    if (range.to > range.from) now.link.zoom((now.log ? clampLog : clampRange)(range, now.domain));
  }

  /** Gives up what goes on; what has been moved stays there. */
  cancel(): void {
    this.#held = null;
    this.#axis.box(null);
  }

  /** The part of the axis between two places, in px. */
  #span(a: number, b: number): Range {
    const { left, length } = this.#axis.axis();
    const inside = (px: number): number => Math.min(left + length, Math.max(left, px));
    return { from: inside(Math.min(a, b)), to: inside(Math.max(a, b)) };
  }
}

/** Takes drags over a chart: a box zooms, with Shift the view is moved. Escape gives a box up. */
export function dragZoom(
  surface: ReturnType<ECharts['getZr']>,
  axis: Omit<PanZoomAxis, 'isFocused' | 'isEmpty'>,
): void {
  const drag = new AxisDrag(axis);
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && drag.doing !== 'nothing') {
      event.preventDefault();
      drag.cancel();
    }
  };
  surface.on('mousedown', (event) => {
    const { button, shiftKey } = event.event as unknown as MouseEvent;
    // the other buttons belong to menus, which take the release for themselves
    if (button !== 0 || axis.placeOf(event) === null || !axis.target()) return;
    if (shiftKey) event.event.preventDefault();
    drag.down(event.offsetX, shiftKey);
    document.addEventListener('keydown', escape, { capture: true });
  });
  surface.on('mousemove', (event) => {
    const { buttons, shiftKey } = event.event as unknown as MouseEvent;
    // released where nobody told
    if (buttons === 0) drag.cancel();
    if (drag.doing === 'nothing') {
      if (shiftKey && axis.target()?.link.range && axis.placeOf(event) !== null) surface.setCursorStyle('grab');
      return;
    }
    surface.setCursorStyle(drag.doing === 'move' ? 'grabbing' : 'col-resize');
    event.event.preventDefault();
    drag.move(event.offsetX);
  });
  surface.on('mouseup', (event) => {
    document.removeEventListener('keydown', escape, { capture: true });
    drag.up(event.offsetX);
  });
}
