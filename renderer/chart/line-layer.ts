/**
 * The long lines of one chart. ECharts goes through all points of all lines several times for every frame: fifty lines of 10,000 points, or one
 * of a million, leave it behind a gesture. So these lines are drawn by line-canvas.ts, and ECharts is told only between which values they lie and
 * where they can be read off; axes, legend, bands, tooltip and everything else stay its own.
 */
import { InView } from '../../shared/charts/drawing/in-view.ts';
import { crowdedWidth, isAscending, lineZ } from '../../shared/charts/drawing/thin.ts';
import type { Series, Window } from '../../shared/charts/drawing/thin.ts';

/** Fewer points than these in all lines together ECharts draws as fast. */
const fewestPoints = 40_000;

/** Columns of all lines of all charts together that are drawn in one frame of a gesture. */
const quickColumns = 10_000;
/** Never fewer columns for a line. */
const fewestColumns = 32;

/** How a line is drawn, as of a canvas. */
export interface LineLook {
  color: string;
  width: number;
  dash: readonly number[];
  join: CanvasLineJoin;
  opacity: number;
}

/** A line that the layer draws. */
export interface LayerLine {
  /** Its entry in the legend. */
  name: string;
  flat: Float64Array;
  look: LineLook;
  /** Its height above other lines. */
  z: number;
  /** Whether it stands out, and others back, while the legend points at it. */
  isEmphasised: boolean;
}

/** The look of a series' line. */
function lookOf(lineStyle: object | undefined): LineLook {
  const { color, width, type, join, opacity } = (lineStyle ?? {}) as Record<string, unknown>;
  return {
    color: typeof color === 'string' ? color : '#000',
    width: typeof width === 'number' ? width : 1,
    dash: Array.isArray(type) ? (type as number[]) : [],
    join: join === 'round' || join === 'bevel' ? join : 'miter',
    opacity: typeof opacity === 'number' ? opacity : 1,
  };
}

/** Whether a series is a line that the layer can draw: by ascending places, without markers. */
function isPlainLine(one: Series): one is Series & { data: Float64Array } {
  if (one.type !== 'line' || !(one.data instanceof Float64Array) || one.showSymbol === true) return false;
  return (one.lineStyle as { opacity?: unknown } | undefined)?.opacity !== 0 && isAscending(one.data);
}

/** What ECharts is told instead of lines: points of a line that is not seen. */
function unseen(id: string, data: Float64Array, isRead: boolean): Series {
  return {
    ...{ id, name: 'layer', type: 'line', data, dimensions: ['x', 'y'], encode: { x: 'x', y: 'y' } },
    ...{ showSymbol: false, symbol: 'none', silent: true, animation: false, emphasis: { disabled: true } },
    lineStyle: { opacity: 0, width: 0 },
    ...(isRead ? {} : { tooltip: { show: false } }),
  };
}

/** How much of a window a line goes across, 0 to 1: the stretches of one line are as good as that line. */
function shareOf(flat: Float64Array, { from, to, log = false }: Window): number {
  const ends = [flat[0]!, flat.at(-2)!, from, to].map((place) => (log ? Math.log(place) : place));
  const [first, last, left, right] = ends as [number, number, number, number];
  const share = (Math.min(last, right) - Math.max(first, left)) / (right - left);
  // an end that is a gap tells nothing
  return Number.isNaN(share) ? 1 : Math.max(0, share);
}

/** Every layer with something to draw: they share what a frame has time for. */
const layers = new Set<LineLayer>();

/** The lines of one chart that are drawn beside ECharts, and what of them is in view. */
export class LineLayer {
  /** From the lowest to the highest: one is stroked over those before it. */
  lines: readonly LayerLine[] = [];
  /** What of them is in view, as it was last gone through. */
  readonly view = new InView();
  /** Columns of pixels over which lines were gone through last: a line with more points is crowded. */
  #columns = 0;
  /** Names that the legend hides. */
  #hidden: ReadonlySet<string> = new Set();

  /** Whether there are lines to draw here. */
  get isActive(): boolean {
    return this.lines.length > 0;
  }

  /** The lines that are drawn now. */
  get drawn(): readonly LayerLine[] {
    return this.#hidden.size === 0 ? this.lines : this.lines.filter(({ name }) => !this.#hidden.has(name));
  }

  /**
   * Takes the lines of a chart, if they are long.
   * @param window what is in view; null where that cannot be told, then the layer takes none
   * @param isFresh whether the chart is set anew: its legend then hides nothing
   * @returns the series for ECharts: the layer's without points, and what stands for them
   */
  begin(series: readonly Series[], window: Window | null, isFresh = false): readonly Series[] {
    if (isFresh) this.#hidden = new Set();
    const own = window ? series.filter(isPlainLine) : [];
    const points = own.reduce((sum, { data }) => sum + data.length / 2, 0);
    if (!window || points < fewestPoints) {
      this.end();
      return series;
    }
    layers.add(this);
    this.lines = own
      .map(({ name, data, lineStyle, z = lineZ, emphasis }) => ({
        ...{ name: String(name), flat: data, look: lookOf(lineStyle), z },
        isEmphasised: emphasis?.disabled !== true,
      }))
      .toSorted((one, other) => one.z - other.z);
    const ids = new Set<Series>(own);
    const none = new Float64Array(0);
    return [
      ...series.map((one) => {
        if (ids.has(one)) return { ...one, data: none, sampling: undefined };
        // markers stand above lines
        return (one.z ?? 0) > lineZ ? { ...one, zlevel: 1 } : one;
      }),
      ...this.scan(window, false),
    ];
  }

  /** Forgets the lines. */
  end(): void {
    layers.delete(this);
    this.lines = [];
    this.view.clear();
  }

  /** Hides the lines of some entries of the legend. @param selected what the legend tells */
  select(selected: Readonly<Record<string, boolean>>): void {
    this.#hidden = new Set(Object.keys(selected).filter((name) => !selected[name]));
  }

  /**
   * Goes through the lines for a window.
   * @param moving whether it is still changing: the lines are coarser then, every extreme still among them
   * @returns the series that tell ECharts about them
   */
  scan(window: Window, moving: boolean): Series[] {
    const drawn = this.drawn;
    const across = drawn.reduce((sum, { flat }) => sum + shareOf(flat, window), 0);
    const quick = Math.max(fewestColumns, Math.floor(quickColumns / (Math.max(1, across) * Math.max(1, layers.size))));
    const columns = moving ? Math.min(quick, window.columns) : window.columns;
    this.#columns = columns;
    this.view.clear();
    for (const { flat } of drawn) this.view.add(flat, { ...window, columns });
    const { low, high } = this.view;
    const ends = low <= high ? Float64Array.of(window.from, low, window.to, high) : new Float64Array(0);
    const extent = unseen('layer.extent', ends, false);
    return moving ? [extent] : [extent, unseen('layer.places', this.#longest(), true)];
  }

  /** The look of a line in view: one that is crowded is drawn thin unless it stands above others, without dashes. @param index among those that are drawn */
  lookAt(index: number, moving: boolean): LineLook {
    const { look, z } = this.drawn[index]!;
    const { starts } = this.view;
    const isCrowded = (starts[index + 1]! - starts[index]!) / 2 > 2 * this.#columns;
    if (!isCrowded && !moving) return look;
    return { ...look, dash: [], join: 'bevel', width: isCrowded ? crowdedWidth(look.width, z) : look.width };
  }

  /** The line with most points in view: the pointer finds its places there. */
  #longest(): Float64Array {
    const { starts, points } = this.view;
    let longest = 0;
    for (let index = 1; index < this.view.lines; index++)
      if (starts[index + 1]! - starts[index]! > starts[longest + 1]! - starts[longest]!) longest = index;
    // ECharts keeps it, the room is used again
    return this.view.lines === 0 ? new Float64Array(0) : points.slice(starts[longest], starts[longest + 1]);
  }
}
