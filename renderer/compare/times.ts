/** Elapsed times of runs: read only while a chart stands against them, then grown by events. */
import { onScopeDispose, shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';
import { timeColumns } from '../../shared/records.ts';
import type { TimeColumns, TimeRecord } from '../../shared/records.ts';
import { GrowingColumns } from '../runs/columns.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { throttled } from '../ui/throttled.ts';

/** What is known of the times of a view's runs. */
export interface TimesView {
  /** By run; a run whose times are not here yet is not in it. Replaced when there is more. */
  times: Readonly<ShallowRef<ReadonlyMap<string, TimeColumns>>>;
  /** Why some could not be read, in a sentence. */
  error: Readonly<ShallowRef<string | null>>;
}

/** The times of some runs, kept up to date for as long as the view lives. @param ids runs; empty while none are wanted */
export function useTimes(ids: () => readonly string[]): TimesView {
  const known = new Map<string, GrowingColumns<TimeRecord>>();
  const times = shallowRef<ReadonlyMap<string, TimeColumns>>(new Map());
  const errors = new Map<string, string>();
  const error = shallowRef<string | null>(null);
  const tell = (run: string, reason: string | null): void => {
    if (reason === null) errors.delete(run);
    else errors.set(run, reason);
    error.value = errors.values().next().value ?? null;
  };
  const show = (): void => {
    times.value = new Map([...known].map(([run, columns]) => [run, columns.view()]));
  };
  const showSoon = throttled(show, 200);

  /** Reads a run anew: what it went back on must go, and events may have been missed. */
  async function read(run: string): Promise<void> {
    const columns = new GrowingColumns<TimeRecord>(timeColumns, ['iteration']);
    known.set(run, columns);
    try {
      const found = await request('runs.times', { run });
      if (known.get(run) !== columns) return;
      // what events brought meanwhile stands behind what was read
      const early = columns.view();
      const whole = new GrowingColumns<TimeRecord>(timeColumns, ['iteration']);
      whole.append(found);
      whole.append(early);
      known.set(run, whole);
      tell(run, null);
      show();
    } catch (reason) {
      if (known.get(run) !== columns) return;
      known.delete(run);
      tell(run, sentence(reason));
    }
  }

  const stops = [
    onEvent('run.records', ({ run, batch }) => {
      if (known.get(run)?.append(batch.times)) showSoon();
    }),
    onEvent('run.rewound', ({ run }) => {
      if (known.has(run)) void read(run);
    }),
    onConnected(() => {
      for (const run of new Set(ids())) void read(run);
    }),
  ];
  watch(
    () => ids().join('\n'),
    () => {
      const wanted = new Set(ids());
      for (const run of known.keys()) if (!wanted.has(run)) known.delete(run);
      for (const run of [...errors.keys()]) if (!wanted.has(run)) tell(run, null);
      for (const run of wanted) if (!known.has(run)) void read(run);
      show();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    known.clear();
    for (const stop of stops) stop();
  });
  return { times, error };
}
