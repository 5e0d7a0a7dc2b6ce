/** What a comparison reads of its runs: only what it draws, several at a time, kept up to date. */
import { computed, effectScope, nextTick, shallowRef } from 'vue';
import { beforeEach, expect, it, vi } from 'vitest';
import { blankIteration } from '../../shared/blank-records.ts';
import { curvatureColumns, epochColumns, iterationColumns, toColumns } from '../../shared/records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord } from '../../shared/records.ts';
import { useRunSeries } from './run-series.ts';
import type { WantedSeries } from './run-series.ts';

/** A stand-in for the workbench: its runs' lengths, what was asked, and answers that wait. */
const workbench = vi.hoisted(() => ({
  lengths: new Map<string, number>(),
  asked: [] as { runs: string[]; iterations: string[] }[],
  /** Answers that are held back until they are released, while true. */
  holds: false,
  release: [] as (() => void)[],
  listeners: new Map<string, ((payload: never) => void)[]>(),
  connected: [] as (() => void)[],
}));
vi.mock('../connection/connection.ts', () => ({
  sentence: (error: unknown) => `${error instanceof Error ? error.message : String(error)}`,
  onConnected: (action: () => void) => {
    workbench.connected.push(action);
    action();
    return () => undefined;
  },
  onEvent: (name: string, listener: (payload: never) => void) => {
    workbench.listeners.set(name, [...(workbench.listeners.get(name) ?? []), listener]);
    return () => undefined;
  },
  request: async (name: string, asked: { runs: string[]; iterations: string[]; curvature: boolean }) => {
    expect(name).toBe('runs.series');
    workbench.asked.push(asked);
    const answers = asked.runs.map((run) => answerOf(run, asked.iterations));
    if (workbench.holds) await new Promise<void>((resolve) => workbench.release.push(resolve));
    return answers;
  },
}));
const tell = (name: string, payload: unknown): void =>
  workbench.listeners.get(name)?.forEach((listener) => listener(payload as never));

/** The value of a quantity in an iteration. */
const valueOf = (run: string, key: string, t: number): number =>
  key === 'iteration' ? t : run.length * 1000 + iterationColumns.indexOf(key as never) * 10 + t;
function answerOf(run: string, keys: readonly string[]) {
  const length = workbench.lengths.get(run);
  if (length === undefined) return { run, error: `there is no run ${run}`, records: null };
  const iterations = Object.fromEntries(
    keys.map((key) => [key, Float64Array.from({ length }, (_, t) => valueOf(run, key, t))]),
  );
  const none = {
    epochs: toColumns<EpochRecord>(epochColumns, []),
    curvature: toColumns<CurvatureRecord>(curvatureColumns, []),
  };
  return { run, error: null, records: { iterations, ...none } };
}
/** A batch of a run that computes. */
function batchOf(run: string, from: number, to: number) {
  const rows = Array.from({ length: to - from }, (_, row) =>
    blankIteration({ iteration: from + row, distance: valueOf(run, 'distance', from + row) }),
  );
  const none = answerOf(run, ['iteration']).records!;
  return {
    run,
    batch: {
      ...none,
      iterations: toColumns<IterationRecord>(iterationColumns, rows),
      slices: { iteration: new Float64Array(0) },
    },
  };
}

vi.stubGlobal('document', { hidden: true });
const settled = async (): Promise<void> => {
  await vi.waitFor(() => undefined);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  await nextTick();
};
beforeEach(() => {
  workbench.lengths.clear();
  workbench.asked = [];
  workbench.holds = false;
  workbench.release = [];
  workbench.listeners.clear();
});

/** What a view reads of some runs. */
function viewOf(ids: string[], keys: WantedSeries['iterations'] = ['iteration', 'distance']) {
  const runs = shallowRef(ids);
  const wanted = shallowRef<WantedSeries>({ iterations: keys, curvature: false });
  const scope = effectScope();
  const views = scope.run(() =>
    useRunSeries(
      () => runs.value,
      () => wanted.value,
    ),
  )!;
  return { runs, wanted, views, end: () => scope.stop() };
}

it('asks for what is drawn, several runs at a time, two requests at once, and shows the first before the last', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `r${index}`);
  for (const id of ids) workbench.lengths.set(id, 3);
  workbench.holds = true;
  const { views, end } = viewOf(ids);
  await settled();
  expect(workbench.asked.map(({ runs }) => runs.length)).toEqual([8, 8]);
  expect(new Set(workbench.asked.flatMap(({ iterations }) => iterations))).toEqual(new Set(['iteration', 'distance']));
  workbench.release.shift()!();
  await settled();
  expect(views.value.filter(({ records }) => records.value !== null)).toHaveLength(8);
  expect(workbench.asked.map(({ runs }) => runs.length)).toEqual([8, 8, 4]);
  workbench.holds = false;
  workbench.release.forEach((release) => release());
  await settled();
  expect(views.value.map(({ run }) => run)).toEqual(ids);
  expect(views.value.every(({ records }) => records.value !== null)).toBe(true);
  const { iterations } = views.value[0]!.records.value!;
  expect([...iterations.distance]).toEqual([0, 1, 2].map((t) => valueOf('r0', 'distance', t)));
  // what was not asked for reads as not measured
  expect([...iterations.path_length]).toEqual([NaN, NaN, NaN]);
  end();
});

it('another quantity is read alone; one that is held is not read again', async () => {
  workbench.lengths.set('a', 4);
  const { wanted, views, end } = viewOf(['a']);
  await settled();
  wanted.value = { iterations: ['iteration', 'path_length'], curvature: false };
  await settled();
  expect(workbench.asked.map(({ iterations }) => iterations)).toEqual([
    ['iteration', 'distance'],
    ['iteration', 'path_length'],
  ]);
  const { iterations } = views.value[0]!.records.value!;
  expect([...iterations.path_length]).toEqual([0, 1, 2, 3].map((t) => valueOf('a', 'path_length', t)));
  wanted.value = { iterations: ['iteration', 'distance'], curvature: false };
  await settled();
  expect(workbench.asked).toHaveLength(2);
  expect([...views.value[0]!.records.value!.iterations.distance]).toHaveLength(4);
  end();
});

it('says that a run is read once every column that is wanted is shown', async () => {
  workbench.lengths.set('a', 4);
  const { wanted, views, end } = viewOf(['a']);
  const isComplete = computed(() => views.value[0]!.isComplete(wanted.value));
  expect(isComplete.value).toBe(false);
  await settled();
  expect(isComplete.value).toBe(true);
  for (const more of [
    { iterations: ['iteration', 'distance', 'batch_loss'], curvature: false },
    { iterations: ['iteration', 'distance'], curvature: true },
  ] satisfies WantedSeries[]) {
    workbench.holds = true;
    wanted.value = more;
    await settled();
    expect(views.value[0]!.records.value).not.toBeNull();
    expect(isComplete.value).toBe(false);
    workbench.holds = false;
    workbench.release.splice(0).forEach((release) => release());
    await vi.waitFor(() => expect(isComplete.value).toBe(true));
  }
  end();
});

it('a run that computes grows by events, also by those that come while it is read; a gap is read', async () => {
  workbench.lengths.set('a', 2);
  workbench.holds = true;
  const { views, end } = viewOf(['a']);
  await settled();
  tell('run.records', batchOf('a', 2, 4));
  workbench.holds = false;
  workbench.release.forEach((release) => release());
  await settled();
  const distances = (): number[] => [...(views.value[0]!.records.value?.iterations.distance ?? [])];
  await vi.waitFor(() => expect(distances()).toEqual([0, 1, 2, 3].map((t) => valueOf('a', 'distance', t))));
  tell('run.records', batchOf('a', 4, 5));
  await vi.waitFor(() => expect(distances()).toHaveLength(5));
  workbench.lengths.set('a', 9);
  tell('run.records', batchOf('a', 8, 9));
  await vi.waitFor(() => expect(distances()).toHaveLength(9));
  expect(distances()).toEqual(Array.from({ length: 9 }, (_, t) => valueOf('a', 'distance', t)));
  expect(workbench.asked).toHaveLength(2);
  end();
});

it('a run that went back is read anew, and an answer under way to what it was does not count', async () => {
  workbench.lengths.set('a', 5);
  workbench.holds = true;
  const { views, end } = viewOf(['a']);
  await settled();
  workbench.lengths.set('a', 2);
  tell('run.rewound', { run: 'a' });
  workbench.holds = false;
  workbench.release.forEach((release) => release());
  await settled();
  expect([...views.value[0]!.records.value!.iterations.iteration]).toEqual([0, 1]);
  end();
});

it('a run that cannot be read says why, the others are there, and it is tried again when asked', async () => {
  workbench.lengths.set('a', 1);
  const { views, end } = viewOf(['a', 'gone']);
  await settled();
  const [a, gone] = views.value;
  expect(a!.records.value).not.toBeNull();
  expect(gone!.records.value).toBeNull();
  expect(gone!.state.error).toContain('there is no run gone');
  workbench.lengths.set('gone', 1);
  gone!.retry();
  await settled();
  expect(gone!.records.value).not.toBeNull();
  expect(gone!.state.error).toBeNull();
  end();
});

it('runs that are taken away are forgotten, and those that join are read alone', async () => {
  for (const id of ['a', 'b', 'c']) workbench.lengths.set(id, 1);
  const { runs, views, end } = viewOf(['a', 'b']);
  await settled();
  const before = views.value[1]!.records.value;
  runs.value = ['b', 'c'];
  await settled();
  expect(workbench.asked.map((asked) => asked.runs)).toEqual([['a', 'b'], ['c']]);
  expect(views.value.map(({ run }) => run)).toEqual(['b', 'c']);
  expect(views.value[0]!.records.value).toBe(before);
  end();
});
