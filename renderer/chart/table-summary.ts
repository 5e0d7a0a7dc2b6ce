/** Sums the columns of a chart's table up, so that a large one can be read. */
import type { Table } from '../../shared/charts/chart.ts';

/** One numeric column in seven numbers; null where it has no value. */
export interface ColumnSummary {
  column: string;
  count: number;
  first: number | null;
  last: number | null;
  least: number | null;
  most: number | null;
  mean: number | null;
}

/** Summaries of the columns that hold numbers; rows without a value do not count. */
export function summarise({ columns, rows }: Table): ColumnSummary[] {
  return columns.flatMap((column, at) => {
    const found: ColumnSummary = { column, count: 0, first: null, last: null, least: null, most: null, mean: null };
    let sum = 0;
    for (const row of rows) {
      const value = row[at];
      if (typeof value !== 'number' || Number.isNaN(value)) continue;
      found.count++;
      found.first ??= value;
      found.last = value;
      found.least = Math.min(found.least ?? value, value);
      found.most = Math.max(found.most ?? value, value);
      sum += value;
    }
    if (found.count === 0) return [];
    return [{ ...found, mean: sum / found.count }];
  });
}
