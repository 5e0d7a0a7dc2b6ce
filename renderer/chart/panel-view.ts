/** Zooming and moving one panel: what ECharts is told of the range in view, and the dense lines thinned for it. */
import { useDebounceFn } from '@vueuse/core';
import type { Series, Window } from '../../shared/charts/drawing/thin.ts';
import { inFrame, throttled } from '../ui/throttled.ts';
import { ticksInView } from './axis-labels.ts';
import type { Range } from './chart-link.ts';
import { endsOf, rangeKey, toldRange, zoomWindow } from './data-zoom.ts';
import { insideWidth } from './panel.ts';
import type { Panel } from './panel.ts';
import type { ECharts } from './echarts.ts';
import { FrameTime } from './frame-time.ts';
import { usePanelLines } from './panel-lines.ts';
import { Thinning } from './thinning.ts';

/** How long a view has to rest, in milliseconds, before it is drawn finely and read off again. */
const restAfter = 100;
/** The same where frames take long: a gesture that is shown slowly has not come to rest between two of them. */
const longestRest = 400;

/** So often a rest is put off because the range has gone on meanwhile: a panel that is out of view does not follow it. */
const mostPutOff = 5;

/** Milliseconds of a frame that all panels together have for what ECharts draws of them while a gesture lasts. */
const axesTime = new FrameTime(6);

/** The view of one panel. */
export interface PanelView {
  /** Begins to draw with an instance. @param element what it draws in */
  open: (instance: ECharts, element: HTMLElement) => void;
  /** The series of a chart to draw now. @param fresh another chart than before: a zoom of its own ends, and its legend hides nothing */
  begin: (series: readonly Series[], axis: unknown, fresh: boolean) => readonly Series[];
  /** Draws what ECharts does not, once it has drawn. */
  complete: () => void;
  /** Draws in another size. */
  resize: () => void;
  end: () => void;
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
  /** What draws the whole chart for a view that has come to rest. @param draw tells whether it did; else what is in view is drawn finely */
  onRest: (draw: () => boolean) => void;
}

/** Keeps the view of a panel: the range that linked charts share, or one of its own. */
export function usePanelView(panel: Panel): PanelView {
  const { props } = panel;
  const thinning = new Thinning();
  const lines = usePanelLines(panel);
  /** The range in view of a chart that is not linked to others; null is everything. */
  let ownRange: Range | null = null;
  let shown = '';
  let moving = false;
  /** What the last frame of a gesture took, in milliseconds. */
  let frameTime = 0;
  function timeFrame(): void {
    const start = performance.now();
    requestAnimationFrame(() => (frameTime = performance.now() - start));
  }

  /** What of the horizontal axis is in view, in columns of pixels; null where its ends cannot be told. */
  function windowOf(axis: unknown): Window | null {
    const ends = endsOf(axis);
    if (!ends) return null;
    const range = (props.link ? props.link.range : ownRange) ?? { from: ends[0], to: ends[1] };
    return { ...range, columns: Math.max(100, Math.ceil(insideWidth(panel))), log: props.logX };
  }
  /** What is in view now; null before it is painted. */
  function windowNow(): Window | null {
    if (!panel.chart.value) return null;
    const { domain } = props;
    return windowOf(domain ? { min: domain[0], max: domain[1] } : panel.chart.value.option.xAxis);
  }
  /** The dense lines as they are drawn for what is in view now; null where those that are drawn serve. */
  function thinned(): Series[] | null {
    const window = windowNow();
    return window && thinning.again(window, moving);
  }
  const isShown = (): boolean => rangeKey(props.link?.range) === shown;
  const ticks = (): object =>
    props.logX
      ? { xAxis: ticksInView(panel.chart.value?.option.xAxis, props.spec, props.link?.range, props.domain) }
      : {};
  /** Has ECharts show the range in view with other series. */
  function tell(series: readonly Series[]): void {
    const dataZoom = [{ id: 'zoom', ...zoomWindow(props.link?.range) }];
    panel.instance?.setOption({ dataZoom, ...ticks(), series: [...series] });
    shows();
  }
  /** When ECharts may be told again. */
  let tellAfter = 0;
  /**
   * Draws the layer's lines for what is in view. While it moves, ECharts has a quarter of the time for its part, axes and labels, and none of a
   * frame that other panels took.
   */
  function drawLines(): void {
    const window = windowNow();
    if (!window) return;
    const series = lines.scan(window, moving);
    if (!moving) tell(series);
    else if (performance.now() >= tellAfter)
      axesTime.tryIn(document.timeline.currentTime, () => {
        const start = performance.now();
        tell(series);
        tellAfter = 4 * performance.now() - 3 * start;
      });
    lines.draw(window, moving, isShown());
  }
  let drawWhole = (): boolean => false;
  /** The range that the view moved to last, and how often its rest was put off since. */
  let movedTo = '';
  let putOff = 0;
  const rest = useDebounceFn(
    () =>
      inFrame(() => {
        // frames that take long keep the turns of a wheel waiting: the gesture goes on, and what is drawn finely would hold it up again
        if (props.link && rangeKey(props.link.range) !== movedTo && putOff++ < mostPutOff) {
          void rest();
          return;
        }
        moving = false;
        if (drawWhole()) return;
        if (lines.isActive()) {
          drawLines();
          return;
        }
        const series = thinned();
        if (series) panel.instance?.setOption({ series });
      }),
    () => Math.min(longestRest, Math.max(restAfter, 2 * frameTime)),
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
    movedTo = rangeKey(props.link?.range);
    putOff = 0;
    timeFrame();
    if (lines.isActive()) {
      drawLines();
      void rest();
      return;
    }
    const start = performance.now();
    const series = start < thinAfter ? null : thinned();
    // a million points are not gone through in every frame
    if (series) thinAfter = 5 * performance.now() - 4 * start;
    const zoom = zoomWindow(props.link?.range);
    shows();
    if (series || props.logX)
      instance.setOption({
        dataZoom: [{ id: 'zoom', ...zoom }],
        ...ticks(),
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
  function complete(): void {
    const window = lines.isActive() ? windowNow() : null;
    if (window) lines.draw(window, false, true);
  }
  return {
    open: (instance, element) => lines.open(instance, element, drawLines),
    begin: (series, axis, fresh) => {
      if (fresh) ownRange = null;
      const window = windowOf(axis);
      // the layer follows the range that charts share
      const rest = lines.begin(series, props.link && props.domain ? window : null, fresh);
      return thinning.begin(rest, window);
    },
    complete,
    resize: () => {
      if (lines.isActive()) drawLines();
    },
    end: lines.end,
    isShown,
    shows,
    move,
    take,
    isMoving: () => moving,
    onRest: (draw) => (drawWhole = draw),
  };
}
