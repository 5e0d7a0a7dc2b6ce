/** Tables of charts that draw one metric of one or more runs. */
import type { RunData, Table } from '../chart.ts';
import type { MetricErrors } from './metric-errors.ts';
import type { Polyline } from './polyline.ts';

/**
 * The drawn points: x and metric of one run; of several runs in long format, the run's id and name before them.
 * @param errors of the only run, as they are drawn: a column more
 */
export function metricTable(
  x: 'iteration' | 'epoch',
  key: string,
  runs: readonly RunData[],
  lines: Polyline[],
  errors: MetricErrors | null = null,
): Table {
  const several = runs.length > 1;
  const rows: Table['rows'] = [];
  for (const [index, { flat, count }] of lines.entries()) {
    const { run, name } = runs[index]!.run;
    for (let point = 0; point < count; point++) {
      const values: (number | null)[] = [flat[2 * point]!, flat[2 * point + 1]!];
      if (errors) values.push(Number.isNaN(errors.errors[point]!) ? null : errors.errors[point]!);
      rows.push(several ? [run, name, ...values] : values);
    }
  }
  return { columns: [...(several ? ['run', 'name'] : []), x, key, ...(errors ? [errors.column] : [])], rows };
}
