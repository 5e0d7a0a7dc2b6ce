/** Rows of added data sets. */
import type { Dataset, Normalisation, Reading } from '../../../shared/datasets.ts';
import type { Column } from '../../../shared/targets.ts';
import type { Database } from './database.ts';

/** The data sets that a user added. */
export interface AddedDatasets {
  /** In order of their ids. */
  list(): Dataset[];
  insert(dataset: Dataset): void;
  /** Keeps how an added set was read. */
  tell(id: string, reading: Reading): void;
  /** Returns false when there is none of that id. */
  remove(id: string): boolean;
}

interface Row extends Omit<
  Dataset,
  'bundled' | 'files' | 'classes' | 'classNames' | 'normalisation' | 'reading' | 'targetColumns' | 'inputColumns'
> {
  /** 0 where targets are real numbers. */
  classes: number;
  /** JSON. */
  files: string;
  class_names: string | null;
  normalisation: string;
  reading: string | null;
  target_columns: string | null;
  input_columns: string | null;
}

/** Prepares the statements on data sets. */
export function prepareDatasets(database: Database): AddedDatasets {
  const columns =
    'id, title, format, files, count, height, width, channels, classes, class_names, normalisation, checksum, licence, reading, target_columns, input_columns';
  const list = database.prepare<Row>(`SELECT ${columns} FROM datasets ORDER BY id`);
  const insert = database.prepare(
    `INSERT INTO datasets (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const tell = database.prepare('UPDATE datasets SET reading = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM datasets WHERE id = ?');
  return {
    list: () =>
      list
        .all()
        .map(({ files, classes, class_names, normalisation, reading, target_columns, input_columns, ...row }) => ({
          ...row,
          classes: classes === 0 ? null : classes,
          files: JSON.parse(files) as string[],
          classNames: class_names === null ? null : (JSON.parse(class_names) as string[]),
          normalisation: JSON.parse(normalisation) as Normalisation | null,
          bundled: false,
          ...(target_columns === null ? {} : { targetColumns: JSON.parse(target_columns) as Column[] }),
          ...(input_columns === null ? {} : { inputColumns: JSON.parse(input_columns) as Column[] }),
          ...(reading === null ? {} : { reading: JSON.parse(reading) as Reading }),
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
        set.classes ?? 0,
        set.classNames && JSON.stringify(set.classNames),
        JSON.stringify(set.normalisation),
        set.checksum,
        set.licence,
        set.reading ? JSON.stringify(set.reading) : null,
        set.targetColumns ? JSON.stringify(set.targetColumns) : null,
        set.inputColumns ? JSON.stringify(set.inputColumns) : null,
      );
    },
    tell: (id, reading) => void tell.run(JSON.stringify(reading), id),
    remove: (id) => remove.run(id) > 0,
  };
}
