/** What a data format declares of itself. */
import type { Dirent } from 'node:fs';
import type { Dataset, Normalisation } from '../../../shared/datasets.ts';
import type { LeftOutCount } from '../left-out.ts';
import type { RawExamples } from '../raw.ts';

/** A folder that may hold a data set. */
interface Folder {
  /** Absolute. */
  path: string;
  /** What lies in it, in no order. */
  entries: readonly Dirent[];
}

/** The files in a folder that make a data set. */
export interface Found {
  /** Absolute paths in the order read; see `Dataset.files`. */
  files: string[];
  /** What there is to tell of them, in sentences. */
  notes: string[];
  /** What else lies in the folder. */
  leftOut: LeftOutCount;
}

/** What is known of a set beside its files. */
export type KnownSet = Pick<Dataset, 'files'> & {
  /** Number of classes that labels must lie below, where the files do not tell; null takes one more than the largest label. */
  classes: number | null;
  /** Whether it was added before `Dataset.reading` was kept, and is read by the rules of then. */
  asBefore: boolean;
  /** Names of the columns that are targets; null leaves the choice to the format. */
  targets: readonly string[] | null;
};

/** A format of data sets. */
export interface DataFormat<K extends string = string> {
  /** As stored sets, JSON and the list of data sets name it. */
  key: K;
  /** What the files are, in words. */
  title: string;
  /** What a folder of it holds, in Markdown, for help in window and docs: files' names in backquotes. */
  holds: string;
  /** What is read of it and what is not, in Markdown, for docs/data.md. */
  reads: string;
  /** What is looked for in a folder, for the terminal's help and for the error about a folder without a data set. */
  lookedFor: string;
  /** A name by which a folder of it is told, so that the error about the folder above can point to it; null where no name tells. */
  namePattern: RegExp | null;
  /** For formats that sets were added in before `Dataset.reading` was kept and are read otherwise now: a sentence about such a set. */
  before: string | null;
  /** Whether columns of it can be named as targets. */
  namesTargets: boolean;
  /** How bytes of images become numbers in a set that is added; null where it has tables. @param channels of an image */
  normalisation: (channels: number) => Normalisation | null;
  /**
   * Finds the files of a data set by what lies in a folder; null when it holds none of this format.
   * @throws ValleywalkError kind `input` when it clearly is of this format and a file is missing, or cannot be read
   */
  detect: (folder: Folder) => Promise<Found | null> | Found | null;
  /** Reads and checks the files of a set. @throws ValleywalkError `missing` when a file is gone, `input` when one is malformed */
  read: (set: KnownSet) => Promise<RawExamples>;
}

/** A format with its key as a type. One of images names no targets. */
export function defineFormat<const K extends string>(
  format: Omit<DataFormat<K>, 'namesTargets'> & { namesTargets?: boolean },
): DataFormat<K> {
  return { namesTargets: false, ...format };
}

/** x/255 − 0.5, the paper's MNIST setting. */
export function centred(channels: number): Normalisation {
  return { mean: new Array<number>(channels).fill(0.5), std: new Array<number>(channels).fill(1) };
}
