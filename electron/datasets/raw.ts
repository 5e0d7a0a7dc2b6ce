/** Examples as they come out of any format. */

import type { Reading } from '../../shared/datasets.ts';
import type { Column } from '../../shared/targets.ts';

/** Examples with their checksum: labelled with classes, or with real numbers. */
export type RawExamples = RawInputs & (Labelled | Measured);

/** What is learned from. */
interface RawInputs {
  count: number;
  height: number;
  width: number;
  channels: number;
  /** [count, channels, height, width]: bytes 0 to 255 of images, or the numbers of a table as they are. */
  pixels: Uint8Array | Float64Array;
  /** What the columns of a table are called; left out where the files do not tell. */
  inputColumns?: Column[];
  /** SHA-256 over the contents in the order read; see `Dataset.checksum`. */
  checksum: string;
  /** What there is to tell of how they were read. */
  reading?: Reading;
}

/** Targets that are classes. */
interface Labelled {
  /** Class of each example. */
  labels: Uint8Array;
  classes: number;
  /** In the labels' order; null where the files do not tell. */
  classNames: string[] | null;
}

/** Targets that are real numbers. */
interface Measured {
  /** [count, targetColumns], as they are. */
  values: Float64Array;
  targetColumns: Column[];
  classes: null;
  classNames: null;
}
