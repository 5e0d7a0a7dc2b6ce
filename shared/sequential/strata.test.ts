import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatorFrom } from '../random/generator.ts';
import { descending, sizesOf, stratifiedSample } from './strata.ts';

const generator = (seed: number) => generatorFrom([seed, 2, 3, 4]);

describe('a stratified sample', () => {
  const population = fc
    .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
    .map((sizes) => Float64Array.from(sizes));

  it('grows to what is asked for, each example once, and never depends on the way there', () => {
    fc.assert(
      fc.property(population, fc.nat(400), fc.nat(400), fc.nat(), (sizes, first, more, seed) => {
        const [inSteps, atOnce] = [stratifiedSample(sizes, generator(seed)), stratifiedSample(sizes, generator(seed))];
        const drawn = [...inSteps.growTo(first), ...inSteps.growTo(first + more)];
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.length).toBeGreaterThanOrEqual(Math.min(sizes.length, first + more));
        const counts = (sample: typeof inSteps) => sample.strata.map((stratum) => stratum.drawn.length);
        atOnce.growTo(first + more);
        expect(counts(inSteps)).toEqual(counts(atOnce));
        expect(inSteps.strata.reduce((sum, { size }) => sum + size, 0)).toBe(sizes.length);
        for (const { size, drawn: own } of inSteps.strata)
          expect(own.length).toBeGreaterThanOrEqual(Math.min(size, 10));
        expect(drawn.length).toBeLessThanOrEqual(Math.max(first + more + 10, 100));
        expect([...inSteps.strata.flatMap((stratum) => stratum.drawn)].sort((a, b) => a - b)).toEqual(
          [...drawn].sort((a, b) => a - b),
        );
      }),
    );
  });

  it('takes large examples whole, and small ones evenly', () => {
    const sizes = Float64Array.from({ length: 1000 }, (_, example) =>
      example < 20 ? 100 : 0.1 + (example % 7) / 1000,
    );
    const times = new Float64Array(1000);
    for (let seed = 1; seed <= 400; seed++)
      for (const example of stratifiedSample(sizes, generator(seed)).growTo(200)) times[example]!++;
    for (let example = 0; example < 20; example++) expect(times[example]).toBe(400);
    // within the last stratum every example has the same chance: z-scores of so many binomial counts
    const last = stratifiedSample(sizes, generator(1));
    last.growTo(200);
    const smallest = last.strata.at(-1)!;
    const share = smallest.drawn.length / smallest.size;
    const order = Array.from(sizes, (_, example) => example).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
    const scores = order
      .slice(-smallest.size)
      .map((example) => (times[example]! - 400 * share) / Math.sqrt(400 * share * (1 - share)));
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4.5);
    const squares = scores.reduce((sum, each) => sum + each * each, 0) / scores.length;
    expect(Math.abs(squares - 1)).toBeLessThan(5 * Math.sqrt(2 / scores.length));
  });

  it('gives examples that the ends find easy at least a third of an even share', () => {
    const sizes = Float64Array.from({ length: 10_000 }, (_, example) => (example < 500 ? 1 : 0));
    const sample = stratifiedSample(sizes, generator(1));
    const easy = sample.growTo(1000).filter((example) => example >= 500).length;
    expect(easy).toBeGreaterThan(9500 / 10 / 3);
  });
});

it('sorts by size as comparisons do, equal ones by number', () => {
  const size = fc.oneof(
    fc.double({ min: 0, max: 1e300, noNaN: true }),
    fc.constantFrom(0, -0, 5e-324, 1, 1 + 2 ** -52),
  );
  fc.assert(
    fc.property(fc.array(size, { maxLength: 200 }), (sizes) => {
      const known = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
      expect([...descending(Float64Array.from(sizes))]).toEqual(known);
    }),
  );
});

it('tells how far losses may move from outputs and losses at both ends', () => {
  const outputs = [Float32Array.of(0, 0, 1, 2), Float32Array.of(3, 4, 1, 2)] as const;
  const sizes = sizesOf([Float32Array.of(0.25, 2), Float32Array.of(0.5, 1)], outputs, (loss) => Math.min(1, loss));
  expect([...sizes]).toEqual([0.5 * 5, 0]);
});
