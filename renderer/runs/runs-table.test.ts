import { beforeEach, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { blankRun, blankSummary } from '../../shared/blank-records.ts';
import type { RunRecord } from '../../shared/records.ts';
import type * as RunsTable from './runs-table.ts';
import type * as Selection from './selection.ts';

// the workbench tells the window of these runs
const heard = vi.hoisted(() => new Map<string, (reported: RunRecord) => void>());
vi.mock('../connection/connection.ts', () => ({
  onConnected: vi.fn(),
  onEvent: (name: string, listener: (reported: RunRecord) => void) => heard.set(name, listener),
  sentence: String,
  request: vi.fn(),
}));

/** Four runs, the newest last; b has no distance yet. */
const reported = (
  [
    ['b', null],
    ['d', 2],
    ['a', 10],
    ['c', 1],
  ] as const
).map(([name, distance], index) =>
  blankRun({ run: `run-${name}`, name, sequence: index, summary: blankSummary({ distance }) }),
);

let list: typeof RunsTable;
let selected: typeof Selection;
beforeEach(async () => {
  vi.resetModules();
  vi.stubGlobal('innerWidth', 1280);
  const { watchRuns } = await import('./runs.ts');
  list = await import('./runs-table.ts');
  selected = await import('./selection.ts');
  watchRuns();
  for (const run of reported) heard.get('run.changed')!(run);
  await nextTick();
});

const names = () => list.shownRuns.value.map(({ name }) => name).join('');
async function click(key: string): Promise<void> {
  list.table.getColumn(key)!.toggleSorting();
  await nextTick();
}

it('one click sorts, words from the first and numbers from the largest; the second turns it round, the third goes back to newest first', async () => {
  expect(names()).toBe('cadb');
  const seen = [];
  for (let turn = 0; turn < 3; turn++) {
    await click('name');
    seen.push([names(), list.look.value.sort?.descending]);
  }
  expect(seen).toEqual([
    ['abcd', false],
    ['dcba', true],
    ['cadb', undefined],
  ]);
  await click('distance');
  expect(list.look.value.sort).toEqual({ key: 'distance', descending: true });
});

it('those without a value come last either way', async () => {
  await click('distance');
  expect(names()).toBe('adcb');
  await click('distance');
  expect(names()).toBe('cdab');
});

it('a column sorts that is not shown', async () => {
  list.look.value.columns = ['architecture'];
  list.look.value.sort = { key: 'distance', descending: true };
  await nextTick();
  expect(list.shownColumns.value.map(({ key }) => key)).toEqual(['architecture']);
  expect(names()).toBe('adcb');
});

it('a range is selected in the order of the list, and what a filter hides stays as it is', async () => {
  const press = async (name: string, shiftKey: boolean, checked: boolean): Promise<void> => {
    list.table.getRow(`run-${name}`).getToggleSelectedHandler()({ shiftKey, target: { checked } });
    await nextTick();
  };
  await press('d', false, true);
  await press('c', true, true);
  expect(selected.selection.value).toEqual(['run-d', 'run-c', 'run-a']);
  list.filterText.value = 'name = d';
  await nextTick();
  list.table.toggleAllRowsSelected();
  await nextTick();
  expect(selected.selection.value).toEqual(['run-c', 'run-a']);
});
