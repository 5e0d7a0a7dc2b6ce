/** What the report of the reproduction says: verdicts and numbers of runs as Markdown. */
import { verdictWords } from '../../shared/claims/result.ts';
import type { ClaimResult, StatisticResult } from '../../shared/claims/result.ts';
import { nullText, restsText, roleWords, titleText, valueText } from '../../shared/claims/text.ts';
import { formatMeasured, formatNumber } from '../../shared/format.ts';
import type { RunRecord } from '../../shared/records.ts';

/** What is found about a claim on the runs of one preset, or of all. */
export interface Finding {
  result: ClaimResult;
  /** Title of the preset. */
  on: string;
}

/** Every claim with its verdict on each preset that bears on it, and what did not reproduce. */
export function overview(found: readonly Finding[]): string {
  const sorted = [...found].sort((a, b) => a.result.claim.localeCompare(b.result.claim));
  const rows = sorted.map(({ result: { claim, title, verdict, statistics }, on }, index) => [
    claim === sorted[index - 1]?.result.claim ? '' : `**${claim}** ${title}`,
    on,
    verdictWords[verdict],
    valuesText(statistics.filter(({ role }) => role === 'decides')),
    valuesText(statistics.filter(({ role }) => role === 'paper')),
  ]);
  const decided = new Set(
    sorted.filter(({ result }) => result.verdict === 'supported').map(({ result }) => result.claim),
  );
  // what a preset was not made to measure, and others did, is no failure
  const isPart = ({ result }: Finding): boolean =>
    decided.has(result.claim) &&
    result.statistics
      .filter(({ role }) => role === 'decides')
      .every(({ outcome, value }) => outcome === 'for' || (outcome === 'open' && value === null));
  const not = sorted.filter((finding) => finding.result.verdict !== 'supported' && !isPart(finding));
  const list = not.map(
    ({ result: { claim, verdict, reason, missing }, on }) =>
      `- **${claim}** on _${on}_, ${verdictWords[verdict].toLowerCase()}${decided.has(claim) ? ' (supported on others)' : ''}: ${reason}${missing === null ? '' : ` ${missing}`}`,
  );
  return [
    [
      `| claim | on | verdict | decides: value [95 % interval] | ${roleWords.paper} |`,
      '| --- | --- | --- | --- | --- |',
      ...rows.map((row) => `| ${row.join(' | ')} |`),
    ].join('\n'),
    ...(list.length > 0 ? ['**What did not reproduce, or is not decided:**', list.join('\n')] : []),
  ].join('\n\n');
}

/** Values of statistics with their intervals; of one that several settings have, the span. */
function valuesText(statistics: readonly StatisticResult[]): string {
  return [...new Set(statistics.map(({ symbol }) => symbol))]
    .map((symbol) => {
      const same = statistics.filter((entry) => entry.symbol === symbol);
      if (same.length === 1) return `${symbol} = ${valueText(same[0]!)}`;
      const values = same.map(({ value }) => value).filter((value) => value !== null);
      if (values.length === 0) return `${symbol} = –`;
      if (values.length === 1) return `${symbol} = ${formatNumber(values[0])} in one setting`;
      return `${symbol} from ${formatNumber(Math.min(...values))} to ${formatNumber(Math.max(...values))} in ${values.length} settings`;
    })
    .join('; ');
}

/** One claim on a preset's own runs. */
export function verdict({ claim, words, verdict: found, statistics, reason, missing }: ClaimResult): string {
  const lines = statistics.map(
    (entry) =>
      `- ${titleText(entry)}: ${valueText(entry)}${entry.unit && entry.value !== null ? ` ${entry.unit}` : ''}${entry.role === 'paper' ? `, ${roleWords.paper}` : ''}${nullText(entry) === null ? '' : `; without a valley ${nullText(entry)}`} (${restsText(entry)})`,
  );
  return [
    `**${claim}: ${verdictWords[found].toLowerCase()}.** ${words}`,
    lines.join('\n'),
    `${reason}${missing === null ? '' : ` ${missing}`}`,
  ].join('\n\n');
}

/** What the runs' summaries say. */
export function numbers(records: readonly RunRecord[]): string {
  const rows = records.map(({ name, status, summary }) => {
    const of = (count: number): string =>
      summary.probed_iterations === 0 ? '–' : `${count} / ${summary.probed_iterations}`;
    return [
      status === 'finished' ? name : `${name} (${status})`,
      of(summary.interior_floors),
      of(summary.bounces),
      of(summary.barriers),
      formatNumber(summary.mean_height_after),
      formatNumber(summary.mean_gradient_cosine),
      formatNumber(summary.distance),
      formatMeasured(summary.validation_accuracy),
    ].join(' | ');
  });
  return [
    '| run | interior floors | bounces | barriers | height after | cosine | distance | validation accuracy |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
