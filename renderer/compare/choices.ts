/** What a comparison shows and how, as it stands in the address: a reload or a link shows it again. */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { againstTitles } from '../../shared/charts/drawing/comparison-curves.ts';
import { comparisonColours, comparisonGroups } from '../../shared/charts/drawing/comparison-panels.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { bandKeys, defaultBand } from '../../shared/compare/band.ts';
import type { BandKey } from '../../shared/compare/band.ts';
import { fitsGroups } from '../../shared/compare/baseline.ts';
import type { Baseline } from '../../shared/compare/baseline.ts';
import { charted } from '../../shared/quantities/index.ts';
import type { ChartedKind } from '../../shared/quantities/index.ts';
import type { RunRecord } from '../../shared/records.ts';
import { specCanLog } from '../chart/specs.ts';
import { baseline } from '../runs/runs.ts';

/** The choices of a comparison; those that are words are the address's, empty where nothing is chosen. */
export interface ComparisonChoices {
  /** Kind of record and key, as `iteration.distance`. */
  metric: WritableComputedRef<string>;
  against: WritableComputedRef<string>;
  group: WritableComputedRef<string>;
  /** Empty where the number of runs chooses it. */
  band: WritableComputedRef<string>;
  /** The band that the number of runs chooses. */
  automaticBand: ComputedRef<BandKey>;
  smoothing: WritableComputedRef<string>;
  /** What differences are taken to: `pinned`, a run's id, or a group's key. */
  baseline: WritableComputedRef<string>;
  /** The groups that differences can be taken to; none where runs are not grouped. */
  groups: ComputedRef<readonly { key: string; title: string; runs: readonly RunRecord[] }[]>;
  /** What small multiples are made by. */
  multiples: WritableComputedRef<string>;
  /** Whether small multiples have one vertical range. */
  sameRange: WritableComputedRef<boolean>;
  /** A logarithmic vertical axis, where the metric allows one. */
  log: WritableComputedRef<boolean>;
  logX: WritableComputedRef<boolean>;
  canLog: ComputedRef<boolean>;
  /** The chart of these choices. */
  spec: ComputedRef<ComparisonSpec>;
}

/** The choice of a metric, as the address says it. */
export function metricOf(words: string): Pick<ComparisonSpec, 'record' | 'metric'> {
  const [record, key] = words.split('.') as [ChartedKind, string];
  const known = Object.hasOwn(charted, record) ? charted[record].find((entry) => entry.key === key) : undefined;
  return known ? { record, metric: known.key } : { record: 'iteration', metric: 'distance' };
}

/** The properties by which the address groups runs; null draws each of them, none all together. */
export function groupOf(words: string): string[] | null {
  return words === '' ? null : words === 'all' ? [] : words.split(',');
}

/**
 * What differences are taken to, as the address says it.
 * @param words `pinned`, a run's id, or a group's key as `groupRuns` makes it
 * @param pinned the run that is pinned in the list of runs
 * @param group what the address groups runs by; a group of other groupings is none
 */
export function baselineOf(words: string, pinned: string | null, group: readonly string[] | null): Baseline {
  if (words === '') return null;
  if (words === 'pinned') return pinned;
  if (!words.startsWith('[')) return words;
  try {
    const values = JSON.parse(words) as unknown[];
    const found = { group: values.map(String) };
    return fitsGroups(found, group) ? found : null;
  } catch {
    return null;
  }
}

/** A width of smoothing as it was typed; 0 where it is no number above. */
export function widthOf(words: string): number {
  return Math.max(0, Number(words) || 0);
}

/** The choices in the present address. @param chosen the runs that are compared */
export function useComparisonChoices(chosen: () => readonly RunRecord[]): ComparisonChoices {
  const route = useRoute();
  const router = useRouter();
  /** A choice that stands in the address; the default leaves no trace there. */
  function words(key: string, fallback: string): WritableComputedRef<string> {
    return computed({
      get: () => String(route.query[key] ?? fallback),
      set: (now) => void router.replace({ query: { ...route.query, [key]: now === fallback ? undefined : now } }),
    });
  }
  /** A choice of two. */
  function flag(key: string, yes: string, no: string, fallback: string): WritableComputedRef<boolean> {
    const choice = words(key, fallback);
    return computed({ get: () => choice.value === yes, set: (now) => (choice.value = now ? yes : no) });
  }
  const metric = words('metric', 'iteration.distance');
  const against = words('against', '');
  const group = words('group', '');
  const band = words('band', '');
  const smoothing = words('smooth', '0');
  const baselineWords = words('baseline', '');
  // before differences could be taken to any run, this said whether they were taken to the pinned one
  const oldDifference = words('difference', '');
  const baselineChoice = computed({
    get: () => baselineWords.value || (oldDifference.value === '1' ? 'pinned' : ''),
    set: (now) =>
      void router.replace({ query: { ...route.query, difference: undefined, baseline: now === '' ? undefined : now } }),
  });
  const groups = computed(() => {
    const own = groupOf(group.value);
    return own === null ? [] : comparisonGroups(chosen(), own);
  });
  const automaticBand = computed(() => defaultBand(groups.value.map((one) => one.runs.length)));
  const spec = computed<ComparisonSpec>(() => {
    const measured = metricOf(metric.value);
    const own = groupOf(group.value);
    const places = Object.keys(againstTitles) as ComparisonSpec['against'][];
    return {
      chart: 'comparison',
      ...measured,
      against:
        places.find((place) => place === against.value) ?? (measured.record === 'iteration' ? 'iteration' : 'epoch'),
      group: own,
      band: bandKeys.find((one) => one === band.value) ?? (own === null ? 'none' : automaticBand.value),
      smoothing: widthOf(smoothing.value),
      baseline: baselineOf(baselineChoice.value, baseline.value?.run ?? null, own),
      colours: comparisonColours(chosen(), own),
    };
  });
  return {
    metric,
    against,
    group,
    band,
    automaticBand,
    smoothing,
    baseline: baselineChoice,
    groups,
    multiples: words('panels', ''),
    sameRange: flag('ranges', 'same', 'own', 'same'),
    log: flag('log', '1', '', ''),
    logX: flag('logx', '1', '', ''),
    canLog: computed(() => specCanLog(spec.value)),
    spec,
  };
}
