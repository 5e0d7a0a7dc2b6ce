/** Real numbers as targets: what is asked of them, and how they and the columns of a table are standardised. */
import { ValleywalkError } from '../../shared/errors.ts';
import { columnText } from '../../shared/targets.ts';
import type { Column } from '../../shared/targets.ts';

/**
 * Refuses targets that cannot be learned.
 * @param values [count, columns]
 * @param placeOf how the message calls a place
 * @throws ValleywalkError kind `input`: a number that is none, a constant column, more columns than rows
 */
export function checkTargets(
  values: Float64Array,
  columns: readonly Column[],
  count: number,
  placeOf: (row: number, column: number) => string,
): void {
  const width = columns.length;
  const absent = values.findIndex((value) => !Number.isFinite(value));
  if (absent >= 0)
    throw new ValleywalkError(
      'input',
      `${placeOf(Math.floor(absent / width), absent % width)}: expected a number as target, found ${values[absent]!}; leave the row out, or write the number that is meant`,
    );
  if (width > count)
    throw new ValleywalkError(
      'input',
      `${placeOf(0, 0)}: ${width} targets for ${count} ${count === 1 ? 'row' : 'rows'}; a data set needs more rows than targets`,
    );
  const constant = columns.findIndex((_, column) => isConstant(values, width, column));
  if (constant >= 0)
    throw new ValleywalkError(
      'input',
      `${placeOf(0, constant)}: the target ${columnText(columns[constant]!)} is ${values[constant]!} in every row, so that there is nothing to learn; choose another column`,
    );
}

/** Tells targets that lie in order: the last examples validate. */
export function orderNotes(values: Float64Array, columns: readonly Column[]): string[] {
  const width = columns.length;
  const sorted = columns.filter((_, column) => {
    let [up, down] = [true, true];
    for (let at = column + width; at < values.length; at += width) {
      up &&= values[at]! >= values[at - width]!;
      down &&= values[at]! <= values[at - width]!;
    }
    return up || down;
  });
  return sorted.map(
    (column) =>
      `the rows lie in the order of the target ${columnText(column)}, so that the last ones, which validate, are the ends of it; shuffle them before they are saved`,
  );
}

/** Mean and standard deviation of a column. */
export interface Scale {
  mean: number;
  /** Over the examples, not over one fewer; 1 where the column is constant but for rounding, which so becomes 0. */
  deviation: number;
}

/**
 * Means and standard deviations of columns in float64, as scikit-learn's `StandardScaler` takes them.
 * @param values [rows, width]
 * @param rows how many of them, from the first on
 */
export function scalesOf(values: Float64Array, width: number, rows: number): Scale[] {
  return Array.from({ length: width }, (_, column) => {
    if (isConstant(values.subarray(0, rows * width), width, column)) return { mean: values[column]!, deviation: 1 };
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += values[row * width + column]!;
    const mean = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (values[row * width + column]! - mean) ** 2;
    const variance = squares / rows;
    // what rounding makes of a column that does not vary
    const least = rows * Number.EPSILON * variance + (rows * mean * Number.EPSILON) ** 2;
    return { mean, deviation: variance > least ? Math.sqrt(variance) : 1 };
  });
}

/** (value − mean) / deviation of every column in float32. @param values [rows, scales] */
export function standardised(values: Float64Array, scales: readonly Scale[]): Float32Array {
  const width = scales.length;
  const found = new Float32Array(values.length);
  for (const [column, { mean, deviation }] of scales.entries())
    for (let at = column; at < values.length; at += width) found[at] = (values[at]! - mean) / deviation;
  return found;
}

/** Whether all numbers of a column are the same. */
export function isConstant(values: Float64Array, width: number, column: number): boolean {
  for (let at = column + width; at < values.length; at += width) if (values[at] !== values[column]) return false;
  return true;
}
