import { describe, expect, it } from 'vitest';
import { evaluateClaims } from './index.ts';
import { intervalAxis } from './interval-axis.ts';
import { claimColumns, claimRows, claimsMarkdown } from './text.ts';
import { walkValley } from './simulation.ts';

/** Bounced across: η · curvature = 1.9; three seeds of one setting. */
const bouncing = [1, 2, 3].map((seed) => walkValley({ noise: 2, iterations: 240, seed }));

describe('as text', () => {
  const evaluation = evaluateClaims({ runs: bouncing, floors: [] });

  it('is one CSV row a statistic', () => {
    const rows = claimRows(evaluation);
    expect(rows).toHaveLength(evaluation.claims.flatMap(({ statistics }) => statistics).length);
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([claimColumns.length]));
    expect(rows[0]!.slice(0, 3)).toEqual(['C1', 'supported', 'convex_with_floor']);
  });

  it('is Markdown with a section a claim, its interval and what is missing', () => {
    const text = claimsMarkdown(evaluation);
    expect(text.match(/^## /gm)).toHaveLength(7);
    expect(text).toContain('## C1. A valley floor between the steps: supported');
    expect(text).toMatch(
      /\| 0\.\d+ \[0\.\d+, (0\.\d+|1)\] \| above 0\.5 \| 0 \| 3 runs, a seed each, 720 iterations worth \d+ independent ones; interval over seeds \|/,
    );
    expect(text).toContain('Needs 4 or more learning rates with at least 3 seeds each');
  });
});

describe('the axis of a statistic', () => {
  const { claims: found } = evaluateClaims({ runs: bouncing, floors: [] });
  const all = found.flatMap(({ statistics }) => statistics);

  it('goes from 0 to 1 for a share, wherever it lies', () => {
    const shares = all.filter(({ share }) => share).map(({ symbol }) => symbol);
    expect(shares).toEqual(['p₁', 'p₂', 'p(walk)']);
    for (const one of all) if (one.share) expect(intervalAxis(one)).toEqual([0, 1]);
  });

  it('holds everything that is drawn of another', () => {
    for (const one of all.filter(({ share, value }) => !share && value !== null)) {
      const [from, to] = intervalAxis(one);
      for (const place of [one.value, one.low, one.high, one.threshold, one.null_low, one.null_high])
        if (place !== null) expect([from < place, place < to]).toEqual([true, true]);
    }
  });

  it('no symbol stands for two statistics', () => {
    const symbols = all.map(({ symbol }) => symbol);
    expect(new Set(symbols).size).toBe(symbols.length);
  });
});
