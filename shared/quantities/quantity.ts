/**
 * What a quantity is: its column's name, its words, how it is drawn, what its values are and who measures it. Everything that asks one
 * of these questions asks a table of quantities, one a kind of record; adding a quantity touches its table and its probe.
 */
import type { MeasurementKey } from '../curvature/measurements.ts';

/** Where quantities come from, in words. */
export const quantitySources = {
  paper: '“A Walk with SGD” (Xing, Arpit, Tsirigotis, Bengio, 2018)',
  standard: 'standard in the field',
  here: 'Valleywalk’s own count of what the paper describes in words; docs/definitions.md',
} as const;

/**
 * Least and greatest value that makes sense, null where there is none, and how much of that an axis shows. `data`: it ends with what is
 * drawn, within the limits; `least`: it begins at the least; `both`: it shows all there is.
 */
export type Limits =
  | { least: number | null; most: number | null; shows: 'data' }
  | { least: number; most: number | null; shows: 'least' }
  | { least: number; most: number; shows: 'both' };

/** Anything. */
export const unlimited = { least: null, most: null, shows: 'data' } as const satisfies Limits;
/** Losses, heights, norms and lengths. */
export const fromZero = { least: 0, most: null, shows: 'data' } as const satisfies Limits;
/** Counts, and heights beside each other: their size is seen from nothing. */
export const fromZeroOn = { least: 0, most: null, shows: 'least' } as const satisfies Limits;
/** Shares: drawn from nothing to all. */
export const share = { least: 0, most: 1, shows: 'both' } as const satisfies Limits;
/** Accuracies: shares whose differences matter most near the top, so that an axis shows what is drawn. */
export const accuracy = { least: 0, most: 1, shows: 'data' } as const satisfies Limits;
/** Shares of a variance that is explained, R²: at most all of it, and below nothing where the mean would fit better. */
export const determination = { least: null, most: 1, shows: 'data' } as const satisfies Limits;
/** Cosines. */
export const cosine = { least: -1, most: 1, shows: 'both' } as const satisfies Limits;

/** The unit of losses in the tables: that of cross-entropy. Runs of another loss have theirs (shared/charts/drawing/loss-unit.ts). */
export const unitOfLoss = 'nats';

/** Whether zero divides the values, so that a chart marks it. */
export function crossesZero({ least }: Limits): boolean {
  return least !== null && least < 0;
}

/**
 * Who measures: the walk itself, the source of its steps (`step`, in electron/trainer/walk/sources/, which alone knows the batch), one of the
 * probes in probes/, or one of the measurements of the curvature's.
 */
export type Probe = 'walk' | 'step' | 'path' | 'slices' | 'geometry' | 'line' | 'epochs' | 'curvature' | MeasurementKey;

interface Named {
  /** Column in the record: its name in the store, CSV, JSON and charts. */
  key: string;
  /** The quantity in words, as an axis or table heading. */
  title: string;
  /** Its symbol in the paper's notation, Unicode; empty where it has none. */
  symbol: string;
  /** Definition in one line. */
  formula: string;
  /** What high and low mean, or yes and no, in one sentence. */
  reading: string;
  /** Where the quantity comes from: a key of {@link quantitySources}. */
  source: keyof typeof quantitySources;
  /** Whether a record may lack it: not measured here or, of a loss, not a finite number. */
  nullable: boolean;
  /** Why a run whose iterations are there may have none, and what fills it, as it stands after title and colon: `Gradient cosine: it takes two iterations; the second one fills it`. */
  absent?: string;
  /** Whether it takes batches, gradients or the optimiser's settings, which imported trajectories do not tell. */
  training?: true;
}

/** What can be drawn. */
interface Drawn extends Named {
  /** Unit: {@link unitOfLoss} for losses, null for pure numbers. */
  unit: string | null;
  better: 'lower' | 'higher' | null;
  /** Whether a log axis makes sense: of values above zero, or of signed ones that mostly are. It leaves the others out, and charts say how many. */
  log: boolean;
  limits: Limits;
  /** Its words in a short row. */
  short?: string;
  /** Whether it is what the step was set to, and no measurement: menus offer it last. */
  set?: true;
  /** Whether no chart of its own is offered. */
  uncharted?: true;
}

/** A number; where it is `derived` it has no column and is read from others. */
interface NumberQuantity extends Drawn {
  kind: 'number';
  derived?: true;
}

/** A whole number from 0 on. */
interface CountQuantity extends Drawn {
  kind: 'count';
  /** Whether it counts probed iterations: there is nothing to count where none was probed. */
  ofProbed?: true;
}

/** Yes or no; null beside a resolution: below what the evaluation resolves (shared/resolution.ts). */
interface FlagQuantity extends Named {
  kind: 'flag';
  /** What is in question, within a sentence. */
  question: string;
}

/** Who measures a quantity. */
interface Measured {
  probe: Probe;
}

/** A quantity before it is said who measures it. */
export type QuantityWords = NumberQuantity | CountQuantity | FlagQuantity;
/** A quantity that can be drawn. */
export type DrawnQuantity = (NumberQuantity | CountQuantity) & Measured;
/** One quantity. */
export type Quantity = DrawnQuantity | (FlagQuantity & Measured);

/** Those of a table that have a column. */
type Stored<T extends readonly Quantity[]> = Exclude<T[number], { derived: true }>;

/** What a record holds of some quantities; written out, so that a message of the compiler names values and not declarations. */
type Held<Q extends Quantity> = {
  [K in Q as K['key']]: (K extends { kind: 'flag' } ? boolean : number) | (K extends { nullable: true } ? null : never);
};

/** What a record holds of a table of quantities. */
export type ValuesOf<T extends readonly Quantity[]> = Held<Stored<T>>;
/** What a probe has to return of a table of quantities: every one that is its own. */
export type OwnValues<T extends readonly Quantity[], P extends Probe> = Held<Extract<Stored<T>, { probe: P }>>;

/** Those of a table that have charts of their own. */
export type Charted<T extends readonly Quantity[]> = Exclude<T[number], { uncharted: true } | { kind: 'flag' }>;

/** The flags of a table. */
export type FlagOf<T extends readonly Quantity[]> = Extract<T[number], { kind: 'flag' }>['key'];

/** The quantities of a table that have charts of their own, in the order of menus. */
export function chartedOf<const T extends readonly Quantity[]>(table: T): readonly Charted<T>[] {
  const offered = table.filter((one) => one.kind !== 'flag').filter((one) => one.uncharted !== true);
  return [...offered.filter((one) => one.set !== true), ...offered.filter((one) => one.set === true)] as Charted<T>[];
}
