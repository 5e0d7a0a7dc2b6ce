/** From samples to a statistic's result: estimate, interval, which side of its threshold, and what is missing. */
import { bySetting, estimate } from './bootstrap.ts';
import type { Bounds, Sample, Statistic } from './bootstrap.ts';
import type { StatisticResult } from './result.ts';

/** What a statistic is, apart from any run. */
export type StatisticText = Pick<
  StatisticResult,
  'key' | 'title' | 'symbol' | 'formula' | 'unit' | 'threshold' | 'expected'
>;

/** A run's sample with the name of its setting. */
export type LabelledSample = Sample & { label: string };

/** Orders labels by their words and, where these agree, by the size of their numbers. */
export function compareLabels(a: string, b: string): number {
  const [ofA, ofB] = [a, b].map((label) => label.split(/(\d+(?:\.\d+)?(?:e[+-]?\d+)?)/));
  for (let part = 0; part < Math.min(ofA!.length, ofB!.length); part++) {
    const [left, right] = [ofA![part]!, ofB![part]!];
    // every other part is a number
    const order = part % 2 === 1 ? Number(left) - Number(right) : left.localeCompare(right, 'en');
    if (order !== 0) return order;
  }
  return ofA!.length - ofB!.length;
}

/** A share: intervals stay between 0 and 1. */
export const share: Bounds = { low: 0, high: 1 };

/**
 * Estimates a statistic and sees on which side of its threshold it lies.
 * @param samples runs that carry the statistic, perhaps none
 * @param missing why they are too few for an interval; null when they are enough
 * @param group the quantity of one setting's runs, for the table of settings; by default the mean of their first series
 */
export function testStatistic<S extends LabelledSample>(
  text: StatisticText,
  samples: readonly S[],
  statistic: Statistic<S>,
  missing: string | null,
  {
    bounds,
    group = meanOfFirst,
  }: { bounds?: Bounds; group?: (samples: readonly { sample: S; means: readonly number[] }[]) => number } = {},
): StatisticResult {
  const settings = bySetting([...samples].sort((a, b) => compareLabels(a.label, b.label)));
  const whole = (sample: S): { sample: S; means: number[] } => ({ sample, means: sample.series.map(meanOf) });
  const base = {
    ...text,
    setting: null,
    runs: samples.length,
    settings: settings.size,
    seeds: samples.length === 0 ? 0 : Math.min(...[...settings.values()].map((members) => members.length)),
    iterations: samples.reduce((sum, { series }) => sum + (series[0]!.length > 1 ? series[0]!.length : 0), 0),
    groups: [...settings.values()].map((members) => ({
      label: members[0]!.label,
      runs: members.length,
      value: finite(group(members.map(whole))),
    })),
  };
  const none = { low: null, high: null, over: null, block_length: null, outcome: 'open' } as const;
  if (samples.length === 0) return { ...base, ...none, value: null, missing: missing ?? 'records that carry it' };
  if (missing !== null) return { ...base, ...none, value: finite(statistic(samples.map(whole))), missing };
  const { value, interval, blockLength } = estimate(samples, statistic, bounds);
  if (!interval)
    return { ...base, ...none, value: finite(value), missing: 'at least 3 seeds in every setting, or more iterations' };
  const { low, high, over } = interval;
  const { threshold, expected } = text;
  const side = low > threshold ? 'above' : high < threshold ? 'below' : null;
  const outcome = side === null ? 'open' : side === expected ? 'for' : 'against';
  return { ...base, value, low, high, over, block_length: blockLength, outcome, missing: null };
}

/** Mean of runs' means of their first series: every run counts the same, however long it is. */
export function meanOfFirst(draws: readonly { means: readonly number[] }[]): number {
  return draws.reduce((sum, { means }) => sum + means[0]!, 0) / draws.length;
}

function meanOf(series: Float64Array): number {
  return series.reduce((sum, value) => sum + value, 0) / series.length;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
