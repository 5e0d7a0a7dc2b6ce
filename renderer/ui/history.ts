/** Undo and redo over a value that is replaced, never changed in place. */
import { computed, shallowRef } from 'vue';

/** Changes of one field that follow each other faster than this, in milliseconds, are one step. */
const together = 800;
/** Steps that are kept. */
const most = 200;

/** A value with its past. */
export function createHistory<T>(start: T, now: () => number = () => performance.now()) {
  const value = shallowRef<T>(start);
  const past = shallowRef<readonly T[]>([]);
  const future = shallowRef<readonly T[]>([]);
  let last = { field: '', at: -Infinity };

  const move = (to: T, before: readonly T[], after: readonly T[]): void => {
    past.value = before.slice(-most);
    future.value = after;
    value.value = to;
  };
  return {
    /** The present value. */
    value,
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    /**
     * Goes on to another value.
     * @param field what was changed: quick changes of one field are undone together
     */
    change(to: T, field: string): void {
      const isSame = field === last.field && now() - last.at < together && past.value.length > 0;
      last = { field, at: now() };
      move(to, isSame ? past.value : [...past.value, value.value], []);
    },
    /** Starts anew, without a past. */
    reset(to: T): void {
      last = { field: '', at: -Infinity };
      move(to, [], []);
    },
    undo(): void {
      const before = past.value.at(-1);
      if (before === undefined) return;
      last = { field: '', at: -Infinity };
      move(before, past.value.slice(0, -1), [value.value, ...future.value]);
    },
    redo(): void {
      const [next, ...rest] = future.value;
      if (next === undefined) return;
      last = { field: '', at: -Infinity };
      move(next, [...past.value, value.value], rest);
    },
  };
}
