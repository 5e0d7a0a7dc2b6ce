/** Checks a store's database: its form, its schema, every row against its checksum, what is decoded, and whether runs are whole. */
import Sqlite from 'better-sqlite3';
import { datasetSchema } from '../../../shared/datasets.ts';
import { runRecordSchema } from '../../../shared/records.ts';
import type { Finding } from '../../../shared/store-check.ts';
import { prepareAnalyses } from './analyses.ts';
import { checkedTables, defineRowChecksum, rowExpressions } from './checksums.ts';
import { applicationId, wrapToRead } from './database.ts';
import { prepareDatasets } from './datasets.ts';
import { prepareFigures } from './figures.ts';
import { migrate, migrations } from './migrations/index.ts';
import { recordKinds } from './records.ts';
import { prepareRuns } from './runs.ts';
import { chunkChecksum, chunkLength, damagedBefore, decodeSeries, seriesChecksum } from './chunks.ts';
import type { Chunk } from './chunks.ts';
import { prepareStudies } from './studies.ts';

/** What is known of the database after it was checked. */
export interface DatabaseCheck {
  findings: Finding[];
  version: number | null;
  runs: number;
  rows: number;
}

const database = 'the database';

/**
 * Checks an open database in one transaction, so that what others write meanwhile is left out.
 * @param file for messages
 * @param tell told the share that is done, after each table and run; what it throws ends the check
 */
export function checkDatabase(sqlite: Sqlite.Database, file: string, tell: (share: number) => void): DatabaseCheck {
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
    tell(formShare);
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
    else checkRows(sqlite, file, check, { found, part, tell });
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

/** Shares of the check, about, after the form and after the tables; the rest are the records of runs. */
const [formShare, tablesShare] = [1 / 3, 2 / 3];

/** Compares the schema with the one that the migrations make. */
function checkSchema(sqlite: Sqlite.Database, version: number, found: Found): void {
  const fresh = new Sqlite(':memory:');
  try {
    migrate(fresh, migrations.slice(0, version));
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

function checkRows(
  sqlite: Sqlite.Database,
  file: string,
  check: DatabaseCheck,
  { found, part, tell }: { found: Found; part: Part; tell: (share: number) => void },
): void {
  defineRowChecksum(sqlite);
  for (const [index, table] of checkedTables.entries()) {
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
    tell(formShare + ((tablesShare - formShare) * (index + 1)) / checkedTables.length);
  }
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
  for (const [index, run] of runs.entries()) {
    part(`the records of run ${run.run}`, () => checkRecords(sqlite, run, check, found));
    tell(tablesShare + ((1 - tablesShare) * (index + 1)) / runs.length);
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

/** Compares the records of a run, chunk by chunk and series by series, with their checksums, and with what its row tells. */
function checkRecords(
  sqlite: Sqlite.Database,
  { key, run, done, status, kind }: { key: number; run: string; done: number; status: string; kind: string },
  check: DatabaseCheck,
  found: Found,
): void {
  const where = `run ${run}`;
  const again =
    'Resume the run from an earlier checkpoint where it has one, run its experiment again (the same numbers come out), or have the database back from a backup';
  const damaged = (what: string, works: string): void => found(what, where, works, again);
  const untouched =
    'Other runs are not touched; its files of parameters and its checkpoint have checksums of their own';
  const chunks = sqlite.prepare<[number, string], Chunk>(
    'SELECT start, last, rows, quantities, checksum FROM chunks WHERE run_key = ? AND record = ? ORDER BY start',
  );
  const series = sqlite.prepare<[number, string, number], { quantity: string; checksum: number; numbers: Uint8Array }>(
    'SELECT quantity, checksum, numbers FROM series WHERE run_key = ? AND record = ? AND start = ?',
  );
  const names = sqlite
    .prepare<[number, number], string>(
      'SELECT record FROM chunks WHERE run_key = ? UNION SELECT record FROM series WHERE run_key = ?',
    )
    .pluck()
    .all(key, key);
  let [count, reach] = [0, 0];
  for (const record of names) {
    const places = (recordKinds as Readonly<Record<string, { places: readonly string[] } | undefined>>)[record]?.places;
    if (!places) {
      damaged(`has ${record}, which is no kind of record`, untouched);
      continue;
    }
    const starts = new Set<number>();
    let before = -1;
    for (const chunk of chunks.all(key, record)) {
      const { start, last, rows } = chunk;
      const range = `${places[0]} ${start} to ${last}`;
      starts.add(start);
      check.rows += rows;
      if (record === 'iterations') [count, reach] = [count + rows, Math.max(reach, last + 1)];
      if (chunk.checksum === damagedBefore)
        damaged(`has ${record} that were not what was written when they were last written anew (${range})`, untouched);
      else if (chunk.checksum !== chunkChecksum(key, record, chunk)) {
        damaged(`has a list of ${record} that is not what was written (${range})`, untouched);
        continue;
      }
      if (start <= before || Math.floor(start / chunkLength) !== Math.floor(last / chunkLength))
        damaged(`has ${record} that lie across others (${range})`, untouched);
      before = last;
      const kept = new Map(series.all(key, record, start).map((each) => [each.quantity, each]));
      for (const quantity of JSON.parse(chunk.quantities) as string[]) {
        const each = kept.get(quantity);
        kept.delete(quantity);
        const whole = each && each.checksum === seriesChecksum(key, record, quantity, start, each.numbers);
        const column = each && decodeSeries(each.numbers, rows);
        if (whole && column) continue;
        damaged(
          `${each ? 'has' : 'lacks'} ${quantity} of its ${record} ${each ? 'that is not what was written ' : ''}(${range})`,
          column
            ? `Other runs, and other quantities and ${places[0]}s of this one, are as they were written; here wrong numbers are shown`
            : `Other runs, and what of this one needs no ${quantity} of these ${record}, can be read; the rest is refused with a message`,
        );
      }
      for (const quantity of kept.keys())
        damaged(`has ${quantity} of its ${record} that no list tells (${range})`, untouched);
    }
    const lost = sqlite
      .prepare<[number, string], number>('SELECT DISTINCT start FROM series WHERE run_key = ? AND record = ?')
      .pluck()
      .all(key, record)
      .filter((start) => !starts.has(start));
    for (const start of lost) damaged(`has numbers of ${record} from ${start} on that no list tells`, untouched);
  }
  // a run that computes, or was killed, tells more than it has handed over; opening the store brings the row up to date
  if (reach < done && status !== 'running' && status !== 'queued')
    damaged(`has records of ${reach} iterations, its row tells ${done}`, untouched);
  if (kind === 'trained' && count !== reach)
    damaged(`lacks ${reach - count} of its first ${reach} iterations`, untouched);
}
