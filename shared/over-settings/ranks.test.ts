import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noncentralF } from './noncentral-f.ts';
import {
  correlationInterval,
  cramersV,
  leastBeyondGroups,
  leastForCorrelation,
  rankEffect,
  rankEffectInterval,
  ranks,
  spearman,
} from './ranks.ts';
import truth from './testing/truth.json' with { type: 'json' };

test('ranks: equal values have the mean of theirs', () => {
  expect(ranks([10, 30, 20, 20])).toEqual([1, 4, 2.5, 2.5]);
  expect(ranks([5, 5, 5])).toEqual([2, 2, 2]);
  expect(ranks([])).toEqual([]);
});

test('Spearman’s correlation and its interval are NumPy’s', () => {
  for (const { x, y, rho, interval } of truth.pairs) {
    expect(spearman(x, y)).toBeCloseTo(rho, 12);
    const own = correlationInterval(rho, x.length)!;
    expect(own[0]).toBeCloseTo(interval[0]!, 9);
    expect(own[1]).toBeCloseTo(interval[1]!, 9);
  }
});

test('without ties it is 1 − 6 Σd²/(n³ − n)', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer(), { minLength: 3, maxLength: 40 }), fc.integer(), (x, seed) => {
      const y = x.map((value, at) => ((value ^ seed) >>> 0) * 64 + at);
      const [rx, ry] = [ranks(x), ranks(y)];
      const d = rx.reduce((sum, rank, at) => sum + (rank - ry[at]!) ** 2, 0);
      expect(spearman(x, y)).toBeCloseTo(1 - (6 * d) / (x.length ** 3 - x.length), 9);
    }),
  );
});

test('a rising transformation of either changes nothing, a falling one the sign', () => {
  const x = [3, 1, 2, 2, 8, 5, 4];
  const y = [0.1, 0.4, 0.2, 0.3, 0.9, 0.6, 0.6];
  expect(spearman(x.map(Math.log), y)).toBeCloseTo(spearman(x, y), 12);
  expect(
    spearman(
      x,
      y.map((value) => -value),
    ),
  ).toBeCloseTo(-spearman(x, y), 12);
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
});

test('too few runs have no interval, and ±1 has a finite inner end', () => {
  expect(correlationInterval(0.5, leastForCorrelation - 1)).toBeNull();
  expect(correlationInterval(NaN, 30)).toBeNull();
  const [low, high] = correlationInterval(1, 10)!;
  expect(high).toBe(1);
  expect(low).toBeGreaterThan(0.9);
  expect(correlationInterval(-1, 10)).toEqual([-1, -low]);
});

test('η² of ranks is Kruskal and Wallis’ H ÷ (n − 1), its interval that of the noncentral F', () => {
  for (const { y, groups, eta, h, interval } of truth.effects) {
    const effect = rankEffect(y, groups);
    expect(effect.eta).toBeCloseTo(eta, 12);
    expect(effect.eta).toBeCloseTo(h / (y.length - 1), 12);
    const own = rankEffectInterval(effect)!;
    expect(own[0]).toBeCloseTo(interval[0]!, 5);
    expect(own[1]).toBeCloseTo(interval[1]!, 5);
  }
});

test('the noncentral F distribution is the integral of its density', () => {
  for (const { share, between, within, lambda, p } of truth.noncentralF)
    expect(noncentralF(share, between, within, lambda)).toBeCloseTo(p, 6);
});

test('groups that are wholly apart, and groups of one each', () => {
  const apart = rankEffect([...'111111222222'].map(Number), [...'aaaaaabbbbbb']);
  expect(apart.eta).toBe(1);
  const [low, high] = rankEffectInterval(apart)!;
  expect(high).toBe(1);
  expect(low).toBeGreaterThan(0.5);
  const single = rankEffect([1, 2, 3], ['a', 'b', 'c']);
  expect(rankEffectInterval(single)).toBeNull();
  expect(rankEffectInterval({ eta: 0.5, n: 2 + leastBeyondGroups - 1, groups: 2 })).toBeNull();
});

test('of a thousand runs the interval is narrow and around the estimate', () => {
  const [low, high] = rankEffectInterval({ eta: 0.95, n: 1000, groups: 12 })!;
  expect(low).toBeLessThan(0.95);
  expect(high).toBeGreaterThan(0.945);
  expect(high - low).toBeLessThan(0.02);
});

test('Cramér’s V: 1 where one follows from the other, 0 in a full grid', () => {
  expect(cramersV(['a', 'a', 'b', 'b'], ['x', 'x', 'y', 'y'])).toBeCloseTo(1, 12);
  expect(cramersV(['a', 'a', 'b', 'b'], ['x', 'y', 'x', 'y'])).toBeCloseTo(0, 12);
  // 2 × 2: |ad − bc|/√(row and column sums) = |3·3 − 1·1|/16
  const a = [...'aaaabbbb'];
  const b = [...'xxxyyyyx'];
  expect(cramersV(a, b)).toBeCloseTo(0.5, 12);
});
