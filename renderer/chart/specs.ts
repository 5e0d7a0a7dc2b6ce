/** Charts by name, and what is in view of them: for choosing one, and for exporting what is on screen. */
import { placesOf } from '../../shared/charts/index.ts';
import { iterationPlaces } from '../../shared/charts/define.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import { formatCount } from '../../shared/charts/drawing/text.ts';
import { formatNumber } from '../../shared/format.ts';
import type { Range } from './chart-link.ts';

export { specCanLog, specTitle } from '../../shared/charts/index.ts';

/** Whether a part of a chart's horizontal axis, iterations or epochs, can be chosen. */
export function specHasRange(spec: ChartSpec): boolean {
  return placesOf(spec) !== null;
}

/** What the places on a chart's horizontal axis are, where a part of it can be chosen. */
export function axisWords(spec: ChartSpec): string {
  return (placesOf(spec) ?? iterationPlaces).title;
}

/**
 * The places in view, ends included: whole ones on an axis that counts.
 * @param range the view; that of a run's charts ends one past its last iteration, that of a comparison at its last place
 */
export function placesInView(spec: ChartSpec, { from, to }: Range): Range {
  const { whole, pastLast } = placesOf(spec) ?? iterationPlaces;
  if (pastLast) return { from: Math.floor(from), to: Math.ceil(to) - 1 };
  if (!whole) return { from, to };
  const inside = { from: Math.ceil(from), to: Math.floor(to) };
  return inside.from <= inside.to ? inside : { from: Math.floor(from), to: Math.ceil(to) };
}

/** What is in view, in words. @param range null is everything */
export function viewWords(spec: ChartSpec, range: Range | null): string {
  if (!range) return `All ${axisWords(spec)} in view`;
  const { from, to } = placesInView(spec, range);
  const written = (placesOf(spec) ?? iterationPlaces).whole ? formatCount : formatNumber;
  const words = axisWords(spec);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)} ${written(from)} to ${written(to)} in view`;
}

/** A chart's key: equal for equal charts. */
export function specKey(spec: ChartSpec): string {
  return JSON.stringify(Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)));
}
