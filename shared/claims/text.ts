/** The evaluation of claims as text: numbers with their intervals, rows of a table, Markdown. */
import { formatNumber } from '../metrics.ts';
import { verdictWords } from './result.ts';
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

/** What the claim expects of a statistic: `above 0.5`. */
export function expectedText({ expected, threshold }: StatisticResult): string {
  return `${expected} ${formatNumber(threshold)}`;
}

/** What a statistic rests on: `9 runs in 3 settings, 360 iterations; interval over seeds and iterations, blocks of 4`. */
export function restsText(statistic: StatisticResult): string {
  const { runs, settings, seeds, iterations, over, block_length } = statistic;
  if (runs === 0) return 'no run that carries it';
  const parts = [`${runs} ${runs === 1 ? 'run' : 'runs'}`];
  if (settings > 1) parts[0] += ` in ${settings} settings`;
  else if (runs > 1) parts.push('a seed each');
  if (settings > 1 && runs > settings)
    parts.push(`${runs === settings * seeds ? '' : 'at least '}${seeds} ${seeds === 1 ? 'seed' : 'seeds'} each`);
  if (iterations > 0) parts.push(`${iterations.toLocaleString('en')} iterations`);
  const drawn = over === null ? 'no interval' : `interval over ${over}`;
  const blocks = over !== null && over !== 'seeds' && block_length !== null ? `, in blocks of ${block_length}` : '';
  return `${parts.join(', ')}; ${drawn}${blocks}`;
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
  'block_length',
  'missing',
  'setting',
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
      entry.block_length,
      entry.missing,
      entry.setting,
    ]),
  );
}

/** The evaluation in Markdown: a section a claim, a table of its statistics. */
export function claimsMarkdown(evaluation: ClaimsEvaluation, heading = '##'): string {
  const { claims, runs, left_out, repeated, confidence, resamples } = evaluation;
  const sections = claims.map(({ claim, title, words, verdict, reason, missing, statistics }) => {
    const rows = statistics.map((entry) =>
      [
        `${entry.title} ${code(entry.symbol)}${entry.setting === null ? '' : ` at ${entry.setting}`}`,
        valueText(entry) + (entry.unit && entry.value !== null ? ` ${entry.unit}` : ''),
        expectedText(entry),
        restsText(entry),
      ].join(' | '),
    );
    return [
      `${heading} ${claim}. ${title}: ${verdictWords[verdict].toLowerCase()}`,
      `> ${words}`,
      ['Statistic | Value | Expected | Rests on', '--- | --- | --- | ---', ...rows]
        .map((row) => `| ${row} |`)
        .join('\n'),
      `${reason}${missing === null ? '' : ` ${missing}`}`,
    ].join('\n\n');
  });
  const names = runs.map(({ name }) => name).join(', ');
  return [
    `On ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}${names === '' ? '' : `: ${names}`}. ${Math.round(confidence * 100)} % intervals from ${resamples.toLocaleString('en')} resamples of a block bootstrap.`,
    ...(left_out.length > 0
      ? [`Left out: ${left_out.map(({ name, reason }) => `${name} (${reason})`).join(', ')}.`]
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
