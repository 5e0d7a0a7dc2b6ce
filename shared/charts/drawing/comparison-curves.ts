/** The lines of a comparison: where each run, or the mean of a group, stands against what, smoothed and as differences. */
import type { bands } from '../../compare/band.ts';
import { halfWidth, spreadOf } from '../../compare/bands.ts';
import { measurements } from '../../compare/measurements.ts';
import type { Measurements } from '../../compare/measurements.ts';
import { smooth, smoothingNote } from '../../compare/smoothing.ts';
import { lowerBound } from '../../ordered.ts';
import { drawnQuantity } from '../../quantities/index.ts';
import { epochLength } from '../../runs/epoch-length.ts';
import { groupingsOf, groupRuns } from '../../runs/group.ts';
import { differingSettings } from '../../runs/settings.ts';
import type { RunData } from '../chart.ts';
import { knownSettings } from '../../records.ts';
import type { TimeColumns } from '../../records.ts';
import { runLabels } from './labels.ts';

import type { ComparisonSpec } from '../kinds/comparison.ts';

/** Titles of what a metric can stand against. */
export const againstTitles = {
  iteration: 'Iteration',
  epoch: 'Epoch',
  distance: drawnQuantity('iteration', 'distance').title,
  path_length: drawnQuantity('iteration', 'path_length').title,
  elapsed_seconds: drawnQuantity('time', 'elapsed_seconds').title,
} as const;

/** Titles of the bands. */
export const bandTitles = {
  none: 'no band',
  deviation: '± standard deviation',
  confidence: '95 % confidence interval',
} as const satisfies Record<(typeof bands)[number], string>;

/** One line: a run, or the mean of a group. */
export interface Curve {
  label: string;
  /** The value of its group, where a legend says what it is grouped by; null for a run. */
  value: string | null;
  /** What tells it apart in every panel: the run's id, or the group's key. */
  key: string;
  runs: readonly RunData[];
  x: Float64Array;
  y: Float64Array;
  /** Half the height of the band at each point; null for a single run or no band. */
  half: Float64Array | null;
  /** How many runs each point is the mean of; null for a single run. */
  counts: Float64Array | null;
}

/** Whether means over runs can be taken: only where runs share their places on the axis. */
export function hasCommonPlaces({ against }: Pick<ComparisonSpec, 'against'>): boolean {
  return against === 'iteration' || against === 'epoch';
}

/** Whether the horizontal axis counts: iterations, or whole epochs. */
export function hasWholePlaces({ record, against }: Pick<ComparisonSpec, 'record' | 'against'>): boolean {
  return against === 'iteration' || (against === 'epoch' && record === 'epoch');
}

/** Ticks, places and values of a run's metric. */
export function rowsOf(data: RunData, spec: ComparisonSpec): Measurements & { x: Float64Array } {
  const { tick, y } = measurements(data, spec.record, spec.metric);
  return { tick, x: placesOf(data, spec, tick), y };
}

/** Where moments lie on the axis. */
function placesOf(
  { run, iterations, epochs, times }: RunData,
  { record, against }: ComparisonSpec,
  tick: Float64Array,
): Float64Array {
  const timeAt = (iteration: number): number => elapsedAt(times, iteration);
  const perEpoch = epochLength(run);
  if (record === 'iteration') {
    if (against === 'iteration') return tick;
    if (against === 'epoch') return tick.map((t) => t / perEpoch);
    return against === 'elapsed_seconds' ? tick.map(timeAt) : iterations[against];
  }
  if (record === 'epoch') {
    if (against === 'epoch') return tick;
    if (against === 'distance') return epochs.distance;
  }
  // an epoch ends with its last iteration; curvature is measured before the update of its iteration
  let done = iterations.iteration[0] ?? 0;
  const ends = record === 'epoch' ? epochs.iterations.map((count) => (done += count)) : tick;
  if (against === 'iteration') return ends;
  if (against === 'epoch') return ends.map((end) => end / perEpoch);
  if (against === 'elapsed_seconds') return ends.map((end) => timeAt(end - 1));
  return ends.map((end) => {
    // the last update before it: an imported trajectory may begin late and leave iterations out
    const row = lastBefore(iterations.iteration, end);
    return row < 0 ? 0 : iterations[against][row]!;
  });
}

/** Seconds after an iteration, linear between those that are told; 0 before the first iteration, NaN where they are not known. */
function elapsedAt(times: TimeColumns | undefined, iteration: number): number {
  if (iteration < 0) return 0;
  if (!times) return NaN;
  const { iteration: at, elapsed_seconds: seconds } = times;
  const row = lastBefore(at, iteration);
  const next = row + 1;
  if (next === at.length) return NaN;
  if (at[next] === iteration) return seconds[next]!;
  if (row < 0) return NaN;
  return seconds[row]! + ((seconds[next]! - seconds[row]!) * (iteration - at[row]!)) / (at[next]! - at[row]!);
}

/** Last row with an iteration before `end`; −1 where there is none. */
function lastBefore(column: Float64Array, end: number): number {
  return lowerBound(column, end) - 1;
}

/** The value of the baseline at each tick. */
function baselineOf(data: RunData, spec: ComparisonSpec): Map<number, number> {
  const { tick, y } = rowsOf(data, spec);
  const smoothed = smooth(tick, y, spec.smoothing);
  return new Map(Array.from(tick, (t, row) => [t, smoothed[row]!]));
}

/** Everything that is drawn, and what must be said about it. */
export function curvesOf(runs: readonly RunData[], spec: ComparisonSpec): { curves: Curve[]; notes: string[] } {
  const notes: string[] = [];
  const base = spec.baseline === null ? undefined : runs.find(({ run }) => run.run === spec.baseline);
  const reference = base ? baselineOf(base, spec) : null;
  if (spec.baseline !== null && !base)
    notes.push('the baseline is not there any more: values, not differences, are drawn');
  const drawn = base ? runs.filter((data) => data !== base) : runs;
  const names = runLabels(drawn.map(({ run }) => run));
  const single = (data: RunData, label: string): Curve => {
    const { tick, x, y } = rowsOf(data, spec);
    const smoothed = smooth(tick, y, spec.smoothing);
    const values = reference ? smoothed.map((value, row) => value - (reference.get(tick[row]!) ?? NaN)) : smoothed;
    return { label, value: null, key: data.run.run, runs: [data], x, y: values, half: null, counts: null };
  };
  if (spec.smoothing > 0) notes.push(smoothingNote(spec.smoothing, spec.record === 'epoch' ? 'epochs' : 'iterations'));
  const singles = drawn.map((data, index) => single(data, names[index]!));
  if (spec.group === null) return { curves: singles, notes };
  const order = spec.scheme === 'places' ? 'run' : 'value';
  const groups = groupRuns(singles, (curve) => curve.runs[0]!.run, groupingsOf(spec.group), order);
  const mixed = new Set<string>();
  for (const { runs: inside } of groups)
    for (const { field } of differingSettings(inside.map((curve) => knownSettings(curve.runs[0]!.run))))
      if (field.path !== 'seed') mixed.add(field.title.toLowerCase());
  if (mixed.size > 0) notes.push(`groups mix runs that differ in ${[...mixed].join(', ')}`);
  if (!hasCommonPlaces(spec)) {
    notes.push('runs share no places on this axis: every run of a group is drawn, in its colour, and no mean');
    return {
      curves: groups.flatMap(({ key, title, value, runs: inside }) =>
        inside.map((curve) => ({ ...curve, key, value, label: title })),
      ),
      notes,
    };
  }
  const repeated = groups.some(({ runs: inside }) => inside.length > 1);
  if (repeated)
    notes.push(
      `lines are means over the runs of a group${spec.band === 'none' ? '' : `, bands ${bandTitles[spec.band]}`}`,
    );
  const means = groups.map(({ key, title, value, runs: inside }) => ({ ...mean(title, inside, spec), key, value }));
  if (means.some(({ counts }) => counts && Math.min(...counts) < Math.max(...counts)))
    notes.push('runs of a group differ in length: each mean is over those that were measured there');
  return { curves: means, notes };
}

/** The mean of a group at every place where one of its runs was measured. */
function mean(title: string, inside: Curve[], spec: ComparisonSpec): Curve {
  const label = `${title} (${inside.length === 1 ? '1 run' : `${inside.length} runs`})`;
  const runs = inside.flatMap((curve) => curve.runs);
  if (inside.length === 1) return { ...inside[0]!, label };
  const values = new Map<number, number[]>();
  for (const { x, y } of inside)
    for (let row = 0; row < x.length; row++) {
      if (!Number.isFinite(y[row])) continue;
      const there = values.get(x[row]!);
      if (there) there.push(y[row]!);
      else values.set(x[row]!, [y[row]!]);
    }
  const x = Float64Array.from(values.keys()).sort();
  const spreads = Array.from(x, (place) => spreadOf(values.get(place)!));
  return {
    label,
    value: null,
    key: '',
    runs,
    x,
    y: Float64Array.from(spreads, (spread) => spread.mean),
    half: spec.band === 'none' ? null : Float64Array.from(spreads, (spread) => halfWidth(spread, spec.band)),
    counts: Float64Array.from(spreads, ({ count }) => count),
  };
}
