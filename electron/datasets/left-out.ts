/** Counts what lies in a data folder and is not read, so that nothing is dropped in silence. */
import type { LeftOut } from '../../shared/datasets.ts';

/** Names kept of what one reason left out. */
const named = 3;

/** A count by reason. */
export class LeftOutCount {
  readonly #reasons = new Map<string, { count: number; names: string[] }>();

  /** @param name path below the data set's folder */
  add(reason: string, name: string): void {
    const entry = this.#reasons.get(reason) ?? { count: 0, names: [] };
    this.#reasons.set(reason, entry);
    entry.count++;
    if (entry.names.length < named) entry.names.push(name);
  }

  /** In the order in which the reasons were met. */
  list(): LeftOut[] {
    return [...this.#reasons].map(([reason, { count, names }]) => ({ reason, count, names }));
  }
}
