/** Checks a store's database: its form, its schema, every row against its checksum, what is decoded, and whether runs are whole. */
import Sqlite from 'better-sqlite3';
import { datasetSchema } from '../../../shared/datasets.ts';
import { runRecordSchema } from '../../../shared/records.ts';
import type { Finding } from '../../../shared/store-check.ts';
import { prepareAnalyses } from './analyses.ts';
import {
  checkedTables,
  defineRowChecksum,
  recordBlock,
  recordTables,
  rowExpressions,
  sumRecords,
} from './checksums.ts';
import type { RecordTable } from './checksums.ts';
import { applicationId, wrapToRead } from './database.ts';
import { prepareDatasets } from './datasets.ts';
import { prepareFigures } from './figures.ts';
import { migrations } from './migrations/index.ts';
import { packed, unpack } from './packs.ts';
import { recordKeys } from './records.ts';
import { prepareRuns } from './runs.ts';
import { prepareStudies } from './studies.ts';

/** What is known of the database after it was checked. */
export interface DatabaseCheck {
  findings: Finding[];
  version: number | null;
  runs: number;
  rows: number;
}

const database = 'the database';

/** Checks an open database in one transaction, so that what others write meanwhile is left out. @param file for messages */
export function checkDatabase(sqlite: Sqlite.Database, file: string): DatabaseCheck {
  const check: DatabaseCheck = { findings: [], version: null, runs: 0, rows: 0 };
  const found: Found = (what, where = database, works = worksBesides, remedy = haveBack) => {
    if (check.findings.length < mostFindings) check.findings.push({ kind: 'damaged', where, what, works, remedy });
  };
  /** Does a part of the check; that a page cannot be read is a finding, not its end. */
  const part = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      found(`cannot be read where ${what} is kept (${error instanceof Error ? error.message : String(error)})`);
    }
  };
  let version = 0;
  try {
    // the first read: what is no database is noticed here
    version = sqlite.pragma('user_version', { simple: true }) as number;
    const application = sqlite.pragma('application_id', { simple: true }) as number;
    check.version = version;
    if (application !== applicationId) {
      found(`does not say that it is a run store`, database, null);
      return check;
    }
    if (version > migrations.length) {
      found(
        `says that a newer Valleywalk wrote it (store version ${version}, this one knows ${migrations.length})`,
        database,
        'Nothing of it can be read by this Valleywalk',
        'Check it with the newest Valleywalk; where that says the same, have the database back from a backup',
      );
      return check;
    }
  } catch (error) {
    found(
      `cannot be read (${error instanceof Error ? error.message : String(error)})`,
      database,
      'Files of parameters (.safetensors) can be read by other programs',
    );
    return check;
  }
  sqlite.exec('BEGIN');
  try {
    part('its form', () => {
      for (const { integrity_check: said } of sqlite.pragma('integrity_check(20)') as { integrity_check: string }[])
        if (said !== 'ok') found(`is not whole: ${said.replaceAll('\n', ' ')}`);
    });
    part('what refers to what', () => {
      for (const { table, parent } of (sqlite.pragma('foreign_key_check') as { table: string; parent: string }[]).slice(
        0,
        20,
      ))
        found(`has a row of ${table} that refers to nothing in ${parent}`);
    });
    part('its schema', () => checkSchema(sqlite, version, found));
    part('its runs', () => {
      check.runs = sqlite.prepare('SELECT count(*) FROM runs').pluck().get() as number;
    });
    if (version < migrations.length)
      check.findings.push({
        kind: 'not checked',
        where: 'the rows of the database',
        what: `are of store version ${version}; this Valleywalk checks those of version ${migrations.length}`,
        works: null,
        remedy: 'Open the store once (valleywalk list), which backs it up and brings it up to date, and check it again',
      });
    else checkRows(sqlite, file, check, found, part);
  } finally {
    try {
      if (sqlite.inTransaction) sqlite.exec('ROLLBACK');
    } catch {
      // closing ends it, too
    }
  }
  return check;
}

/** More findings than this tell nothing new. */
const mostFindings = 100;

const worksBesides = 'Runs that no finding names can be read and exported';
const haveBack =
  'Export what can be exported, then have the database back from a backup, or move the store aside and begin a new one';

type Found = (what: string, where?: string, works?: string | null, remedy?: string) => void;
type Part = (what: string, work: () => void) => void;

/** Compares the schema with the one that the migrations make. */
function checkSchema(sqlite: Sqlite.Database, version: number, found: Found): void {
  const fresh = new Sqlite(':memory:');
  try {
    for (const { sql } of migrations.slice(0, version)) fresh.exec(sql);
    const read = (each: Sqlite.Database): Map<string, string | null> =>
      new Map(
        each
          .prepare<[], [string, string | null]>(
            "SELECT type || ' ' || name || ' of ' || tbl_name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*'",
          )
          .raw()
          .all(),
      );
    const [should, is] = [read(fresh), read(sqlite)];
    for (const [name, sql] of should) if (is.get(name) !== sql) found(`has another ${name} than version ${version}`);
    for (const name of is.keys()) if (!should.has(name)) found(`has a ${name}, which version ${version} has not`);
  } finally {
    fresh.close();
  }
}

function checkRows(sqlite: Sqlite.Database, file: string, check: DatabaseCheck, found: Found, part: Part): void {
  defineRowChecksum(sqlite);
  for (const table of checkedTables)
    part(`the table ${table}`, () => {
      const { key, checksum } = rowExpressions(sqlite, table);
      const sums = new Map(
        sqlite
          .prepare<[string], [string, number]>('SELECT key, checksum FROM row_checksums WHERE source = ?')
          .raw()
          .all(table),
      );
      for (const [row, sum] of sqlite
        .prepare<[], [string, number]>(`SELECT ${key}, ${checksum} FROM ${table}`)
        .raw()
        .iterate()) {
        check.rows += 1;
        if (sums.get(row) !== sum)
          found(
            sums.has(row) ? 'is not what was written' : 'was not written by Valleywalk, or its key was changed',
            `row ${name(table, row)} of the table ${table}`,
          );
        sums.delete(row);
      }
      for (const row of sums.keys()) found('is gone', `row ${name(table, row)} of the table ${table}`);
    });
  part('what is kept as JSON', () => checkDecoding(sqlite, file, found, part));
  const runs: { key: number; run: string; done: number; status: string; kind: string }[] = [];
  part('the list of runs', () =>
    runs.push(
      ...sqlite
        .prepare<[], (typeof runs)[number]>(
          'SELECT key, run, iterations_done AS done, status, kind FROM runs WHERE deleted_at IS NULL ORDER BY key',
        )
        .all(),
    ),
  );
  for (const run of runs) {
    part(`the records of run ${run.run}`, () => checkRecords(sqlite, run, check, found));
    part(`the packed records of run ${run.run}`, () => checkPacks(sqlite, run, found));
  }
}

/** A row's name in a message. */
function name(table: string, key: string): string {
  return `${key.split('\u001f').join(', ')}${table === 'runs' ? ' (the internal number of a run)' : ''}`;
}

/** Reads everything that is kept as JSON as the workbench does. */
function checkDecoding(sqlite: Sqlite.Database, file: string, found: Found, part: Part): void {
  const opened = wrapToRead(sqlite, file);
  const ids = (sql: string): string[] => sqlite.prepare<[], string>(sql).pluck().all();
  /** @param prepare makes what reads one; already this may fail where the schema is damaged */
  const each = (what: string, sql: string, prepare: () => (id: string) => void): void =>
    part(what, () => {
      const read = prepare();
      for (const id of ids(sql))
        try {
          read(id);
        } catch (error) {
          const said = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ').slice(0, 200) : String(error);
          found(`cannot be read (${said})`, `${what} ${id}`);
        }
    });
  each('run', 'SELECT run FROM runs WHERE deleted_at IS NULL', () => {
    const runs = prepareRuns(opened);
    return (run) => runRecordSchema.parse(runs.get(run).record);
  });
  each('study', 'SELECT study FROM studies', () => {
    const studies = prepareStudies(opened);
    return (study) => studies.get(study);
  });
  each('analysis', 'SELECT analysis FROM analyses WHERE deleted_at IS NULL', () => {
    const analyses = prepareAnalyses(opened);
    return (analysis) => {
      analyses.get(analysis);
      analyses.result(analysis);
    };
  });
  each('figure', 'SELECT figure FROM figures', () => {
    const figures = prepareFigures(opened);
    return (figure) => figures.get(figure);
  });
  part('the data sets', () => {
    for (const set of prepareDatasets(opened).list()) {
      const read = datasetSchema.safeParse(set);
      if (!read.success) found(`cannot be read (${read.error.issues[0]?.message ?? ''})`, `data set ${set.id}`);
    }
  });
}

/** Compares the records of a run with their checksums, and with what its row tells. */
function checkRecords(
  sqlite: Sqlite.Database,
  { key, run, done, status, kind }: { key: number; run: string; done: number; status: string; kind: string },
  check: DatabaseCheck,
  found: Found,
): void {
  const where = `run ${run}`;
  const works = 'Other runs are not touched; its files of parameters and its checkpoint have checksums of their own';
  const remedy = `Resume the run from an earlier checkpoint where it has one, run its experiment again (the same numbers come out), or have the database back from a backup`;
  const sums = sqlite
    .prepare<[number], { source: string; block: number; rows: number; checksum: number }>(
      'SELECT source, block, rows, checksum FROM record_checksums WHERE run_key = ?',
    )
    .all(key);
  let any = false;
  for (const table of Object.keys(recordTables) as RecordTable[]) {
    const keys = recordKeys[table];
    const by = recordTables[table];
    const left = new Map(sums.filter(({ source }) => source === table).map((each) => [each.block, each]));
    const [first, last] = sqlite
      .prepare<[number], [number | null, number | null]>(
        `SELECT min(${by}), max(${by}) FROM ${table} WHERE run_key = ?`,
      )
      .raw()
      .get(key)!;
    const rows = sqlite
      .prepare<[number, number, number], (number | null)[]>(
        `SELECT ${keys.join(', ')} FROM ${table} WHERE run_key = ? AND ${by} >= ? AND ${by} < ?`,
      )
      .raw();
    // only blocks that exist: a damaged number may lie anywhere
    const blocks = new Set(left.keys());
    if (first !== null && last !== null)
      for (const block of sqlite
        .prepare<[number], number>(`SELECT DISTINCT ${by} / ${recordBlock} FROM ${table} WHERE run_key = ?`)
        .pluck()
        .all(key))
        blocks.add(Math.floor(block));
    for (const block of [...blocks].sort((one, other) => one - other)) {
      const columns = rows.all(key, block * recordBlock, (block + 1) * recordBlock);
      if (columns.length > 0) any = true;
      if (sums.length === 0) continue;
      check.rows += columns.length;
      const sum = sumRecords(
        keys,
        keys.map((_, column) => Float64Array.from(columns, (row) => row[column] ?? NaN)),
        by,
      ).get(block);
      const should = left.get(block);
      const range = `${by} ${block * recordBlock} to ${(block + 1) * recordBlock - 1}`;
      if (!should) found(`has ${columns.length} ${table} (${range}) that were not written so`, where, works, remedy);
      else if (sum?.rows !== should.rows)
        found(`has ${sum?.rows ?? 0} ${table} instead of ${should.rows} (${range})`, where, works, remedy);
      else if (sum.checksum !== should.checksum)
        found(`has ${table} that are not what was written (${range})`, where, works, remedy);
    }
  }
  if (any && sums.length === 0)
    check.findings.push({
      kind: 'not checked',
      where: `the records of run ${run}`,
      what: 'were made before checksums were kept',
      works: null,
      remedy: null,
    });
  const { count, reach } = sqlite
    .prepare<[number], { count: number; reach: number | null }>(
      'SELECT count(*) AS count, max(iteration) + 1 AS reach FROM iterations WHERE run_key = ?',
    )
    .get(key)!;
  // a run that computes, or was killed, tells more than it has handed over; opening the store brings the row up to date
  if ((reach ?? 0) < done && status !== 'running' && status !== 'queued')
    found(`has records of ${reach ?? 0} iterations, its row tells ${done}`, where, works, remedy);
  if (kind === 'trained' && count !== (reach ?? 0))
    found(`lacks ${(reach ?? 0) - count} of its first ${reach ?? 0} iterations`, where, works, remedy);
}

/** Compares packed records with the rows that they copy. */
function checkPacks(sqlite: Sqlite.Database, { key, run }: { key: number; run: string }, found: Found): void {
  const packs = sqlite
    .prepare<[number], { kind: 'iterations' | 'slices'; start: number }>(
      'SELECT kind, start FROM packs WHERE run_key = ? ORDER BY kind, start',
    )
    .all(key);
  const pack = sqlite
    .prepare<[number, string, number], Uint8Array>(
      'SELECT columns FROM packs WHERE run_key = ? AND kind = ? AND start = ?',
    )
    .pluck();
  const told: string[] = [];
  for (const { kind, start } of packs) {
    const bytes = pack.get(key, kind, start);
    const keys = recordKeys[kind];
    const columns = bytes ? unpack(bytes, keys.length) : null;
    const rows = sqlite
      .prepare<[number, number, number], (number | null)[]>(
        `SELECT ${keys.join(', ')} FROM ${kind} WHERE run_key = ? AND iteration >= ? AND iteration < ?
         ORDER BY iteration${kind === 'slices' ? ', alpha' : ''}`,
      )
      .raw()
      .all(key, start, start + packed);
    const same =
      columns?.[0]?.length === rows.length &&
      rows.every((row, at) => row.every((value, column) => Object.is((value ?? NaN) + 0, columns[column]![at]! + 0)));
    if (!same) told.push(`${kind} from ${start}`);
  }
  if (told.length > 0)
    found(
      `has packed records that are not its rows (${told.slice(0, 3).join(', ')}${told.length > 3 ? ` and ${told.length - 3} more` : ''})`,
      `run ${run}`,
      'Its rows are judged by their own checksums',
      'Have the database back from a backup, or run the experiment again',
    );
}
