import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorFor, generatorFrom } from './generator.ts';
import type { GeneratorState } from './generator.ts';
import { shuffled, subset } from './shuffle.ts';

const take = <T>(count: number, next: () => T): T[] => Array.from({ length: count }, next);
const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const state = fc
  .tuple(word, word, word, word)
  .filter((words) => words.some((each) => each > 0)) as fc.Arbitrary<GeneratorState>;

describe('generator', () => {
  it('gives the words of the reference implementation', () => {
    // xoshiro128starstar.c 1.1 from the state {1, 2, 3, 4}, as published in rand_xoshiro's tests
    const published = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    const generator = generatorFrom([1, 2, 3, 4]);
    expect(take(10, generator.word)).toEqual(published);
  });

  it('continues from its state', () => {
    fc.assert(
      fc.property(state, fc.nat(20), (from, skipped) => {
        const generator = generatorFrom(from);
        take(skipped, generator.word);
        const copy = generatorFrom(JSON.parse(JSON.stringify(generator.state())) as GeneratorState);
        expect(take(5, copy.word)).toEqual(take(5, generator.word));
      }),
    );
  });

  it('starts from SHA-256 of seed and purpose, so that others can follow', () => {
    // python: struct.unpack('<4I', hashlib.sha256(b'valleywalk order 1').digest()[:16])
    expect(generatorFor(1, 'order').state()).toEqual([1880297243, 4023218286, 2829744953, 2886915507]);
    const starts = [generatorFor(1, 'order'), generatorFor(2, 'order'), generatorFor(1, 'subset')].map((each) =>
      each.word(),
    );
    expect(new Set(starts).size).toBe(3);
  });

  it('draws numbers in range, evenly', () => {
    const generator = generatorFor(7, 'order');
    const counts = new Array<number>(6).fill(0);
    for (let draw = 0; draw < 60_000; draw++) counts[generator.below(6)]!++;
    // χ² with 5 degrees of freedom is below 20.5 in 999 of 1,000 seeds
    expect(counts.reduce((sum, each) => sum + (each - 10_000) ** 2 / 10_000, 0)).toBeLessThan(20.5);
    const uniforms = take(10_000, generator.uniform);
    expect(uniforms.every((each) => each >= 0 && each < 1 && Math.fround(each) === each)).toBe(true);
    expect(Math.abs(uniforms.reduce((a, b) => a + b) / 10_000 - 0.5)).toBeLessThan(0.01);
  });

  it('draws normal numbers with mean 0 and variance 1', () => {
    const generator = generatorFor(3, 'initialisation');
    const drawn = Float64Array.from({ length: 20_000 }, () => generator.normal());
    const moment = (power: number): number => drawn.reduce((sum, each) => sum + each ** power, 0) / drawn.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.03);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.3);
    expect(drawn.every(Number.isFinite)).toBe(true);
  });

  it('draws again rather than favour small numbers', () => {
    const bound = 3 * 2 ** 30;
    fc.assert(
      fc.property(state, (from) => {
        const words = generatorFrom(from);
        let first = words.word();
        while (first >= bound) first = words.word();
        expect(generatorFrom(from).below(bound)).toBe(first);
      }),
    );
  });

  it('refuses states that are none', () => {
    expect(() => generatorFrom([0, 0, 0, 0])).toThrow('must not be all zeros');
    expect(() => generatorFrom([1, 2, 3, -4])).toThrow('four unsigned 32-bit words');
  });
});

describe('shuffled', () => {
  it('is a permutation, the same for the same state', () => {
    fc.assert(
      fc.property(state, fc.nat(200), (from, count) => {
        const order = shuffled(count, generatorFrom(from));
        expect([...order].sort((a, b) => a - b)).toEqual(take(count, () => 0).map((_, index) => index));
        expect(shuffled(count, generatorFrom(from))).toEqual(order);
      }),
    );
  });

  it('makes every order of three equally likely', () => {
    const generator = generatorFor(3, 'order');
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 12_000; draw++) {
      const order = shuffled(3, generator).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const each of counts.values()) expect(Math.abs(each - 2000)).toBeLessThan(200);
  });
});

describe('subset', () => {
  it('takes different numbers in order', () => {
    fc.assert(
      fc.property(state, fc.integer({ min: 1, max: 50 }), fc.nat(50), (from, size, more) => {
        const taken = [...subset(size + more, size, generatorFrom(from))];
        expect(taken).toHaveLength(size);
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
        expect(taken.at(-1)).toBeLessThan(size + more);
      }),
    );
  });
});
