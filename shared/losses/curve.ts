/** A network's outputs along a slice, as polynomials through those at the points where they are known. */

/** Outputs of some examples at K + 1 evenly spaced points, interpolated. */
export interface OutputCurve {
  /** At each known point, [examples, classes]. */
  outputs: readonly Float32Array[];
  classes: number;
  /** By point, k = 1…K−1: the weight of each known point's outputs in those there (Lagrange's form). */
  weights: readonly (readonly number[])[];
  /** By order, as many as points are known: the weight of each one's outputs in the forward difference at k = 0 (Newton's form). */
  differences: readonly (readonly number[])[];
}

/** Most points at which outputs are known. */
export const mostKnown = 5;

/** Outputs at one point of a slice. */
export interface KnownOutputs {
  /** Which point, 0…K. */
  k: number;
  /** [examples, classes] */
  outputs: Float32Array;
}

/**
 * The polynomials of least degree through all known points, one for each output of an example.
 * @param known two points to {@link mostKnown}, each once
 * @param intervals K
 */
export function curveThrough(known: readonly KnownOutputs[], classes: number, intervals: number): OutputCurve {
  const places = known.map(({ k }) => k);
  const at = (k: number): number[] =>
    places.map((own) =>
      places.reduce((weight, other) => (other === own ? weight : (weight * (k - other)) / (own - other)), 1),
    );
  const differences: number[][] = [];
  let row = places.map((_, order) => at(order));
  while (row.length > 0) {
    differences.push(row[0]!);
    row = row.slice(1).map((next, index) => next.map((weight, point) => weight - row[index]![point]!));
  }
  return {
    outputs: known.map(({ outputs }) => outputs),
    classes,
    weights: Array.from({ length: intervals - 1 }, (_, index) => at(index + 1)),
    differences,
  };
}

/** Writes a loss of one example, whose class the label is, at k = 1…K−1 in float64. */
export type LossesAlong = (example: number, label: number, into: Float64Array) => void;

/** Losses along a curve, each from the outputs there. @param value the loss of an example's outputs */
export function pointByPoint(
  { outputs, classes, weights }: OutputCurve,
  value: (outputs: Float64Array, label: number) => number,
): LossesAlong {
  const here = new Float64Array(classes);
  return (example, label, into) => {
    for (const [index, shares] of weights.entries()) {
      for (let at = 0; at < classes; at++) {
        let sum = 0;
        for (let point = 0; point < shares.length; point++)
          sum += shares[point]! * outputs[point]![example * classes + at]!;
        here[at] = sum;
      }
      into[index] = value(here, label);
    }
  };
}
