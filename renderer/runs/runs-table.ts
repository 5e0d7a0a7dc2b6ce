/** How the list of runs is looked at: filter, order, groups, columns; remembered in this window. Order, columns and selection by TanStack Table. */
import {
  columnVisibilityFeature,
  createSortedRowModel,
  functionalUpdate,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
} from '@tanstack/vue-table';
import { computed, ref } from 'vue';
import type { RunRecord } from '../../shared/records.ts';
import { groupings, groupRuns } from '../../shared/runs/group.ts';
import { fittingRuns } from './fitting-runs.ts';
import { columnGroups, compareValues, defaultColumns } from './run-columns.ts';
import type { RunColumn } from './run-columns.ts';
import { runs } from './runs.ts';
import { isSelected, select } from './selection.ts';
import { remembered } from '../ui/storage.ts';

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
export const look = remembered<Look>('runs-table', (stored) => ({
  columns: columnsAtFirst(),
  sort: null,
  group: '',
  archived: false,
  ...(stored as Partial<Look> | undefined),
}));

/** The filter as it is written. */
export const filterText = ref('');
const reading = computed(() => fittingRuns(filterText.value, look.value.archived));
/** What is wrong with the filter; null when it can be read. */
export const filterProblem = computed(() => reading.value.problem);

/** Runs that are archived: their number stands beside the switch that shows them. */
export const archivedCount = computed(() => runs.value.filter((run) => run.archived).length);

/** The runs that the filter lets through, newest first. */
const fitting = computed<readonly RunRecord[]>(() => {
  const { matches } = reading.value;
  if (matches !== null) return runs.value.filter(matches);
  return look.value.archived ? runs.value : runs.value.filter((run) => !run.archived);
});

const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
  columnMeta: {} as { column: RunColumn },
});

/** Every column there is. */
const allColumns = [nameColumn, statusColumn, ...columnGroups.flatMap(({ columns }) => columns)];

const state = computed(() => {
  const { sort, columns } = look.value;
  const shown = new Set([nameColumn.key, statusColumn.key, ...columns]);
  return {
    sorting: sort ? [{ id: sort.key, desc: sort.descending }] : [],
    columnVisibility: Object.fromEntries(allColumns.map(({ key }) => [key, shown.has(key)])),
    // of what is selected only what is shown: the check box of the head speaks of the list
    rowSelection: Object.fromEntries(
      fitting.value.flatMap(({ run }) => (isSelected(run) ? [[run, true as const]] : [])),
    ),
  };
});

/** The table of the runs that the filter lets through: sorted by a column, with those that are shown. */
export const table = useTable<typeof features, RunRecord>({
  features,
  data: fitting,
  getRowId: ({ run }) => run,
  columns: allColumns.map((column) => ({
    id: column.key,
    accessorFn: (run) => column.sort(run) ?? undefined,
    // those without a value come last either way
    sortUndefined: 'last',
    sortDescFirst: column.number,
    sortFn: (a, b, id) => compareValues(a.getValue<number | string>(id), b.getValue<number | string>(id)),
    meta: { column },
  })),
  state,
  enableMultiSort: false,
  isRowRangeSelectionEvent: (event) => (event as MouseEvent).shiftKey,
  onSortingChange: (change) => {
    const [by] = functionalUpdate(change, state.value.sorting);
    look.value.sort = by ? { key: by.id, descending: by.desc } : null;
  },
  onRowSelectionChange: (change) => {
    const before = state.value.rowSelection;
    const after = functionalUpdate(change, before);
    // in the order of the list, which Compare keeps
    const ids = shownRuns.value.map(({ run }) => run);
    select(
      ids.filter((id) => after[id] && !before[id]),
      true,
    );
    select(
      ids.filter((id) => before[id] && !after[id]),
      false,
    );
  },
});

/** The columns that are shown beside name and status, in their order. */
export const shownColumns = computed(() =>
  table
    .getVisibleLeafColumns()
    .slice(2)
    .map(({ columnDef }) => columnDef.meta!.column),
);

/** The runs that the filter lets through, in order. */
export const shownRuns = computed<readonly RunRecord[]>(() => table.getRowModel().rows.map(({ original }) => original));

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
  // the list's own order decides which group comes first
  return groupRuns(shownRuns.value, (run) => run, [grouping], 'run').flatMap((group): TableRow[] => {
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
