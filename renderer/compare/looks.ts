/** Which line of a comparison has which look: kept in this window for as long as the comparison goes on, also through a reload. */
import { computed, watch } from 'vue';
import type { ComputedRef } from 'vue';
import { comparisonColours } from '../../shared/charts/drawing/comparison-panels.ts';
import type { RunRecord } from '../../shared/records.ts';
import { remembered } from '../ui/storage.ts';

/** What is remembered of a comparison. */
interface RememberedLooks {
  /** Ids of the runs that were compared last: a comparison goes on for as long as one of them stays. */
  runs: string[];
  /** Keys of lines in the order of their places, by what the lines are grouped by. */
  lines: Record<string, string[]>;
}

/** What was stored; nothing where it is damaged. */
export function readLooks(stored: unknown): RememberedLooks {
  const { runs, lines } = (stored ?? {}) as Partial<Record<keyof RememberedLooks, unknown>>;
  const areTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((one) => typeof one === 'string');
  const read = Object.entries(typeof lines === 'object' && lines !== null ? lines : {}).filter(
    (entry): entry is [string, string[]] => areTexts(entry[1]),
  );
  return { runs: areTexts(runs) ? runs : [], lines: Object.fromEntries(read) };
}

/**
 * The keys of a comparison's lines in the order of their places.
 * @param chosen all its runs, also those that are hidden; before they are known, none
 * @param group what they are grouped by; null for lines of their own
 */
export function useAssignedLooks(
  chosen: () => readonly RunRecord[],
  group: () => readonly string[] | null,
): ComputedRef<string[]> {
  const memory = remembered('comparison-looks', readLooks);
  const goesOn = (runs: readonly RunRecord[]): boolean => runs.some(({ run }) => memory.value.runs.includes(run));
  const assigned = computed<string[]>((old) => {
    const runs = chosen();
    const before = goesOn(runs) ? (memory.value.lines[JSON.stringify(group())] ?? []) : [];
    const now = comparisonColours(runs, group(), before);
    // charts are drawn anew where this is another array
    return old && isSame(old, now) ? old : now;
  });
  watch(
    [assigned, () => chosen().map(({ run }) => run)],
    ([lines, runs]) => {
      const key = JSON.stringify(group());
      if (runs.length === 0) return;
      const { runs: known, lines: all } = memory.value;
      const kept = goesOn(chosen()) ? all : {};
      if (isSame(known, runs) && isSame(kept[key] ?? [], lines)) return;
      memory.value = { runs, lines: { ...kept, [key]: lines } };
    },
    { immediate: true, flush: 'sync' },
  );
  return assigned;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}
