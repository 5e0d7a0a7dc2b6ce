import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuzzyFind, fuzzyScore } from './fuzzy.ts';

describe('finding by a few letters', () => {
  const names = ['Settings', 'Compare', 'Compare the selected runs', 'quick walk 12', 'quick walk 2', 'New experiment'];
  const find = (query: string): string[] => fuzzyFind(query, names, (name) => name);

  it('puts whole finds and beginnings of words first', () => {
    expect(find('comp')).toEqual(['Compare', 'Compare the selected runs']);
    expect(find('walk 2')[0]).toBe('quick walk 2');
    expect(find('runs comp')).toEqual(['Compare the selected runs']);
  });

  it('takes initials and ignores case and accents', () => {
    expect(find('ne')[0]).toBe('New experiment');
    expect(find('QW12')).toEqual(['quick walk 12']);
    expect(fuzzyScore('resume', 'Résumé')).not.toBeNull();
  });

  it('finds nothing where a letter is missing, and everything for nothing', () => {
    expect(find('zzz')).toEqual([]);
    expect(find(' ')).toEqual(names);
  });

  it('finds every text by any part of itself, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.nat(), fc.nat(), (text, a, b) => {
        const [from, to] = [a % text.length, b % text.length].sort((x, y) => x - y) as [number, number];
        expect(fuzzyScore(text.slice(from, to + 1).normalize('NFKD'), text)).not.toBeNull();
      }),
    );
  });
});
