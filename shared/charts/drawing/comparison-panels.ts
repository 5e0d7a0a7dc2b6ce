/** What the panels of one comparison share: the ends of their axes, colours and places. */
import { findBaseline } from '../../compare/baseline.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import { unlimited } from '../../quantities/quantity.ts';
import { groupingsOf, groupRuns, partsOf } from '../../runs/group.ts';
import type { Grouping } from '../../runs/group.ts';
import type { RunData } from '../chart.ts';
import type { RunRecord } from '../../records.ts';
import { endsOf, PolylineBuilder, unionExtent } from './polyline.ts';

import { curvesOf, measuredCurves, rowsOf } from './comparison-curves.ts';
import { assigned, isAmount, looksOf } from './looks.ts';
import type { Line, LineLook } from './looks.ts';
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
  const differences = findBaseline(panels.flat(), ({ run }) => run, spec) !== null;
  const limits = differences ? unlimited : drawnQuantity(spec.record, spec.metric).limits;
  if (limits.shows === 'both') return [limits.least, limits.most];
  const room = (high - low || Math.abs(high) || 1) * 0.04;
  const from = limits.shows === 'least' ? Math.min(limits.least, low) : low >= 0 ? Math.max(0, low - room) : low - room;
  return [
    limits.least !== null && high > limits.least ? Math.max(limits.least, from) : from,
    limits.most !== null && low < limits.most ? Math.min(limits.most, high + room) : high + room,
  ];
}

/** Least and greatest value, bands and what was measured under smoothed lines counted in, of everything that some comparisons draw. */
export function comparisonExtent(
  panels: readonly (readonly RunData[])[],
  spec: ComparisonSpec,
  log: boolean,
  logX = false,
): [number, number] | null {
  const lines = panels.flatMap((runs) =>
    [...curvesOf(runs, spec).curves, ...(measuredCurves(runs, spec) ?? [])].flatMap((curve) =>
      [curve, ...curve.own].map(({ x, y, low, high }) => {
        const columns = [y, low, high].filter((column) => column !== null);
        const line = new PolylineBuilder(columns.length * x.length, log, logX);
        for (const column of columns)
          for (let row = 0; row < x.length; row++) if (Number.isFinite(x[row])) line.add(x[row]!, column[row]!);
        return line.finish();
      }),
    ),
  );
  return unionExtent(lines);
}

/**
 * First and last place of everything that comparisons can draw: the axis that their panels share.
 * @param specs of whatever quantities, against one thing
 * @param logX whether the axis is logarithmic, and begins with the first place above zero
 */
export function comparisonSpan(
  runs: readonly RunData[],
  specs: readonly ComparisonSpec[],
  logX = false,
): [number, number] {
  let [low, high] = logX ? [Infinity, 0] : [0, 0];
  // quantities of one record share their places, but for curvature, where each has its own moments
  const apart = new Map(specs.map((spec) => [spec.record === 'curvature' ? spec.metric : spec.record, spec]));
  for (const data of runs)
    for (const spec of apart.values()) {
      const { x: places } = rowsOf(data, spec);
      const [least, most] = endsOf(places);
      if (most > high) high = most;
      if (least < low && (!logX || least > 0)) low = least;
      else if (logX && least <= 0) for (const x of places) if (x > 0 && x < low) low = x;
    }
  if (low === Infinity) return [1, 10];
  return [low, high > low ? high : logX ? low * 10 : low + 1];
}

/** The groups of a comparison, by the values of what they are grouped by. */
export function comparisonGroups(
  runs: readonly RunRecord[],
  group: readonly string[],
): { key: string; title: string; runs: RunRecord[] }[] {
  return groupRuns(runs, (run) => run, groupingsOf(group));
}

/** The runs of a comparison by what is drawn in one look: each run, or a group. */
export function drawnTogether(
  runs: readonly RunRecord[],
  group: readonly string[] | null,
): { key: string; title: string; runs: readonly RunRecord[] }[] {
  if (group === null) return runs.map((run) => ({ key: run.run, title: run.name, runs: [run] }));
  return comparisonGroups(runs, group);
}

/** A line by its key, with what its group is told apart by, which the key says. */
function lineOf(key: string, by: readonly Grouping[] | null): Line {
  if (by === null) return { key, values: [] };
  const values = partsOf(key).map((part, index) => {
    const grouping = by[index];
    return (grouping?.isAmount ? grouping.number(part) : null) ?? part;
  });
  return { key, values };
}

/**
 * Keys of the runs or groups of a comparison in the order of their places: for panels, tables and files that share them.
 * @param before what this gave for the same comparison until now: what is there keeps its look, also when something has gone
 */
export function comparisonColours(
  runs: readonly RunRecord[],
  group: readonly string[] | null,
  before: readonly string[] = [],
): string[] {
  const by = group && groupingsOf(group);
  const lines = drawnTogether(runs, group).map(({ key }) => lineOf(key, by));
  return assigned(before, lines);
}

/** What decides the looks of a comparison's lines. */
type LooksSpec = Pick<ComparisonSpec, 'group' | 'colours' | 'scheme'>;

/**
 * The look of each line of a comparison by its key.
 * @param keys of lines that its colours may not name; they follow
 * @param by what its groups are told apart by, where that is more than a comparison knows
 */
export function comparisonLooks(
  { group, colours, scheme }: LooksSpec,
  keys: readonly string[],
  style: Parameters<typeof looksOf>[2],
  by: readonly Grouping[] | null = group && groupingsOf(group),
): ReadonlyMap<string, LineLook> {
  const lines = [...new Set([...colours, ...keys])].map((key) => lineOf(key, by));
  return looksOf(lines, scheme, style);
}

/** Whether the lines of a comparison can have a ramp of colours: two or more values of an amount tell them apart first. */
export function canRamp({ group, colours }: Pick<LooksSpec, 'group' | 'colours'>): boolean {
  const by = group && groupingsOf(group);
  return isAmount(colours.map((key) => lineOf(key, by)));
}

/** For each run, by its id, the look of its line, or of its group's. */
export function runLooks(
  runs: readonly RunRecord[],
  spec: LooksSpec,
  style: Parameters<typeof looksOf>[2],
): ReadonlyMap<string, LineLook> {
  const together = drawnTogether(runs, spec.group);
  const keys = new Map(together.flatMap(({ key, runs: inside }) => inside.map(({ run }) => [run, key])));
  const looks = comparisonLooks(
    spec,
    together.map(({ key }) => key),
    style,
  );
  return new Map([...keys].map(([run, key]) => [run, looks.get(key)!]));
}
