/** The picture of a heat map has the pixels that its cells have as shapes. */
import { expect, it } from 'vitest';
import { cellPicture } from './cell-picture.ts';
import type { Cells } from './cell-picture.ts';
import { colourScale } from './colour-scale.ts';

const values = Float64Array.of(0, 1, NaN, 4);
const scale = colourScale(values, false, false, 1e-9);
const cells: Cells = {
  columns: [
    { from: 0, to: 1, values: Float64Array.of(0, 1), slice: 0 },
    { from: 1, to: 3, values: Float64Array.of(NaN, 4), slice: 1 },
  ],
  heights: [40, 25, 10],
  place: (at) => 100 + 10 * at,
  plot: { x: 100, y: 10, width: 40, height: 30 },
  scale,
};

it.each([1, 2])('each cell has its colour from edge to edge, others are transparent, at %d pixels a px', (ratio) => {
  let drawn: { pixels: Uint8ClampedArray; width: number; height: number } | null = null;
  const element = cellPicture(cells, {
    ratio,
    picture: (pixels, width, height) => (drawn = { pixels, width, height }),
  });
  expect(element.style).toMatchObject({ x: 100, y: 10, width: 40, height: 30 });
  const { pixels, width, height } = drawn!;
  expect([width, height]).toEqual([40 * ratio, 30 * ratio]);
  const colourAt = (x: number, y: number): string | null => {
    const [red, green, blue, opacity] = pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 4);
    if (opacity === 0) return null;
    expect(opacity).toBe(255);
    return `#${[red, green, blue].map((value) => value!.toString(16).padStart(2, '0')).join('')}`;
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const column = x < 10 * ratio ? 0 : x < 30 * ratio ? 1 : null;
      const value = column === null ? NaN : cells.columns[column]!.values[y < 15 * ratio ? 1 : 0]!;
      const expected = Number.isNaN(value) ? null : scale.colour(Math.round(scale.share(value) * 159) / 159);
      expect(colourAt(x, y)).toBe(expected);
    }
});
