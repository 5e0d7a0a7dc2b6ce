/** From a value to a colour and to a place on the colour bar: linear or logarithmic, from zero up or to both sides of it. */
import { leastSpan, logTicks, niceTicks } from './ticks.ts';
import { divergingColor, rampColor } from './ramp.ts';

/** How values become colours. */
export interface ColourScale {
  low: number;
  high: number;
  /** Below this size a logarithmic scale tells no difference from zero; 0 on a linear one. */
  threshold: number;
  /** Place on the scale, 0 to 1; what lies beyond takes the end's. */
  share(value: number): number;
  /** Colour at a place. */
  colour(share: number): string;
  /** Round values to be written beside the colour bar. */
  ticks: number[];
}

/** Decades that a logarithmic scale spans at most: more would spend the colours on noise. */
const mostDecades = 4;

/**
 * A scale for values.
 * @param values NaN is passed over
 * @param signed both sides of zero, the same distance to each; otherwise from zero up
 * @param noise what is smaller cannot be told from zero
 */
export function colourScale(values: Float64Array, signed: boolean, log: boolean, noise: number): ColourScale {
  let [high, least] = [0, Infinity];
  for (const value of values) {
    const size = Math.abs(value);
    if (size > high) high = size;
    if (size > noise && size < least) least = size;
  }
  high = Math.max(high, high === 0 ? noise : 0, leastSpan);
  const threshold = log ? Math.min(Math.max(least, high * 10 ** -mostDecades), high / 2) : 0;
  const part = (size: number): number =>
    Math.max(
      0,
      Math.min(1, log ? (size > 0 ? Math.log(size / threshold) / Math.log(high / threshold) : 0) : size / high),
    );
  const steps = log ? logTicks(threshold, high, 4) : niceTicks(0, high, signed ? 3 : 6);
  if (!signed) return { low: log ? threshold : 0, high, threshold, share: part, colour: rampColor, ticks: steps };
  const sides = steps.filter((step) => part(step) > 0.12);
  return {
    low: -high,
    high,
    threshold,
    share: (value) => 0.5 + Math.sign(value) * 0.5 * part(Math.abs(value)),
    colour: divergingColor,
    ticks: [...sides.map((step) => -step).reverse(), 0, ...sides],
  };
}
