/** Data sets of other formats than IDX: any number of files, class names, normalisation. Stores before it held IDX pairs only. */
export const sql = `
ALTER TABLE datasets RENAME TO datasets_0001;

CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  format TEXT NOT NULL,
  files TEXT NOT NULL,               -- JSON, in the order read
  count INTEGER NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  channels INTEGER NOT NULL,
  classes INTEGER NOT NULL,
  class_names TEXT,                  -- JSON
  normalisation TEXT NOT NULL,       -- JSON
  checksum TEXT NOT NULL,
  licence TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO datasets
  SELECT id, title, format, json_array(images, labels), count, height, width, channels, classes, NULL,
    '{"mean":[0.5],"std":[1]}', checksum, licence
  FROM datasets_0001;

DROP TABLE datasets_0001;
`;
