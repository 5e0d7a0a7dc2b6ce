/** Where the panels of a figure stand: rows and columns. */
import type { FigurePanel, FigureRecipe } from './recipe.ts';

/** The cell of a panel. */
export interface PanelPlace {
  row: number;
  column: number;
  /** The last column that it takes: its own, or that of the figure. */
  lastColumn: number;
}

/** The cells of a figure's panels, in their order; each stands in the next cell, but where it begins a row or takes a whole one. */
export function panelPlaces({
  columns,
  panels,
}: Pick<FigureRecipe, 'columns'> & { panels: readonly Pick<FigurePanel, 'row'>[] }): PanelPlace[] {
  let [row, column] = [0, 0];
  const places = panels.map(({ row: where }) => {
    if (column > 0 && (where !== undefined || column >= columns)) [row, column] = [row + 1, 0];
    const place = { row, column, lastColumn: column, whole: where === 'whole' };
    column = place.whole ? columns : column + 1;
    return place;
  });
  const used = Math.max(0, ...places.map((place) => place.column));
  return places.map(({ whole, ...place }) => (whole ? { ...place, lastColumn: used } : place));
}

/** How many rows a figure's panels take. */
export function rowCount(recipe: Parameters<typeof panelPlaces>[0]): number {
  return (panelPlaces(recipe).at(-1)?.row ?? -1) + 1;
}
