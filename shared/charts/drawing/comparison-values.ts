/** What a comparison tells in numbers: its read-out, and its table. */
import { bandOf } from '../../compare/band.ts';
import { formatNumber } from '../../format.ts';
import type { Readout, Table } from '../chart.ts';
import { againstTitles, hasCommonPlaces, hasWholePlaces } from './comparison-curves.ts';
import type { Curve } from './comparison-groups.ts';
import type { Polyline } from './polyline.ts';
import type { BandEnds } from './series.ts';
import { formatCount } from './text.ts';

import type { ComparisonSpec } from '../kinds/comparison.ts';

/** Index of the place nearest to x in a curve; −1 when it has none. */
function nearest(places: Float64Array, values: Float64Array, x: number): number {
  let [best, distance] = [-1, Infinity];
  for (let row = 0; row < places.length; row++) {
    const away = Math.abs(places[row]! - x);
    if (away < distance && Number.isFinite(values[row])) [best, distance] = [row, away];
  }
  return best;
}

/** Reads every line at a place. */
export function readoutOf(curves: Curve[], spec: ComparisonSpec, unit: string | null): (x: number) => Readout | null {
  const after = unit ? ` ${unit}` : '';
  const sorted = hasCommonPlaces(spec);
  return (x) => {
    const rows = curves.flatMap((curve) => {
      const { label, x: places, y } = curve;
      const row = sorted ? nearSorted(places, x) : nearest(places, y, x);
      if (row < 0 || !Number.isFinite(y[row])) return [];
      const middle = curve.middle === null ? '' : `${curve.middle} `;
      return [{ label, value: `${middle}${formatNumber(y[row])}${aroundOf(curve, row)}${after}` }];
    });
    if (rows.length === 0) return null;
    const place = hasWholePlaces(spec) ? formatCount(Math.round(x)) : formatNumber(x);
    return { title: `${againstTitles[spec.against]} ${place}${spec.against === 'elapsed_seconds' ? ' s' : ''}`, rows };
  };
}

/** What is drawn around the middle at a place: the ends of the band, or what the runs themselves reach. */
function aroundOf({ x, low, high, own }: Curve, row: number): string {
  const there = own.map((run) => run.y[nearSorted(run.x, x[row]!)] ?? NaN).filter(Number.isFinite);
  if (there.length > 1) return ` (runs ${formatNumber(Math.min(...there))} to ${formatNumber(Math.max(...there))})`;
  if (!low || !high || !Number.isFinite(low[row])) return '';
  return ` (${formatNumber(low[row])} to ${formatNumber(high[row])})`;
}

/** Index of the nearest place in an ascending column, if it is not further than its neighbours are apart; else −1. */
function nearSorted(places: Float64Array, x: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < x) low = middle + 1;
    else high = middle;
  }
  const row = low > 0 && (low === places.length || x - places[low - 1]! < places[low]! - x) ? low - 1 : low;
  if (row >= places.length) return -1;
  const gap = Math.max(1e-12, (places.at(-1)! - places[0]!) / Math.max(1, places.length - 1));
  return Math.abs(places[row]! - x) <= gap ? row : -1;
}

/**
 * The points that are drawn. Of groups with the ends of their bands, the number of runs, and, where differences are taken to a baseline group,
 * how; the lines of a group's runs follow it, with their ids.
 * @param measured the same curves as they were measured, where the drawn ones are smoothed over them
 */
export function tableOf(
  spec: ComparisonSpec,
  curves: Curve[],
  {
    lines,
    own,
    bands,
    measured,
  }: { lines: Polyline[]; own: Polyline[][]; bands: (BandEnds | null)[]; measured: readonly Curve[] | null },
  isDrawn: (x: number, y: number) => boolean,
): Table {
  const grouped = spec.group !== null && hasCommonPlaces(spec);
  const hasOwn = grouped && bandOf(spec.band).draws === 'runs';
  const isPaired = curves.some(({ pairing }) => pairing !== null);
  const end = (value: number | undefined): number | null =>
    value === undefined || !Number.isFinite(value) ? null : value;
  const rows: Table['rows'] = [];
  const x = spec.against === spec.metric ? `x_${spec.against}` : spec.against;
  for (const [index, { flat, count }] of lines.entries()) {
    const { label, runs, x: places, y, counts, pairing, paired } = curves[index]!;
    const ends = bands[index];
    const numbers = counts?.filter((_, row) => isDrawn(places[row]!, y[row]!));
    const difference = isPaired ? [pairing ?? ''] : [];
    const unsmoothed = measured?.[index]?.y.filter((_, row) => isDrawn(places[row]!, y[row]!));
    const asMeasured = (point: number): (number | null)[] => (measured ? [end(unsmoothed?.[point])] : []);
    const pairs = (number: number): (number | null)[] => (isPaired ? [paired ? number : null] : []);
    for (let point = 0; point < count; point++) {
      const values = [flat[2 * point]!, flat[2 * point + 1]!] as const;
      if (!grouped) rows.push([runs[0]!.run.run, runs[0]!.run.name, ...values, ...asMeasured(point), ...difference]);
      else {
        const number = numbers?.[point] ?? 1;
        const around = [end(ends?.low[point]), end(ends?.high[point]), number];
        rows.push([
          label,
          ...(hasOwn ? [''] : []),
          ...values,
          ...asMeasured(point),
          ...around,
          ...pairs(number),
          ...difference,
        ]);
      }
    }
    for (const [at, thin] of own[index]!.entries()) {
      const one = curves[index]!.own[at]!;
      const unsmoothedOwn = measured?.[index]?.own[at]?.y.filter((_, row) => isDrawn(one.x[row]!, one.y[row]!));
      for (let point = 0; point < thin.count; point++)
        rows.push([
          ...[label, one.runs[0]!.run.run],
          ...[thin.flat[2 * point]!, thin.flat[2 * point + 1]!],
          ...(measured ? [end(unsmoothedOwn?.[point])] : []),
          ...[null, null, 1],
          ...pairs(1),
          ...difference,
        ]);
    }
  }
  const values = [spec.metric, ...(measured ? [`${spec.metric}_measured`] : [])];
  const columns = grouped
    ? ['group', ...(hasOwn ? ['run'] : []), x, ...values, 'low', 'high', 'runs', ...(isPaired ? ['pairs'] : [])]
    : ['run', 'name', x, ...values];
  return { columns: isPaired ? [...columns, 'difference'] : columns, rows };
}
