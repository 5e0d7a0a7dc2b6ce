/** The panels of a comparison: one, or small multiples by a property in which the runs differ. */
import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import { comparisonEnds, comparisonSpan } from '../../shared/charts/drawing/comparison-panels.ts';
import { findBaseline } from '../../shared/compare/baseline.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import type { RunRecord } from '../../shared/records.ts';
import { groupings, groupRuns } from '../../shared/runs/group.ts';
import type { Grouping } from '../../shared/runs/group.ts';
import type { ComparisonChoices } from './choices.ts';

/** One panel with the runs that it draws. */
interface ComparisonPanel {
  key: string;
  /** Empty where there is but one. */
  title: string;
  runs: RunData[];
}

/** The panels of a comparison, and what they share. */
export interface ComparisonPanels {
  panels: ComputedRef<ComparisonPanel[]>;
  /** Ends of the horizontal axis. */
  domain: ComputedRef<[number, number]>;
  /** Ends of the vertical axis, with a little room; undefined where each panel has its own. */
  ends: ComputedRef<[number, number] | undefined>;
}

/** Groupings in which runs differ: others would make one group or one panel. */
export function usefulGroupings(runs: readonly RunRecord[]): Grouping[] {
  return groupings().filter((grouping) => new Set(runs.map((run) => grouping.group(run).key)).size > 1);
}

/**
 * One panel a value of a grouping, the baseline in each: of a baseline group its runs of that panel, or all of them where it has none there.
 * @param by key of the grouping; one that is unknown makes one panel
 * @param choices what differences are taken to, and what runs are grouped by
 */
export function panelsBy(
  by: string,
  data: readonly RunData[],
  choices: Pick<ComparisonSpec, 'baseline' | 'group'>,
): ComparisonPanel[] {
  const grouping = groupings().find(({ key }) => key === by);
  if (!grouping) return [{ key: 'all', title: '', runs: [...data] }];
  const reference = findBaseline(data, ({ run }) => run, choices)?.runs ?? [];
  return groupRuns(
    data.filter((one) => !reference.includes(one)),
    (one) => one.run,
    [grouping],
  ).map(({ key, title, runs: own }) => {
    const there = reference.filter(({ run }) => grouping.group(run).key === grouping.group(own[0]!.run).key);
    return { key, title, runs: [...own, ...(there.length > 0 ? there : reference)] };
  });
}

/** The panels that the choices make of the records of a comparison. */
export function useComparisonPanels(data: () => RunData[], choices: ComparisonChoices): ComparisonPanels {
  const { spec, multiples, sameRange, log, canLog, logX } = choices;
  const panels = computed(() => panelsBy(multiples.value, data(), spec.value));
  const domain = computed(() => comparisonSpan(data(), spec.value, logX.value));
  const ends = computed<[number, number] | undefined>((old) => {
    if (panels.value.length < 2 || !sameRange.value) return undefined;
    const now = comparisonEnds(
      panels.value.map((panel) => panel.runs),
      spec.value,
      log.value && canLog.value,
      logX.value,
    );
    if (!now) return undefined;
    return old?.[0] === now[0] && old[1] === now[1] ? old : now;
  });
  return { panels, domain, ends };
}
