/** What the panels of one comparison share: the ends of their axes, colours and places. */
import { drawnQuantity } from '../../quantities/index.ts';
import { unlimited } from '../../quantities/quantity.ts';
import { groupings, groupRuns } from '../../runs/group.ts';
import type { RunData } from '../chart.ts';
import type { RunRecord } from '../../records.ts';
import { endsOf, PolylineBuilder, unionExtent } from './polyline.ts';

import { curvesOf, rowsOf } from './comparison-curves.ts';
import type { ComparisonSpec } from '../kinds/comparison.ts';

/**
 * Ends of the vertical axis that small multiples share: everything that they draw, bands counted in, with a little room, within what the
 * quantity can be; null where they draw nothing.
 */
export function comparisonEnds(
  panels: readonly (readonly RunData[])[],
  spec: ComparisonSpec,
  log: boolean,
  logX = false,
): [number, number] | null {
  const found = comparisonExtent(panels, spec, log, logX);
  if (!found) return null;
  const [low, high] = found;
  if (log) return [low / 1.05, high * 1.05];
  const differences = spec.baseline !== null && panels.flat().some(({ run }) => run.run === spec.baseline);
  const limits = differences ? unlimited : drawnQuantity(spec.record, spec.metric).limits;
  if (limits.shows === 'both') return [limits.least, limits.most];
  const room = (high - low || Math.abs(high) || 1) * 0.04;
  const from = limits.shows === 'least' ? Math.min(limits.least, low) : low >= 0 ? Math.max(0, low - room) : low - room;
  return [
    limits.least !== null && high > limits.least ? Math.max(limits.least, from) : from,
    limits.most !== null && low < limits.most ? Math.min(limits.most, high + room) : high + room,
  ];
}

/** Least and greatest value, bands counted in, of everything that some comparisons draw. */
export function comparisonExtent(
  panels: readonly (readonly RunData[])[],
  spec: ComparisonSpec,
  log: boolean,
  logX = false,
): [number, number] | null {
  const lines = panels.flatMap((runs) =>
    curvesOf(runs, spec).curves.map(({ x, y, half }) => {
      const line = new PolylineBuilder(2 * x.length, log, logX);
      for (let row = 0; row < x.length; row++)
        for (const side of [-1, 1]) if (Number.isFinite(x[row])) line.add(x[row]!, y[row]! + side * (half?.[row] || 0));
      return line.finish();
    }),
  );
  return unionExtent(lines);
}

/**
 * First and last place of everything that a comparison can draw: the axis that its small multiples share.
 * @param logX whether the axis is logarithmic, and begins with the first place above zero
 */
export function comparisonSpan(runs: readonly RunData[], spec: ComparisonSpec, logX = false): [number, number] {
  let [low, high] = logX ? [Infinity, 0] : [0, 0];
  for (const data of runs) {
    const { x: places } = rowsOf(data, spec);
    const [least, most] = endsOf(places);
    if (most > high) high = most;
    if (least < low && (!logX || least > 0)) low = least;
    else if (logX && least <= 0) for (const x of places) if (x > 0 && x < low) low = x;
  }
  if (low === Infinity) return [1, 10];
  return [low, high > low ? high : logX ? low * 10 : low + 1];
}

/** The runs of a comparison by what is drawn in one line style: each run, or a group. */
function drawnTogether(
  runs: readonly RunRecord[],
  group: readonly string[] | null,
): { key: string; runs: readonly RunRecord[] }[] {
  if (group === null) return runs.map((run) => ({ key: run.run, runs: [run] }));
  const by = group.map((key) => groupings().find((entry) => entry.key === key)).filter((entry) => entry !== undefined);
  return groupRuns(runs, (run) => run, by);
}

/** Keys of the runs or groups of a comparison in the order of their line styles: for panels, tables and files that share them. */
export function comparisonColours(runs: readonly RunRecord[], group: readonly string[] | null): string[] {
  return drawnTogether(runs, group).map(({ key }) => key);
}

/** For each run, the place of its `lineStyle` among those of {@link comparisonColours}: runs of one group share theirs. */
export function comparisonPlaces(runs: readonly RunRecord[], group: readonly string[] | null): number[] {
  const places = new Map(drawnTogether(runs, group).flatMap((one, place) => one.runs.map(({ run }) => [run, place])));
  return runs.map(({ run }) => places.get(run)!);
}
