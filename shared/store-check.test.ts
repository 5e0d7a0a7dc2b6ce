import { expect, it } from 'vitest';
import { storeCheckLines } from './store-check.ts';

const check = { store: '/walks', sound: true, version: 24, rows: 1, bytes: 1, backups: [], findings: [] };

it('counts in singular and plural', () => {
  expect(storeCheckLines({ ...check, runs: 1, files: 1 })[1]).toBe(
    'Checked: the database (version 24) with 1 run and 1 row, 1 file of 1 MB.',
  );
  expect(storeCheckLines({ ...check, runs: 2, files: 0, rows: 1200 })[1]).toBe(
    'Checked: the database (version 24) with 2 runs and 1,200 rows, 0 files of 1 MB.',
  );
});
