/**
 * What a comparison draws of its runs: the quantities that it asks for and no others, read several runs at a time and shown as they
 * arrive, then grown by events. A run's page holds its records whole (run-data.ts); of fifty runs that would be forty columns for every one drawn.
 */
import { nextTick, onScopeDispose, reactive, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import { curvatureColumns, epochColumns, iterationColumns } from '../../shared/records.ts';
import type {
  CurvatureRecord,
  EpochRecord,
  IterationColumns,
  IterationRecord,
  RunSeries,
} from '../../shared/records.ts';
import type { RecordBatch } from '../../shared/trainer-messages.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { drained, throttled } from '../ui/throttled.ts';
import { GrowingColumns } from './columns.ts';
import { noRecords } from './run-data.ts';
import type { Records } from './run-data.ts';

/** A quantity of iterations, or what places them. */
type Key = keyof IterationColumns;

/** What is read of each run; its epochs always are. */
export interface WantedSeries {
  iterations: readonly Key[];
  curvature: boolean;
}

/** One run with what is read of it. */
export interface RunSeriesView {
  run: string;
  /** Null until it has arrived; a quantity that is not read is NaN throughout. */
  records: Readonly<ShallowRef<Records | null>>;
  state: Readonly<{ error: string | null }>;
  /** Whether the records hold everything of this: a quantity that is still being read would look as if it was not measured. */
  isComplete: (wanted: WantedSeries) => boolean;
  retry: () => void;
}

/** Runs in one request, and requests under way: so that some are drawn while others are read, and the workbench answers others in between. */
const runsAtOnce = 8;
const requestsAtOnce = 2;
/** Milliseconds between two pictures while runs arrive, and at least so many times what the last one took: each draws all that are here. */
const picturesApart = 300;
const pictureShare = 3;
/** Quantities that are kept beside those that are drawn, for whoever goes back to them. */
const keptBeside = 4;

/** Columns that nobody asked for: NaN, however long. */
let absent = new Float64Array(0);
function absentColumn(length: number): Float64Array {
  if (absent.length < length) absent = new Float64Array(Math.max(length, 2 * absent.length)).fill(NaN);
  return absent.subarray(0, length);
}

/** The series of one run. */
class Series {
  readonly run: string;
  readonly records = shallowRef<Records | null>(null);
  readonly state = reactive<{ error: string | null }>({ error: null });
  #iterations = new GrowingColumns<IterationRecord>(['iteration'], ['iteration']);
  #epochs = new GrowingColumns<EpochRecord>(epochColumns, ['epoch']);
  #curvature = new GrowingColumns<CurvatureRecord>(curvatureColumns, ['iteration', 'rank']);
  #hasCurvature = false;
  /** Whether it was read. */
  isRead = false;
  /** Batches that arrive while it is read. */
  waiting: Omit<RecordBatch, 'times'>[] | null = null;
  /** Grows when what is being read does not count any more. */
  reading = 0;

  constructor(run: string) {
    this.run = run;
  }

  /** The columns of iterations that are held. */
  get keys(): readonly Key[] {
    return this.#iterations.keys;
  }

  /** What has to be read so that a chart can be drawn: everything, or what is missing; null where nothing is. */
  missing({ iterations, curvature }: WantedSeries): WantedSeries | null {
    if (!this.isRead) return { iterations: [...new Set<Key>(['iteration', ...iterations])], curvature };
    const keys = iterations.filter((key) => !this.#iterations.keys.includes(key));
    if (keys.length === 0 && (!curvature || this.#hasCurvature)) return null;
    return { iterations: ['iteration', ...keys], curvature: curvature && !this.#hasCurvature };
  }

  /** Everything has to be read anew: it went back, or events were missed. */
  forget(): void {
    this.isRead = false;
    this.reading++;
    this.waiting = null;
  }

  /**
   * Takes what was read.
   * @param kept keys to keep, of those that are held
   * @returns whether it fits what is held; else everything has to be read anew
   */
  take(
    { iterations, epochs, curvature }: NonNullable<RunSeries['records']>,
    asked: WantedSeries,
    kept: ReadonlySet<Key>,
  ): boolean {
    const more = iterations as Record<string, Float64Array>;
    const rows = more['iteration']!.length;
    if (this.isRead && rows !== this.#iterations.length) return false;
    const held = this.isRead ? this.#iterations.view() : {};
    const columns = Object.fromEntries(
      Object.entries({ ...held, ...more }).filter(([key]) => kept.has(key as Key) || key in more),
    );
    this.#iterations = new GrowingColumns<IterationRecord>(Object.keys(columns) as Key[], ['iteration']);
    this.#iterations.append(columns as unknown as IterationColumns);
    if (!this.isRead) {
      this.#epochs = new GrowingColumns<EpochRecord>(epochColumns, ['epoch']);
      this.#epochs.append(epochs);
    }
    if (asked.curvature || !this.isRead) {
      this.#curvature = new GrowingColumns<CurvatureRecord>(curvatureColumns, ['iteration', 'rank']);
      this.#curvature.append(curvature);
      this.#hasCurvature = asked.curvature;
    }
    this.isRead = true;
    return true;
  }

  /** Takes a batch of a run that computes. @returns how many records were new; null where some before it are missing */
  append(batch: Omit<RecordBatch, 'times'>): number | null {
    const expected = (this.#iterations.last('iteration') ?? -1) + 1;
    if (batch.iterations.iteration.length > 0 && batch.iterations.iteration[0]! > expected) return null;
    return (
      this.#iterations.append(batch.iterations) +
      this.#epochs.append(batch.epochs) +
      (this.#hasCurvature ? this.#curvature.append(batch.curvature) : 0)
    );
  }

  /** Shows what is held; columns that did not grow stay the same objects. */
  publish(): void {
    if (!this.isRead) return;
    const before = this.records.value;
    const held = this.#iterations.view();
    const same = before && this.#shown === held;
    this.#shown = held;
    this.#shownKeys = new Set(this.keys);
    this.#showsCurvature = this.#hasCurvature;
    this.records.value = {
      iterations: same ? before.iterations : whole(held),
      slices: noRecords.slices,
      epochs: this.#epochs.view(),
      curvature: this.#hasCurvature ? this.#curvature.view() : noRecords.curvature,
    };
  }
  #shown: object | null = null;
  #shownKeys: ReadonlySet<Key> = new Set();
  #showsCurvature = false;

  /** Whether what is shown holds everything of this. */
  isComplete({ iterations, curvature }: WantedSeries): boolean {
    if (this.records.value === null) return false;
    return iterations.every((key) => this.#shownKeys.has(key)) && (!curvature || this.#showsCurvature);
  }
}

/** Iterations with every column that charts know. */
function whole(held: Partial<IterationColumns>): IterationColumns {
  const none = absentColumn(held.iteration!.length);
  return Object.fromEntries(iterationColumns.map((key) => [key, held[key] ?? none])) as unknown as IterationColumns;
}

/** What is read of some runs, kept up to date for as long as the view lives. @param ids runs in order */
export function useRunSeries(
  ids: () => readonly string[],
  wanted: () => WantedSeries,
): Readonly<ShallowRef<readonly RunSeriesView[]>> {
  const views = shallowRef<readonly RunSeriesView[]>([]);
  const held = new Map<string, Series>();
  const queue = new Set<Series>();
  const due = new Set<Series>();
  let underWay = 0;
  let ended = false;
  let nextPicture = -Infinity;
  let picture: ReturnType<typeof setTimeout> | undefined;

  const show = (): void => {
    clearTimeout(picture);
    picture = undefined;
    for (const one of due) one.publish();
    due.clear();
    const start = performance.now();
    nextPicture = start + picturesApart;
    void nextTick()
      .then(drained)
      .then(() => {
        const now = performance.now();
        nextPicture = now + Math.max(picturesApart, pictureShare * (now - start));
      });
  };
  /** Shows the first and the last that arrive at once, and others now and then. */
  const showRead = (): void => {
    const rest = nextPicture - performance.now();
    if (rest <= 0 || (queue.size === 0 && underWay === 0)) show();
    else picture ??= setTimeout(show, rest);
  };
  /** What computes is shown a few times a second. */
  const showGrown = throttled(show, 100);

  function ask(one: Series): void {
    if (one.missing(wanted()) === null) return;
    queue.add(one);
  }
  function pump(): void {
    while (underWay < requestsAtOnce && queue.size > 0 && !ended) {
      const [first] = queue;
      const asked = first!.missing(wanted());
      if (!asked) {
        queue.delete(first!);
        continue;
      }
      const words = JSON.stringify(asked);
      const together = [...queue].filter((one) => JSON.stringify(one.missing(wanted())) === words).slice(0, runsAtOnce);
      for (const one of together) queue.delete(one);
      void read(together, asked);
    }
  }
  async function read(together: readonly Series[], asked: WantedSeries): Promise<void> {
    underWay++;
    const turns = together.map((one) => ++one.reading);
    for (const one of together) one.waiting ??= [];
    const valid = (index: number): boolean => together[index]!.reading === turns[index] && !ended;
    try {
      const answers = await request('runs.series', {
        runs: together.map(({ run }) => run),
        iterations: [...asked.iterations],
        curvature: asked.curvature,
      });
      together.forEach((one, index) => {
        if (valid(index)) settle(one, answers[index]!, asked);
      });
    } catch (error) {
      together.forEach((one, index) => {
        if (valid(index)) settle(one, { run: one.run, error: sentence(error), records: null }, asked);
      });
    }
    underWay--;
    pump();
    showRead();
  }
  /** Sorts in what was read of a run, and what came meanwhile. */
  function settle(one: Series, { error, records }: RunSeries, asked: WantedSeries): void {
    const early = one.waiting ?? [];
    one.waiting = null;
    one.state.error = error === null ? null : sentence(error);
    if (!records) return;
    const now = wanted().iterations;
    const beside = one.keys.filter((key) => !now.includes(key)).slice(-keptBeside);
    const kept = new Set<Key>(['iteration', ...now, ...beside]);
    if (!one.take(records, asked, kept)) {
      one.forget();
      ask(one);
      return;
    }
    for (const batch of early) grow(one, batch);
    due.add(one);
    // what is wanted may have changed meanwhile
    ask(one);
  }
  function grow(one: Series, batch: Omit<RecordBatch, 'times'>): void {
    if (one.waiting) {
      one.waiting.push(batch);
      return;
    }
    if (!one.isRead) return;
    const added = one.append(batch);
    if (added === null) {
      one.forget();
      ask(one);
      pump();
    } else if (added > 0) {
      due.add(one);
      showGrown();
    }
  }
  function readAnew(one: Series): void {
    one.forget();
    ask(one);
    pump();
  }

  const stops = [
    onEvent('run.records', ({ run, batch }) => {
      const one = held.get(run);
      if (one) grow(one, batch);
    }),
    onEvent('run.rewound', ({ run }) => {
      const one = held.get(run);
      if (one) readAnew(one);
    }),
    onConnected(() => {
      // all are asked for before the first request, which takes several at once
      for (const one of held.values()) {
        one.forget();
        ask(one);
      }
      pump();
    }),
  ];
  watch(
    [() => ids().join('\n'), () => JSON.stringify(wanted())],
    () => {
      const now = [...new Set(ids())];
      for (const [run, one] of held)
        if (!now.includes(run)) {
          one.forget();
          held.delete(run);
          queue.delete(one);
          due.delete(one);
        }
      for (const run of now) if (!held.has(run)) held.set(run, new Series(run));
      views.value = now.map((run) => {
        const one = held.get(run)!;
        return {
          ...{ run, records: one.records, state: one.state },
          isComplete: (asked) => one.isComplete(asked),
          retry: () => readAnew(one),
        };
      });
      for (const run of now) ask(held.get(run)!);
      pump();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    ended = true;
    clearTimeout(picture);
    held.clear();
    queue.clear();
    for (const stop of stops) stop();
  });
  return views;
}
