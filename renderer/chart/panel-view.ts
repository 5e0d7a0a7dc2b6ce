/** Zooming and moving one panel: what ECharts is told of the range in view, and the dense lines thinned for it. */
import { useDebounceFn } from '@vueuse/core';
import type { Series, Window } from '../../shared/charts/drawing/thin.ts';
import { inFrame, throttled } from '../ui/throttled.ts';
import { ticksInView } from './axis-labels.ts';
import type { Range } from './chart-link.ts';
import { endsOf, rangeKey, toldRange, zoomWindow } from './data-zoom.ts';
import { insideWidth } from './panel.ts';
import type { Panel } from './panel.ts';
import { Thinning } from './thinning.ts';

/** How long a view has to rest, in milliseconds, before it is drawn finely and read off again. */
const restAfter = 200;

/** The view of one panel. */
export interface PanelView {
  /** The series of a chart to draw now. @param fresh another chart than before: a zoom of its own ends */
  begin: (series: readonly Series[], axis: unknown, fresh: boolean) => readonly Series[];
  /** Whether the range in view is the one that ECharts was told. */
  isShown: () => boolean;
  /** Says that ECharts was told the range in view. */
  shows: () => void;
  /** Draws the range that is now in view: with lines thinned anew where those that are drawn do not serve. */
  move: () => void;
  /** Takes a zoom that ECharts made itself. @param event its `datazoom` */
  take: (event: unknown) => void;
  /** Whether it is being zoomed or moved: nothing is read off then. */
  isMoving: () => boolean;
}

/** Keeps the view of a panel: the range that linked charts share, or one of its own. */
export function usePanelView(panel: Panel): PanelView {
  const { props } = panel;
  const thinning = new Thinning();
  /** The range in view of a chart that is not linked to others; null is everything. */
  let ownRange: Range | null = null;
  let shown = '';
  let moving = false;

  /** What of the horizontal axis is in view, in columns of pixels; null where its ends cannot be told. */
  function windowOf(axis: unknown): Window | null {
    const ends = endsOf(axis);
    if (!ends) return null;
    const range = (props.link ? props.link.range : ownRange) ?? { from: ends[0], to: ends[1] };
    return { ...range, columns: Math.max(100, Math.ceil(insideWidth(panel))), log: props.logX };
  }
  /** The dense lines as they are drawn for what is in view now; null where those that are drawn serve. */
  function thinned(): Series[] | null {
    if (!panel.chart.value) return null;
    const { domain } = props;
    const window = windowOf(domain ? { min: domain[0], max: domain[1] } : panel.chart.value.option.xAxis);
    return window && thinning.again(window, moving);
  }
  const rest = useDebounceFn(
    () =>
      inFrame(() => {
        moving = false;
        const series = thinned();
        if (series) panel.instance?.setOption({ series });
      }),
    restAfter,
  );
  const thinMoving = throttled(() => {
    const series = thinned();
    if (series) panel.instance?.setOption({ series });
  }, 40);

  let thinAfter = 0;
  function move(): void {
    const { instance } = panel;
    if (!instance) return;
    moving = true;
    const start = performance.now();
    const series = start < thinAfter ? null : thinned();
    // a million points are not gone through in every frame
    if (series) thinAfter = 5 * performance.now() - 4 * start;
    const zoom = zoomWindow(props.link?.range);
    shows();
    if (series || props.logX)
      instance.setOption({
        dataZoom: [{ id: 'zoom', ...zoom }],
        ...(props.logX
          ? { xAxis: ticksInView(panel.chart.value?.option.xAxis, props.spec, props.link?.range, props.domain) }
          : {}),
        ...(series ? { series } : {}),
      });
    else instance.dispatchAction({ type: 'dataZoom', dataZoomId: 'zoom', ...zoom }, { silent: true, flush: true });
    void rest();
  }
  function take(event: unknown): void {
    const { link, domain } = props;
    const ends = domain ?? endsOf(panel.chart.value?.option.xAxis);
    const range = ends ? toldRange(event, ends) : undefined;
    if (range === undefined) return;
    if (link && domain) {
      link.zoom(range);
      return;
    }
    ownRange = range;
    moving = true;
    thinMoving();
    void rest();
  }
  function shows(): void {
    shown = rangeKey(props.link?.range);
  }
  return {
    begin: (series, axis, fresh) => {
      if (fresh) ownRange = null;
      return thinning.begin(series, windowOf(axis));
    },
    isShown: () => rangeKey(props.link?.range) === shown,
    shows,
    move,
    take,
    isMoving: () => moving,
  };
}
