/** Many cells as one picture of pixels: ten thousand shapes take a tenth of a second to draw, at every zoom. */
import type { ColourScale } from './colour-scale.ts';
import type { Plot } from './series.ts';
import type { GridColumn } from './slice-grid.ts';
import type { Raster } from './style.ts';

/** Different colours in a drawing: more are not told apart. */
export const mostColours = 160;

/** Columns of cells in a plot. */
export interface Cells {
  columns: readonly GridColumn[];
  /** Edges of the cells of a column from below, in px. */
  heights: readonly number[];
  /** From a place of the horizontal axis to px, within the plot. */
  place: (at: number) => number;
  plot: Plot;
  scale: ColourScale;
}

/** The cells as one picture over the plot; a cell without a number is left transparent. Its edges are whole pixels. */
export function cellPicture({ columns, heights, place, plot, scale }: Cells, { ratio, picture }: Raster) {
  const across = Math.max(1, Math.round(plot.width * ratio));
  const down = Math.max(1, Math.round(plot.height * ratio));
  const pixels = new Uint8ClampedArray(4 * across * down);
  const colours = Array.from({ length: mostColours }, (_, index) =>
    channelsOf(scale.colour(index / (mostColours - 1))),
  );
  const left = columns.map(({ from }) => Math.round((place(from) - plot.x) * ratio));
  const right = columns.map(({ to }) => Math.round((place(to) - plot.x) * ratio));
  const edges = heights.map((y) => Math.max(0, Math.min(down, Math.round((y - plot.y) * ratio))));
  for (let k = 0; k + 1 < edges.length; k++) {
    const [y, below] = [edges[k + 1]!, edges[k]!];
    if (below <= y) continue;
    const row = 4 * across * y;
    for (const [index, { values }] of columns.entries()) {
      if (!Number.isFinite(values[k])) continue;
      const colour = colours[Math.round(scale.share(values[k]!) * (mostColours - 1))]!;
      for (let x = left[index]!; x < Math.min(across, right[index]!); x++) pixels.set(colour, row + 4 * x);
    }
    // the rows of a cell are alike
    for (let other = y + 1; other < below; other++) pixels.copyWithin(4 * across * other, row, row + 4 * across);
  }
  return {
    type: 'image' as const,
    // ECharts takes canvases too, which are not known here
    style: {
      image: picture(pixels, across, down) as unknown as string,
      ...{ x: plot.x, y: plot.y, width: plot.width, height: plot.height },
    },
  };
}

/** The channels of a colour as the scales write it, `#rrggbb`, opaque. */
function channelsOf(colour: string): number[] {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)).concat(255);
}
