/**
 * Numbers as series: what a run measured of one quantity of one kind of record, in chunks of columns. A chunk holds consecutive records,
 * at most those of {@link chunkLength} iterations (of epochs for the records of epochs): what one batch brought, merged with its neighbours
 * once its hundred, and once its thousand is full. Table `chunks` tells which records there are and which quantities they have, table
 * `series` holds the numbers. A quantity that nobody measured has no series and reads as NaN, so that a new one needs no column.
 */
import { ValleywalkError } from '../../../shared/errors.ts';
import { lowerBound } from '../../../shared/ordered.ts';
import {
  chunkChecksum,
  chunkLength,
  compare,
  damagedBefore,
  decodeSeries,
  encodeSeries,
  inOrder,
  isListed,
  joined,
  quantitiesOf,
  seriesChecksum,
  sliced,
  taken,
} from './chunks.ts';
import type { Chunk, SeriesColumns } from './chunks.ts';

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
