/** Tables in a text file: rows are examples, columns are numbers, and one or several of them are the targets. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { columnText } from '../../../shared/targets.ts';
import { decodeText } from '../../../shared/text.ts';
import { readWhole } from '../bytes.ts';
import { filesBeside } from '../left-out.ts';
import type { RawExamples } from '../raw.ts';
import { namesText, parseTable } from '../table.ts';
import type { NumberTable } from '../table.ts';
import { checkTargets, orderNotes } from '../values.ts';
import { defineFormat } from './format.ts';
import type { KnownSet } from './format.ts';

const names = /\.(csv|tsv)$/i;
const training = /^train(ing)?\.(csv|tsv)$/i;
const testing = /^(test|val|valid|validation)\.(csv|tsv)$/i;

/** Most bytes of a table: its text and its numbers are held together. */
const mostTableBytes = 2 ** 28;

/** Tables of real numbers. */
export const csv = defineFormat({
  key: 'csv',
  title: 'CSV table',
  holds:
    'one `.csv` or `.tsv` file, or `train.csv`; rows are examples, the last column is the target unless others are named',
  reads:
    'numbers with a decimal point, separated by commas, semicolons or tabs; the first line names the columns, with units as in `mass (kg)`, unless it is one of numbers. The last column is the target, or those named when the set is added: real numbers, for regression. Text, empty cells, NaN and constant targets are told by line and column and refused',
  lookedFor: 'a CSV table of numbers',
  namePattern: names,
  before: null,
  namesTargets: true,
  normalisation: () => null,
  detect({ path, entries }) {
    const tables = entries
      .map(({ name }) => name)
      .filter((name) => names.test(name))
      .sort();
    if (tables.length === 0) return null;
    const chosen =
      tables.find((name) => training.test(name)) ?? tables.filter((name) => !testing.test(name))[0] ?? tables[0]!;
    if (!training.test(chosen) && tables.filter((name) => !testing.test(name)).length > 1)
      throw new ValleywalkError(
        'input',
        `${path} holds several tables: ${tables.slice(0, 5).join(', ')}${tables.length > 5 ? ` and ${tables.length - 5} more` : ''}; put the one to learn from into a folder of its own, or add the file itself, ${join(path, tables[0]!)}`,
      );
    const files = [join(path, chosen)];
    return { files, notes: [], leftOut: filesBeside(path, entries, files) };
  },
  read: readCsv,
});

async function readCsv({ files: [file], targets }: KnownSet): Promise<RawExamples> {
  const bytes = await readWhole(file!, mostTableBytes);
  const table = parseTable(decodeText(bytes, file!), file!);
  const chosen = targetsIn(table, targets, file!);
  const isTarget = new Set(chosen);
  const inputs = table.columns.flatMap((_, index) => (isTarget.has(index) ? [] : [index]));
  if (inputs.length === 0)
    throw new ValleywalkError(
      'input',
      `${file!}: every column is a target, and none is left to predict them from; name fewer`,
    );
  const targetColumns = chosen.map((index) => table.columns[index]!);
  const values = columnsOf(table, chosen);
  checkTargets(
    values,
    targetColumns,
    table.count,
    (row, column) => `${file!}: line ${table.lines[row]!}, column ${chosen[column]! + 1}`,
  );
  return {
    ...{ count: table.count, channels: 1, height: 1, width: inputs.length },
    pixels: columnsOf(table, inputs),
    values,
    targetColumns,
    inputColumns: inputs.map((index) => table.columns[index]!),
    classes: null,
    classNames: null,
    checksum: createHash('sha256').update(bytes).update(JSON.stringify(targetColumns)).digest('hex'),
    reading: {
      notes: [
        ...(table.hasHeader ? [] : ['the first line is one of numbers, so that columns are called by their places']),
        ...(table.hasHeader && inputs.includes(0) && table.columns[0]!.name === 'column 1'
          ? ['the first column has no name; if it numbers the rows, save the table without it (index=False in pandas)']
          : []),
        ...(targets === null
          ? [
              `the last column, ${columnText(targetColumns[0]!)}, is the target; others can be named when the set is added`,
            ]
          : []),
        ...orderNotes(values, targetColumns),
      ],
      leftOut: [],
    },
  };
}

/** Places of the target columns. @throws ValleywalkError naming one that is not there */
function targetsIn({ columns }: NumberTable, targets: readonly string[] | null, file: string): number[] {
  if (targets === null) return [columns.length - 1];
  const found = targets.map((asked) => {
    const wanted = asked.trim();
    const index = columns.findIndex((column) => column.name === wanted || columnText(column) === wanted);
    if (index < 0)
      throw new ValleywalkError(
        'input',
        `${file} has no column “${wanted}” to take as a target; it has ${namesText(columns)}`,
      );
    return index;
  });
  const twice = found.find((index, at) => found.indexOf(index) !== at);
  if (twice !== undefined)
    throw new ValleywalkError('input', `${file}: the target “${columns[twice]!.name}” is named twice; name it once`);
  return found;
}

/** Some columns of a table, row by row. */
function columnsOf({ columns, count, numbers }: NumberTable, chosen: readonly number[]): Float64Array {
  const some = new Float64Array(count * chosen.length);
  for (let row = 0, at = 0; row < count; row++)
    for (const index of chosen) some[at++] = numbers[row * columns.length + index]!;
  return some;
}
