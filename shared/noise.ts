/** Numerical and sampling noise of measured losses. */

/** Rounding noise of a loss per nat of loss (and one nat): four unit roundoffs of float32. */
export const roundingShare = 2 ** -22;

/** Standard errors to each side that every noise band of a loss on a subset shows: about a 95 % interval. */
export const bandErrors = 2;

/** How uncertain a slice's losses are. */
export interface SliceNoise {
  /** Half width of the noise band at each point, in nats: never negative. */
  half: number[];
  /** `sampling`: twice the standard error, the loss being estimated on a subset; `rounding`: the slice's loss resolution. */
  kind: 'sampling' | 'rounding';
}

/**
 * The noise band of a slice: ± 2 standard errors where the loss is estimated on a subset, rounding noise otherwise. The band
 * is that of each point alone; differences within a slice are surer, because its points share their examples.
 * @param losses in nats; those that are not finite do not count
 * @param errors standard error of each loss, NaN on the whole set
 * @param resolution ν as measured; 2⁻²²·(1 + max |ℓ|) where it was not
 */
export function sliceNoise(
  losses: readonly number[],
  errors: readonly number[],
  resolution: number | null = null,
): SliceNoise {
  if (errors.some((error) => error > 0))
    return { half: errors.map((error) => (error > 0 ? bandErrors * error : 0)), kind: 'sampling' };
  const most = losses.reduce((top, loss) => (Number.isFinite(loss) ? Math.max(top, Math.abs(loss)) : top), 0);
  const half = resolution ?? roundingShare * (1 + most);
  return { half: losses.map(() => half), kind: 'rounding' };
}

/** Fewest losses that the scale of rounding is drawn from: of a few examples, several moved points. */
const fewestLosses = 32;

/** How often roundings are drawn anew where so many examples are evaluated. */
export function roundingDraws(examples: number): number {
  return Math.ceil(fewestLosses / examples);
}
