/**
 * Who is compared, as it stands in the address: runs by their ids, all that match a filter at present, pinned ones; how they
 * are grouped, and which lines are hidden. A reload or a link shows it again; runs that come to match join by themselves.
 */
import { computed } from 'vue';
import type { ComputedRef, WritableComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import { drawnTogether } from '../../shared/charts/drawing/comparison-panels.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { FilterProblem } from '../../shared/runs/filter.ts';
import { idsOf, useChosenRuns } from '../runs/chosen-runs.ts';
import { fittingRuns } from '../runs/fitting-runs.ts';
import { runById, runs, runsLoaded } from '../runs/runs.ts';
import { useAddress } from '../ui/address.ts';
import { groupOf } from './choices.ts';
import { joinRuns, mostOverSettings, mostRuns } from './membership.ts';
import type { Membership } from './membership.ts';
import { hiddenRuns, keysOf, keysText, regrouped, toggleHidden, toggleSolo } from './visibility.ts';
import type { Visibility } from './visibility.ts';

/** What one look belongs to: a run, or a group of runs. */
export interface ComparedLine {
  /** The run's id, or the group's key. */
  key: string;
  title: string;
  runs: readonly RunRecord[];
}

/** Who is compared. */
export interface ComparedRuns {
  /** Ids of the runs that are chosen by name; writing them changes the address, as writing everything here does. */
  ids: WritableComputedRef<string[]>;
  /** The filter as the address says it; empty where there is none. */
  filter: WritableComputedRef<string>;
  /** What is wrong with the filter, which lets nothing through then; null when it can be read. */
  problem: ComputedRef<FilterProblem | null>;
  /** What tells groups apart, as the address says it ({@link groupOf}); runs that are hidden stay hidden in other groups. */
  group: WritableComputedRef<string>;
  /** Ids, of those chosen by name or pinned, that the store does not have; none until that is known. */
  missing: ComputedRef<string[]>;
  /** Whether the runs are drawn over their settings, which takes none of their records. */
  overSettings: ComputedRef<boolean>;
  /** Why each run is there, and how many are left out. */
  membership: ComputedRef<Membership>;
  /** Every run of the comparison, in the order of their looks. */
  chosen: ComputedRef<readonly RunRecord[]>;
  /** Those that charts and tables draw. */
  shown: ComputedRef<readonly RunRecord[]>;
  /** Those whose records are read: all that are or were shown, so that showing one again takes no time. */
  read: ComputedRef<readonly RunRecord[]>;
  /** The lines of the comparison, in the order of their looks. */
  lines: ComputedRef<readonly ComparedLine[]>;
  /** Ids of the runs that are not shown. */
  hidden: ComputedRef<ReadonlySet<string>>;
  /** Key of the line or run that is shown alone; null where none is. */
  solo: ComputedRef<string | null>;
  /** Ids of the runs that are pinned. */
  pinned: ComputedRef<ReadonlySet<string>>;
  /** What is hidden, as the address says it. */
  visibility: ComputedRef<Visibility>;
  /** Hides a line, or one run of a group; or shows it again. @param key of the line, or the run's id */
  hide(key: string): void;
  /** Shows a line, or one run of a group, alone; or everything again. @param key of the line, or the run's id */
  showAlone(key: string): void;
  /** Shows what is hidden. */
  showAll(): void;
  /** Keeps a run whatever the filter says; or does so no longer. */
  pin(run: string): void;
}

/** The same list for as long as it has the same runs as they were: what is drawn of it stays as it is. */
function steady(now: (old: readonly RunRecord[]) => readonly RunRecord[]): ComputedRef<readonly RunRecord[]> {
  return computed((old: readonly RunRecord[] | undefined) => {
    const list = now(old ?? []);
    return old?.length === list.length && list.every((run, index) => run === old[index]) ? old : list;
  });
}

/** The comparison of the present address. */
export function useComparedRuns(): ComparedRuns {
  const route = useRoute();
  const { ids } = useChosenRuns();
  const change = useAddress();
  const words = (key: string): string => String(route.query[key] ?? '');

  const fitting = computed(() => fittingRuns(words('filter')));
  const pins = computed(() => idsOf(route.query['pin']));
  const overSettings = computed(() => route.query['view'] === 'settings');
  const most = computed(() => (overSettings.value ? mostOverSettings : mostRuns));
  const membership = computed(() => joinRuns(runs.value, ids.value, pins.value, fitting.value.matches, most.value));
  const chosen = steady(() => membership.value.runs);
  const lines = computed<readonly ComparedLine[]>(() => drawnTogether(chosen.value, groupOf(words('group'))));
  const visibility = computed<Visibility>(() => ({
    hide: keysOf(route.query['hide']),
    solo: keysOf(route.query['solo'])[0] ?? null,
  }));
  const hidden = computed(() => hiddenRuns(lines.value, visibility.value));
  const shown = steady(() => chosen.value.filter(({ run }) => !hidden.value.has(run)));
  const see = ({ hide, solo }: Visibility): Record<string, string | undefined> => ({
    hide: keysText(hide),
    solo: keysText(solo === null ? [] : [solo]),
  });
  return {
    ids,
    filter: computed({ get: () => words('filter'), set: (now) => change({ filter: now.trim() || undefined }) }),
    problem: computed(() => fitting.value.problem),
    group: computed({
      get: () => words('group'),
      set: (now) => change({ group: now || undefined, ...see(regrouped(lines.value, visibility.value)) }),
    }),
    missing: computed(() =>
      runsLoaded.value ? [...new Set([...ids.value, ...pins.value])].filter((id) => !runById(id)) : [],
    ),
    overSettings,
    membership,
    chosen,
    shown,
    read: steady((old) => {
      const before = new Set(old.map(({ run }) => run));
      return chosen.value.filter(({ run }) => !hidden.value.has(run) || before.has(run));
    }),
    lines,
    hidden,
    visibility,
    solo: computed(() => visibility.value.solo),
    pinned: computed(() => new Set(pins.value)),
    hide: (key) => change(see(toggleHidden(lines.value, visibility.value, key))),
    showAlone: (key) => change(see(toggleSolo(visibility.value, key))),
    showAll: () => change(see({ hide: [], solo: null })),
    pin: (run) => {
      const others = pins.value.filter((id) => id !== run);
      change({ pin: (others.length < pins.value.length ? others : [...pins.value, run]).join(',') || undefined });
    },
  };
}
