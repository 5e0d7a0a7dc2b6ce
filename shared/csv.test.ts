import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOfColumns, csvRow, csvTable } from './csv.ts';

/** A reader of RFC 4180, the plain way: character by character. */
function parse(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[++at]!;
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      rows.at(-1)!.push(cell);
      cell = '';
    } else if (character === '\r' && text[at + 1] === '\n') {
      at++;
      rows.at(-1)!.push(cell);
      rows.push([]);
      cell = '';
    } else cell += character;
  }
  expect(rows.pop()).toEqual([]);
  return rows;
}

describe('CSV', () => {
  it('keeps every bit of a number', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1 }), (numbers) => {
        expect(parse(csvRow(numbers))[0]!.map(Number)).toEqual(numbers);
      }),
    );
    expect(csvRow([0.1 + 0.2, 1e-320, -0, 1e21])).toBe('0.30000000000000004,1e-320,-0,1e+21\r\n');
  });

  it('keeps every text', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('a,b', 'say "yes"', 'two\r\nlines', '\n', '"', '=1+1', "'=1+1", '-walk', '@SUM(A1)'),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 })), (rows) => {
        // what keeps a spreadsheet from computing a text is taken away again
        const read = parse(csvTable(['a', 'b'], rows)).map((row) =>
          row.map((text) => text.replace(/^'(?='*[=+\-@\t\r])/, '')),
        );
        expect(read).toEqual([['a', 'b'], ...rows]);
      }),
    );
  });

  it('writes what is missing as nothing, flags as 1 and 0', () => {
    expect(csvRow([null, true, false, NaN, 'x'])).toBe(',1,0,,x\r\n');
    expect([...csvOfColumns(['a', 'b'], { a: Float64Array.of(1, NaN), b: Float64Array.of(0, 0.5) })].join('')).toBe(
      'a,b\r\n1,0\r\n,0.5\r\n',
    );
    expect([...csvOfColumns(['a'], { a: new Float64Array() })]).toEqual(['a\r\n']);
  });
});
