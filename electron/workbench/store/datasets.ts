/** Rows of added data sets. */
import type { Dataset, Normalisation } from '../../../shared/datasets.ts';
import type { Database } from './database.ts';

/** The data sets that a user added. */
export interface AddedDatasets {
  /** In order of their ids. */
  list(): Dataset[];
  insert(dataset: Dataset): void;
  /** Returns false when there is none of that id. */
  remove(id: string): boolean;
}

interface Row extends Omit<Dataset, 'bundled' | 'files' | 'classNames' | 'normalisation'> {
  /** JSON. */
  files: string;
  class_names: string | null;
  normalisation: string;
}

/** Prepares the statements on data sets. */
export function prepareDatasets(database: Database): AddedDatasets {
  const columns =
    'id, title, format, files, count, height, width, channels, classes, class_names, normalisation, checksum, licence';
  const list = database.prepare<Row>(`SELECT ${columns} FROM datasets ORDER BY id`);
  const insert = database.prepare(`INSERT INTO datasets (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const remove = database.prepare('DELETE FROM datasets WHERE id = ?');
  return {
    list: () =>
      list.all().map(({ files, class_names, normalisation, ...row }) => ({
        ...row,
        files: JSON.parse(files) as string[],
        classNames: class_names === null ? null : (JSON.parse(class_names) as string[]),
        normalisation: JSON.parse(normalisation) as Normalisation,
        bundled: false,
      })),
    insert: (set) => {
      insert.run(
        set.id,
        set.title,
        set.format,
        JSON.stringify(set.files),
        set.count,
        set.height,
        set.width,
        set.channels,
        set.classes,
        set.classNames && JSON.stringify(set.classNames),
        JSON.stringify(set.normalisation),
        set.checksum,
        set.licence,
      );
    },
    remove: (id) => remove.run(id) > 0,
  };
}
