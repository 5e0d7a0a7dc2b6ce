/** Reads a data set's files from disk: decompressed, parsed, checked against each other, and their checksum. */
import { folderOf } from '../../shared/datasets.ts';
import type { Dataset } from '../../shared/datasets.ts';
import { ValleywalkError } from '../../shared/errors.ts';
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

/**
 * Reads a data set's files as {@link readExamples}, and checks that they are what was added.
 * @throws ValleywalkError as there, and `input` when they have changed since
 */
export async function readUnchanged(dataset: Dataset): Promise<RawExamples> {
  const raw = await readExamples(dataset);
  if (raw.checksum !== dataset.checksum)
    throw new ValleywalkError(
      'input',
      `the files of data set ${dataset.id} in ${folderOf(dataset)} have changed since it was added: their SHA-256 is ${raw.checksum}, it was ${dataset.checksum}; restore the files, or remove the data set and add it again`,
    );
  return raw;
}
