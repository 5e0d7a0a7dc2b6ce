/** A click on an entry of a legend where a line is hidden in all charts at once, and not by ECharts in one. */
import type { Chart } from '../../shared/charts/index.ts';

/** The line that a click on a legend is about. */
export interface LegendPick {
  /** The run's id, or the group's key. */
  key: string;
  /** Whether it is to be shown alone, and not to be hidden. */
  alone: boolean;
}

/** The line of an entry. @param name the entry's, as ECharts tells it @returns null where the chart has no such line */
export function legendPick(chart: Chart | null, name: string, alone: boolean): LegendPick | null {
  const key = chart?.keys?.get(name);
  return key === undefined ? null : { key, alone };
}
