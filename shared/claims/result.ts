/** What the evaluation of the claims says: the result of the request `claims.evaluate`, and what page and terminal show. */
import { z } from 'zod';

/** The paper's claims in their order; docs/claims.md defines how each is tested. */
export const claimIds = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7'] as const;

/** One number that tests a claim, and what it rests on. */
const statisticResultSchema = z.strictObject({
  key: z.string(),
  /** The setting whose runs it is of, where settings are judged apart; null where it compares settings, or there is one. */
  setting: z.string().nullable(),
  title: z.string(),
  symbol: z.string(),
  /** Definition in one line. */
  formula: z.string(),
  /** Unit; null for a pure number. */
  unit: z.string().nullable(),
  /** Whether it is a share of answers, from 0 to 1. */
  share: z.boolean(),
  /** The estimate; null where the records do not give one. */
  value: z.number().nullable(),
  /** Ends of the confidence interval; null where the sample carries none. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Least and greatest value that walks without a valley would give; null where that cannot be told. */
  null_low: z.number().nullable(),
  null_high: z.number().nullable(),
  /** What such a walk is, in words. */
  null_words: z.string(),
  /** `decides`: the verdict rests on it. `paper`: the quantity as the paper measures it, which a walk without a valley may support as well. */
  role: z.enum(['decides', 'paper']),
  /** The claim expects the statistic on this side of the threshold. */
  threshold: z.number(),
  expected: z.enum(['above', 'below']),
  /** `for` and `against`: the whole interval lies on one side; `open`: it does not, or too little was measured to decide. */
  outcome: z.enum(['for', 'against', 'open']),
  /** What the interval covers: other iterations of the same run, other seeds, or other settings. */
  over: z.enum(['iterations', 'seeds', 'settings']).nullable(),
  runs: z.int().min(0),
  settings: z.int().min(0),
  /** Runs in the setting with the fewest. */
  seeds: z.int().min(0),
  /** Iterations in all runs that count; 0 where a run gives one number. */
  iterations: z.int().min(0),
  /** Independent iterations that these are worth; null where a run gives one number. */
  effective_iterations: z.number().nullable(),
  /** Answers below what their evaluation resolves: they count neither in favour nor against, and widen the interval to both sides. */
  unresolved: z.int().min(0),
  /** The quantity behind the statistic in every setting. */
  groups: z.array(z.strictObject({ label: z.string(), runs: z.int(), value: z.number().nullable() })),
  /** Why it decides nothing; null where it could. */
  missing: z.string().nullable(),
});
export type StatisticResult = z.output<typeof statisticResultSchema>;

/**
 * What is found about a claim; `depends`: supported in some settings and contradicted in others.
 */
const verdicts = ['supported', 'contradicted', 'depends', 'not-enough'] as const;

/** A claim with its verdict. */
const claimResultSchema = z.strictObject({
  claim: z.enum(claimIds),
  title: z.string(),
  /** The claim in the paper's words, shortened. */
  words: z.string(),
  verdict: z.enum(verdicts),
  /** The verdict in every setting, where a claim about the walk itself is judged on several; else empty. */
  settings: z.array(z.strictObject({ label: z.string(), verdict: z.enum(verdicts) })),
  /** Why the verdict is what it is, in a sentence. */
  reason: z.string(),
  /** What would be enough; null when there is a verdict. */
  missing: z.string().nullable(),
  /** Preset that would decide it; its id. */
  preset: z.string(),
  statistics: z.array(statisticResultSchema),
});
export type ClaimResult = z.output<typeof claimResultSchema>;

/** All claims on a set of runs. */
export const claimsEvaluationSchema = z.strictObject({
  /** Runs that were used. */
  runs: z.array(z.strictObject({ run: z.string(), name: z.string() })),
  /** Runs that were not, and why. */
  left_out: z.array(z.strictObject({ run: z.string(), name: z.string(), reason: z.string() })),
  /** Runs that were used and yet walk in a way that the paper's do not, and how; absent where there are none. */
  unlike_paper: z.array(z.strictObject({ run: z.string(), name: z.string(), reason: z.string() })).optional(),
  /** Runs that repeat the settings and the seed of another one: each walk counts once. */
  repeated: z.array(z.strictObject({ run: z.string(), name: z.string() })),
  confidence: z.number(),
  claims: z.array(claimResultSchema),
});
export type ClaimsEvaluation = z.output<typeof claimsEvaluationSchema>;

/** What is to be known of runs that walk otherwise than the paper's. */
export const unlikePaperWords =
  'the paper’s SGD has neither momentum nor clipping; floors and heights are along the update that was taken, cosines of gradients before clipping';

/** A claim's short name. */
export type ClaimId = ClaimResult['claim'];
/** What is found about a claim. */
export type Verdict = ClaimResult['verdict'];

/** Verdicts in words. */
export const verdictWords: Readonly<Record<Verdict, string>> = {
  supported: 'Supported',
  contradicted: 'Contradicted',
  depends: 'Depends on the setting',
  'not-enough': 'Not enough evidence',
};
