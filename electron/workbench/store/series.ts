/**
 * Numbers as series: what a run measured of one quantity of one kind of record, in chunks of columns. A chunk holds consecutive records,
 * at most those of {@link chunkLength} iterations (of epochs for the records of epochs): what one batch brought, merged with its neighbours
 * once its hundred, and once its thousand is full. Table `chunks` tells which records there are and which quantities they have, table
 * `series` holds the numbers. A quantity that nobody measured has no series and reads as NaN, so that a new one needs no column.
 */
import { crc32 } from 'node:zlib';
import { ValleywalkError } from '../../../shared/errors.ts';
import { decodeMessage, encodeMessage } from '../../../shared/wire.ts';

/** What series are kept in: a database, as far as they need one. */
export interface SeriesDatabase {
  /** For messages. */
  readonly file: string;
  prepare<Row = unknown>(
    sql: string,
  ): {
    run(...values: (number | string | Uint8Array)[]): unknown;
    get(...values: (number | string)[]): Row | undefined;
    all(...values: (number | string)[]): Row[];
  };
}

/** Iterations, or epochs, whose records are one chunk in the end. */
export const chunkLength = 1000;

/** Chunks that lie in one stretch of so many iterations are merged when the next stretch begins. */
const mergedAt = [100, chunkLength];

/** A kind of record. */
export interface RecordKind {
  /** The quantities that tell a record's place, by which it is sorted and of which there is one; the first is whole and says which chunk. */
  places: readonly string[];
  /** All quantities, places counted in. */
  quantities: readonly string[];
}

/** Kinds of records by name. */
export type RecordKinds = Readonly<Record<string, RecordKind>>;

/** Columns of one length by quantity. */
export type SeriesColumns = Readonly<Record<string, Float64Array>>;

/** Consecutive records of one kind. */
export interface Chunk {
  /** Place of the first and of the last record: an iteration, or an epoch. */
  start: number;
  last: number;
  rows: number;
  /** JSON: the quantities of which some value is a number. */
  quantities: string;
  /** See {@link chunkChecksum}; {@link damagedBefore}. */
  checksum: number;
}

/** Numbers as bytes: a column as it crosses the wire, in which one value and whole numbers are short. */
export function encodeSeries(column: Float64Array): Uint8Array {
  return encodeMessage(column);
}

/** The inverse of {@link encodeSeries}; null where the bytes are not a column of `rows` numbers. */
export function decodeSeries(bytes: Uint8Array, rows: number): Float64Array | null {
  try {
    const column = decodeMessage(bytes);
    return column instanceof Float64Array && column.length === rows ? column : null;
  } catch {
    return null;
  }
}

/** Stands for the checksum of a chunk that was damaged already when it was written anew: no damage becomes what was written. */
export const damagedBefore = -1;

/** CRC-32 of what a row of `series` holds, and of where it belongs. @param key of the run */
export function seriesChecksum(
  key: number,
  record: string,
  quantity: string,
  start: number,
  numbers: Uint8Array,
): number {
  return crc32(numbers, crc32(JSON.stringify([key, record, quantity, start])));
}

/** CRC-32 of a row of `chunks`. @param key of the run */
export function chunkChecksum(
  key: number,
  record: string,
  { start, last, rows, quantities }: Omit<Chunk, 'checksum'>,
): number {
  return crc32(JSON.stringify([key, record, start, last, rows, quantities]));
}

/** The series of a store's runs; runs are given by their internal key. What changes them is called inside a transaction. */
export interface Series {
  /**
   * Appends records.
   * @throws ValleywalkError kind `store` where one is there already, or comes before one that is there
   */
  append(key: number, record: string, columns: SeriesColumns): void;
  /** The chunks that may hold records of the places [from, to), ascending. */
  chunks(key: number, record: string, from: number, to: number): Chunk[];
  /** The last chunk, which tells how far the records reach. */
  last(key: number, record: string): Chunk | undefined;
  /**
   * Columns of the records of the places [from, to): those of the quantities that are asked for, NaN where they were not measured.
   * @throws ValleywalkError kind `store` that names what is damaged
   */
  read(key: number, record: string, from: number, to: number, quantities: readonly string[]): SeriesColumns;
  /** Removes the records from a place on. What of a chunk cannot be read is gone with that; one whose places cannot be read goes as a whole. */
  cut(key: number, record: string, from: number): void;
}

/** Prepares the statements. @param kinds the records that are declared */
export function prepareSeries(database: SeriesDatabase, kinds: RecordKinds): Series {
  const ofRun = 'run_key = ? AND record = ?';
  const insertChunk = database.prepare(
    'INSERT INTO chunks (run_key, record, start, last, rows, quantities, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const insert = database.prepare(
    'INSERT INTO series (run_key, record, quantity, start, checksum, numbers) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const between = database.prepare<Chunk>(
    `SELECT start, last, rows, quantities, checksum FROM chunks WHERE ${ofRun} AND start >= ? AND start < ? ORDER BY start`,
  );
  const last = database.prepare<Chunk>(
    `SELECT start, last, rows, quantities, checksum FROM chunks WHERE ${ofRun} ORDER BY start DESC LIMIT 1`,
  );
  const numbers = database.prepare<{ start: number; checksum: number; numbers: Uint8Array }>(
    `SELECT start, checksum, numbers FROM series WHERE ${ofRun} AND quantity = ? AND start BETWEEN ? AND ? ORDER BY start`,
  );
  const removeChunks = database.prepare(`DELETE FROM chunks WHERE ${ofRun} AND start BETWEEN ? AND ?`);
  const remove = database.prepare(`DELETE FROM series WHERE ${ofRun} AND start BETWEEN ? AND ?`);
  const nameOf = database.prepare<{ run: string }>('SELECT run FROM runs WHERE key = ?');

  const damaged = (key: number, record: string, quantity: string, { start, last: end }: Chunk): ValleywalkError =>
    new ValleywalkError(
      'store',
      `the run store ${database.file} is damaged: ${quantity} of the ${record} ${start} to ${end} of run ${nameOf.get(key)?.run ?? key} cannot be read; valleywalk doctor --check-store tells what is damaged and what can be had back`,
    );

  const write = (key: number, record: string, columns: SeriesColumns, wasDamaged = false): void => {
    const [place] = kinds[record]!.places;
    const at = columns[place!]!;
    const measured = Object.keys(columns).filter((quantity) =>
      columns[quantity]!.some((value) => !Number.isNaN(value)),
    );
    const chunk = {
      start: at[0]!,
      last: at.at(-1)!,
      rows: at.length,
      quantities: JSON.stringify(measured),
    };
    const { start, last: end, rows, quantities } = chunk;
    const checksum = wasDamaged ? damagedBefore : chunkChecksum(key, record, chunk);
    insertChunk.run(key, record, start, end, rows, quantities, checksum);
    for (const quantity of measured) {
      const bytes = encodeSeries(columns[quantity]!);
      insert.run(key, record, quantity, start, seriesChecksum(key, record, quantity, start, bytes), bytes);
    }
  };
  const removeFrom = (key: number, record: string, from: number, to = Number.MAX_SAFE_INTEGER): void => {
    removeChunks.run(key, record, from, to);
    remove.run(key, record, from, to);
  };

  /** One quantity of chunks, one after the other. @param notice is told of each piece of it, with its checksum */
  const column = (
    key: number,
    record: string,
    quantity: string,
    chunks: readonly Chunk[],
    notice?: (start: number, checksum: number, numbers: Uint8Array) => void,
  ): Float64Array => {
    const unlisted = chunks.find((chunk) => !isListed(chunk));
    if (unlisted) throw damaged(key, record, 'the list', unlisted);
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    if (rows === 0) return new Float64Array(0);
    const has = chunks.map((chunk) => quantitiesOf(chunk).has(quantity));
    const found = has.includes(true) ? numbers.all(key, record, quantity, chunks[0]!.start, chunks.at(-1)!.start) : [];
    const whole = new Float64Array(rows);
    let at = 0;
    let next = 0;
    chunks.forEach((chunk, index) => {
      if (has[index]) {
        while (next < found.length && found[next]!.start < chunk.start) next++;
        const piece = found[next]?.start === chunk.start ? found[next] : undefined;
        const kept = piece && decodeSeries(piece.numbers, chunk.rows);
        if (!kept) throw damaged(key, record, quantity, chunk);
        notice?.(piece.start, piece.checksum, piece.numbers);
        whole.set(kept, at);
      } else whole.fill(NaN, at, at + chunk.rows);
      at += chunk.rows;
    });
    return whole;
  };
  /**
   * Everything of chunks, also what is not declared any more, to be written anew; and whether some of it is not what was written.
   * @param lost is told of a quantity that cannot be read and is NaN then
   * @throws ValleywalkError kind `store` where places cannot be read, or anything and nobody is told
   */
  const everything = (
    key: number,
    record: string,
    chunks: readonly Chunk[],
    lost?: (quantity: string) => void,
  ): { columns: Record<string, Float64Array>; wasDamaged: boolean } => {
    const { places } = kinds[record]!;
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const orNothing = (name: string, read: () => Float64Array): Float64Array => {
      try {
        return read();
      } catch (error) {
        if (!lost || places.includes(name) || !(error instanceof ValleywalkError)) throw error;
        lost(name);
        return new Float64Array(rows).fill(NaN);
      }
    };
    const unlisted = chunks.find((chunk) => !isListed(chunk));
    if (unlisted) throw damaged(key, record, 'the list', unlisted);
    const names = new Set([...places, ...chunks.flatMap((chunk) => [...quantitiesOf(chunk)])]);
    let wasDamaged = chunks.some((chunk) => chunk.checksum !== chunkChecksum(key, record, chunk));
    const columns = [...names].map((name) => [
      name,
      orNothing(name, () =>
        column(key, record, name, chunks, (start, checksum, bytes) => {
          wasDamaged ||= checksum !== seriesChecksum(key, record, name, start, bytes);
        }),
      ),
    ]);
    return { columns: Object.fromEntries(columns) as Record<string, Float64Array>, wasDamaged };
  };
  const merge = (key: number, record: string, from: number, to: number): void => {
    const chunks = between.all(key, record, from, to);
    if (chunks.length < 2) return;
    let merged: ReturnType<typeof everything>;
    try {
      merged = everything(key, record, chunks);
    } catch (error) {
      // what is damaged stays as it lies, for the check to tell; a run that computes does not end for it
      if (error instanceof ValleywalkError) return;
      throw error;
    }
    const { columns, wasDamaged } = merged;
    removeFrom(key, record, chunks[0]!.start, chunks.at(-1)!.start);
    write(key, record, columns, wasDamaged);
  };

  return {
    append(key, record, columns) {
      const { places, quantities } = kinds[record]!;
      const ordered = inOrder(columns, quantities, places, record);
      const place = ordered[places[0]!]!;
      if (place.length === 0) return;
      let before = last.get(key, record);
      if (before && place[0]! <= before.last) {
        const end = places.map((name) => column(key, record, name, [before!]).at(-1)!);
        const first = places.map((name) => ordered[name]![0]!);
        if (compare(end, first) >= 0) throw taken(record, place[0]!, before.last);
      }
      for (let row = 0; row < place.length;) {
        const start = place[row]!;
        const next = chunkLength * (Math.floor(start / chunkLength) + 1);
        let end = row + 1;
        while (end < place.length && place[end]! < next) end++;
        let part = end - row === place.length ? ordered : sliced(ordered, row, end);
        let wasDamaged = false;
        if (before?.last === start) {
          // what stands at one place is in one chunk
          const there = everything(key, record, [before]);
          part = joined(there.columns, part);
          ({ wasDamaged } = there);
          removeFrom(key, record, before.start);
        } else if (before)
          for (const length of mergedAt) {
            const stretch = Math.floor(before.start / length);
            if (Math.floor(start / length) !== stretch) merge(key, record, stretch * length, (stretch + 1) * length);
          }
        write(key, record, part, wasDamaged);
        before = last.get(key, record)!;
        row = end;
      }
    },
    chunks: (key, record, from, to) =>
      between.all(key, record, chunkLength * Math.floor(from / chunkLength), to).filter((chunk) => chunk.last >= from),
    last: (key, record) => last.get(key, record),
    read(key, record, from, to, quantities) {
      const chunks = this.chunks(key, record, from, to);
      const [first, end] = [chunks[0], chunks.at(-1)];
      const columns = Object.fromEntries(quantities.map((name) => [name, column(key, record, name, chunks)]));
      if (!first || !end || (first.start >= from && end.last < to)) return columns;
      const [name] = kinds[record]!.places;
      const place = columns[name!] ?? column(key, record, name!, chunks);
      return sliced(columns, lowerBound(place, from), lowerBound(place, to));
    },
    cut(key, record, from) {
      const [name] = kinds[record]!.places;
      removeFrom(key, record, from);
      const end = last.get(key, record);
      if (!end || end.last < from) return;
      let left: ReturnType<typeof everything> | null = null;
      let isWhole = true;
      try {
        left = everything(key, record, [end], () => (isWhole = false));
      } catch (error) {
        if (!(error instanceof ValleywalkError)) throw error;
      }
      removeFrom(key, record, end.start);
      if (!left) return;
      const kept = sliced(left.columns, 0, lowerBound(left.columns[name!]!, from));
      if (kept[name!]!.length > 0) write(key, record, kept, left.wasDamaged || !isWhole);
    },
  };
}

/** Whether a chunk's row can be what was written. */
function isListed({ rows, quantities }: Chunk): boolean {
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > mostRows) return false;
  if (known.has(quantities)) return true;
  try {
    return Array.isArray(JSON.parse(quantities));
  } catch {
    return false;
  }
}

/** More rows than a chunk has: those of a thousand slices of 101 points, with room. */
const mostRows = 1e7;

const known = new Map<string, ReadonlySet<string>>();
/** The quantities of a chunk; there are few different lists. */
function quantitiesOf({ quantities }: Chunk): ReadonlySet<string> {
  let list = known.get(quantities);
  if (!list) {
    if (known.size > 1000) known.clear();
    list = new Set(JSON.parse(quantities) as string[]);
    known.set(quantities, list);
  }
  return list;
}

function sliced(columns: SeriesColumns, from: number, to: number): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice(from, to)]));
}

/** Columns one after the other; NaN where one of the two has none. */
function joined(first: SeriesColumns, second: SeriesColumns): Record<string, Float64Array> {
  const length = (columns: SeriesColumns): number => Object.values(columns)[0]!.length;
  const [before, after] = [length(first), length(second)];
  return Object.fromEntries(
    [...new Set([...Object.keys(first), ...Object.keys(second)])].map((name) => {
      const column = new Float64Array(before + after).fill(NaN);
      if (first[name]) column.set(first[name]);
      if (second[name]) column.set(second[name], before);
      return [name, column];
    }),
  );
}

/** The first row whose place is at least `value`. */
function lowerBound(places: Float64Array, value: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return one[at]! - other[at]!;
  return 0;
}

function taken(record: string, at: number, last: number): ValleywalkError {
  return new ValleywalkError(
    'store',
    `${record} of ${at} came when those up to ${last} were there; this is a fault of Valleywalk, please report it`,
  );
}

/** Columns as they are stored: by place, what is not finite as NaN, no −0. Missing quantities are left out. */
function inOrder(
  columns: SeriesColumns,
  quantities: readonly string[],
  places: readonly string[],
  record: string,
): Record<string, Float64Array> {
  const at = places.map((name) => columns[name]!);
  const rows = at[0]!.length;
  const compareRows = (one: number, other: number): number => {
    for (const place of at) if (place[one] !== place[other]) return place[one]! - place[other]!;
    return 0;
  };
  let sorted = true;
  for (let row = 1; row < rows && sorted; row++) sorted = compareRows(row - 1, row) < 0;
  let order: number[] | null = null;
  if (!sorted) {
    order = Array.from({ length: rows }, (_, row) => row).sort(compareRows);
    for (let row = 1; row < rows; row++)
      if (compareRows(order[row - 1]!, order[row]!) === 0)
        throw taken(record, at[0]![order[row]!]!, at[0]![order[row]!]!);
  }
  return Object.fromEntries(
    quantities
      .filter((name) => columns[name] !== undefined)
      .map((name) => {
        const from = columns[name]!;
        const column = new Float64Array(rows);
        for (let row = 0; row < rows; row++) {
          const value = from[order ? order[row]! : row]!;
          column[row] = Number.isFinite(value) ? value + 0 : NaN;
        }
        return [name, column];
      }),
  );
}
