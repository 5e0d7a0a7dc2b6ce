/** Tables as CSV (RFC 4180): CRLF, quotes where needed, shortest round-trip numbers, empty cells for what is missing. */
import type { Table } from '../../../shared/figures/index.ts';

/** Writes a table as CSV. */
export function toCsv({ columns, rows }: Table): string {
  const lines = [columns.map(cell).join(',')];
  for (const row of rows) lines.push(row.map(cell).join(','));
  return lines.join('\r\n') + '\r\n';
}

function cell(value: number | string | null): string {
  if (value === null || Number.isNaN(value)) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
