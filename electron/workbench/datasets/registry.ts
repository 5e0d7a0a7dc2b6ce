/** The data sets that experiments can name: the bundled ones and those that the user added. */
import { bundledDatasets } from '../../datasets/bundled.ts';
import { firstExamples } from '../../datasets/examples.ts';
import { dataFormat } from '../../datasets/formats/index.ts';
import { expandHome } from '../../files/home.ts';
import { inspectFolder, uniqueId } from '../../datasets/inspect.ts';
import type { Dataset, DatasetExamples } from '../../../shared/datasets.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { AddedDatasets } from '../store/datasets.ts';

/** Finds, adds and forgets data sets. */
export interface DatasetRegistry {
  /** Bundled sets first, then the added ones by id. */
  list: () => Dataset[];
  /** The set of that id, or undefined. */
  find(id: string): Dataset | undefined;
  /**
   * Adds the data set in a folder; one that was added before is returned as it is.
   * @param targets names of the columns to predict, where the format has columns
   * @throws ValleywalkError kind `input` when it holds no readable data set
   */
  add(folder: string, title: string | undefined, targets?: readonly string[]): Promise<Dataset>;
  /** Examples of a set to be looked at. @throws ValleywalkError `missing` for an unknown one, and as `firstExamples` */
  examples(id: string, perClass: number): Promise<DatasetExamples>;
  /** Forgets an added set. @throws ValleywalkError `input` for a bundled one, `missing` for an unknown one */
  remove(id: string): void;
}

/** @param directory resources/datasets */
export function createRegistry(directory: string, added: AddedDatasets): DatasetRegistry {
  const bundled = bundledDatasets(directory);
  const ids = new Set(bundled.map(({ id }) => id));
  const list = (): Dataset[] => [...bundled, ...added.list().filter(({ id }) => !ids.has(id))];
  const taken = (): Set<string> => new Set(list().map(({ id }) => id));
  let reading: Promise<unknown> = Promise.resolve();
  return {
    list,
    find: (id) => list().find((set) => set.id === id),
    async add(folder, title, targets) {
      const described = await inspectFolder(expandHome(folder), {
        ...(title === undefined ? {} : { title }),
        ...(targets === undefined ? {} : { targets }),
      });
      const known = list().find(
        ({ files, checksum, format, reading }) =>
          files.join('\n') === described.files.join('\n') &&
          checksum === described.checksum &&
          // one that was added before may be read by other rules, see `Dataset.reading`
          (dataFormat(format).before === null || reading !== undefined),
      );
      if (known) {
        const { reading } = described;
        if (!reading || ids.has(known.id)) return known;
        added.tell(known.id, reading);
        return { ...known, reading };
      }
      // the id is chosen now, not before the files were read, in which time another may have been added
      const dataset = { ...described, id: uniqueId(described.id, taken()) };
      added.insert(dataset);
      return dataset;
    },
    examples(id, perClass) {
      const dataset = list().find((set) => set.id === id);
      if (!dataset) throw new ValleywalkError('missing', `there is no data set ${id}`);
      // one after the other: each holds a whole set in memory
      const answer = reading.then(() => firstExamples(dataset, perClass));
      reading = answer.catch(() => undefined);
      return answer;
    },
    remove(id) {
      if (ids.has(id)) throw new ValleywalkError('input', `data set ${id} comes with Valleywalk and cannot be removed`);
      if (!added.remove(id)) throw new ValleywalkError('missing', `there is no data set ${id}`);
    },
  };
}
