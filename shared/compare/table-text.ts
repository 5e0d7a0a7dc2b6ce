/** Tables as CSV, LaTeX (booktabs) and Markdown. */
import { formatMeasured } from '../format.ts';
import type { TableNumber, TextTable } from './summary.ts';

/** What a table can be written as, with the ending and the media type of its file. */
export const tableFormats = {
  csv: { title: 'CSV', ending: 'csv', mime: 'text/csv' },
  latex: { title: 'LaTeX', ending: 'tex', mime: 'text/x-tex' },
  markdown: { title: 'Markdown', ending: 'md', mime: 'text/markdown' },
} as const;
/** One of them. */
export type TableFormat = keyof typeof tableFormats;

/** Writes a table. Numbers have four significant digits, in CSV all of theirs. */
export function tableText(table: TextTable, format: TableFormat): string {
  switch (format) {
    case 'csv':
      return csv(table);
    case 'latex':
      return latex(table);
    case 'markdown':
      return markdown(table);
  }
}

const isNumber = (cell: string | TableNumber): cell is TableNumber => typeof cell !== 'string';

/** Columns that hold numbers: those that have one anywhere. */
function numeric({ rows, columns }: TextTable): boolean[] {
  return columns.map((_, column) => rows.some((row) => isNumber(row[column]!)));
}

/** A number in words: `0.1234 ± 0.01` or `0.1234 (0.11 to 0.14)`, a dash where there is none. */
export function numberText(
  cell: TableNumber,
  plusMinus = ' ± ',
  number: (value: number) => string = formatMeasured,
): string {
  const { middle, low, high, half, count, written } = cell;
  if (count === 0) return '–';
  if (written === 'half') return `${number(middle)}${Number.isNaN(half) ? '' : plusMinus + number(half)}`;
  return `${number(middle)}${count < 2 || Number.isNaN(low) ? '' : ` (${number(low)} to ${number(high)})`}`;
}

const text = (value: number): string => (Number.isFinite(value) ? String(value) : '');

function csv(table: TextTable): string {
  const numbers = table.rows.flat().filter(isNumber);
  const several = numbers.some(({ count }) => count > 1);
  const isOfNumbers = numeric(table);
  const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const head = table.columns.flatMap((title, column) => {
    if (!several || !isOfNumbers[column]) return [title];
    const counts = table.rows.some((row) => isNumber(row[column]!) && row[column].pairs !== undefined)
      ? 'pairs'
      : 'runs';
    return [title, ...['standard deviation', 'low', 'high', counts].map((part) => `${title} ${part}`)];
  });
  const lines = table.rows.map((row) =>
    row.flatMap((cell, column) => {
      // a word in a column of numbers, as that of the baseline itself
      if (!isNumber(cell)) return several && isOfNumbers[column] ? [cell, '', '', '', ''] : [cell];
      const { middle, deviation, low, high, count, pairs = count } = cell;
      if (!several) return [text(middle)];
      const ends = count > 1 ? [text(low), text(high)] : ['', ''];
      return [text(middle), text(deviation), ...ends, pairs === null ? '' : String(pairs)];
    }),
  );
  return [head, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

const specials: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '–': '--',
  '±': '$\\pm$',
  '−': '$-$',
  '≥': '$\\geq$',
  '≤': '$\\leq$',
  '×': '$\\times$',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '·': '$\\cdot$',
  '…': '\\ldots{}',
};

/** Text as LaTeX prints it. */
export function escapeLatex(text: string): string {
  return text
    .replace(/[\\~^–±−≥≤×<>|·…&%$#_{}]/gu, (character) => specials[character] ?? `\\${character}`)
    .replace(/\s+/g, ' ');
}

/** A number as LaTeX prints it: a minus in mathematics, powers of ten written out. */
function latexNumber(cell: TableNumber): string {
  if (cell.count === 0) return '--';
  const math = (value: number): string =>
    formatMeasured(value)
      .replaceAll('−', '-')
      .replace(/e(-?\d+)$/, ' \\times 10^{$1}');
  return `$${numberText(cell, ' \\pm ', math)}$`.replace(' to ', '$ to $');
}

function latex(table: TextTable): string {
  const columns = numeric(table).map((isOfNumbers) => (isOfNumbers ? 'r' : 'l'));
  const line = (cells: string[]): string => `    ${cells.join(' & ')} \\\\`;
  return [
    '% needs \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escapeLatex(table.caption)}}`,
    `  \\begin{tabular}{${columns.join('')}}`,
    '    \\toprule',
    line(table.columns.map(escapeLatex)),
    '    \\midrule',
    ...table.rows.map((row) => line(row.map((cell) => (isNumber(cell) ? latexNumber(cell) : escapeLatex(cell))))),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function markdown(table: TextTable): string {
  const escaped = (text: string): string =>
    text.replace(/[\\|`*_<>[\]]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
  const rows = [
    table.columns.map(escaped),
    ...table.rows.map((row) => row.map((cell) => escaped(isNumber(cell) ? numberText(cell) : cell))),
  ];
  const widths = table.columns.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const isOfNumbers = numeric(table);
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => (isOfNumbers[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (isOfNumbers[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return `${[line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n')}\n`;
}
