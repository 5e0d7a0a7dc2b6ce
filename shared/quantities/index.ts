/** Every quantity by the record that holds it. */
import { curvatureQuantities } from './curvature.ts';
import { epochQuantities } from './epoch.ts';
import { iterationQuantities } from './iteration.ts';
import { chartedOf } from './quantity.ts';
import type { Charted, DrawnQuantity, FlagOf, OwnValues, Probe, Quantity, ValuesOf } from './quantity.ts';
import { sliceQuantities } from './slice.ts';
import { timeQuantities } from './time.ts';

export { quantitySources } from './quantity.ts';
export type { DrawnQuantity, Limits, Quantity } from './quantity.ts';

/** The quantities of every kind of record, in the order of its columns. */
export const quantities = {
  iteration: iterationQuantities,
  slice: sliceQuantities,
  epoch: epochQuantities,
  curvature: curvatureQuantities,
  time: timeQuantities,
} as const;
/** A kind of record. */
export type RecordKind = keyof typeof quantities;

/**
 * What places a record among its kind: no quantity, first of its columns. `epoch` of an eigenvalue has a fraction, `rank` is −1 for the
 * smallest one.
 */
export const indices = {
  iteration: ['iteration', 'epoch'],
  slice: ['iteration', 'alpha'],
  epoch: ['epoch'],
  curvature: ['iteration', 'epoch', 'rank'],
  time: ['iteration'],
} as const satisfies Record<RecordKind, readonly string[]>;
/** The indices of a kind of record. */
export type IndexOf<R extends RecordKind> = (typeof indices)[R][number];

/** What a record of a kind holds. */
export type RecordOf<R extends RecordKind> = Flat<Record<IndexOf<R>, number> & ValuesOf<(typeof quantities)[R]>>;
type Flat<T> = { [K in keyof T]: T[K] };

/** What a probe has to return for an iteration: every quantity that is its own, so that a forgotten one does not compile. */
export type MeasuredBy<P extends Probe> = OwnValues<typeof iterationQuantities, P>;
/** What a probe has to return for an epoch. */
export type MeasuredAtEpoch<P extends Probe> = OwnValues<typeof epochQuantities, P>;

/** The quantities that have charts of their own, by the record that holds them, in the order of menus. */
export const charted = {
  iteration: chartedOf(iterationQuantities),
  epoch: chartedOf(epochQuantities),
  curvature: chartedOf(curvatureQuantities),
} as const;
/** A kind of record whose quantities have charts. */
export type ChartedKind = keyof typeof charted;
/** The key of a quantity with a chart of its own. */
export type ChartedKey<R extends ChartedKind> = Charted<(typeof quantities)[R]>['key'];

/** A question about a slice that is answered by yes, no or below resolution. */
export type SliceFlag = FlagOf<typeof iterationQuantities>;
/** Those questions, as columns of an iteration's record. */
export const sliceFlags: readonly SliceFlag[] = iterationQuantities
  .filter((one) => one.kind === 'flag')
  .map(({ key }) => key);

/**
 * Finds a quantity by the record that holds it and its key.
 * @throws Error when there is none, listing what there is.
 */
export function quantity(record: RecordKind, key: string): Quantity {
  const table: readonly Quantity[] = quantities[record];
  const found = table.find((one) => one.key === key);
  if (!found) throw new Error(`no ${record} quantity "${key}"; there are ${table.map((one) => one.key).join(', ')}`);
  return found;
}

/**
 * Finds a quantity that can be drawn.
 * @throws Error as {@link quantity}, and for a flag.
 */
export function drawnQuantity(record: RecordKind, key: string): DrawnQuantity {
  const found = quantity(record, key);
  if (found.kind === 'flag') throw new Error(`"${key}" is answered by yes or no: there is nothing to draw`);
  return found;
}

/** A quantity's column of errors in an iteration's record: its key with `_error`. */
export type ErrorKey = Extract<`${ChartedKey<'iteration'>}_error`, keyof RecordOf<'iteration'>>;

/** The column of a quantity's errors; null where it has none. */
export function errorKeyOf(key: ChartedKey<'iteration'>): ErrorKey | null {
  const column = `${key}_error`;
  return quantities.iteration.some((one) => one.key === column) ? (column as ErrorKey) : null;
}

/** What a flag is about, within a sentence. */
export function questionOf(flag: SliceFlag): string {
  const found = quantity('iteration', flag);
  return found.kind === 'flag' ? found.question : found.title;
}

/** Keys of a record's columns in their order: indices, then quantities. */
export function columnsOf<R extends RecordKind>(record: R): (keyof RecordOf<R> & string)[] {
  const stored = (quantities[record] as readonly Quantity[]).filter((one) => !('derived' in one));
  return [...indices[record], ...stored.map(({ key }) => key)] as (keyof RecordOf<R> & string)[];
}
