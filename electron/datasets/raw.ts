/** Examples as they come out of any format. */

import type { Reading } from '../../shared/datasets.ts';

/** Labelled images as bytes, with their checksum. */
export interface RawExamples {
  count: number;
  height: number;
  width: number;
  channels: number;
  /** [count, channels, height, width], 0 to 255. */
  pixels: Uint8Array;
  /** Class of each example. */
  labels: Uint8Array;
  classes: number;
  /** In the labels' order; null where the files do not tell. */
  classNames: string[] | null;
  /** SHA-256 over the contents in the order read; see `Dataset.checksum`. */
  checksum: string;
  /** What there is to tell of how they were read. */
  reading?: Reading;
}
