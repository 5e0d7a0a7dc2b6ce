/** A claim: the paper's words, the statistics that test it, and how their outcomes become a verdict. */
import { formatNumber } from '../metrics.ts';
import { notImported } from '../records.ts';
import type { Evidence } from './evidence.ts';
import type { ClaimId, ClaimResult, StatisticResult, Verdict } from './result.ts';

/** A claim of the paper and its test; one file each. */
export interface Claim {
  claim: ClaimId;
  title: string;
  /** The claim in the paper's words, shortened. */
  words: string;
  /** Id of the preset that would decide it. */
  preset: string;
  /** Whether it looks at batches, gradients or the optimiser's settings, which imported trajectories do not tell. */
  needsTraining: boolean;
  /** Every statistic, also those that the evidence does not carry. */
  test(evidence: Evidence): StatisticResult[];
}

/**
 * Judges a claim: supported when every statistic lies with its whole interval where the claim expects it, contradicted when
 * one lies with its whole interval on the other side, otherwise not enough evidence.
 */
export function judge(claim: Claim, evidence: Evidence): ClaimResult {
  const runs = claim.needsTraining ? evidence.runs.filter(({ imported }) => imported === null) : evidence.runs;
  const leftOut = evidence.runs.length - runs.length;
  const statistics = claim.test({ ...evidence, runs });
  const verdict: Verdict = statistics.some(({ outcome }) => outcome === 'against')
    ? 'contradicted'
    : statistics.every(({ outcome }) => outcome === 'for')
      ? 'supported'
      : 'not-enough';
  return {
    claim: claim.claim,
    title: claim.title,
    words: claim.words,
    preset: claim.preset,
    statistics,
    verdict,
    reason: [reasonOf(verdict, statistics), ...exceptions(statistics), ...leftOutText(leftOut)].join(' '),
    missing: verdict === 'not-enough' ? missingOf(statistics) : null,
  };
}

function leftOutText(count: number): string[] {
  if (count === 0) return [];
  const which = count === 1 ? 'One imported trajectory is' : `${count} imported trajectories are`;
  return [`${which} left out: batches, gradients and their settings are ${notImported}.`];
}

function reasonOf(verdict: Verdict, statistics: readonly StatisticResult[]): string {
  const side = ({ title, outcome, expected, threshold }: StatisticResult): string => {
    const where = (outcome === 'against') === (expected === 'above') ? 'below' : 'above';
    return `${lowerFirst(title)} lies ${where} ${formatNumber(threshold)}`;
  };
  if (verdict !== 'not-enough') {
    const telling = statistics.filter(({ outcome }) => verdict === 'supported' || outcome === 'against');
    return `With ${telling.length === 1 ? 'its whole interval' : 'their whole intervals'}, ${joined(telling.map(side))}.`;
  }
  const settled = statistics.filter(({ outcome }) => outcome === 'for');
  const open = statistics.filter(({ outcome }) => outcome === 'open');
  const unmeasured = open.filter(({ value }) => value === null);
  const bare = open.filter(({ value, missing }) => value !== null && missing !== null);
  const wide = open.filter(({ missing }) => missing === null);
  const names = (chosen: readonly StatisticResult[]): string => joined(chosen.map(({ title }) => lowerFirst(title)));
  return [
    settled.length > 0 ? `in favour, ${joined(settled.map(side))}` : '',
    wide.length > 0 ? `the interval of ${names(wide)} holds the threshold` : '',
    bare.length > 0 ? `${names(bare)}: too few runs or iterations for an interval` : '',
    unmeasured.length > 0 ? `not measured on these runs: ${names(unmeasured)}` : '',
  ]
    .filter((part) => part !== '')
    .map((part) => `${part[0]!.toUpperCase()}${part.slice(1)}.`)
    .join(' ');
}

/** Settings that lie on the other side than all together, where a statistic is the mean of its settings. */
function exceptions(statistics: readonly StatisticResult[]): string[] {
  return statistics.flatMap(({ title, outcome, expected, threshold, groups, mean_of_settings }) => {
    if (!mean_of_settings || outcome === 'open') return [];
    const isAbove = (outcome === 'for') === (expected === 'above');
    const other = groups.filter(({ value }) => value !== null && (isAbove ? value < threshold : value > threshold));
    if (other.length === 0) return [];
    const list = joined(other.map(({ label, value }) => `${label} (${formatNumber(value)})`));
    return [
      `Not in every setting: ${lowerFirst(title)} is ${isAbove ? 'below' : 'above'} ${formatNumber(threshold)} at ${list}.`,
    ];
  });
}

function missingOf(statistics: readonly StatisticResult[]): string {
  const needs = statistics
    .filter(({ outcome }) => outcome === 'open')
    .map(({ missing, over }) =>
      missing !== null
        ? missing
        : over === 'iterations'
          ? 'more probed iterations, or at least 3 seeds'
          : 'more seeds, because the interval is too wide to leave the threshold on one side',
    );
  // what is asked for with a further condition need not be asked for without it
  const distinct = [...new Set(needs)].filter(
    (need) => !needs.some((other) => other !== need && other.startsWith(need)),
  );
  return `Needs ${joined(distinct, '; and ')}.`;
}

function joined(parts: readonly string[], last = ' and '): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')}${last}${parts.at(-1)}`;
}

function lowerFirst(text: string): string {
  return text[0]!.toLowerCase() + text.slice(1);
}
