/**
 * What is measured beside the eigenvalues at steps that begin where curvature is measured. A file each declares its switch, its columns and what it
 * costs; settings, columns, estimates of time and memory derive from the table of them (measurements.ts).
 */
import { fromZero } from '../quantities/quantity.ts';
import type { QuantityWords } from '../quantities/quantity.ts';

/** Sizes, in examples, that say what a measurement costs. */
interface Sizes {
  /** Of the curvature: `probes.hessian.examples`, at most the training set. */
  examples: number;
  /** Of a step. */
  batchSize: number;
  /** Of the training set. */
  train: number;
}

/** Passes of the network over some examples; each at most. */
interface Passes {
  /** Of one set. */
  examples: number;
  /** Sets that pass one after the other, each with weights to feed and derivatives to read back; one where it is not told. */
  sets?: number;
  /** Losses. */
  evaluations?: number;
  gradients?: number;
  /** Hessian-vector products. */
  products?: number;
  /** How many of these follow another at the same point, which takes less. */
  again?: number;
}

/**
 * Passes that a measurement is compiled for beside the product over the curvature's examples: gradients over those (`slope`), over examples that are chosen
 * anew (`mean gradient`), and of batches as training has them, with products of their Hessians (`batch gradient`, `batch product`).
 */
export type OpenPasses = 'slope' | 'mean gradient' | 'batch gradient' | 'batch product';

/** The quantities of a measurement, each with who measures it. */
type Probed<K extends string, Q extends readonly QuantityWords[]> = {
  readonly [I in keyof Q]: Q[I] & { readonly probe: K };
};

/** What a measurement declares. */
interface Definition<K extends string, Q extends readonly QuantityWords[]> {
  /** Its switch in `probes.hessian`, and who measures its quantities. */
  key: K;
  /** Title of the switch. */
  title: string;
  /** Help of the switch: what it tells, and what it costs. */
  help: string;
  /** Columns of an iteration's record, in their order; null where it was not measured. */
  quantities: Q;
  /** What it takes at a step. */
  passes: (sizes: Sizes) => readonly Passes[];
  /** Vectors of the parameters' length that it holds while it measures, beside a product over the curvature's examples and what stays open. */
  vectors: number;
  /** What it computes with that stays open from one measurement to the next, with all its memory; what has one name is shared. */
  opens: readonly OpenPasses[];
}

/** A measurement. */
export type CurvatureMeasurement<K extends string, Q extends readonly QuantityWords[]> = Omit<
  Definition<K, Q>,
  'quantities'
> & { quantities: Probed<K, Q> };

/** Makes a measurement of what it declares. */
export function defineMeasurement<const K extends string, const Q extends readonly QuantityWords[]>(
  definition: Definition<K, Q>,
): CurvatureMeasurement<K, Q> {
  const { key, quantities } = definition;
  const probed = quantities.map((one) => ({ ...one, probe: key }));
  return { ...definition, quantities: probed as unknown as Probed<K, Q> };
}

/** The column of a quantity's error: what all of them are, and its own words. */
export function errorColumn<
  const W extends Pick<QuantityWords, 'key' | 'title' | 'formula' | 'reading'> & { unit: string | null },
>(words: W) {
  return {
    symbol: '',
    better: 'lower',
    source: 'here',
    log: true,
    kind: 'number',
    limits: fromZero,
    nullable: true,
    training: true,
    uncharted: true,
    ...words,
  } as const;
}
