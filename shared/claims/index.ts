/** The paper's claims C1 to C7, judged on the records of runs. docs/claims.md defines every statistic. */
import { convexWithFloor } from './c1-convex.ts';
import { bounces } from './c2-bounce.ts';
import { travelsFarther } from './c3-distance.ts';
import { rateKeepsHeight } from './c4-learning-rate.ts';
import { batchInjectsNoise } from './c5-batch-size.ts';
import { floorHasBarriers } from './c6-barriers.ts';
import { flatGeneralises } from './c7-flatness.ts';
import { judge } from './claim.ts';
import type { Claim } from './claim.ts';
import { method } from './intervals.ts';
import { isEvidence, optimizerTitle, unlikePaper } from '../optimizers/index.ts';
import { isLossOfClaims } from '../losses/index.ts';
import { isOver } from '../records.ts';
import { settingKey, walkKey } from './evidence.ts';
import type { ClaimRun, Evidence } from './evidence.ts';
import type { ClaimsEvaluation } from './result.ts';

export type { ClaimRun, Evidence, FloorStudy } from './evidence.ts';

/** Every claim, in the paper's order. */
export const claims: readonly Claim[] = [
  convexWithFloor,
  bounces,
  travelsFarther,
  rateKeepsHeight,
  batchInjectsNoise,
  floorHasBarriers,
  flatGeneralises,
];

/**
 * Judges every claim on runs. Runs that are not over, diverged or failed, or of an optimiser or a loss of which the claims do
 * not speak, are left out and named; those that repeat another
 * one's settings and seed count once; those that walk otherwise than the paper's are named.
 */
export function evaluateClaims(evidence: Evidence): ClaimsEvaluation {
  const leftOut = new Map(evidence.runs.map((run) => [run, unusable(run)]));
  const used = evidence.runs.filter((run) => leftOut.get(run) === null);
  const known = new Set<string>();
  const repeated = used.filter((run) => known.size === known.add(walkKey(run)).size);
  const named = ({ run, name }: ClaimRun): { run: string; name: string } => ({ run, name });
  const unlike = used.flatMap((run) => {
    const reason = unlikePaper(run.experiment.optimizer);
    return reason === null ? [] : [{ ...named(run), reason: `has ${reason}` }];
  });
  return {
    runs: used.map(named),
    left_out: [...leftOut].flatMap(([run, reason]) => (reason === null ? [] : [{ ...named(run), reason }])),
    ...(unlike.length > 0 ? { unlike_paper: unlike } : {}),
    repeated: repeated.map(named),
    confidence: method.confidence,
    claims: claims.map((claim) => judge(claim, { ...evidence, runs: inOrder(used) })),
  };
}

/** Runs by their settings and seeds: sums are rounded in the order of their terms, and the order of asking must not count. */
function inOrder(runs: readonly ClaimRun[]): ClaimRun[] {
  const keys = new Map(runs.map((run) => [run, settingKey(run)]));
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...runs].sort(
    (a, b) => compare(keys.get(a)!, keys.get(b)!) || a.experiment.seed - b.experiment.seed || compare(a.run, b.run),
  );
}

/** Why a run cannot carry a verdict; null when it can. */
function unusable({ status, iterations, experiment }: ClaimRun): string | null {
  if (!isOver(status)) return 'is not over yet';
  if (status === 'diverged' || status === 'failed') return `has ${status}`;
  if (!isEvidence(experiment.optimizer))
    return `was trained with ${optimizerTitle(experiment.optimizer)} while the claims are about SGD`;
  if (!isLossOfClaims(experiment.loss))
    return 'has another loss than the cross-entropy without label smoothing that the claims are about';
  return iterations.iteration.length === 0 ? 'has no iterations' : null;
}
