/** The short version of `node bench/calibration.ts`: no claim says more than it may, and each finds what is there. */
import { describe, expect, it } from 'vitest';
import { claims } from '../index.ts';
import { calibrate, falseVerdicts } from './calibrate.ts';
import type { Count } from './calibrate.ts';

/** Draws of every world; those that walk take longer. */
const draws = (claim: string): number => (claim === 'C3' || claim === 'C5' ? 30 : 80);
/** Three Monte Carlo errors of a share in so many draws. */
const slack = (share: number, of: number): number => 3 * Math.sqrt((share * (1 - share)) / of);

describe.each(claims.map((claim) => [claim.claim, claim] as const))('%s', (_, claim) => {
  const counts: Count[] = [...calibrate(claim, draws(claim.claim), 20261129)];

  it.each(counts.map((count) => [count.scenario.name, count] as const))('%s', (_name, count) => {
    if (count.kind !== 'limit')
      expect(falseVerdicts(count) / count.draws).toBeLessThanOrEqual(0.05 + slack(0.05, count.draws));
    if (count.kind === 'truth')
      expect(count.verdicts.supported / count.draws).toBeGreaterThanOrEqual(0.8 - slack(0.8, count.draws));
    for (const { decided, held } of count.coverage.values())
      if (decided > 0) expect(held / decided).toBeGreaterThanOrEqual(0.9 - slack(0.9, decided));
  });
});
