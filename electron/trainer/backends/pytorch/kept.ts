/** Arrays that stay in Python since they never change, by buffer and place; those that nobody here has any more are dropped there. */
import { mostKept } from '../../../../shared/memory.ts';
import type { HostArray } from './pack.ts';

/** What stays. */
interface KeptArrays {
  /** An array's number, and whether it has just been given one; null where there is no room for it. */
  of(values: HostArray): { id: number; fresh: boolean } | null;
  /** It did not get there. */
  forget(values: HostArray): void;
  /** Numbers of those that are gone since the last time. */
  gone(): number[];
}

/** Nothing stays at first. @param most bytes that stay; what comes above that travels every time */
export function keptArrays(most = mostKept): KeptArrays {
  const known = new WeakMap<ArrayBufferLike, Map<string, number>>();
  const sizes = new Map<number, number>();
  let numbered = 0;
  let bytes = 0;
  let gone: number[] = [];
  const keyOf = ({ byteOffset, byteLength }: HostArray): string => `${byteOffset} ${byteLength}`;
  const drop = (id: number): void => {
    bytes -= sizes.get(id) ?? 0;
    sizes.delete(id);
  };
  const collected = new FinalizationRegistry((ids: Map<string, number>) => {
    for (const id of ids.values()) {
      drop(id);
      gone.push(id);
    }
  });
  return {
    of(values) {
      let ids = known.get(values.buffer);
      if (!ids) {
        ids = new Map();
        known.set(values.buffer, ids);
        collected.register(values.buffer, ids);
      }
      const id = ids.get(keyOf(values));
      if (id !== undefined) return { id, fresh: false };
      if (bytes + values.byteLength > most) return null;
      ids.set(keyOf(values), numbered);
      sizes.set(numbered, values.byteLength);
      bytes += values.byteLength;
      return { id: numbered++, fresh: true };
    },
    forget(values) {
      const ids = known.get(values.buffer);
      const id = ids?.get(keyOf(values));
      if (!ids || id === undefined) return;
      ids.delete(keyOf(values));
      drop(id);
    },
    gone() {
      const told = gone;
      gone = [];
      return told;
    },
  };
}
