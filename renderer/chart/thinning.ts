/** What ECharts holds of a chart's dense lines: thinned for what is in view, and thinned anew when that changes. */
import { serves, thinnedSeries } from '../../shared/charts/drawing/thin.ts';
import type { Series, Window } from '../../shared/charts/drawing/thin.ts';

/** Columns of all dense lines together that can be drawn in every frame; more are drawn when a zoom or a move has come to rest. */
const quickColumns = 10_000;
/** Never fewer columns for a line. */
const fewest = 150;

/** Keeps the dense lines of one chart in step with its zoom. */
export class Thinning {
  #whole: readonly Series[] = [];
  /** What is drawn: for which window, and which lines are thinned. */
  #held: { window: Window; ids: ReadonlySet<unknown> } | null = null;
  /** How many lines are dense when they are drawn finely. */
  #dense = 0;

  /**
   * Begins with a chart.
   * @param whole its series with all their points
   * @param window what is in view; null where that cannot be told, then nothing is thinned
   * @returns the series to draw
   */
  begin(whole: readonly Series[], window: Window | null): readonly Series[] {
    this.#whole = whole;
    this.#held = null;
    if (!window) return whole;
    const { series, thinned } = thinnedSeries(whole, window);
    if (thinned.size > 0) this.#held = { window, ids: thinned };
    this.#dense = thinned.size;
    return series;
  }

  /**
   * The series to draw instead of those of the same id, for another window; null where those that are drawn serve.
   * @param moving whether the window is still changing: many lines are drawn more coarsely then, every extreme still among them
   */
  again(asked: Window, moving: boolean): Series[] | null {
    if (!this.#held) return null;
    const quick = Math.max(fewest, Math.floor(quickColumns / this.#dense));
    const window = moving && quick < asked.columns ? { ...asked, columns: quick } : asked;
    if (this.#held.window.columns === window.columns && serves(this.#held.window, window)) return null;
    const { series, thinned } = thinnedSeries(this.#whole, window, window !== asked);
    // lines that were thinned for coarser columns only are drawn whole again
    const before = this.#held.ids;
    this.#held = { window, ids: thinned };
    return series
      .filter(({ id }) => thinned.has(id) || before.has(id))
      .map(({ id, type, data, lineStyle }) => ({ id, type, data, ...(lineStyle ? { lineStyle } : {}) }));
  }
}
