/** The panels of a comparison: one a quantity, or of each quantity small multiples by a property in which the runs differ. */
import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import { findBaseline } from '../../shared/compare/baseline.ts';
import { measurements } from '../../shared/compare/measurements.ts';
import type { GridPanel } from '../../shared/figures/grid-recipe.ts';
import { mostColumns } from '../../shared/figures/recipe.ts';
import { hasCommonPlaces, rowsOf } from '../../shared/charts/drawing/comparison-curves.ts';
import { comparisonEnds, comparisonSpan } from '../../shared/charts/drawing/comparison-panels.ts';
import { niceStep } from '../../shared/charts/drawing/ticks.ts';
import type { ComparisonSpec } from '../../shared/charts/request.ts';
import type { RunRecord } from '../../shared/records.ts';
import { epochLength } from '../../shared/runs/epoch-length.ts';
import { groupings, groupRuns } from '../../shared/runs/group.ts';
import type { Grouping } from '../../shared/runs/group.ts';
import { liveEnd } from '../chart/live-axis.ts';
import type { ExportableGrid } from '../figures/export-recipe.ts';
import type { ComparisonChoices, QuantityChart } from './choices.ts';
import type { Measured } from './metrics.ts';

/** The runs that one panel of each quantity draws. */
export interface PanelRuns {
  key: string;
  /** The value that they share; empty where there is but one panel a quantity. */
  title: string;
  runs: RunData[];
}

/** The panels of a comparison: a row a chart of the choices, a column an entry of `columns`. */
export interface ComparisonPanels {
  columns: ComputedRef<PanelRuns[]>;
  /** Ends of the horizontal axis that all of them share. */
  domain: ComputedRef<[number, number]>;
  /** Whether nothing is drawn, as before records are read: the axis is a mere place then. */
  isEmpty: ComputedRef<boolean>;
  /** Ends of the vertical axis that the panels of a quantity share; undefined where each has its own. All of the records are gone through for it. */
  endsOf: (chart: QuantityChart) => [number, number] | undefined;
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
): PanelRuns[] {
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

/** Whether a quantity was measured in one of some runs. */
function isMeasured(runs: readonly RunData[], { record, metric }: Measured): boolean {
  return runs.some((data) => measurements(data, record, metric).y.some(Number.isFinite));
}

/** Whether something is drawn of a quantity: a value with its place, above zero on log axes, of a run that is not what differences are taken to. */
function isDrawn(runs: readonly RunData[], { spec, log }: QuantityChart, logX: boolean): boolean {
  const base = findBaseline(runs, ({ run }) => run, spec);
  const hasPlace = (x: number): boolean => Number.isFinite(x) && (!logX || x > 0);
  // differences have either sign, whatever the values have
  const hasValue = (y: number): boolean => Number.isFinite(y) && (!log || base !== null || y > 0);
  return runs.some((data) => {
    if (base?.runs.includes(data) || !isMeasured([data], spec)) return false;
    const { x, y } = rowsOf(data, spec);
    return y.some((value, row) => hasValue(value) && hasPlace(x[row]!));
  });
}

/**
 * The panels as a figure has them: rows by quantity and columns by value where there are several values; those without anything to draw are left out.
 * @param charts with the columns that are drawn of each @param inColumns panels in a row on screen @param ends of a quantity's vertical axes
 * @param isRead whether all records are here; before, none is known to have nothing to draw
 */
export function gridOf(
  charts: readonly QuantityChart[],
  columns: readonly PanelRuns[],
  inColumns: number,
  logX: boolean,
  ends: (chart: QuantityChart) => readonly [number, number] | undefined,
  isRead = true,
): ExportableGrid {
  const multiples = columns.length > 1;
  const empty: string[] = [];
  const panels = charts.flatMap((chart) => {
    const drawn = columns.filter(({ title, runs }) => {
      const measured = !isRead || isMeasured(runs, chart.spec);
      if (!measured) empty.push(multiples ? `${chart.title} (${title})` : chart.title);
      return measured;
    });
    const shared = multiples ? ends(chart) : undefined;
    return drawn.map(({ title, runs }, index): GridPanel => ({
      chart: chart.spec,
      runs: runs.map(({ run }) => run),
      log: chart.log,
      logX,
      title: multiples ? title : '',
      ends: shared,
      ...(multiples ? (index === 0 ? { row: 'new' } : {}) : chart.large ? { row: 'whole' } : {}),
    }));
  });
  return { panels, columns: Math.max(1, Math.min(inColumns, mostColumns)), empty };
}

/** Epochs up to which an axis of epochs has its whole planned length at once. */
const fewEpochs = 4;

/**
 * The horizontal axis while runs go on: it grows in coarse steps, so that the charts stand still between them.
 * @param span first and last place of what is there
 */
export function liveSpan(
  [from, to]: readonly [number, number],
  data: readonly RunData[],
  against: ComparisonSpec['against'],
): [number, number] {
  const live = data.filter(({ run, iterations }) => run.status === 'running' && iterations.iteration.length > 0);
  if (live.length === 0 || to <= from) return [from, to];
  // nobody planned how far a distance goes
  if (!hasCommonPlaces({ against })) return [from, niceStep(to)];
  const inEpochs = against === 'epoch';
  const planned = live.map(({ run }) => run.iterations_total / (inEpochs ? epochLength(run) : 1));
  return [from, liveEnd(to, Math.max(...planned), inEpochs ? fewEpochs : undefined)];
}

/** The panels that the choices make of the records of a comparison. */
export function useComparisonPanels(data: () => RunData[], choices: ComparisonChoices): ComparisonPanels {
  const { charts, spec, multiples, logX, sameRange } = choices;
  const columns = computed(() => panelsBy(multiples.value, data(), spec.value));
  const domain = computed<[number, number]>((old) => {
    const specs = charts.value.map((chart) => chart.spec);
    const now = liveSpan(comparisonSpan(data(), specs, logX.value), data(), spec.value.against);
    return old?.[0] === now[0] && old[1] === now[1] ? old : now;
  });
  const isEmpty = computed(() => !charts.value.some((chart) => isDrawn(data(), chart, logX.value)));
  const endsOf = (chart: QuantityChart): [number, number] | undefined => {
    if (!sameRange.value) return undefined;
    const drawn = columns.value.map(({ runs }) => runs);
    return comparisonEnds(drawn, chart.spec, chart.log, logX.value) ?? undefined;
  };
  return { columns, domain, isEmpty, endsOf };
}
