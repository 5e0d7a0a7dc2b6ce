/** The records of the runs on screen: read once, then grown by events, redrawn at most ten times a second. */
import { onScopeDispose, reactive, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import { epochColumns, iterationColumns, sliceColumns } from '../../shared/records.ts';
import type {
  EpochColumns,
  EpochRecord,
  IterationColumns,
  IterationRecord,
  SliceColumns,
  SliceRecord,
} from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import { GrowingColumns } from './columns.ts';
import { onConnected, onEvent, request, sentence } from './connection.ts';
import { paced } from './paced.ts';

/** Records of one run as charts read them; a new object whenever there are more. */
interface RunData {
  iterations: IterationColumns;
  slices: SliceColumns;
  epochs: EpochColumns;
}

class RunCache {
  readonly run: string;
  readonly iterations = new GrowingColumns<IterationRecord>(iterationColumns, ['iteration']);
  readonly slices = new GrowingColumns<SliceRecord>(sliceColumns, ['iteration', 'alpha']);
  readonly epochs = new GrowingColumns<EpochRecord>(epochColumns, ['epoch']);
  readonly data = shallowRef<RunData>(this.#view());
  readonly state = reactive<{ loaded: boolean; error: string | null }>({ loaded: false, error: null });
  users = 0;
  lastUse = 0;
  #waiting: RecordBatch[] | null = null;
  readonly #publish = paced(() => (this.data.value = this.#view()), 100);

  constructor(run: string) {
    this.run = run;
  }

  /** Columns that did not grow stay the same objects, so that what is drawn from them stays as it is. */
  #view(): RunData {
    return { iterations: this.iterations.view(), slices: this.slices.view(), epochs: this.epochs.view() };
  }

  /** Reads what is missing; batches that arrive meanwhile wait and are sorted in by their order. */
  async load(): Promise<void> {
    if (this.#waiting) return;
    this.#waiting = [];
    try {
      const from = (this.iterations.last('iteration') ?? -1) + 1;
      // the last slice may be incomplete: it is asked for again, and known points are left out
      const sliceFrom = this.slices.last('iteration') ?? 0;
      const [iterations, slices, epochs] = await Promise.all([
        request('runs.iterations', { run: this.run, from }),
        request('runs.slices', { run: this.run, from: sliceFrom }),
        request('runs.epochs', { run: this.run }),
      ]);
      this.append({ iterations, slices, epochs }, true);
      this.state.error = null;
      this.state.loaded = true;
    } catch (error) {
      this.state.error = sentence(error);
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const batch of waiting) this.append(batch);
    this.data.value = this.#view();
  }

  append(batch: RecordBatch, reading = false): void {
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
      this.iterations.append(batch.iterations) + this.slices.append(batch.slices) + this.epochs.append(batch.epochs);
    if (added > 0) this.#publish();
  }
}

const caches = new Map<string, RunCache>();
const kept = 12;

/** Starts listening; once, when the app starts. */
export function watchRecords(): void {
  onEvent('run.records', ({ run, batch }) => caches.get(run)?.append(batch));
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
  if (!cache.state.loaded) void cache.load();
  return cache;
}

function release(cache: RunCache): void {
  cache.users--;
  cache.lastUse = performance.now();
  const idle = [...caches.values()].filter((entry) => entry.users === 0).sort((a, b) => b.lastUse - a.lastUse);
  for (const entry of idle.slice(kept)) caches.delete(entry.run);
}

/** One run's records and whether they have arrived. */
export interface RunDataView {
  run: string;
  data: Readonly<ShallowRef<RunData>>;
  state: Readonly<{ loaded: boolean; error: string | null }>;
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
