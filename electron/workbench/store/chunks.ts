/** What a chunk of series is: its row, its columns as bytes, their checksums, and how columns are cut, joined and put in order. */
import { crc32 } from 'node:zlib';
import { ValleywalkError } from '../../../shared/errors.ts';
import { decodeMessage, encodeMessage } from '../../../shared/wire.ts';

/** Iterations, or epochs, whose records are one chunk in the end. */
export const chunkLength = 1000;

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

/** Whether a chunk's row can be what was written. */
export function isListed({ rows, quantities }: Chunk): boolean {
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
export function quantitiesOf({ quantities }: Chunk): ReadonlySet<string> {
  let list = known.get(quantities);
  if (!list) {
    if (known.size > 1000) known.clear();
    list = new Set(JSON.parse(quantities) as string[]);
    known.set(quantities, list);
  }
  return list;
}

/** The rows [from, to) of columns. */
export function sliced(columns: SeriesColumns, from: number, to: number): Record<string, Float64Array> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice(from, to)]));
}

/** Columns one after the other; NaN where one of the two has none. */
export function joined(first: SeriesColumns, second: SeriesColumns): Record<string, Float64Array> {
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

/** Order of two records by their places: below 0 where the first comes first, 0 where they have the same. */
export function compare(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return one[at]! - other[at]!;
  return 0;
}

/** What is thrown where a record comes at a place that is taken. @param last the last place there */
export function taken(record: string, at: number, last: number): ValleywalkError {
  return new ValleywalkError(
    'store',
    `${record} of ${at} came when those up to ${last} were there; this is a fault of Valleywalk, please report it`,
  );
}

/** Columns as they are stored: by place, what is not finite as NaN, no −0. Missing quantities are left out. */
export function inOrder(
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
