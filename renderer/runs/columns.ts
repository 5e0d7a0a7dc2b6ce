/** Columns that grow: records arrive in batches, charts read them as typed arrays without copying. */
import type { Columns } from '../../shared/records.ts';

/** Records kept as growing Float64Array columns in the order of their keys. */
export class GrowingColumns<R extends object> {
  readonly keys: readonly (keyof R & string)[];
  readonly #order: readonly (keyof R & string)[];
  #columns = {} as Columns<R>;
  #length = 0;
  #capacity = 0;
  #view: Columns<R> | null = null;

  /**
   * @param keys every column.
   * @param order columns by which records are ordered and told apart, `iteration` or `iteration` and `alpha`.
   */
  constructor(keys: readonly (keyof R & string)[], order: readonly (keyof R & string)[]) {
    this.keys = keys;
    this.#order = order;
    this.#grow(64);
  }

  /** How many records there are. */
  get length(): number {
    return this.#length;
  }

  /** Value of the last record; undefined where there is none. */
  last(key: keyof R & string): number | undefined {
    return this.#length === 0 ? undefined : this.#columns[key][this.#length - 1];
  }

  /** The records so far; the same object until there are more. */
  view(): Columns<R> {
    if (this.#view) return this.#view;
    const columns = {} as Record<string, Float64Array>;
    for (const key of this.keys) columns[key] = this.#columns[key].subarray(0, this.#length);
    return (this.#view = columns as Columns<R>);
  }

  /**
   * Appends a batch, which is not to be changed afterwards; records at or before the last one are known already and left out.
   * @returns how many records were new.
   */
  append(batch: Columns<R>): number {
    const rows = batch[this.keys[0]!].length;
    let from = 0;
    while (from < rows && !this.#isNew(batch, from)) from++;
    const added = rows - from;
    if (added === 0) return 0;
    if (this.#length === 0 && rows > this.#capacity) {
      // a long run as it was read: its columns are taken as they are
      this.#columns = Object.fromEntries(this.keys.map((key) => [key, batch[key]])) as Columns<R>;
      this.#length = this.#capacity = rows;
      this.#view = null;
      return added;
    }
    if (this.#length + added > this.#capacity) this.#grow(Math.max(this.#length + added, this.#capacity * 2));
    for (const key of this.keys) this.#columns[key].set(batch[key].subarray(from), this.#length);
    this.#length += added;
    this.#view = null;
    return added;
  }

  #isNew(batch: Columns<R>, row: number): boolean {
    if (this.#length === 0) return true;
    for (const key of this.#order) {
      const difference = batch[key][row]! - this.#columns[key][this.#length - 1]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  }

  #grow(capacity: number): void {
    const grown = {} as Record<string, Float64Array>;
    for (const key of this.keys) {
      grown[key] = new Float64Array(capacity);
      if (this.#length > 0) grown[key].set(this.#columns[key].subarray(0, this.#length));
    }
    this.#columns = grown as Columns<R>;
    this.#capacity = capacity;
  }
}
