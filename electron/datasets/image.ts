/** A decoded image, and what is asked of one. */
import { wrong } from './bytes.ts';
import type { Orientation } from './exif.ts';

/** Longest side of an image in pixels. */
const longestSide = 1024;

/** An image of a data set. */
export interface Image {
  width: number;
  height: number;
  /** 1 (grey) or 3 (red, green, blue). */
  channels: 1 | 3;
  /** [channels, height, width], 0 to 255, as stored. */
  pixels: Uint8Array;
  /** How the file says that it is turned to be upright. */
  orientation: Orientation;
  /** Whether a JPEG's three components were red, green and blue. */
  rgb?: boolean;
}

/** The image as every viewer shows it: mirrored and turned as its orientation says. */
export function upright(image: Image): Image {
  const { width, height, channels, pixels, orientation } = image;
  if (orientation === 1) return image;
  // from 5 on rows are columns; what is left are mirrored rows, columns or both (Exif 3.0, 4.6.5.1)
  const turned = orientation >= 5;
  const [across, down] = turned ? [height, width] : [width, height];
  const mirrorColumn = [2, 3, 7, 8].includes(orientation);
  const mirrorRow = [3, 4, 6, 7].includes(orientation);
  const shown = new Uint8Array(pixels.length);
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let row = 0; row < down; row++)
      for (let column = 0; column < across; column++, to++) {
        const [y, x] = turned ? [column, row] : [row, column];
        const from = (mirrorRow ? height - 1 - y : y) * width + (mirrorColumn ? width - 1 - x : x);
        shown[to] = pixels[channel * width * height + from]!;
      }
  return { width: across, height: down, channels, pixels: shown, orientation: 1 };
}

/** Refuses images that are empty or too large to be learned from. @param at where the size stands in the file */
export function checkSize(width: number, height: number, file: string, at: number): void {
  if (width < 1 || height < 1 || width > longestSide || height > longestSide)
    throw wrong(file, at, `an image of 1 to ${longestSide} pixels a side`, `${height} × ${width}`);
}
