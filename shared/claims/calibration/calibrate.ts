/** Counts what claims say in worlds of which it is known what they should say. */
import type { Claim } from '../claim.ts';
import { judge } from '../claim.ts';
import type { ClaimId, Verdict } from '../result.ts';
import { randomFrom } from '../generator.ts';
import type { Scenario } from './scenario.ts';

/** What a claim said in one world. */
export interface Count {
  claim: ClaimId;
  scenario: Scenario;
  kind: 'null' | 'truth' | 'limit';
  draws: number;
  verdicts: Record<Verdict, number>;
  /** By statistic whose true value is known: draws in which it could decide, and those of them whose 95 % interval held the value. */
  coverage: ReadonlyMap<string, { decided: number; held: number }>;
}

/**
 * Draws a claim's worlds and counts its verdicts.
 * @param draws of every world
 * @param seed of all random numbers
 */
export function* calibrate(claim: Claim, draws: number, seed: number): Generator<Count> {
  const { nulls, truths, limits = [] } = claim.calibration;
  const worlds = [
    ...nulls.map((scenario) => ({ scenario, kind: 'null' as const })),
    ...truths.map((scenario) => ({ scenario, kind: 'truth' as const })),
    ...limits.map((scenario) => ({ scenario, kind: 'limit' as const })),
  ];
  for (const { scenario, kind } of worlds) {
    const random = randomFrom(seed);
    const verdicts: Count['verdicts'] = { supported: 0, contradicted: 0, depends: 0, 'not-enough': 0 };
    const coverage = new Map(Object.keys(scenario.truth ?? {}).map((key) => [key, { decided: 0, held: 0 }]));
    for (let draw = 0; draw < draws; draw++) {
      const { verdict, statistics } = judge(claim, scenario.draw(random));
      verdicts[verdict]++;
      for (const { key, low, high, missing } of statistics) {
        const truth = scenario.truth?.[key];
        if (truth === undefined || missing !== null || low === null || high === null) continue;
        const counted = coverage.get(key)!;
        counted.decided++;
        counted.held += Number(low <= truth && truth <= high);
      }
    }
    yield { claim: claim.claim, scenario, kind, draws, verdicts, coverage };
  }
}

/** Draws in which the claim said what is wrong in that world. */
export function falseVerdicts({ kind, scenario, verdicts }: Count): number {
  if (kind === 'truth') return verdicts.contradicted;
  return verdicts.supported + verdicts.depends + (scenario.mayContradict ? 0 : verdicts.contradicted);
}
