/** Counting: values into bins of one width, and how bins are drawn. */
import type { CustomSeriesOption } from 'echarts';
import { niceTicks } from './ticks.ts';
import { groupOf } from './series.ts';
import type { Plot } from './series.ts';

/** A share of the axis and how many values lie in it. */
export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Fewest and most bins of a histogram. */
const [fewestBins, mostBins] = [5, 40];

/**
 * Edges of bins for values from zero up: the width of Freedman and Diaconis (1981), 2 · interquartile range / ∛n, rounded
 * to 1, 2 or 5 times a power of ten.
 * @param values finite and at least 0; none gives no edge
 */
export function binEdges(values: readonly number[]): number[] {
  if (values.length === 0) return [];
  const sorted = [...values].sort((a, b) => a - b);
  const top = sorted.at(-1)!;
  // numbers so small that they have no room for bins
  if (top < 1e-298) return [0, 1];
  const quantile = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const width = (2 * (quantile(0.75) - quantile(0.25))) / Math.cbrt(sorted.length);
  const wanted = width > 0 ? Math.ceil(top / width) : fewestBins;
  const ticks = niceTicks(0, top, Math.max(fewestBins, Math.min(mostBins, wanted)));
  const step = ticks[1]! - ticks[0]!;
  // the greatest value lies inside the last bin
  const bins = Math.floor(top / step + 1e-9) + 1;
  return Array.from({ length: bins + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Counts values into bins [from, to). @param edges ascending, at least two, or none */
export function countInto(values: readonly number[], edges: readonly number[]): Bin[] {
  const bins = edges.slice(0, -1).map((from, index): Bin => ({ from, to: edges[index + 1]!, count: 0 }));
  for (const value of values) {
    let bin = bins.findIndex(({ from, to }) => value >= from && value < to);
    // an edge is rounded to twelve digits
    if (bin < 0 && bins.length > 0) bin = value < bins[0]!.from ? 0 : bins.length - 1;
    if (bin >= 0) bins[bin]!.count++;
  }
  return bins;
}

/** How bars are drawn: filled, or an outline. */
export interface BarStyle {
  /** Null for an outline only. */
  fill: string | null;
  opacity?: number;
  stroke: string | null;
  width: number;
  dash?: number[];
  z: number;
}

/** Bins as bars from zero up; an outline runs along the tops as steps. */
export function barSeries(id: string, name: string, bins: readonly Bin[], bar: BarStyle): CustomSeriesOption {
  return {
    id,
    name,
    type: 'custom',
    data: bins.map(({ from, to, count }) => [(from + to) / 2, count, from, to]),
    dimensions: ['x', 'count', 'from', 'to'],
    encode: { x: 'x', y: 'count' },
    renderItem: (parameters, api) => {
      const plot = parameters.coordSys as unknown as Plot;
      const index = parameters.dataIndex;
      const { from, to, count } = bins[index]!;
      const [left, top] = api.coord([from, count]) as [number, number];
      const right = api.coord([to, count])[0]!;
      const bottom = plot.y + plot.height;
      const children: object[] = [];
      if (bar.fill !== null && count > 0)
        children.push({
          type: 'rect',
          shape: { x: left, y: top, width: right - left, height: bottom - top },
          style: { fill: bar.fill, opacity: bar.opacity ?? 1 },
        });
      if (bar.stroke !== null) {
        const before = index === 0 ? bottom : api.coord([from, bins[index - 1]!.count])[1]!;
        const points = [
          [left, before],
          [left, top],
          [right, top],
          ...(index === bins.length - 1 ? [[right, bottom]] : []),
        ];
        children.push({
          type: 'polyline',
          shape: { points },
          style: {
            stroke: bar.stroke,
            lineWidth: bar.width,
            fill: 'none',
            ...(bar.dash ? { lineDash: bar.dash } : {}),
          },
        });
      }
      return groupOf(children);
    },
    itemStyle: { color: bar.fill ?? bar.stroke ?? 'none', opacity: bar.opacity ?? 1 },
    silent: true,
    animation: false,
    z: bar.z,
  };
}
