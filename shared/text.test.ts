import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeJson, decodeText } from './text.ts';

const swapped = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes, (_, at) => bytes[at ^ 1]!);
const little = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le'));

it('reads a text alike in UTF-8 and UTF-16, with a byte order mark and without', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (rest) => {
      const text = `{"ä": ${rest}`;
      const utf8 = new TextEncoder().encode(text);
      const forms = [
        utf8,
        little(text),
        swapped(little(text)),
        little(`\ufeff${text}`),
        swapped(little(`\ufeff${text}`)),
      ];
      for (const bytes of [...forms, Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8)])
        expect(decodeText(bytes, 'f')).toBe(text);
    }),
    { seed: 4, numRuns: 200 },
  );
  expect(decodeText(new Uint8Array(), 'f')).toBe('');
});

it('names what it cannot read instead of putting U+FFFD in its place', () => {
  expect(() => decodeText(Buffer.from('{"name": "Zürich"}', 'latin1'), 'e.json')).toThrow(
    'e.json: at byte 11 expected text in UTF-8, found fc, as Latin-1 (Windows-1252) has it; save it as UTF-8',
  );
  expect(() => decodeText(Uint8Array.of(0xff, 0xfe, 0x41), 'f')).toThrow('at byte 3 expected');
  expect(() => decodeText(Uint8Array.of(0xff, 0xfe, 0, 0xd8), 'f')).toThrow('half a character');
  expect(() => decodeText(Uint8Array.of(0xff, 0xfe, 0, 0, 0x41, 0, 0, 0), 'f')).toThrow(
    'at byte 0 expected text in UTF-8, found UTF-32',
  );
  expect(() => decodeJson(new TextEncoder().encode('{'), 'f')).toThrow('f is not JSON: ');
});

it.each([[[0xef]], [[0xef, 0xbf]], [[0x41, 0xef, 0xbf]]])('refuses an end within a character: %j', (bytes) => {
  expect(() => decodeText(Uint8Array.from(bytes), 'f')).toThrow(
    `f: at byte ${bytes.length} expected text in UTF-8, found an end within a character`,
  );
});
