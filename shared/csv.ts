/**
 * CSV as RFC 4180 describes it: commas, CRLF, quotes where needed. A text that a spreadsheet would take for a formula (=, +, -, @, a tab or
 * a carriage return first) has an apostrophe before it, and so has one that looks like that already: taking one away reads each back.
 */

/** A cell: numbers with all their digits (the shortest text that reads back as the same float64), null as nothing. */
export type Cell = number | string | boolean | null;

/** A row, its line end included. */
export function csvRow(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A table with its header row. */
export function csvTable(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [csvRow(header)];
  for (const row of rows) lines.push(csvRow(row));
  return lines.join('');
}

/**
 * Columns as a table, row by row.
 * @param columns one Float64Array a key, all of one length; NaN becomes an empty cell, true and false are 1 and 0
 */
export function* csvOfColumns<K extends string>(
  keys: readonly K[],
  columns: Readonly<Record<K, Float64Array>>,
): Generator<string> {
  yield csvRow(keys);
  const arrays = keys.map((key) => columns[key]);
  const cells: Cell[] = keys.map(() => null);
  for (let row = 0; row < (arrays[0]?.length ?? 0); row++) {
    for (let column = 0; column < arrays.length; column++) cells[column] = arrays[column]![row]!;
    yield csvRow(cells);
  }
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  switch (typeof cell) {
    case 'number':
      return Number.isNaN(cell) ? '' : Object.is(cell, -0) ? '-0' : String(cell);
    case 'boolean':
      return cell ? '1' : '0';
    default:
      return quoted(/^'*[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
