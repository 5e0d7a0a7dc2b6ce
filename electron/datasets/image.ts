/** A decoded image, and what is asked of one. */
import { wrong } from './bytes.ts';

/** Longest side of an image in pixels. */
const longestSide = 1024;

/** An image of a data set. */
export interface Image {
  width: number;
  height: number;
  /** 1 (grey) or 3 (red, green, blue). */
  channels: 1 | 3;
  /** [channels, height, width], 0 to 255. */
  pixels: Uint8Array;
}

/** Refuses images that are empty or too large to be learned from. @param at where the size stands in the file */
export function checkSize(width: number, height: number, file: string, at: number): void {
  if (width < 1 || height < 1 || width > longestSide || height > longestSide)
    throw wrong(file, at, `an image of 1 to ${longestSide} pixels a side`, `${height} × ${width}`);
}
