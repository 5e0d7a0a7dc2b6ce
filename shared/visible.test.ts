import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvTable } from './csv.ts';
import { slug } from './slug.ts';
import { actingCharacter, oneLine, visibleInPicture, visibleJson, visibleLines } from './visible.ts';

const acting = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Any text, and such as holds what terminals obey and readers do not see. */
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        '\x1b]0;owned\x07',
        '\x1b[2J',
        '\x9b31m',
        '\u202e',
        '\u2066',
        '\u200b',
        '\ufeff',
        '\r',
        '\n',
        '\t',
        '\x7f',
        'ä',
        '👩‍💻',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('a')),
);

test('of any text nothing acts on one line; in lines only the breaks do', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(oneLine(text)).not.toMatch(acting);
      expect(visibleLines(text).replaceAll('\n', '')).not.toMatch(acting);
      expect(visibleInPicture(text).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      expect(actingCharacter(text) === null).toBe(!acting.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('what can be seen stays as it is, and escapes say what stood there', () => {
  for (const text of ['quick walk', 'θ₀ – 学習率 0.1', 'α·β "x" \\n']) expect(oneLine(text)).toBe(text);
  expect(oneLine('\x1b[31mred\x1b[0m\n\u202eevil\u2069\u{e0001}')).toBe(
    '\\x1b[31mred\\x1b[0m\\n\\u202eevil\\u2069\\u{e0001}',
  );
  expect(visibleLines('a\r\nb\rc\n\td')).toBe('a\nb\\rc\n\\td');
  expect(visibleInPicture('👩‍💻 \u202e\x07')).toBe('👩‍💻 \\u202e\\x07');
  expect(actingCharacter('a\nb', '\n')).toBeNull();
  expect(actingCharacter('a\x1bb', '\n')).toBe('\\x1b');
});

test('JSON reads back as the same value, and nothing in it acts', () => {
  fc.assert(
    fc.property(fc.oneof(texts, fc.array(texts), fc.dictionary(texts, texts)), (value) => {
      expect(visibleJson(value)).not.toMatch(acting);
      expect(visibleJson(value, 2).replaceAll('\n', '')).not.toMatch(acting);
      expect(JSON.parse(visibleJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 1000 },
  );
});

test('names of files hold letters, digits and hyphens, whatever they are made of', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(slug(text)).toMatch(/^[\p{L}\p{N}-]{0,60}$/u);
    }),
    { numRuns: 1000 },
  );
});

test('no text cell of a CSV is a formula to a spreadsheet, and each reads back', () => {
  const starts = fc
    .constantFrom('=', '+', '-', '@', '\t', '\r', '')
    .chain((start) => texts.map((text) => start + text));
  fc.assert(
    fc.property(starts, (text) => {
      const [, cell] = /^name\r\n(.*)\r\n$/s.exec(csvTable(['name'], [[text]]))!;
      const read = cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!;
      expect(read).not.toMatch(/^[=+\-@\t\r]/);
      expect(read.replace(/^'(?='*[=+\-@\t\r])/, '')).toBe(text);
    }),
    { numRuns: 1000 },
  );
});
