/** Undo and redo over a value that is replaced, never changed in place: VueUse's history, in which quick changes of one field are one step. */
import { useManualRefHistory } from '@vueuse/core';
import { shallowRef } from 'vue';
import type { ShallowRef } from 'vue';

/** Changes of one field that follow each other faster than this, in milliseconds, are one step. */
const together = 800;
/** Steps that are kept. */
const most = 200;

/** A value with its past. */
export function createHistory<T>(start: T, now: () => number = () => performance.now()) {
  const value: ShallowRef<T> = shallowRef(start);
  const steps = useManualRefHistory(value, { capacity: most });
  const none = { field: '', at: -Infinity };
  let last = none;
  return {
    /** The present value. */
    value,
    canUndo: steps.canUndo,
    canRedo: steps.canRedo,
    /**
     * Goes on to another value.
     * @param field what was changed: quick changes of one field are undone together
     */
    change(to: T, field: string): void {
      // the step that it belongs to is made anew, with the value that it has now
      if (field === last.field && now() - last.at < together) steps.undo();
      last = { field, at: now() };
      value.value = to;
      steps.commit();
    },
    /** Starts anew, without a past. */
    reset(to: T): void {
      last = none;
      value.value = to;
      steps.commit();
      steps.clear();
    },
    undo(): void {
      last = none;
      steps.undo();
    },
    redo(): void {
      last = none;
      steps.redo();
    },
  };
}
