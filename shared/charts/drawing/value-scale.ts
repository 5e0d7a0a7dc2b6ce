/** Colours of values between their least and their greatest, linear or by decades. */
import type { ColourScale } from './colour-scale.ts';
import { rampColor } from './ramp.ts';
import { drawableEnds, logTicks, niceTicks } from './ticks.ts';

/** A scale from the least to the greatest of some values. @param log by decades; every value is then above zero */
export function valueScale(values: readonly number[], log: boolean): ColourScale {
  const [low, high] = drawableEnds(
    values.reduce<[number, number]>(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]),
  );
  const share = (value: number): number => {
    const at = log ? Math.log(value / low) / Math.log(high / low) : value / (high - low) - low / (high - low);
    return Math.max(0, Math.min(1, Number.isFinite(at) ? at : 0));
  };
  return {
    low,
    high,
    threshold: 0,
    share,
    colour: rampColor,
    ticks: log ? logTicks(low, high, 4) : niceTicks(low, high, 5),
  };
}

/** Black or white, whichever is read on a colour `#rrggbb` (WCAG's relative luminance). */
export function textOn(colour: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000000' : '#ffffff';
}
