/** Paints one panel: when, with which ECharts instance, in which size and theme. */
import { useElementVisibility } from '@vueuse/core';
import { computed, onBeforeUnmount, onMounted, watch } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import type { Raster } from '../../shared/charts/drawing/style.ts';
import type { Series } from '../../shared/charts/drawing/thin.ts';
import { buildChart, screenStyle } from '../../shared/charts/index.ts';
import type { Chart, ChartStyle, ChartView } from '../../shared/charts/index.ts';
import { inFrame, throttled } from '../ui/throttled.ts';
import { theme } from '../ui/theme.ts';
import { init } from './echarts.ts';
import type { ECharts } from './echarts.ts';
import { FrameTime } from './frame-time.ts';
import { legendPick } from './legend-pick.ts';
import { insideWidth } from './panel.ts';
import type { Margins, Panel } from './panel.ts';
import type { PanelCursor } from './panel-cursor.ts';
import { panelOption } from './panel-option.ts';
import type { PanelView } from './panel-view.ts';
import { isMerePlace } from './panel-values.ts';
import { dragZoom, wheelZoom } from './pan-zoom.ts';
import type { PanZoomAxis } from './pan-zoom.ts';
import { placesInView } from './specs.ts';

/** Milliseconds of a frame that all panels together have for a zoom that they share. */
const zoomTime = new FrameTime(10);

/** Pixels beyond the window in which a panel counts as in view. */
const nearby = 100;

function isNear(element: HTMLElement): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top < innerHeight + nearby && bottom > -nearby;
}

/** Pictures as canvases, which ECharts draws. */
const raster: Raster = {
  get ratio() {
    return devicePixelRatio || 1;
  },
  picture(pixels, width, height) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    canvas.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
    return canvas;
  },
};

/** How a panel's chart is drawn: by theme, size and what it is given. */
export function usePanelStyle({ props, width, height }: Panel): ComputedRef<ChartStyle> {
  const fontFamily = getComputedStyle(document.documentElement).getPropertyValue('--vw-font');
  return computed(() =>
    screenStyle(theme.value, {
      width: Math.round(width.value),
      height: Math.round(height.value),
      compact: (props.axis ?? 'full') !== 'full',
      fontFamily,
      fontSize: 12,
      raster,
      ...(props.ends ? { axes: { y: { from: props.ends[0], to: props.ends[1] } } } : {}),
    }),
  );
}

/** The chart of a panel, built for the range in view or for a part of it. */
export function panelChart({ props, log }: Panel, style: ChartStyle, view: ChartView = {}): Chart {
  return buildChart(props.spec, [...props.runs], style, { log: log.value, logX: props.logX, ...view });
}

/** What a panel's drawing needs of its other parts. */
interface Parts {
  view: PanelView;
  cursor: PanelCursor;
  /** Width of the tools in the heading, in px; null while they are not there. */
  toolsWidth: () => number | null;
  /** Takes a click at a place of the horizontal axis. */
  pick: (x: number) => void;
}

/**
 * Keeps a panel painted for as long as it lives: once a frame at most, and only while it is near the window.
 * @param plot the element that it is painted in
 */
export function usePanelDrawing(
  panel: Panel,
  plot: Readonly<Ref<HTMLElement | null>>,
  style: Readonly<Ref<ChartStyle>>,
  { view, cursor, toolsWidth, pick }: Parts,
): void {
  const { props, log, width, height } = panel;
  /** Which kind of chart was painted last. */
  let painted = '';
  /** Whether there is something to draw for when it comes into view. */
  let stale = false;
  const axis: PanZoomAxis = {
    target: () => {
      const { link, domain } = props;
      return link && domain ? { link, domain, log: props.logX ?? false } : null;
    },
    placeOf: cursor.placeOf,
    axis: () => ({ left: panel.margins?.left ?? 0, length: insideWidth(panel) }),
    isFocused: () => plot.value?.parentElement?.matches(':focus') ?? false,
    isEmpty: () => isMerePlace(props, panel.chart.value),
    box: cursor.box,
  };
  const visible = useElementVisibility(plot, { rootMargin: `${nearby}px` });

  /** The chart, built once for what decides it: a zoom on a log axis has it drawn with other ticks. */
  const whole = computed((): Chart => panelChart(panel, style.value));

  /** The ticks of a log axis belong to what is in view: they are those of a chart of that range. */
  function zoomedAxis(): object {
    const zoom = props.link?.range;
    if (!log.value || !zoom) return {};
    return { yAxis: panelChart(panel, style.value, { range: placesInView(props.spec, zoom) }).option.yAxis };
  }

  function paint(): void {
    const element = plot.value;
    if (!element) return;
    if (width.value < 40 || height.value < 40 || props.runs.length === 0) return;
    const built = whole.value;
    // its words are there for screen readers wherever it stands
    panel.chart.value = built;
    stale = !panel.instance && !isNear(element);
    if (stale) return;
    const instance = (panel.instance ??= open(element));
    const { spec, link, domain, logX, small, axis, tooltipRows } = props;
    const option = panelOption(
      { ...built.option, ...zoomedAxis() },
      {
        ...{ spec, link, domain, logX, small, axis, tooltipRows, readout: (x: number) => built.readout(x) },
        width: width.value,
        toolsWidth: toolsWidth(),
        isMoving: view.isMoving,
      },
    );
    view.shows();
    // another kind of chart or axis starts afresh; more data, or another step's slice, only replaces the series
    const kind = JSON.stringify([
      spec.chart === 'slice' ? 'slice' : spec,
      log.value,
      logX,
      theme.value,
      props.runs.map((run) => run.run.run),
    ]);
    panel.margins = option['grid'] as Margins;
    option['series'] = view.begin(option['series'] as Series[], option['xAxis'], kind !== painted);
    if (kind === painted) instance.setOption(option, { replaceMerge: ['series'] });
    else instance.setOption(option, { notMerge: true });
    painted = kind;
    view.complete();
    cursor.follow();
    cursor.mark();
  }

  function open(element: HTMLElement): ECharts {
    const made = init(element, null, {
      renderer: 'canvas',
      width: element.clientWidth || 320,
      height: element.clientHeight || 160,
    });
    const surface = made.getZr();
    made.on('datazoom', view.take);
    // ECharts does not tell which keys are held
    let alone = false;
    element.addEventListener('click', ({ altKey, ctrlKey, metaKey }) => (alone = altKey || ctrlKey || metaKey), true);
    made.on('legendselectchanged', (event) => {
      const { name } = event as { name: string };
      const picked = props.link?.pick && legendPick(panel.chart.value, name, alone);
      if (!picked) return;
      made.dispatchAction({ type: 'legendSelect', name });
      props.link?.pick?.(picked);
    });
    view.open(made, element);
    surface.on('mousemove', cursor.point);
    surface.on('globalout', () => cursor.point(null));
    surface.on('click', (event) => {
      const x = cursor.placeOf(event);
      if (x !== null) pick(x);
    });
    surface.on('dblclick', () => {
      props.link?.zoom(null);
    });
    dragZoom(surface, axis);
    return made;
  }

  /** Shows the range that linked charts share: once a frame, however often it changes. */
  let zooming = false;
  function showRange(): void {
    if (zooming) return;
    zooming = true;
    requestAnimationFrame(inTurnOf);
  }
  function inTurnOf(): void {
    // panels whose turn did not come are the first in the next frame
    if (!zoomTime.tryIn(document.timeline.currentTime, show)) requestAnimationFrame(inTurnOf);
  }
  function show(): void {
    zooming = false;
    if (!panel.instance) return;
    if (!visible.value) {
      stale = true;
      return;
    }
    if (!view.isShown()) view.move();
    cursor.follow();
    cursor.mark();
  }
  view.onRest(() => {
    if (!log.value) return false;
    paint();
    return true;
  });

  // one panel a frame, in their order: the first is seen at once
  onMounted(() => {
    inFrame(paint);
    // what is painted in is hidden while there is nothing to see, and then hears no wheel
    const frame = plot.value?.parentElement;
    if (frame) wheelZoom(frame, axis);
  });
  onBeforeUnmount(() => {
    view.end();
    panel.instance?.dispose();
    panel.instance = null;
  });

  // at once, in the tick of the snapshot that it shows: panels and numbers beside them always agree
  watch([() => props.spec, log, () => props.logX], paint, { flush: 'post' });
  // a snapshot is drawn by one panel a frame: together they would hold up the window, and the next snapshot waits for all
  let inTurn = false;
  watch(
    [() => props.runs, () => props.domain],
    () => {
      if (inTurn) return;
      inTurn = true;
      if (!visible.value && panel.chart.value) {
        inTurn = false;
        stale = true;
        return;
      }
      inFrame(() => {
        inTurn = false;
        paint();
      });
    },
    { flush: 'post' },
  );
  watch(() => props.link?.selected, cursor.mark, { flush: 'post' });
  // sizes and zooms come in floods
  const repaint = throttled(paint, 80);
  watch(style, repaint);
  watch([width, height], () => {
    panel.instance?.resize({ width: width.value, height: height.value });
    view.resize();
    cursor.mark();
  });
  watch(() => props.link?.range, showRange);
  watch(visible, (now) => {
    if (now && stale) inFrame(paint);
  });
  watch(() => props.link?.cursor, cursor.follow);
}
