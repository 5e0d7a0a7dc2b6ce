/** What an export tells of how a run's columns were standardised, so that predictions can be turned back. */
import type { Dataset } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { standardisationOf } from '../../datasets/standardisation.ts';
import type { Standardisation } from '../../datasets/standardisation.ts';

/** The export's standardisation.json; `unknown` is why means and deviations cannot be told. */
type StandardisationFile = { data_set: string; data_checksum: string; train: number } & (
  Standardisation | { unknown: string }
);

/** What of a run decides its file. */
type Run = Pick<RunRecord, 'experiment' | 'data_checksum'>;

/**
 * Means and deviations of a run's columns, read from its data set, which is there and what it was, or the reason why they are not known.
 * @param dataset the set that now has the name of the run's, if any
 * @param real whether records say that the run's targets are real numbers, for sets that are gone
 * @returns null where nothing was standardised, and of a run that never began
 */
type FileOf = (run: Run, dataset: Dataset | undefined, real: boolean) => Promise<StandardisationFile | null>;

/** The files of an export: a table is read, checked and summed once for all runs on the same of its rows. */
export function standardisationFiles(): FileOf {
  const known = new Map<string, ReturnType<FileOf>>();
  return (run, dataset, real) => {
    const { set, train } = run.experiment.data;
    const key = JSON.stringify([set, run.data_checksum, train, real]);
    const file = known.get(key) ?? fileOf(run, dataset, real);
    known.set(key, file);
    return file;
  };
}

async function fileOf(
  { experiment, data_checksum }: Run,
  dataset: Dataset | undefined,
  real: boolean,
): Promise<StandardisationFile | null> {
  if (data_checksum === null) return null;
  const { set, train } = experiment.data;
  const told = { data_set: set, data_checksum, train };
  if (dataset?.checksum !== data_checksum) {
    const what = dataset ? 'is not the one that the run was trained on' : 'is not here any more';
    return real ? { ...told, unknown: `data set ${set} ${what}; add that one again under the same name` } : null;
  }
  try {
    const found = await standardisationOf(dataset, train);
    return found && { ...told, ...found };
  } catch (error) {
    // the rest of the export does not need the files
    if (!(error instanceof ValleywalkError)) throw error;
    return { ...told, unknown: error.message };
  }
}
