/** Tables as CSV, LaTeX (booktabs) and Markdown. */
import { formatMeasured } from '../format.ts';
import type { Spread } from './bands.ts';
import type { TextTable } from './summary.ts';

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

const isSpread = (cell: string | Spread): cell is Spread => typeof cell !== 'string';

/** Columns that hold numbers: those that begin with one. */
function numeric({ rows, columns }: TextTable): boolean[] {
  return columns.map((_, column) => rows.some((row) => isSpread(row[column]!)));
}

/** A value in words: `0.1234 ± 0.01`, a dash where there is none. */
function written(cell: string | Spread, plusMinus = ' ± '): string {
  if (!isSpread(cell)) return cell;
  if (cell.count === 0) return '–';
  return `${formatMeasured(cell.mean)}${cell.count > 1 ? plusMinus + formatMeasured(cell.deviation) : ''}`;
}

function csv(table: TextTable): string {
  const several = table.rows.some((row) => row.some((cell) => isSpread(cell) && cell.count > 1));
  const isNumber = numeric(table);
  const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = table.columns.flatMap((title, column) =>
    several && isNumber[column] ? [title, `${title} standard deviation`, `${title} runs`] : [title],
  );
  const lines = table.rows.map((row) =>
    row.flatMap((cell) => {
      if (!isSpread(cell)) return [cell];
      const mean = cell.count === 0 ? '' : String(cell.mean);
      return several ? [mean, cell.count > 1 ? String(cell.deviation) : '', String(cell.count)] : [mean];
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
function latexNumber(cell: Spread): string {
  if (cell.count === 0) return '--';
  const math = (value: number): string =>
    formatMeasured(value)
      .replaceAll('−', '-')
      .replace(/e(-?\d+)$/, ' \\times 10^{$1}');
  return `$${math(cell.mean)}${cell.count > 1 ? ` \\pm ${math(cell.deviation)}` : ''}$`;
}

function latex(table: TextTable): string {
  const columns = numeric(table).map((isNumber) => (isNumber ? 'r' : 'l'));
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
    ...table.rows.map((row) => line(row.map((cell) => (isSpread(cell) ? latexNumber(cell) : escapeLatex(cell))))),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n');
}

function markdown(table: TextTable): string {
  const escaped = (text: string): string =>
    text.replace(/[\\|`*_<>[\]]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
  const rows = [table.columns.map(escaped), ...table.rows.map((row) => row.map((cell) => escaped(written(cell))))];
  const widths = table.columns.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const isNumber = numeric(table);
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => (isNumber[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (isNumber[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  return `${[line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n')}\n`;
}
