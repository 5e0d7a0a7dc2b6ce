/** What a comparison shows and how, as it stands in the address: a reload or a link shows it again. */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { againstTitles } from '../../shared/charts/drawing/comparison-curves.ts';
import { canRamp } from '../../shared/charts/drawing/comparison-panels.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { bands } from '../../shared/compare/band.ts';
import { charted } from '../../shared/quantities/index.ts';
import type { ChartedKind } from '../../shared/quantities/index.ts';
import type { RunRecord } from '../../shared/records.ts';
import { specCanLog } from '../chart/specs.ts';
import { baseline } from '../runs/runs.ts';
import { useAssignedLooks } from './looks.ts';

/** The choices of a comparison; those that are words are the address's, empty where nothing is chosen. */
export interface ComparisonChoices {
  /** Kind of record and key, as `iteration.distance`. */
  metric: WritableComputedRef<string>;
  against: WritableComputedRef<string>;
  group: WritableComputedRef<string>;
  band: WritableComputedRef<string>;
  smoothing: WritableComputedRef<string>;
  /** Whether differences to the baseline are drawn. */
  difference: WritableComputedRef<boolean>;
  /** What small multiples are made by. */
  multiples: WritableComputedRef<string>;
  /** Whether small multiples have one vertical range. */
  sameRange: WritableComputedRef<boolean>;
  /** A logarithmic vertical axis, where the metric allows one. */
  log: WritableComputedRef<boolean>;
  logX: WritableComputedRef<boolean>;
  canLog: ComputedRef<boolean>;
  /** Whether groups by an amount, such as a learning rate, have a ramp of colours over its values. */
  ramp: WritableComputedRef<boolean>;
  canRamp: ComputedRef<boolean>;
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
  const band = words('band', 'confidence');
  const smoothing = words('smooth', '0');
  const difference = words('difference', '');
  const ramp = flag('ramp', 'on', 'off', 'on');
  const colours = useAssignedLooks(chosen, () => groupOf(group.value));
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
      band: bands.find((one) => one === band.value) ?? 'none',
      smoothing: widthOf(smoothing.value),
      baseline: difference.value === '' ? null : (baseline.value?.run ?? null),
      colours: colours.value,
      scheme: ramp.value ? 'sequential' : 'qualitative',
    };
  });
  return {
    metric,
    against,
    group,
    band,
    smoothing,
    difference: flag('difference', '1', '', ''),
    multiples: words('panels', ''),
    sameRange: flag('ranges', 'same', 'own', 'same'),
    log: flag('log', '1', '', ''),
    logX: flag('logx', '1', '', ''),
    canLog: computed(() => specCanLog(spec.value)),
    ramp,
    canRamp: computed(() => canRamp(spec.value)),
    spec,
  };
}
