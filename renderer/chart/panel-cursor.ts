/** The pointer of linked charts and the selected step, as they stand in one panel; both move without drawing the chart again. */
import { shallowReactive } from 'vue';
import type { Margins, Panel } from './panel.ts';

/** Where something stands, as CSS of an element in the panel. */
export type Box = Record<'left' | 'width' | 'top' | 'bottom', string>;

/** Where hairline and mark stand. */
export interface CursorPlaces {
  /** The hairline at the pointer of a linked chart, in px from the left; null where there is none. */
  at: number | null;
  /** The selected step; null where it is out of view. */
  mark: Box | null;
  /** The box that is dragged to zoom to it; null where none is. */
  box: Box | null;
}

/** A place in the panel, in px. */
type Place = Readonly<{ offsetX: number; offsetY: number }>;

/**
 * The mark of a step, as far as it is in view; at least 2 px wide.
 * @param from where the step begins, in px @param to where it ends
 * @param width width of the panel, in px
 */
export function markBox(from: number, to: number, margins: Margins, width: number): Box | null {
  const end = width - margins.right;
  const left = Math.max(margins.left, from);
  const wide = Math.min(end, Math.max(to, from + 2)) - left;
  if (wide <= 0 || left >= end) return null;
  return { left: `${left}px`, width: `${wide}px`, top: `${margins.top}px`, bottom: `${margins.bottom}px` };
}

/** The cursor of one panel. */
export interface PanelCursor {
  readonly places: Readonly<CursorPlaces>;
  /** Puts the hairline where the linked charts point at. */
  follow: () => void;
  /** Puts the mark on the selected step. */
  mark: () => void;
  /** Shows the box that is dragged. @param span its ends in px; null where there is none */
  box: (span: { from: number; to: number } | null) => void;
  /** Place on the horizontal axis under a pixel; null outside the axes. */
  placeOf: (place: Place) => number | null;
  /** Tells the linked charts where the pointer is. @param place null where it left the panel */
  point: (place: Place | null) => void;
}

/** Keeps the cursor of a panel. */
export function usePanelCursor(panel: Panel): PanelCursor {
  const { props } = panel;
  const places = shallowReactive<CursorPlaces>({ at: null, mark: null, box: null });
  /** Whether the pointer is in this panel, where the tooltip shows its own line. */
  let pointing = false;
  const isDrawn = (): boolean => panel.chart.value !== null && !panel.chart.value.empty;

  function mark(): void {
    const { instance, margins } = panel;
    const selected = props.link?.selected;
    if (!instance || !margins || selected === null || selected === undefined || !isDrawn()) {
      places.mark = null;
      return;
    }
    const pixel = (x: number): number => instance.convertToPixel({ xAxisIndex: 0 }, x);
    places.mark = markBox(pixel(selected), pixel(selected + 1), margins, panel.width.value);
  }
  function follow(): void {
    const { instance } = panel;
    const x = props.link?.cursor;
    if (!instance || x === null || x === undefined || pointing || !isDrawn()) {
      places.at = null;
      return;
    }
    const px = instance.convertToPixel({ xAxisIndex: 0 }, x);
    places.at = instance.containPixel({ gridIndex: 0 }, [px, panel.height.value / 2]) ? px : null;
  }
  function box(span: { from: number; to: number } | null): void {
    if (!span && !places.box) return;
    places.box = span && panel.margins ? markBox(span.from, span.to, panel.margins, panel.width.value) : null;
  }
  function placeOf({ offsetX, offsetY }: Place): number | null {
    const { instance } = panel;
    if (!instance || !isDrawn() || !instance.containPixel({ gridIndex: 0 }, [offsetX, offsetY])) return null;
    return instance.convertFromPixel({ xAxisIndex: 0 }, offsetX);
  }
  function point(place: Place | null): void {
    if (place && !props.link) return;
    const x = place && placeOf(place);
    pointing = x !== null;
    props.link?.point(x);
  }
  return { places, follow, mark, box, placeOf, point };
}
