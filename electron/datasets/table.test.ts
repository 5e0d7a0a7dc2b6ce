import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { few, readOrRefused } from '../../build/fuzzing/inputs.ts';
import { datasetSchema, targetsText } from '../../shared/datasets.ts';
import { firstExamples } from './examples.ts';
import { inspectFolder } from './inspect.ts';
import { loadDataset } from './load.ts';
import { readExamples } from './read.ts';
import { parseTable } from './table.ts';
import { temporaryFolder } from './testing.ts';
import type { TemporaryFolder } from './testing.ts';
import { scalesOf } from './values.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

function write(text: string, name = 'houses.csv'): string {
  writeFileSync(join(folder.path, name), text);
  return folder.path;
}
const houses = 'area (m²),rooms,price [€]\n50,2,100\n80,3,170\n65,2,120\n120,5,260\n';

describe('a CSV table', () => {
  it('is described: the last column is the target, units are told', async () => {
    const set = await inspectFolder(write(houses));
    expect(datasetSchema.parse(set)).toMatchObject({
      ...{
        format: 'csv',
        count: 4,
        height: 1,
        width: 2,
        channels: 1,
        classes: null,
        classNames: null,
        normalisation: null,
      },
      targetColumns: [{ name: 'price', unit: '€' }],
      inputColumns: [
        { name: 'area', unit: 'm²' },
        { name: 'rooms', unit: null },
      ],
      reading: { notes: [expect.stringContaining('the last column, price (€), is the target') as string], leftOut: [] },
    });
    expect(targetsText(set)).toBe('1 target: price (€)');
  });

  it('has other targets where they are named, in that order, and is told apart by them', async () => {
    const one = await inspectFolder(write(houses));
    const two = await inspectFolder(folder.path, { targets: ['rooms', 'area (m²)'] });
    expect(two.targetColumns!.map(({ name }) => name)).toEqual(['rooms', 'area']);
    expect(two.checksum).not.toBe(one.checksum);
    const raw = await readExamples(two);
    expect(raw.checksum).toBe(two.checksum);
    expect([...(raw.classes === null ? raw.values : [])].slice(0, 4)).toEqual([2, 50, 3, 80]);
    expect([...raw.pixels]).toEqual([100, 170, 120, 260]);
  });

  it('is standardised by the examples that train alone, as scikit-learn’s StandardScaler does', async () => {
    const set = await inspectFolder(write(houses));
    const { train, validation } = await loadDataset(set, { train: 3, validation: 1 });
    const [mean, deviation] = [65, Math.sqrt((15 ** 2 + 15 ** 2) / 3)];
    expect([...train.images].filter((_, at) => at % 2 === 0)).toEqual(
      [50, 80, 65].map((value) => Math.fround((value - mean) / deviation)),
    );
    expect(validation.images[0]).toBe(Math.fround((120 - mean) / deviation));
    const column = train.targetColumns![0]!;
    expect(column).toMatchObject({ name: 'price', unit: '€', mean: 130 });
    // reversible
    expect(validation.targets[0]! * column.deviation + column.mean).toBeCloseTo(260, 4);
    expect(train).toMatchObject({ classes: null, features: 2, black: [] });
  });

  it('names columns apart that differ by what stands in brackets, numbers without names, and a first column that has none', async () => {
    const apart = await inspectFolder(write('flow (in),flow (out),T (K)\n1,2,3\n2,4,5\n'));
    expect(apart.inputColumns).toEqual([
      { name: 'flow (in)', unit: null },
      { name: 'flow (out)', unit: null },
    ]);
    expect(apart.targetColumns).toEqual([{ name: 'T', unit: 'K' }]);
    const tabs = await inspectFolder(write('\ty\n0\t2.5\n1\t3.5\n2\t1\n'));
    expect(tabs).toMatchObject({ width: 1, targetColumns: [{ name: 'y' }] });
    expect(tabs.reading!.notes).toContainEqual(expect.stringContaining('the first column has no name'));
  });

  it('takes what rounding leaves of a constant column for constant, as StandardScaler does', () => {
    const values = Float64Array.of(0.1 + 0.2, 0.3, 0.3, 1e-200, 0, 0);
    expect(scalesOf(values.subarray(0, 3), 1, 3)[0]!.deviation).toBe(1);
    expect(scalesOf(values.subarray(3), 1, 3)[0]!.deviation).toBe(1);
    expect(scalesOf(Float64Array.of(0, 1e-3), 1, 2)[0]!.deviation).toBe(5e-4);
  });

  it('keeps a column that is constant while training as 0', async () => {
    const set = await inspectFolder(write('a,b,y\n1,7,1\n2,7,3\n3,7,2\n4,9,5\n'));
    const { train, validation } = await loadDataset(set, { train: 3, validation: 1 });
    expect([train.images[1], train.images[3], validation.images[1]]).toEqual([0, 0, 2]);
  });

  it.each<[string, string]>([
    ['semicolons, CRLF, a byte order mark, quoted names', '\ufeff"a; b";"y"\r\n1;2\r\n3;4\r\n'],
    ['tabs and exponents', 'a b\ty\n1e0\t2\n+3.\t.4e1\n\n'],
    ['no header', '1,2\n3,4\n'],
    ['quotation marks within quotation marks', '"a ""b""",y\n"1",2\n3,"4"'],
  ])('is read: %s', (_, text) => {
    const table = parseTable(text.replace('\ufeff', ''), 'f.csv');
    expect([...table.numbers]).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, string, RegExp, string[]?]>([
    [
      'text',
      'a,y\n1,2\nx,4\n',
      /houses.csv: at line 3, column 1 \(a\) expected a number, found “x”; leave the column out/,
    ],
    [
      'text as a target',
      'a,kind\n1,setosa\n2,rosa\n',
      /at line 2, column 2 \(kind\) expected a number, found “setosa”/,
    ],
    ['NaN', 'a,y\n1,nan\n2,3\n', /at line 2, column 2 \(y\) expected a number, found “nan”; leave the row out/],
    [
      'NaN in a first row without names',
      '1.5,nan\n2,3\n',
      /at line 1, column 2 \(column 2\) expected a number, found “nan”/,
    ],
    ['NaN below a blank line', 'a,y\n\n1,2\n\n3,nan\n', /at line 5, column 2 \(y\) expected a number/],
    ['nothing', 'a,y\n1,2\n,3\n', /at line 3, column 1 \(a\) expected a number, found nothing; fill it in/],
    ['a decimal comma', 'a;y\n1,5;2\n1;3\n', /found “1,5”; write decimals with a point/],
    ['too large', 'a,y\n1e999,2\n1,3\n', /found “1e999”; it is larger than a number can be/],
    ['a short row', 'a,b,y\n1,2,3\n4,5\n', /at line 3 expected 3 cells, found 2/],
    ['an open quotation', 'a,y\n"1,2\n', /at line 2 expected a closing quotation mark, found the end/],
    ['no rows', 'a,y\n', /expected rows of numbers below the names of the columns, found none/],
    ['nothing at all', '\n\n', /expected a table of numbers, found nothing in it/],
    ['one row', 'a,y\n1,2\n', /is 2 in every row|holds one row; a data set needs at least two/],
    ['a constant target', 'a,y\n1,2\n3,2\n', /the target y is 2 in every row, so that there is nothing to learn/],
    ['names twice', 'a,a,y\n1,2,3\n', /a name of its own for every column, found “a” in columns 1 and 2/],
    ['a target that is not there', 'a,y\n1,2\n3,4\n', /has no column “z” to take as a target; it has a, y/, ['z']],
    ['a target twice', 'a,y\n1,2\n3,4\n', /the target “y” is named twice/, ['y', 'y']],
    ['nothing but targets', 'a,y\n1,2\n3,4\n', /every column is a target, and none is left/, ['a', 'y']],
    [
      'more targets than rows',
      'a,b,c,d\n1,2,3,4\n5,6,7,8\n',
      /3 targets for 2 rows; a data set needs more rows/,
      ['b', 'c', 'd'],
    ],
  ])('is refused with a sentence: %s', async (_, text, message, targets) => {
    await expect(inspectFolder(write(text), targets ? { targets } : {})).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('is refused where the training part has one value of the target', async () => {
    const set = await inspectFolder(write('a,y\n1,2\n3,2\n5,2\n7,9\n'));
    await expect(loadDataset(set, { train: 3, validation: 1 })).rejects.toThrow(
      /the target y of data set .* is 2 in all of the first 3 examples, which train.*shuffle the rows/,
    );
  });

  it('sorted by its target is said to be so', async () => {
    const { reading } = await inspectFolder(write('a,y\n9,1\n3,2\n5,3\n'));
    expect(reading!.notes.at(-1)).toMatch(/in the order of the target y.*shuffle/);
  });

  it('is found by itself, or as train.csv, or is one of several', async () => {
    write(houses, 'b.csv');
    expect((await inspectFolder(write(houses, 'a.csv').concat('/b.csv'))).title).toBe('b');
    await expect(inspectFolder(folder.path)).rejects.toThrow(
      /holds several tables: a.csv, b.csv; put the one .*, or add the file itself/,
    );
    const set = await inspectFolder(write(houses, 'train.csv'));
    expect(set.files).toEqual([join(folder.path, 'train.csv')]);
    expect(set.reading!.leftOut[0]).toMatchObject({ count: 2, names: ['a.csv', 'b.csv'] });
    mkdirSync(join(folder.path, 'other'));
    await expect(inspectFolder(join(folder.path, 'none.csv'))).rejects.toThrow('there is no folder');
  });

  it('shows its first rows as they are written', async () => {
    const { examples } = await firstExamples(await inspectFolder(write(houses)), 1);
    expect(examples).toEqual([
      { place: 0, label: null, pixels: null, inputs: [50, 2], targets: [100] },
      { place: 1, label: null, pixels: null, inputs: [80, 3], targets: [170] },
    ]);
  });
});

it('whatever text a table has, it is read or refused', async () => {
  const cell = fc.constantFrom('1', '-2.5', '3e4', '', 'x', '"', '"1"', '1,', ';', '\t', '\r', '\n', 'nan', '\u0000');
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { maxLength: 40 }), async (cells) => {
      const text = cells.join(',');
      const read = await readOrRefused(() => inspectFolder(write(text)));
      if (read) expect(read.count).toBeGreaterThan(1);
      expect(readFileSync(join(folder.path, 'houses.csv'), 'utf8')).toBe(text);
    }),
    few,
  );
});
