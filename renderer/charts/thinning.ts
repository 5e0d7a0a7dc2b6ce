/** What ECharts holds of a chart's dense lines: thinned for what is in view, and thinned anew when that changes. */
import { serves, thinnedSeries } from '../../shared/figures/thin.ts';
import type { Series, Window } from '../../shared/figures/thin.ts';

/** Keeps the dense lines of one chart in step with its zoom. */
export class Thinning {
  #whole: readonly Series[] = [];
  #held: { window: Window; ids: ReadonlySet<unknown> } | null = null;

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
    return series;
  }

  /** The series to draw instead of those of the same id, for another window; null where those that are drawn serve. */
  again(window: Window): Series[] | null {
    if (!this.#held || serves(this.#held.window, window)) return null;
    const { series, thinned } = thinnedSeries(this.#whole, window);
    this.#held = { window, ids: thinned };
    return series
      .filter(({ id }) => thinned.has(id))
      .map(({ id, type, data, lineStyle }) => ({ id, type, data, ...(lineStyle ? { lineStyle } : {}) }));
  }
}
