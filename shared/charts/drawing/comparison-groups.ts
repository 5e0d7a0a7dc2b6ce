/** The line of a group: the middle of its runs with its band, or of their differences to a baseline. */
import { bandOf, estimateDifference, estimateOf } from '../../compare/band.ts';
import type { Band, BandKey, Estimate } from '../../compare/band.ts';
import { pairRuns } from '../../compare/baseline.ts';
import type { Pairing } from '../../compare/baseline.ts';
import { sampleAt, samplesOf } from '../../compare/samples.ts';
import type { Samples, Series } from '../../compare/samples.ts';
import { lowerBound } from '../../ordered.ts';
import type { RunData } from '../chart.ts';

/** One line: a run, or the middle of a group. */
export interface Curve extends Series {
  label: string;
  /** The value of its group, where a legend says what it is grouped by; null for a run. */
  value: string | null;
  /** What tells it apart in every panel: the run's id, or the group's key. */
  key: string;
  runs: readonly RunData[];
  /** Ends of the band at each point, NaN where there is none; null for a single run, or a band without ends. */
  low: Float64Array | null;
  high: Float64Array | null;
  /** How many runs, or pairs of runs, each point is of; null for a single run. */
  counts: Float64Array | null;
  /** What the line is over its runs; null for a single run. */
  middle: Band['middle'] | null;
  /** The lines of its runs that are drawn beside it; empty unless the band is that. */
  own: readonly Curve[];
  /** How its differences to a baseline group were taken, in words; null where there are none. */
  pairing: string | null;
  /** Whether they are those of pairs. */
  paired: boolean;
}

/** A curve as differences: to another, or to the middle of several, iteration by iteration or epoch by epoch. */
export function minus(curve: Curve, { tick, y }: Pick<Series, 'tick' | 'y'>): Curve {
  if (curve.tick === tick || (curve.tick.length === tick.length && tick.every((t, row) => t === curve.tick[row])))
    return { ...curve, y: curve.y.map((value, row) => value - y[row]!) };
  const reference = new Map(Array.from(tick, (t, row) => [t, y[row]!]));
  return { ...curve, y: curve.y.map((value, row) => value - (reference.get(curve.tick[row]!) ?? NaN)) };
}

/** The middles of a baseline's runs, with all of their values, by iteration or epoch. */
export interface Reference extends Pick<Series, 'tick' | 'y'> {
  samples: Samples;
  curves: readonly Curve[];
}

/** A baseline of some runs. */
export function referenceOf(curves: readonly Curve[], key: BandKey): Reference {
  const samples = samplesOf(curves.map(({ tick, y }) => ({ x: tick, y, tick })));
  return { samples, curves, tick: samples.x, y: summed(samples, bandOf(key)).y };
}

/** What is drawn of a group's values at every place. */
type Summed = Pick<Curve, 'x' | 'tick' | 'y' | 'low' | 'high' | 'counts' | 'middle'>;

function summedBy({ x, tick }: Samples, band: Band, estimate: (place: number) => Estimate): Summed {
  const hasEnds = band.draws === 'half' || band.draws === 'ends';
  const [y, counts] = [new Float64Array(x.length), new Float64Array(x.length)];
  const [low, high] = hasEnds ? [new Float64Array(x.length), new Float64Array(x.length)] : [null, null];
  for (let place = 0; place < x.length; place++) {
    const found = estimate(place);
    y[place] = found.middle;
    counts[place] = found.count;
    if (low && high) [low[place], high[place]] = [found.low, found.high];
  }
  return { x, tick, y, low, high, counts, middle: band.middle };
}

const summed = (samples: Samples, band: Band): Summed =>
  summedBy(samples, band, (place) => estimateOf(band, sampleAt(samples, place)));

const empty = new Float64Array(0);

/** Differences of groups that are not paired: see `estimateDifference`. */
function unpaired(own: Samples, reference: Samples, band: Band): Summed {
  return summedBy(own, band, (place) => {
    const row = lowerBound(reference.x, own.tick[place]!);
    const other = reference.x[row] === own.tick[place] ? sampleAt(reference, row) : empty;
    return estimateDifference(band, sampleAt(own, place), other);
  });
}

/** A group with the lines of its runs, as differences where there is a baseline group. */
export interface GroupLines {
  key: string;
  title: string;
  /** What it is grouped by, without its name. */
  value: string | null;
  /** Its runs' values, as they are. */
  inside: readonly Curve[];
  /** What is summed up: values, or differences of pairs, or to the baseline's middle. */
  members: readonly Curve[];
  pairing: Pairing<Curve> | null;
}

/** The lines of a group's runs; of a baseline group's partners where they are paired. */
export function groupLines(
  { key, title, value, runs: inside }: { key: string; title: string; value: string | null; runs: readonly Curve[] },
  reference: Reference | null,
  group: readonly string[],
): GroupLines {
  if (!reference) return { key, title, value, inside, members: inside, pairing: null };
  const pairing = pairRuns(inside, reference.curves, (curve) => curve.runs[0]!.run, group);
  const members =
    pairing.pairs.length > 0
      ? pairing.pairs.map(([own, other]) => minus(own, other))
      : inside.map((own) => minus(own, reference));
  return { key, title, value, inside, members, pairing };
}

/** What a line says of how its differences were taken. */
export function pairedBy({ pairing }: GroupLines): Pick<Curve, 'pairing' | 'paired'> {
  const pairs = pairing?.pairs.length ?? 0;
  return { pairing: pairing?.words(pairs) ?? null, paired: pairs > 0 };
}

/** How many runs a group's line is of, in words. */
function countWords({ inside, pairing }: GroupLines): string {
  if (pairing && pairing.pairs.length > 0) {
    const { pairs, of } = pairing;
    return `${pairs.length === of ? '' : `${pairs.length} of `}${of === 1 ? '1 pair' : `${of} pairs`}`;
  }
  return inside.length === 1 ? '1 run' : `${inside.length} runs`;
}

/** The line of a group, over the runs that were measured at each place. */
export function groupCurve(lines: GroupLines, reference: Reference | null, key: BandKey): Curve {
  const { title, inside, members, pairing } = lines;
  const band = bandOf(key);
  const label = `${title} (${countWords(lines)})`;
  const isUnpaired = pairing !== null && pairing.pairs.length === 0;
  const shared = { label, key: lines.key, value: lines.value, ...pairedBy(lines) };
  if (members.length === 1 && !isUnpaired) return { ...members[0]!, ...shared };
  const samples = samplesOf(members);
  // runs of other batch sizes stand at one place of the epochs' axis in different iterations: nothing there has one spread
  const isMixed = isUnpaired && samples.tick.some(Number.isNaN);
  const found = !isUnpaired || isMixed ? summed(samples, band) : unpaired(samplesOf(inside), reference!.samples, band);
  if (isMixed) for (const ends of [found.low, found.high]) ends?.fill(NaN);
  return {
    ...shared,
    runs: members.flatMap(({ runs }) => runs),
    ...found,
    own: band.draws === 'runs' ? members : [],
  };
}
