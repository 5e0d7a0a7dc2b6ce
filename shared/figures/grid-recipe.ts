/** The recipe of a grid of charts as it stands on screen: one figure with letters and one legend. */
import type { ChartSpec } from '../charts/request.ts';
import { runLabels } from '../charts/drawing/labels.ts';
import type { RunRecord } from '../records.ts';
import { panelPlaces, rowCount } from './layout.ts';
import type { FigurePanel, FigureRecipe, FigureRecipeInput } from './recipe.ts';

/** A panel of a grid. */
export interface GridPanel {
  chart: ChartSpec;
  /** Their ids, in the order of their colours. */
  runs: readonly Pick<RunRecord, 'run' | 'name' | 'seed'>[];
  log: boolean;
  logX: boolean;
  /** Ends of the vertical axis that it shares with others; left out, the data decides. */
  ends?: readonly [number, number] | undefined;
  /** Written above it; empty for none. */
  title: string;
  /** Where it stands, if not in the next cell. */
  row?: FigurePanel['row'];
}

/** Width of figures of one and of several columns, and height of a row, in mm: a journal's. */
const widths = { one: 89, several: 183 } as const;
const rowHeight = { one: 52, several: 46 } as const;
/** Room for the legend and the notes, in mm. */
const around = 10;

/** A size in which a grid can be read. */
export function gridSize(panels: readonly GridPanel[], columns: number): FigureRecipe['size'] {
  const grid = { columns, panels: panels.map(({ row }) => ({ row })) };
  const which = panelPlaces(grid).every(({ lastColumn }) => lastColumn === 0) ? 'one' : 'several';
  return { width: widths[which], height: rowCount(grid) * rowHeight[which] + around, unit: 'mm' };
}

/**
 * The recipe of a grid, defaults left out. Runs that share a name are told apart over all panels, since one legend tells them.
 * @param columns panels in a row, as on screen
 * @param more of the figure, such as name, size and theme @param x ends of every horizontal axis
 */
export function gridRecipe(
  panels: readonly GridPanel[],
  columns: number,
  more: Omit<FigureRecipeInput, 'panels' | 'columns' | 'letters' | 'commonLegend' | 'commonX'>,
  x: { from: number | null; to: number | null } = { from: null, to: null },
): FigureRecipeInput {
  const runs = [...new Map(panels.flatMap((panel) => panel.runs.map((run) => [run.run, run]))).values()];
  const labels = runLabels(runs);
  const labelOf = new Map(runs.map(({ run, name }, index) => [run, labels[index] === name ? '' : labels[index]!]));
  return {
    ...more,
    columns,
    letters: '(a)',
    commonLegend: true,
    commonX: true,
    panels: panels.map(({ chart, runs: own, log, logX, ends, title, row }) => ({
      chart,
      runs: own.map(({ run }) => ({ run, label: labelOf.get(run)! })),
      x,
      ...(ends ? { y: { from: ends[0], to: ends[1] } } : {}),
      log,
      logX,
      title,
      ...(row ? { row } : {}),
    })),
  };
}
