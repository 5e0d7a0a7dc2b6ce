/** Reads a data set's files from disk: decompressed, parsed, checked against each other, and their checksum. */
import type { Dataset } from '../../shared/datasets.ts';
import { dataFormat } from './formats/index.ts';
import type { RawExamples } from './raw.ts';

/**
 * Reads and checks the files of a data set, by its own rules: see `Dataset.reading`.
 * @throws ValleywalkError `missing` when a file is gone, `input` when one is malformed or cannot be read, or the format is not known.
 */
export async function readExamples({
  format,
  files,
  classes,
  reading,
  targetColumns,
}: Pick<Dataset, 'format' | 'files' | 'classes' | 'reading' | 'targetColumns'>): Promise<RawExamples> {
  return dataFormat(format).read({
    files,
    classes,
    asBefore: reading === undefined,
    targets: targetColumns?.map(({ name }) => name) ?? null,
  });
}
