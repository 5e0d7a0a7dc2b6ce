/**
 * Tables of text as spreadsheets and programs write them: RFC 4180, with commas, semicolons or tabs between cells. Only numbers are read;
 * everything else is told by line and column.
 */
import { ValleywalkError } from '../../shared/errors.ts';
import { columnText } from '../../shared/targets.ts';
import type { Column } from '../../shared/targets.ts';

/** A table of numbers. */
export interface NumberTable {
  columns: Column[];
  /** Rows of numbers. */
  count: number;
  /** [count, columns]. */
  numbers: Float64Array;
  /** The line of the file that each row begins in, counted from 1. */
  lines: readonly number[];
  /** Whether the first line names the columns. */
  hasHeader: boolean;
}

/** Most columns that a message names. */
const mostNamed = 8;

const separators = [',', ';', '\t'] as const;
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** What programs write where there is no number. */
const absent = /^[+-]?(nan|inf(inity)?|na|null|none|-)$/i;

/** Cells of one row, with the line that it begins in. */
interface Row {
  line: number;
  cells: string[];
}

/**
 * Reads a table of numbers; the first row names the columns unless it is one of numbers.
 * @param file how errors call it
 * @throws ValleywalkError kind `input` naming line and column
 */
export function parseTable(text: string, file: string): NumberTable {
  const rows = rowsOf(text, file);
  const first = rows.next();
  if (first.done) throw wrongTable(file, null, 'a table of numbers', 'nothing in it');
  const hasHeader = first.value.cells.some((cell) => isName(cell.trim()));
  const columns = first.value.cells.map((cell, index) => (hasHeader ? headerOf(cell, index) : numbered(index)));
  const named = apart(columns);
  checkNames(named, file);
  const numbers = new Numbers();
  const lines: number[] = [];
  const read = ({ line, cells }: Row): void => {
    if (cells.length !== columns.length)
      throw wrongTable(file, `line ${line}`, counted(columns.length, 'cell'), `${cells.length}`);
    cells.forEach((cell, index) => numbers.push(numberOf(cell.trim(), file, line, index, named[index]!)));
    lines.push(line);
  };
  if (!hasHeader) read(first.value);
  for (const row of rows) read(row);
  const count = lines.length;
  if (count === 0) throw wrongTable(file, null, 'rows of numbers below the names of the columns', 'none');
  return { columns: named, count, numbers: numbers.all(), lines, hasHeader };
}

/** Numbers that become more: outside of JavaScript's own heap, which a large table would fill. */
class Numbers {
  #held = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#held.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#held);
      this.#held = larger;
    }
    this.#held[this.#length++] = value;
  }
  all(): Float64Array {
    return this.#held.slice(0, this.#length);
  }
}

/** Rows with something in them, one after the other. */
function* rowsOf(text: string, file: string): Generator<Row, undefined> {
  const separator = separatorOf(text);
  let [at, line] = [0, 1];
  while (at < text.length) {
    const row: Row = { line, cells: [] };
    let ends = false;
    while (!ends) {
      let cell = '';
      if (text[at] === '"') {
        const began = line;
        let closed = false;
        for (at++; at < text.length && !closed; at++) {
          if (text[at] === '\n') line++;
          if (text[at] !== '"') cell += text[at];
          else if (text[at + 1] === '"') cell += text[at++];
          else closed = true;
        }
        if (!closed) throw wrongTable(file, `line ${began}`, 'a closing quotation mark', 'the end of the file');
      }
      const from = at;
      while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
      row.cells.push(cell + text.slice(from, at));
      ends = text[at] !== separator;
      at++;
    }
    if (text[at - 1] === '\r' && text[at] === '\n') at++;
    line++;
    if (row.cells.length > 1 || row.cells[0]!.trim() !== '') yield row;
  }
  return undefined;
}

/** What stands between cells: what the first line has most of outside of quotation marks; a comma where it has none. */
function separatorOf(text: string): string {
  const first = /^[\r\n ]*([^\r\n]*)/.exec(text)![1]!.replace(/"[^"]*"/g, '');
  const counts = separators.map((each) => first.split(each).length);
  return separators[counts.indexOf(Math.max(...counts))]!;
}

/** Whether a cell of the first row is the name of its column: a word, and none for a number that is missing. */
function isName(cell: string): boolean {
  return cell !== '' && !number.test(cell) && !absent.test(cell);
}

/** Columns whose names differ by what was taken for a unit keep that in their names: `flow (in)`, `flow (out)`. */
function apart(columns: readonly Column[]): Column[] {
  const times = new Map<string, number>();
  for (const { name } of columns) times.set(name, (times.get(name) ?? 0) + 1);
  return columns.map((column) => (times.get(column.name)! > 1 ? { name: columnText(column), unit: null } : column));
}

/** Name and unit of a column: `temperature (°C)` and `temperature [°C]` have one. */
function headerOf(cell: string, index: number): Column {
  const text = cell.trim();
  const parts = /^(.*\S)\s*(?:\(([^()]+)\)|\[([^[\]]+)\])$/.exec(text);
  if (text === '') return numbered(index);
  return parts ? { name: parts[1]!, unit: (parts[2] ?? parts[3])!.trim() || null } : { name: text, unit: null };
}

function numbered(index: number): Column {
  return { name: `column ${index + 1}`, unit: null };
}

function checkNames(columns: readonly Column[], file: string): void {
  const seen = new Map<string, number>();
  columns.forEach(({ name }, index) => {
    const other = seen.get(name);
    if (other !== undefined)
      throw wrongTable(
        file,
        'line 1',
        'a name of its own for every column',
        `“${name}” in columns ${other + 1} and ${index + 1}`,
      );
    seen.set(name, index);
  });
}

function numberOf(cell: string, file: string, line: number, index: number, column: Column): number {
  const value = number.test(cell) ? Number(cell) : NaN;
  if (Number.isFinite(value)) return value;
  const found = cell === '' ? 'nothing' : `“${cell.length > 40 ? `${cell.slice(0, 40)}…` : cell}”`;
  const remedy =
    cell === ''
      ? 'fill it in, or leave the row out'
      : /^[+-]?\d+,\d+$/.test(cell)
        ? 'write decimals with a point'
        : number.test(cell)
          ? 'it is larger than a number can be'
          : absent.test(cell)
            ? 'leave the row out, or write the number that is meant'
            : 'leave the column out, or write numbers for its words';
  throw wrongTable(file, `line ${line}, column ${index + 1} (${column.name})`, 'a number', `${found}; ${remedy}`);
}

/** An error about a place in a table. */
function wrongTable(file: string, where: string | null, expected: string, found: string): ValleywalkError {
  return new ValleywalkError(
    'input',
    `${file}: ${where === null ? '' : `at ${where} `}expected ${expected}, found ${found}`,
  );
}

/** `1 cell`, `5 cells`. */
function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Names of columns as a message lists them. */
export function namesText(columns: readonly Column[]): string {
  const names = columns.map(({ name }) => name);
  return names.length > mostNamed
    ? `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`
    : names.join(', ');
}
