/** Summaries of the quantities of a view's runs: read together, and again for the runs that grew, at most once a second. */
import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import type { ComputedRef, ShallowRef } from 'vue';
import type { RunData } from '../../shared/charts/index.ts';
import type { RunRecord } from '../../shared/records.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { noRecords } from '../runs/run-data.ts';
import { plural } from '../ui/format.ts';
import { throttled } from '../ui/throttled.ts';

/** Milliseconds between two looks at runs that grow. */
const interval = 1000;

/** What is known of the summaries of some runs. */
export interface SummariesView {
  /** The runs with their summaries, without records; replaced when there is something new. */
  points: Readonly<ShallowRef<readonly RunData[]>>;
  /** What is being read, or that nothing could be, in a sentence; null when there is something to show. */
  waiting: ComputedRef<string | null>;
  /** Why some could not be read, in a sentence. */
  error: Readonly<ShallowRef<string | null>>;
}

interface Known {
  /** How far the run was when it was read. */
  stamp: string;
  values: Record<string, number | null>;
}

/** How far a run is: its summaries are read again when it is further. */
const stampOf = ({ status, iterations_done: done, finished_at: end }: RunRecord): string => `${status} ${done} ${end}`;

/** Reads summaries for as long as the view lives. @param names of the summaries, shared/over-settings/quantity-summary.ts */
export function useSummaries(runs: () => readonly RunRecord[], names: () => readonly string[]): SummariesView {
  const known = new Map<string, Known>();
  const points = shallowRef<readonly RunData[]>([]);
  const error = shallowRef<string | null>(null);
  const left = shallowRef(0);
  /** Whether the first summaries could not be read. */
  const unread = shallowRef(false);
  let reading = false;
  let again = false;

  const isMissing = (run: RunRecord): boolean => {
    const own = known.get(run.run);
    return own?.stamp !== stampOf(run) || names().some((name) => !(name in own.values));
  };
  function show(): void {
    points.value = runs().map((run) => ({ run, ...noRecords, summaries: known.get(run.run)?.values ?? {} }));
  }
  async function read(): Promise<void> {
    again = true;
    if (reading) return;
    reading = true;
    try {
      while (again) {
        again = false;
        const wanted = runs().filter(isMissing);
        const summaries = [...names()];
        left.value = wanted.filter(({ run }) => !known.has(run)).length;
        if (wanted.length === 0 || summaries.length === 0) break;
        const { values, failed } = await request('runs.summaries', { runs: wanted.map(({ run }) => run), summaries });
        for (const [row, run] of wanted.entries()) {
          const own = Object.fromEntries(
            summaries.map((name) => {
              const value = values[name]![row]!;
              return [name, Number.isNaN(value) ? null : value];
            }),
          );
          known.set(run.run, { stamp: stampOf(run), values: { ...known.get(run.run)?.values, ...own } });
        }
        error.value =
          failed.length === 0
            ? null
            : `${plural(failed.length, 'run')} could not be summed up; the first: ${sentence(failed[0]!.message)}`;
        left.value = 0;
        unread.value = false;
        show();
      }
    } catch (reason) {
      error.value = sentence(reason);
      left.value = 0;
      unread.value = known.size === 0;
      // what was read before stays
      show();
    } finally {
      reading = false;
    }
  }
  const grew = throttled(read, interval);

  watch(
    [
      () =>
        runs()
          .map(({ run, name, status }) => `${run} ${name} ${status}`)
          .join('\n'),
      () => names().join('\n'),
    ],
    () => {
      // before anything was read there is nothing to draw
      if (known.size > 0) show();
      void read();
    },
    { immediate: true },
  );
  watch(() => runs().map(stampOf).join('\n'), grew);
  const stops = [
    onConnected(() => {
      known.clear();
      void read();
    }),
    // the same place may be reached again with other records, where its data were read anew
    onEvent('run.rewound', ({ run }) => {
      if (known.delete(run)) grew();
    }),
  ];
  onScopeDispose(() => {
    for (const stop of stops) stop();
  });
  const waiting = computed(() => {
    if (left.value > 0) return `Summing up ${plural(left.value, 'run')}…`;
    return unread.value ? 'The runs could not be summed up; the reason stands above.' : null;
  });
  return { points, waiting, error };
}
