/** How the list of runs is looked at: filter, order, groups, columns; remembered in this window. */
import { computed, ref, watch } from 'vue';
import type { RunRecord } from '../../shared/records.ts';
import { readFilter } from '../../shared/runs/filter.ts';
import { groupings, groupRuns } from '../../shared/runs/group.ts';
import { columnGroups, defaultColumns, sortedRuns } from './run-columns.ts';
import type { RunColumn } from './run-columns.ts';
import { runs } from './runs.ts';
import { recall, remember } from '../ui/storage.ts';

/** What is remembered. */
interface Look {
  columns: string[];
  sort: { key: string; descending: boolean } | null;
  group: string;
  archived: boolean;
}

/** The run's name and status: always there. */
export const nameColumn: RunColumn = {
  key: 'name',
  title: 'Run',
  number: false,
  width: 226,
  text: (run) => run.name,
  sort: (run) => run.name,
};
/** See {@link nameColumn}. */
export const statusColumn: RunColumn = {
  key: 'status',
  title: 'Status',
  number: false,
  width: 108,
  text: (run) => run.status,
  sort: (run) => run.status,
};

/** Keys of the columns that are shown until others are chosen, by the width of the window. */
export const columnsAtFirst = (): string[] => defaultColumns(innerWidth);

/** The look of the list; changing it remembers it. */
export const look = ref<Look>({
  columns: columnsAtFirst(),
  sort: null,
  group: '',
  archived: false,
  ...(recall('runs-table') as Partial<Look> | undefined),
});
watch(look, (now) => remember('runs-table', now), { deep: true });

/** The filter as it is written. */
export const filterText = ref('');
const reading = computed(() => readFilter(filterText.value));
/** What is wrong with the filter; null when it can be read. */
export const filterProblem = computed(() => (reading.value.ok ? null : reading.value.problem));

/** The columns that are shown beside name and status, in their order. */
export const shownColumns = computed(() =>
  columnGroups.flatMap(({ columns }) => columns.filter(({ key }) => look.value.columns.includes(key))),
);

/** Runs that are archived: their number stands beside the switch that shows them. */
export const archivedCount = computed(() => runs.value.filter((run) => run.archived).length);

/** The runs that the filter lets through, in order. */
export const shownRuns = computed<readonly RunRecord[]>(() => {
  const archived = look.value.archived || /\barchived\b/i.test(filterText.value);
  const now = reading.value;
  const fitting = runs.value.filter((run) => (archived || !run.archived) && (!now.ok || now.matches(run)));
  const { sort } = look.value;
  const column =
    sort &&
    [nameColumn, statusColumn, ...columnGroups.flatMap(({ columns }) => columns)].find(({ key }) => key === sort.key);
  return column ? sortedRuns(fitting, column, sort.descending) : fitting;
});

/** Groups that are folded, by their keys. */
const folded = ref(new Set<string>());
/** Folds a group, or unfolds it. */
export function toggleGroup(key: string): void {
  const now = new Set(folded.value);
  if (!now.delete(key)) now.add(key);
  folded.value = now;
}

/** One line of the list: a run, or the head of a group. */
export type TableRow =
  | { kind: 'run'; key: string; run: RunRecord }
  | { kind: 'group'; key: string; title: string; runs: readonly RunRecord[]; folded: boolean };

/** The lines of the list. */
export const tableRows = computed<readonly TableRow[]>(() => {
  const line = (run: RunRecord): TableRow => ({ kind: 'run', key: run.run, run });
  const grouping = groupings().find(({ key }) => key === look.value.group);
  if (!grouping) return shownRuns.value.map(line);
  return groupRuns(shownRuns.value, (run) => run, [grouping]).flatMap((group): TableRow[] => {
    const isFolded = folded.value.has(group.key);
    const head: TableRow = { kind: 'group', key: group.key, title: group.title, runs: group.runs, folded: isFolded };
    return isFolded ? [head] : [head, ...group.runs.map(line)];
  });
});

/** What the list can be grouped by: whatever takes more than one value in it. */
export const usefulGroupings = computed(() => {
  const all = runs.value;
  return groupings().filter((grouping) => {
    if (grouping.key === look.value.group || grouping.key === 'status' || grouping.key === 'tag') return true;
    const first = all[0] && grouping.group(all[0]).key;
    return all.some((run) => grouping.group(run).key !== first);
  });
});
