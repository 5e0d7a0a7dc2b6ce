/** The evaluation of claims as text: numbers with their intervals, rows of a table, Markdown. */
import { formatNumber } from '../format.ts';
import { unlikePaperWords, verdictWords } from './result.ts';
import type { ClaimsEvaluation, StatisticResult } from './result.ts';

/** `0.83 [0.69, 0.95]`: the value and, where there is one, its interval. */
export function valueText({ value, low, high }: StatisticResult): string {
  if (value === null) return '–';
  return low === null || high === null
    ? formatNumber(value)
    : `${formatNumber(value)} [${formatNumber(low)}, ${formatNumber(high)}]`;
}

/** What a statistic is of: its title, and the setting where settings are judged apart. */
export function titleText({ title, setting }: StatisticResult): string {
  return setting === null ? title : `${title}, at ${setting}`;
}

/** What part a statistic has in the verdict, in words. */
export const roleWords: Readonly<Record<StatisticResult['role'], string>> = {
  decides: 'decides the verdict',
  paper: 'as the paper measures it',
};

/** What the claim expects of a statistic: `above 0.5`. */
export function expectedText({ expected, threshold }: StatisticResult): string {
  return `${expected} ${formatNumber(threshold)}`;
}

/** What a walk without a valley would give: `0.5`, or `−0.5 to 0`; null where that cannot be told. */
export function nullText({ null_low, null_high }: StatisticResult): string | null {
  if (null_low === null || null_high === null) return null;
  return null_low === null_high ? formatNumber(null_low) : `${formatNumber(null_low)} to ${formatNumber(null_high)}`;
}

/** What an interval covers, in words. */
const overWords: Readonly<Record<NonNullable<StatisticResult['over']>, string>> = {
  iterations: 'interval over the iterations of this run alone',
  seeds: 'interval over seeds',
  settings: 'interval over settings',
};

/** What a statistic rests on: `9 runs in 3 settings, 3 seeds each, 360 iterations worth 120 independent ones; interval over settings`. */
export function restsText(statistic: StatisticResult): string {
  const { runs, settings, seeds, iterations, effective_iterations, unresolved, over } = statistic;
  if (runs === 0) return 'none of these runs measured it';
  const parts = [`${runs} ${runs === 1 ? 'run' : 'runs'}`];
  if (settings > 1) parts[0] += ` in ${settings} settings`;
  else if (runs > 1) parts.push('a seed each');
  if (settings > 1 && runs > settings)
    parts.push(`${runs === settings * seeds ? '' : 'at least '}${seeds} ${seeds === 1 ? 'seed' : 'seeds'} each`);
  const worth =
    effective_iterations === null
      ? ''
      : ` worth ${Math.round(effective_iterations).toLocaleString('en')} independent ones`;
  if (iterations > 0) parts.push(`${iterations.toLocaleString('en')} iterations${worth}`);
  if (unresolved > 0) parts.push(`${unresolved.toLocaleString('en')} below the resolution`);
  return `${parts.join(', ')}; ${over === null ? 'no interval' : overWords[over]}`;
}

/** Columns of the table of statistics. */
export const claimColumns = [
  'claim',
  'verdict',
  'statistic',
  'value',
  'low',
  'high',
  'expected',
  'threshold',
  'outcome',
  'unit',
  'runs',
  'settings',
  'seeds',
  'iterations',
  'interval_over',
  'effective_iterations',
  'missing',
  'setting',
  'role',
  'null_low',
  'null_high',
  'unresolved',
] as const;

/** One row a statistic, in the order of {@link claimColumns}. */
export function claimRows({ claims }: ClaimsEvaluation): (string | number | null)[][] {
  return claims.flatMap(({ claim, verdict, statistics }) =>
    statistics.map((entry) => [
      claim,
      verdict,
      entry.key,
      entry.value,
      entry.low,
      entry.high,
      entry.expected,
      entry.threshold,
      entry.outcome,
      entry.unit,
      entry.runs,
      entry.settings,
      entry.seeds,
      entry.iterations,
      entry.over,
      entry.effective_iterations,
      entry.missing,
      entry.setting,
      entry.role,
      entry.null_low,
      entry.null_high,
      entry.unresolved,
    ]),
  );
}

/** The evaluation in Markdown: a section a claim, a table of its statistics. */
export function claimsMarkdown(evaluation: ClaimsEvaluation, heading = '##'): string {
  const { claims, runs, left_out, unlike_paper, repeated, confidence } = evaluation;
  const sections = claims.map(({ claim, title, words, verdict, reason, missing, statistics }) => {
    const rows = statistics.map((entry) =>
      [
        `${entry.title} ${code(entry.symbol)}${entry.setting === null ? '' : ` at ${entry.setting}`}${entry.role === 'paper' ? `, ${roleWords.paper}` : ''}`,
        valueText(entry) + (entry.unit && entry.value !== null ? ` ${entry.unit}` : ''),
        expectedText(entry),
        nullText(entry) ?? '–',
        restsText(entry),
      ].join(' | '),
    );
    return [
      `${heading} ${claim}. ${title}: ${verdictWords[verdict].toLowerCase()}`,
      `> ${words}`,
      ['Statistic | Value | Expected | Without a valley | Rests on', '--- | --- | --- | --- | ---', ...rows]
        .map((row) => `| ${row} |`)
        .join('\n'),
      `${reason}${missing === null ? '' : ` ${missing}`}`,
    ].join('\n\n');
  });
  const names = runs.map(({ name }) => name).join(', ');
  return [
    `On ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${names === '' ? '' : `: ${names}`}. ${Math.round(confidence * 100)} % intervals.`,
    ...(left_out.length > 0
      ? [`Left out: ${left_out.map(({ name, reason }) => `${name} (${reason})`).join(', ')}.`]
      : []),
    ...(unlike_paper
      ? [
          `Unlike the paper’s: ${unlike_paper.map(({ name, reason }) => `${name} (${reason})`).join(', ')}; ${unlikePaperWords}.`,
        ]
      : []),
    ...(repeated.length > 0
      ? [`Repeats of the same settings and seed, counted once: ${repeated.map(({ name }) => name).join(', ')}.`]
      : []),
    ...sections,
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function code(symbol: string): string {
  return `(${symbol})`;
}
