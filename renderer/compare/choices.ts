/** What a comparison shows and how, as it stands in the address: a reload or a link shows it again. */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import { againstTitles } from '../../shared/charts/drawing/comparison-curves.ts';
import { canRamp, comparisonGroups } from '../../shared/charts/drawing/comparison-panels.ts';
import { heading } from '../../shared/charts/drawing/text.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import { bandKeys, defaultBand } from '../../shared/compare/band.ts';
import type { BandKey } from '../../shared/compare/band.ts';
import { findBaseline, fitsGroups } from '../../shared/compare/baseline.ts';
import type { Baseline } from '../../shared/compare/baseline.ts';
import { experimentFields } from '../../shared/experiment.ts';
import { drawnQuantity } from '../../shared/quantities/index.ts';
import { titleAmongAll } from '../../shared/quantities/titles.ts';
import type { RunRecord } from '../../shared/records.ts';
import { groupings } from '../../shared/runs/group.ts';
import { canonical } from '../../shared/runs/settings.ts';
import { specCanLog } from '../chart/specs.ts';
import { baseline } from '../runs/runs.ts';
import { useAddress, useAddressChoices } from '../ui/address.ts';
import { useAssignedLooks } from './looks.ts';
import { firstMetrics, measuredOf, metricsIn, ownPlaces } from './metrics.ts';

/** The choices of a comparison; those that are words are the address's, empty where nothing is chosen. */
export interface ComparisonChoices {
  /** The quantities, one panel each, in the order of the panels; names as `iteration.distance`. */
  metrics: WritableComputedRef<readonly string[]>;
  /** Names in the address that are of no quantity. */
  unknownMetrics: ComputedRef<readonly string[]>;
  /** Other words in the address that nothing is called; what would be chosen without them is drawn. */
  unknown: ComputedRef<readonly UnknownWord[]>;
  /** The quantities whose panels take the whole width. */
  large: WritableComputedRef<readonly string[]>;
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
  /** The quantities that are to have a logarithmic vertical axis. */
  logs: WritableComputedRef<readonly string[]>;
  logX: WritableComputedRef<boolean>;
  /** Whether groups by an amount, such as a learning rate, have a ramp of colours over its values. */
  ramp: WritableComputedRef<boolean>;
  canRamp: ComputedRef<boolean>;
  /** What the width of smoothing counts: epochs where every quantity is by epoch; else iterations, and quantities by epoch stay as they are. */
  smoothed: ComputedRef<'iterations' | 'epochs'>;
  /** The chart of each quantity, in their order. */
  charts: ComputedRef<readonly QuantityChart[]>;
  /** The chart of the first quantity, of the distance where there is none: what is common to all. */
  spec: ComputedRef<ComparisonSpec>;
}

/** The chart of one quantity of a comparison. */
export interface QuantityChart {
  /** The quantity's name, `iteration.distance`. */
  name: string;
  /** What its panel is called: words and symbol. */
  title: string;
  spec: ComparisonSpec;
  canLog: boolean;
  /** Whether its vertical axis is logarithmic. */
  log: boolean;
  /** Whether its panel takes the whole width. */
  large: boolean;
}

/** The quantities with a log axis, as the address says them; `1` in one from before says all of them. */
export function logsOf(words: string, metrics: readonly string[]): readonly string[] {
  return words === '1' ? metrics : words.split(',').filter(Boolean);
}

/** The properties by which the address groups runs; null draws each of them, also where nothing is called so; none all together. */
export function groupOf(words: string): string[] | null {
  if (words === 'all') return [];
  const keys = words.split(',');
  return keys.some(isGrouping) ? keys : null;
}

/** Whether runs can be grouped by what is called so. */
export function isGrouping(key: string): boolean {
  return groupings().some((grouping) => grouping.key === key);
}

/** Whether a band is called so. */
function isBand(key: string): boolean {
  return bandKeys.some((one) => one === key);
}

/** A word of an address that nothing is called. */
interface UnknownWord {
  word: string;
  /** What is not called so. */
  of: 'grouping' | 'band';
  /** The menu that has those there are. */
  under: string;
}

/** The words of an address that nothing is called, beside quantities. */
export function unknownWords(words: Readonly<Record<'group' | 'band' | 'multiples', string>>): UnknownWord[] {
  const { group, band, multiples } = words;
  const unknown = (keys: readonly string[]): string[] => keys.filter((key) => key !== '' && !isGrouping(key));
  return [
    ...unknown(group === 'all' ? [] : group.split(',')).map(
      (word) => ({ word, of: 'grouping', under: 'Group by' }) as const,
    ),
    ...(band === '' || isBand(band) ? [] : [{ word: band, of: 'band', under: 'Band' } as const]),
    ...unknown([multiples]).map((word) => ({ word, of: 'grouping', under: 'Panels by' }) as const),
  ];
}

/** The grouping as the address says it, after a change of its menu: `all` stands by itself, whichever came last. */
export function groupWords(before: readonly string[], now: readonly string[]): string {
  const all = now.includes('all') && !before.includes('all');
  return all ? 'all' : now.filter((key) => key !== 'all' || now.length === 1).join(',');
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
    const found = { group: values.map((value, at) => partOf(String(value), group?.[at])) };
    return fitsGroups(found, group) ? found : null;
  } catch {
    return null;
  }
}

/** A value as the key of a group has it: of a setting, JSON; texts may stand in an address without their quotation marks. */
function partOf(text: string, key: string | undefined): string {
  if (!experimentFields().some(({ path }) => path === key) || text === canonical(undefined)) return text;
  try {
    return canonical(JSON.parse(text));
  } catch {
    return canonical(text);
  }
}

/** What the address says of the baseline as the menu has it: a group by its key, as groupRuns makes it. */
export function baselineWordsOf(words: string, group: readonly string[] | null): string {
  const found = words.startsWith('[') ? baselineOf(words, null, group) : null;
  return found === null || typeof found === 'string' ? words : JSON.stringify(found.group);
}

/**
 * The band as the address says it, empty where the number of runs chooses it. Groups in an address from before bands could be chosen, which
 * `metric` or `difference` tells, had the 95 % interval.
 */
export function bandIn(query: Readonly<Record<string, unknown>>): string {
  const { band, metric, difference, group } = query;
  if (band !== undefined) return typeof band === 'string' ? band : '';
  return (metric !== undefined || difference !== undefined) && Boolean(group) ? 'confidence' : '';
}

/** A width of smoothing as it was typed; 0 where it is no number above. */
export function widthOf(words: string): number {
  return Math.max(0, Number(words) || 0);
}

/**
 * The choices in the present address.
 * @param chosen the runs that are compared @param group how they are grouped @param pinned ids of those that are pinned
 */
export function useComparisonChoices(
  chosen: () => readonly RunRecord[],
  group: WritableComputedRef<string>,
  pinned: () => ReadonlySet<string>,
): ComparisonChoices {
  const route = useRoute();
  const change = useAddress();
  /** Changes the address. @param changes undefined leaves no trace */
  const write = (changes: Record<string, string | undefined>): void =>
    // what an address from before means by its band stays, also when what tells that goes
    change({ band: bandIn(route.query) || undefined, ...changes });
  const { query, words, flag } = useAddressChoices(write);
  const named = computed(() => metricsIn(query('metrics'), query('metric')));
  const metrics = computed<readonly string[]>({
    get: (old) => {
      const now = named.value.metrics ?? firstMetrics(chosen());
      return old?.join() === now.join() ? old : now;
    },
    // what belongs to panels that are gone goes with them
    set: (now) =>
      write({
        metrics: now.join(','),
        metric: undefined,
        log: inOrder(logs.value, now),
        large: inOrder(large.value, now),
      }),
  });
  const inOrder = (names: readonly string[], among: readonly string[] = metrics.value): string | undefined =>
    among.filter((name) => names.includes(name)).join(',') || undefined;
  const logs = computed<readonly string[]>({
    get: () => logsOf(query('log') ?? '', metrics.value),
    set: (now) => write({ log: inOrder(now) }),
  });
  const large = computed<readonly string[]>({
    get: () => (query('large') ?? '').split(','),
    set: (now) => write({ large: inOrder(now) }),
  });
  const against = words('against', () => '');
  const band = computed({
    get: () => bandIn(route.query),
    // in an address from before, none at all would be the 95 % interval
    set: (now) => write({ band: now === '' && bandIn({ ...route.query, band: undefined }) === '' ? undefined : now }),
  });
  const smoothing = words('smooth', () => '0');
  const baselineWords = words('baseline', () => '');
  // before differences could be taken to any run, this said whether they were taken to the pinned one
  const oldDifference = words('difference', () => '');
  const baselineChoice = computed({
    get: () =>
      baselineWordsOf(baselineWords.value, groupOf(group.value)) || (oldDifference.value === '1' ? 'pinned' : ''),
    set: (now) => write({ difference: undefined, baseline: now === '' ? undefined : now }),
  });
  const groups = computed(() => {
    const own = groupOf(group.value);
    return own === null ? [] : comparisonGroups(chosen(), own);
  });
  const automaticBand = computed(() => defaultBand(groups.value.map((one) => one.runs.length)));
  const measured = computed(() => metrics.value.map((name) => measuredOf(name)!));
  const smoothed = computed(() =>
    measured.value.length > 0 && measured.value.every(({ record }) => record === 'epoch') ? 'epochs' : 'iterations',
  );
  const ramp = flag('ramp', 'on', 'off', () => true);
  const colours = useAssignedLooks(chosen, () => groupOf(group.value));
  /** What the charts of all quantities share. */
  const common = computed(() => {
    const own = groupOf(group.value);
    const places = Object.keys(againstTitles) as ComparisonSpec['against'][];
    const bold: string[] = [...pinned()];
    return {
      chart: 'comparison',
      against: places.find((place) => place === against.value) ?? ownPlaces(measured.value),
      group: own,
      band: bandKeys.find((one) => one === band.value) ?? (own === null ? 'none' : automaticBand.value),
      smoothing: widthOf(smoothing.value),
      baseline: baselineOf(baselineChoice.value, baseline.value?.run ?? null, own),
      colours: colours.value,
      scheme: ramp.value ? 'sequential' : 'qualitative',
      pinned: bold,
    } as const;
  });
  /** Whether differences are drawn: not those to a baseline that is not among the runs. */
  const isDifference = computed(() => findBaseline(chosen(), (run) => run, common.value) !== null);
  const charts = computed<readonly QuantityChart[]>((old = []) =>
    metrics.value.map((name, index) => {
      const { record, metric } = measured.value[index]!;
      const smoothing = record === 'epoch' && smoothed.value !== 'epochs' ? 0 : common.value.smoothing;
      const under = smoothing > 0 ? { measured: true } : {};
      const spec: ComparisonSpec = { ...common.value, record, metric, smoothing, ...under };
      const canLog = specCanLog(spec);
      const { symbol } = drawnQuantity(record, metric);
      const now = {
        name,
        title: isDifference.value
          ? `${titleAmongAll(record, metric)}, difference`
          : heading(titleAmongAll(record, metric), symbol),
        spec,
        canLog,
        log: canLog && logs.value.includes(name),
        large: large.value.includes(name),
      };
      // a panel that stays as it is is not drawn again
      const before = old.find((one) => one.name === name);
      return before && JSON.stringify(before.spec) === JSON.stringify(spec) ? { ...now, spec: before.spec } : now;
    }),
  );
  return {
    metrics,
    unknownMetrics: computed(() => named.value.unknown),
    unknown: computed(() =>
      unknownWords({ group: group.value, band: query('band') ?? '', multiples: query('panels') ?? '' }),
    ),
    large,
    against,
    group,
    band,
    automaticBand,
    smoothing,
    smoothed,
    baseline: baselineChoice,
    groups,
    multiples: words('panels', () => '', isGrouping),
    sameRange: flag('ranges', 'same', 'own', () => true),
    logs,
    logX: flag('logx', '1', '', () => false),
    ramp,
    canRamp: computed(() => canRamp(common.value)),
    charts,
    spec: computed(
      () => charts.value[0]?.spec ?? { ...common.value, record: 'iteration' as const, metric: 'distance' as const },
    ),
  };
}
