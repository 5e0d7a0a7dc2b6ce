/** A claim: the paper's words, the statistics that test it, and how their outcomes become a verdict. */
import { formatNumber } from '../format.ts';
import { notImported } from '../records.ts';
import { isSgd, settingKey, settingLabels } from './evidence.ts';
import type { ClaimRun, Evidence } from './evidence.ts';
import type { ClaimId, ClaimResult, StatisticResult, Verdict } from './result.ts';
import type { Calibration } from './calibration/scenario.ts';
import { method } from './intervals.ts';
import { againstConfidence, compareLabels } from './statistic.ts';
import type { Tested } from './statistic.ts';

/** A claim of the paper and its test; one file each. */
export interface Claim {
  claim: ClaimId;
  title: string;
  /** The claim in the paper's words, shortened. */
  words: string;
  /** Id of the preset that would decide it, or of those that would decide its statistics, by their keys. */
  preset: string | Readonly<Record<string, string>>;
  /**
   * What it needs to know of a walk: its points alone; that they are `sgd`'s, which an imported trajectory may tell; or its `training`
   * (batches, gradients, the optimiser's settings), which none tells.
   */
  needs: 'points' | 'sgd' | 'training';
  /**
   * Whether it is about what a setting does, so that runs which differ in it are compared; otherwise it is about the walk itself, and
   * runs of different settings are never mixed.
   */
  comparesSettings: boolean;
  /** Every statistic, also those that the evidence does not carry. */
  test(evidence: Evidence): Tested[];
  /** Worlds without what the claim says, and worlds with it, on which `node bench/calibration.ts` counts its verdicts. */
  calibration: Calibration;
}

/** Every statistic of a claim on evidence, with its outcome; those that decide first. */
function statisticsOf(claim: Claim, evidence: Evidence): StatisticResult[] {
  const tests = claim.test(evidence);
  const confidenceAgainst = againstConfidence(tests.filter(({ role }) => role === 'decides').length);
  const of = (role: StatisticResult['role']): StatisticResult[] =>
    tests.filter((test) => test.role === role).map(({ result }) => result(confidenceAgainst));
  return [...of('decides'), ...of('paper')];
}

/** The statistics that a verdict rests on. */
function deciding(statistics: readonly StatisticResult[]): StatisticResult[] {
  return statistics.filter(({ role }) => role === 'decides');
}

/** The preset for the first statistic that is open; where none is, for the first. */
function presetFor({ preset }: Claim, statistics: readonly StatisticResult[]): string {
  if (typeof preset === 'string') return preset;
  const decide = deciding(statistics);
  return preset[(decide.find(({ outcome }) => outcome === 'open') ?? decide[0]!).key]!;
}

/** What is found in one setting. */
interface Part {
  label: string;
  verdict: Verdict;
  statistics: StatisticResult[];
}

/**
 * Judges a claim: supported when every statistic that decides lies with its whole interval where the claim expects it, contradicted when
 * one lies with its whole interval on the other side (a wider one, of 1 − 0.05/m where m statistics decide), otherwise not enough evidence. A claim
 * about the walk itself is judged in every setting apart.
 */
export function judge(claim: Claim, evidence: Evidence): ClaimResult {
  const runs = evidence.runs.filter((run) => run.imported === null || takesImported[claim.needs](run));
  const leftOut = evidence.runs.length - runs.length;
  const parts = claim.comparesSettings ? [] : partsOf(claim, { ...evidence, runs });
  const several = parts.length > 1;
  const statistics = several
    ? parts.flatMap((part) => part.statistics.map((entry) => ({ ...entry, setting: part.label })))
    : (parts[0]?.statistics ?? statisticsOf(claim, { ...evidence, runs }));
  const verdict = several ? verdictOfParts(parts) : verdictOf(statistics);
  return {
    claim: claim.claim,
    title: claim.title,
    words: claim.words,
    preset: presetFor(claim, statistics),
    statistics,
    settings: several ? parts.map(({ label, verdict: found }) => ({ label, verdict: found })) : [],
    verdict,
    reason: [several ? reasonOfParts(parts) : reasonOf(verdict, statistics), ...leftOutText(leftOut, claim)].join(' '),
    missing: verdict === 'not-enough' ? missingOf(statistics) : null,
  };
}

function verdictOf(statistics: readonly StatisticResult[]): Verdict {
  const decide = deciding(statistics);
  if (decide.some(({ outcome }) => outcome === 'against')) return 'contradicted';
  return decide.every(({ outcome }) => outcome === 'for') ? 'supported' : 'not-enough';
}

/** Judges a claim in every setting of the runs that carries anything of it. */
function partsOf(claim: Claim, { runs, floors }: Evidence): Part[] {
  const settings = new Map<string, ClaimRun[]>();
  for (const run of runs) settings.set(settingKey(run), [...(settings.get(settingKey(run)) ?? []), run]);
  const carried = [...settings.values()]
    .map((members) => ({ members, statistics: statisticsOf(claim, { runs: members, floors }) }))
    .filter(({ statistics }) => statistics.some((entry) => entry.runs > 0));
  const labels = settingLabels(carried.flatMap(({ members }) => members));
  const labelOf = (run: ClaimRun): string => labels.get(run)! || run.name;
  const all = carried.map(({ members }) => labelOf(members[0]!));
  return carried
    .map(({ members: [first], statistics }) => {
      const label = labelOf(first!);
      // of imported trajectories little more than the name may be known
      const isOnly = all.indexOf(label) === all.lastIndexOf(label);
      return { label: isOnly ? label : `${label} (${first!.run})`, verdict: verdictOf(statistics), statistics };
    })
    .sort((a, b) => compareLabels(a.label, b.label));
}

/** Whether a setting's runs could have carried a verdict: nothing is missing but certainty. */
function isMeasured({ verdict, statistics }: Part): boolean {
  return verdict !== 'not-enough' || deciding(statistics).every(({ missing }) => missing === null);
}

function verdictOfParts(parts: readonly Part[]): Verdict {
  const found = new Set(parts.filter(isMeasured).map(({ verdict }) => verdict));
  if (found.has('supported') && found.has('contradicted')) return 'depends';
  return found.size === 1 ? [...found][0]! : 'not-enough';
}

/** More settings than these are counted and not named. */
const mostNamed = 6;

function reasonOfParts(parts: readonly Part[]): string {
  const at = (words: string, chosen: readonly Part[]): string[] =>
    chosen.length === 0 ? [] : [`${words} ${labelsText(chosen.map(({ label }) => label))}.`];
  const of = (verdict: Verdict): Part[] => parts.filter((part) => part.verdict === verdict && isMeasured(part));
  return [
    'Every setting is judged apart.',
    ...at('Supported at', of('supported')),
    ...at('Contradicted at', of('contradicted')),
    ...at('An interval reaches both sides of its threshold, or nothing was resolved, at', of('not-enough')),
    ...at(
      'Too little was measured at',
      parts.filter((part) => !isMeasured(part)),
    ),
  ].join(' ');
}

function labelsText(labels: readonly string[]): string {
  if (labels.length > mostNamed) return `${labels.length} settings`;
  // labels of several settings have commas of their own
  return labels.some((label) => label.includes(',')) ? joined(labels, '; and ', '; ') : joined(labels);
}

/** Which imported trajectories claims take. */
const takesImported: Readonly<Record<Claim['needs'], (run: ClaimRun) => boolean>> = {
  points: () => true,
  sgd: isSgd,
  training: () => false,
};

/** Why they take no others. */
const leftOutReasons: Readonly<Record<Exclude<Claim['needs'], 'points'>, string>> = {
  sgd: 'the claim is about SGD, and trajectory.json tells of no batches smaller than the training set',
  training: `batches, gradients and their settings are ${notImported}`,
};

function leftOutText(count: number, { needs }: Claim): string[] {
  if (count === 0 || needs === 'points') return [];
  const which = count === 1 ? 'One imported trajectory is' : `${count} imported trajectories are`;
  return [`${which} left out: ${leftOutReasons[needs]}.`];
}

function reasonOf(verdict: Verdict, all: readonly StatisticResult[]): string {
  const statistics = deciding(all);
  const side = ({ title, outcome, expected, threshold }: StatisticResult): string => {
    const where = (outcome === 'against') === (expected === 'above') ? 'below' : 'above';
    return `${lowerFirst(title)} lies ${where} ${formatNumber(threshold)}`;
  };
  if (verdict !== 'not-enough') {
    const telling = statistics.filter(({ outcome }) => verdict === 'supported' || outcome === 'against');
    return `With ${telling.length === 1 ? 'its whole interval' : 'their whole intervals'}, ${joined(telling.map(side))}.`;
  }
  const inFavour = statistics.filter(({ outcome }) => outcome === 'for');
  const open = statistics.filter(({ outcome }) => outcome === 'open');
  const measured = open.filter(({ runs }) => runs > 0);
  const unmeasured = open.filter(({ runs }) => runs === 0);
  const unresolved = measured.filter(isUnresolved);
  const rest = measured.filter((statistic) => !isUnresolved(statistic));
  const few = rest.filter(({ missing }) => missing !== null);
  const beyond = rest.filter((statistic) => statistic.missing === null && excludesThreshold(statistic));
  const wide = rest.filter((statistic) => statistic.missing === null && !excludesThreshold(statistic));
  const names = (chosen: readonly StatisticResult[]): string => joined(chosen.map(({ title }) => lowerFirst(title)));
  const strict = (100 * againstConfidence(statistics.length)).toPrecision(3);
  return [
    inFavour.length > 0 ? `in favour, ${joined(inFavour.map(side))}` : '',
    wide.length > 0 ? `the interval of ${names(wide)} reaches both sides of the threshold` : '',
    beyond.length > 0
      ? `${names(beyond)}: the ${100 * method.confidence} % interval lies on the other side of the threshold, that of ${strict} % does not; of ${statistics.length} statistics that decide, each needs the wider one to contradict the claim`
      : '',
    ...unresolved.map(
      ({ title, unresolved: lost, iterations }) =>
        `${lowerFirst(title)}: ${lost.toLocaleString('en')} of ${iterations.toLocaleString('en')} answers lie below what the evaluation resolves`,
    ),
    few.length > 0 ? `${names(few)}: measured on too few to decide` : '',
    unmeasured.length > 0 ? `not measured on these runs: ${names(unmeasured)}` : '',
  ]
    .filter((part) => part !== '')
    .map((part) => `${part[0]!.toUpperCase()}${part.slice(1)}.`)
    .join(' ');
}

/** Whether more of a statistic's answers are open because the evaluation does not resolve them than not. */
function isUnresolved({ unresolved, iterations }: StatisticResult): boolean {
  return iterations > 0 && unresolved > iterations / 2;
}

/** Whether a statistic's interval lies whole on one side of the threshold. */
function excludesThreshold({ low, high, threshold }: StatisticResult): boolean {
  return low !== null && high !== null && (low > threshold || high < threshold);
}

function missingOf(statistics: readonly StatisticResult[]): string {
  const needs = deciding(statistics)
    .filter(({ outcome }) => outcome === 'open')
    .map((statistic) => {
      if (statistic.missing !== null) return statistic.missing;
      if (isUnresolved(statistic)) return 'steps whose losses differ by more than the evaluation resolves';
      return statistic.over === 'settings'
        ? 'more values of the setting, or seeds, because the interval is too wide to leave the threshold on one side'
        : 'more seeds, because the interval is too wide to leave the threshold on one side';
    });
  // what is asked for with a further condition need not be asked for without it
  const distinct = [...new Set(needs)].filter(
    (need) => !needs.some((other) => other !== need && other.startsWith(need)),
  );
  return `Needs ${joined(distinct, '; and ')}.`;
}

function joined(parts: readonly string[], last = ' and ', between = ', '): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(between)}${last}${parts.at(-1)}`;
}

function lowerFirst(text: string): string {
  return text[0]!.toLowerCase() + text.slice(1);
}
