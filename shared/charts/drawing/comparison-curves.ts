/** The lines of a comparison: where each run, or the mean of a group, stands against what, smoothed and as differences. */
import { bandOf } from '../../compare/band.ts';
import { findBaseline } from '../../compare/baseline.ts';
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
import { groupCurve, groupLines, minus, pairedBy, referenceOf } from './comparison-groups.ts';
import type { Curve, GroupLines } from './comparison-groups.ts';
import { runLabels } from './labels.ts';
import { counted } from './text.ts';

import type { ComparisonSpec } from '../kinds/comparison.ts';

/** Titles of what a metric can stand against. */
export const againstTitles = {
  iteration: 'Iteration',
  epoch: 'Epoch',
  distance: drawnQuantity('iteration', 'distance').title,
  path_length: drawnQuantity('iteration', 'path_length').title,
  elapsed_seconds: drawnQuantity('time', 'elapsed_seconds').title,
} as const;

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

/** Everything that is drawn, what must be said about it, and what differences are taken to. */
export interface Comparison {
  curves: Curve[];
  notes: string[];
  /** The baseline's name; null where values are drawn. */
  baseline: string | null;
}

/**
 * Comparisons of one first run that are kept: 32 panels, each smoothed over what was measured. A smoothed one holds 8 bytes a run and iteration
 * (what was measured is the records' own): of 50 runs of 10,000 iterations 4 MB, and with 32 such panels 128 MB. Nothing bounds that but the runs
 * and their lengths: of 500 such runs it is ten times as much, somewhat less than the records themselves.
 */
const mostKept = 64;
/** By the first run and by what decides the lines. */
const kept = new WeakMap<RunData, Map<string, { runs: readonly RunData[]; found: Comparison }>>();

/**
 * The lines of a comparison. They are made once for the same runs and a spec that asks for the same lines, so that a chart, its axes and its zooms
 * share them, and another look (a pin, a colour) makes none: they must not change in place.
 */
export function curvesOf(runs: readonly RunData[], spec: ComparisonSpec): Comparison {
  const [first] = runs;
  if (!first) return madeCurves(runs, spec);
  const comparisons = kept.get(first) ?? new Map<string, { runs: readonly RunData[]; found: Comparison }>();
  kept.set(first, comparisons);
  // how lines look is not theirs
  const asked = JSON.stringify({ ...spec, colours: [], pinned: [], measured: undefined });
  const known = comparisons.get(asked);
  if (known?.runs.length === runs.length && known.runs.every((run, index) => run === runs[index])) return known.found;
  const found = madeCurves(runs, spec);
  comparisons.delete(asked);
  comparisons.set(asked, { runs: [...runs], found });
  if (comparisons.size > mostKept) comparisons.delete(comparisons.keys().next().value!);
  return found;
}

/** The same lines as they were measured, where they are to stand under smoothed ones; else null. */
export function measuredCurves(runs: readonly RunData[], spec: ComparisonSpec): readonly Curve[] | null {
  return spec.measured && spec.smoothing > 0 ? curvesOf(runs, { ...spec, smoothing: 0 }).curves : null;
}

function madeCurves(runs: readonly RunData[], spec: ComparisonSpec): Comparison {
  const notes: string[] = [];
  const base = findBaseline(runs, ({ run }) => run, spec);
  if (spec.baseline !== null && !base)
    notes.push('the baseline is not there any more: values, not differences, are drawn');
  const drawn = base ? runs.filter((data) => !base.runs.includes(data)) : runs;
  const names = runLabels(drawn.map(({ run }) => run));
  const single = (data: RunData, label: string): Curve => {
    const { tick, x, y } = rowsOf(data, spec);
    return {
      label,
      value: null,
      key: data.run.run,
      runs: [data],
      tick,
      x,
      y: smooth(tick, y, spec.smoothing),
      ...alone,
    };
  };
  if (spec.smoothing > 0) notes.push(smoothingNote(spec.smoothing, spec.record === 'epoch' ? 'epochs' : 'iterations'));
  const reference = base?.runs.map((data) => single(data, base.title)) ?? [];
  const values = drawn.map((data, index) => single(data, names[index]!));
  const singles = base && !base.isGroup ? values.map((curve) => minus(curve, reference[0]!)) : values;
  const baseline = base?.title ?? null;
  if (spec.group === null) return { curves: singles, notes, baseline };
  const grouped = groupedCurves(singles, { ...spec, group: spec.group }, base?.isGroup ? reference : null, baseline);
  return { curves: grouped.curves, notes: [...notes, ...grouped.notes], baseline };
}

/** What a run's own line has not. */
const alone = { low: null, high: null, counts: null, middle: null, own: [], pairing: null, paired: false } as const;

/** The lines of groups. @param reference the runs of a baseline group, named by `baseline` */
function groupedCurves(
  singles: readonly Curve[],
  spec: ComparisonSpec & { group: string[] },
  reference: readonly Curve[] | null,
  baseline: string | null,
): Pick<Comparison, 'curves' | 'notes'> {
  const notes: string[] = [];
  const order = spec.scheme === 'places' ? 'run' : 'value';
  const groups = groupRuns(singles, (curve) => curve.runs[0]!.run, groupingsOf(spec.group), order);
  const mixed = new Set<string>();
  for (const { runs: inside } of groups)
    for (const { field } of differingSettings(inside.map((curve) => knownSettings(curve.runs[0]!.run))))
      if (field.path !== 'seed') mixed.add(field.title.toLowerCase());
  if (mixed.size > 0) notes.push(`groups mix runs that differ in ${[...mixed].join(', ')}`);
  const base = reference && referenceOf(reference, spec.band);
  const all = groups.map((group) => groupLines(group, base, spec.group));
  notes.push(...pairingNotes(all, baseline, spec.scheme === 'places'));
  if (!hasCommonPlaces(spec)) {
    notes.push('runs share no places on this axis: every run of a group is drawn, in its colour, and no mean');
    return {
      curves: all.flatMap((lines) =>
        lines.members.map((curve) => ({
          ...curve,
          key: lines.key,
          label: lines.title,
          value: lines.value,
          ...pairedBy(lines),
        })),
      ),
      notes,
    };
  }
  const curves = all.map((lines) => groupCurve(lines, base, spec.band));
  const { middle, note } = bandOf(spec.band);
  if (curves.some((curve) => curve.middle !== null))
    notes.push(`lines are ${middle}s over the runs of a group${note === '' ? '' : `, ${note}`}`);
  if (curves.some(({ counts }) => counts !== null && differs(counts)))
    notes.push(`runs of a group differ in length: each ${middle} is over those that were measured there`);
  if (curves.some(({ low, counts }) => low !== null && counts !== null && low.every(Number.isNaN)))
    notes.push('no band where the spread of the group or of the baseline is not known, as of one run');
  return { curves, notes };
}

/** Whether counts are not the same wherever anything was measured. */
function differs(counts: Float64Array): boolean {
  let [least, most] = [Infinity, 0];
  for (const count of counts) {
    if (count === 0) continue;
    least = Math.min(least, count);
    most = Math.max(most, count);
  }
  return least < most;
}

/** Up to so many groups are named in a note; of more it says how many, and the table which. */
const mostNamed = 4;

/**
 * How differences to a baseline group were taken: once where that is the same of all groups, else of which, or of how many.
 * @param isLong whether all groups are named, as in figures from before looks had schemes
 */
function pairingNotes(groups: readonly GroupLines[], baseline: string | null, isLong: boolean): string[] {
  const titles = new Map<string, string[]>();
  const differing = new Set<string>();
  for (const { title, pairing } of groups) {
    if (!pairing) continue;
    const words = pairing.words(pairing.pairs.length);
    titles.set(words, [...(titles.get(words) ?? []), title]);
    for (const setting of pairing.differing) differing.add(setting);
  }
  if (titles.size === 0) return [];
  const named = isLong || groups.length <= mostNamed;
  const who = (of: readonly string[]): string => (named ? of.join(', ') : counted(of.length, 'group'));
  const ways = [...titles].map(([way, of]) => (titles.size === 1 ? way : `${who(of)} ${way}`));
  const others = [...differing].join(', ');
  return [
    `differences to “${baseline}”: ${ways.join('; ')}`,
    ...(differing.size > 0 ? [`runs of equal seed differ in ${others}, and are no pairs`] : []),
  ];
}
