/**
 * The runs on screen: records read once, then grown by events. What the views see is a snapshot of a run together with its
 * records, published at most ten times a second; every chart and number of a view derives from it, in the same tick.
 */
import { computed, nextTick, onScopeDispose, reactive, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import { curvatureColumns, epochColumns, iterationColumns, sliceColumns } from '../../shared/records.ts';
import type {
  CurvatureColumns,
  CurvatureRecord,
  EpochColumns,
  EpochRecord,
  IterationColumns,
  IterationRecord,
  RunRecord,
  SliceColumns,
  SliceRecord,
} from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import { GrowingColumns } from './columns.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { drained, throttled } from '../ui/throttled.ts';

/** Records of one run as charts read them. */
export interface Records {
  iterations: IterationColumns;
  slices: SliceColumns;
  epochs: EpochColumns;
  curvature: CurvatureColumns;
}

/** No records yet. */
export const noRecords: Records = {
  iterations: new GrowingColumns<IterationRecord>(iterationColumns, ['iteration']).view(),
  slices: new GrowingColumns<SliceRecord>(sliceColumns, ['iteration', 'alpha']).view(),
  epochs: new GrowingColumns<EpochRecord>(epochColumns, ['epoch']).view(),
  curvature: new GrowingColumns<CurvatureRecord>(curvatureColumns, ['iteration', 'rank']).view(),
};

/** Whether charts of two lists of snapshots look the same: of a run they show the name and the status, not its progress. */
function looksSame(before: readonly RunData[], now: readonly RunData[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ run, iterations, slices, epochs, curvature, times }, index) => {
      const old = before[index]!;
      const sameRun = old.run.run === run.run && old.run.name === run.name && old.run.status === run.status;
      const sameRecords = old.iterations === iterations && old.slices === slices && old.epochs === epochs;
      return sameRun && sameRecords && old.curvature === curvature && old.times === times;
    })
  );
}

/** How long records wait for the change of their run that sums them up, in milliseconds. */
const patience = 400;

class RunCache {
  readonly run: string;
  iterations = new GrowingColumns<IterationRecord>(iterationColumns, ['iteration']);
  slices = new GrowingColumns<SliceRecord>(sliceColumns, ['iteration', 'alpha']);
  epochs = new GrowingColumns<EpochRecord>(epochColumns, ['epoch']);
  curvature = new GrowingColumns<CurvatureRecord>(curvatureColumns, ['iteration', 'rank']);
  /** The snapshot that is shown. */
  readonly data = shallowRef<RunData | null>(null);
  readonly state = reactive<{ error: string | null }>({ error: null });
  loaded = false;
  users = 0;
  lastUse = 0;
  #waiting: Omit<RecordBatch, 'times'>[] | null = null;
  /** Grows when what is being read does not count any more. */
  #reading = 0;
  #record: RunRecord | null = null;
  #next: RunData | null = null;
  #overdue: ReturnType<typeof setTimeout> | undefined;

  constructor(run: string) {
    this.run = run;
  }

  /** Columns that did not grow stay the same objects, so that what is drawn from them stays as it is. */
  #view(): Records {
    return {
      iterations: this.iterations.view(),
      slices: this.slices.view(),
      epochs: this.epochs.view(),
      curvature: this.curvature.view(),
    };
  }

  /** The run goes on from an earlier iteration: everything is read again. */
  rewind(): void {
    this.iterations = new GrowingColumns<IterationRecord>(iterationColumns, ['iteration']);
    this.slices = new GrowingColumns<SliceRecord>(sliceColumns, ['iteration', 'alpha']);
    this.epochs = new GrowingColumns<EpochRecord>(epochColumns, ['epoch']);
    this.curvature = new GrowingColumns<CurvatureRecord>(curvatureColumns, ['iteration', 'rank']);
    this.loaded = false;
    // an answer that is under way may hold what is gone
    this.#reading++;
    this.#waiting = null;
    if (this.users > 0) void this.load();
  }

  /** Reads what is missing; batches that arrive meanwhile wait and are sorted in by their order. */
  async load(): Promise<void> {
    if (this.#waiting) return;
    this.#waiting = [];
    const reading = this.#reading;
    try {
      const from = (this.iterations.last('iteration') ?? -1) + 1;
      // the last slice may be incomplete: it is asked for again, and known points are left out
      const sliceFrom = this.slices.last('iteration') ?? 0;
      const [iterations, slices, epochs, curvature, record] = await Promise.all([
        request('runs.iterations', { run: this.run, from }),
        request('runs.slices', { run: this.run, from: sliceFrom }),
        request('runs.epochs', { run: this.run }),
        request('runs.curvature', { run: this.run }),
        request('runs.get', { run: this.run }),
      ]);
      if (reading !== this.#reading) return;
      this.append({ iterations, slices, epochs, curvature }, true);
      this.#record = record;
      this.loaded = true;
      this.state.error = null;
    } catch (error) {
      if (reading !== this.#reading) return;
      this.state.error = sentence(error);
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const batch of waiting) this.append(batch);
    this.#take();
  }

  /** The run as it now is; it sums up the records that have come before it, so both are shown together. */
  change(record: RunRecord): void {
    this.#record = record;
    if (!this.#waiting) this.#take();
  }

  #take(): void {
    clearTimeout(this.#overdue);
    this.#overdue = undefined;
    if (!this.#record || !this.loaded) return;
    this.#next = { run: this.#record, ...this.#view() };
    due.add(this);
    publishDue();
  }

  /** Shows what was taken last. */
  publish(): void {
    if (this.#next) this.data.value = this.#next;
    this.#next = null;
  }

  append(batch: Omit<RecordBatch, 'times'>, reading = false): void {
    if (this.#waiting && !reading) {
      this.#waiting.push(batch);
      return;
    }
    const expected = (this.iterations.last('iteration') ?? -1) + 1;
    if (!reading && batch.iterations.iteration.length > 0 && batch.iterations.iteration[0]! > expected) {
      // a batch was missed: read the gap instead of drawing it
      void this.load();
      return;
    }
    const added =
      this.iterations.append(batch.iterations) +
      this.slices.append(batch.slices) +
      this.epochs.append(batch.epochs) +
      this.curvature.append(batch.curvature);
    if (added > 0) this.#overdue ??= setTimeout(() => this.#take(), patience);
  }
}

/** Caches with a snapshot to show. */
const due = new Set<RunCache>();
/** Shows all of them at once; what is drawn of them, one panel a frame, counts as part of it. */
const publishDue = throttled(async () => {
  for (const cache of due) cache.publish();
  due.clear();
  await nextTick();
  await drained();
}, 100);

const caches = new Map<string, RunCache>();
const kept = 12;

/** Starts listening; once, when the app starts. */
export function watchRecords(): void {
  onEvent('run.records', ({ run, batch }) => caches.get(run)?.append(batch));
  onEvent('run.changed', (record) => caches.get(record.run)?.change(record));
  onEvent('run.rewound', ({ run }) => caches.get(run)?.rewind());
  onEvent('run.removed', ({ run }) => caches.delete(run));
  onConnected(() => {
    for (const [run, cache] of caches)
      if (cache.users > 0) void cache.load();
      else caches.delete(run);
  });
}

function acquire(run: string): RunCache {
  const cache = caches.get(run) ?? new RunCache(run);
  caches.set(run, cache);
  cache.users++;
  if (!cache.loaded) void cache.load();
  return cache;
}

function release(cache: RunCache): void {
  cache.users--;
  cache.lastUse = performance.now();
  const idle = [...caches.values()].filter((entry) => entry.users === 0).sort((a, b) => b.lastUse - a.lastUse);
  for (const entry of idle.slice(kept)) caches.delete(entry.run);
}

/** One run with its records; null until they have arrived. */
export interface RunDataView {
  run: string;
  data: Readonly<ShallowRef<RunData | null>>;
  state: Readonly<{ error: string | null }>;
  retry: () => void;
}

/** Records of the runs that a view shows, in order; kept up to date for as long as the view lives. */
export function useRunData(ids: () => readonly string[]): Readonly<ShallowRef<readonly RunDataView[]>> {
  const views = shallowRef<readonly RunDataView[]>([]);
  let held: RunCache[] = [];
  watch(
    () => ids().join('\n'),
    () => {
      const before = held;
      held = [...new Set(ids())].map(acquire);
      for (const cache of before) release(cache);
      views.value = held.map((cache) => ({
        run: cache.run,
        data: cache.data,
        state: cache.state,
        retry: () => void cache.load(),
      }));
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    for (const cache of held) release(cache);
  });
  return views;
}

/** Snapshots as charts take them: the same list for as long as charts of it look the same. */
export function useDrawnRuns(snapshots: () => RunData[]): ComputedRef<RunData[]> {
  return computed((old) => {
    const now = snapshots();
    return old && looksSame(old, now) ? old : now;
  });
}
