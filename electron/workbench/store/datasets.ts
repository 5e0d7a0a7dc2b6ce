/** Rows of added data sets. */
import type { Dataset } from '../../../shared/datasets.ts';
import type { Database } from './database.ts';

/** The data sets that a user added. */
export interface AddedDatasets {
  /** In order of their ids. */
  list(): Dataset[];
  insert(dataset: Dataset): void;
  /** Returns false when there is none of that id. */
  remove(id: string): boolean;
}

/** Prepares the statements on data sets. */
export function prepareDatasets(database: Database): AddedDatasets {
  const columns = 'id, title, format, images, labels, count, height, width, channels, classes, checksum, licence';
  const list = database.prepare<Omit<Dataset, 'bundled'>>(`SELECT ${columns} FROM datasets ORDER BY id`);
  const insert = database.prepare(`INSERT INTO datasets (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const remove = database.prepare('DELETE FROM datasets WHERE id = ?');
  return {
    list: () => list.all().map((row) => ({ ...row, bundled: false })),
    insert: (set) => {
      insert.run(
        set.id,
        set.title,
        set.format,
        set.images,
        set.labels,
        set.count,
        set.height,
        set.width,
        set.channels,
        set.classes,
        set.checksum,
        set.licence,
      );
    },
    remove: (id) => remove.run(id) > 0,
  };
}
