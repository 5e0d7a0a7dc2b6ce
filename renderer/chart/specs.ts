/** Charts by name: for choosing one. */
import { drawnQuantity } from '../../shared/quantities/index.ts';
import { againstTitles, hasWholePlaces } from '../../shared/charts/kinds/comparison.ts';
import type { ChartSpec, ComparisonSpec } from '../../shared/charts/request.ts';
import type { Range } from './chart-link.ts';
import { formatCount } from '../ui/format.ts';

/** A chart's name in a list. */
export function specTitle(spec: ChartSpec): string {
  switch (spec.chart) {
    case 'walk':
      return 'Walk: loss and valley floor';
    case 'heights':
      return 'Height above the floor';
    case 'slice':
      return `Slice of iteration ${formatCount(spec.iteration)}`;
    case 'slice-map':
      return 'Slices as a heat map';
    case 'floor-histogram':
      return `Floor positions, histogram${ofEpoch(spec.epoch)}`;
    case 'height-histogram':
      return `Heights above the floor, histogram${ofEpoch(spec.epoch)}`;
    case 'iteration-metric':
      return drawnQuantity('iteration', spec.metric).title;
    case 'curvature':
      return drawnQuantity('curvature', spec.metric).title;
    case 'epoch-metric':
      return `${drawnQuantity('epoch', spec.metric).title}, by epoch`;
    case 'plane':
      return 'Loss on a plane, contours';
    case 'plane-surface':
      return 'Loss on a plane, surface';
    case 'trajectory':
      return 'Trajectory in principal components';
    case 'valley-floor':
      return 'Loss along the valley floor';
    case 'comparison':
      return comparisonTitle(spec);
  }
}

function comparisonTitle(spec: ComparisonSpec): string {
  const { title } = drawnQuantity(spec.record, spec.metric);
  const difference = spec.baseline === null ? '' : ', difference to the baseline';
  return `${title}${difference} against ${againstTitles[spec.against].toLowerCase()}`;
}

const ofEpoch = (epoch: number | null): string => (epoch === null ? '' : ` of epoch ${formatCount(epoch)}`);

const placeWords = {
  iteration: 'iterations',
  epoch: 'epochs',
  distance: 'distances',
  path_length: 'path lengths',
  elapsed_seconds: 'seconds',
} as const satisfies Record<ComparisonSpec['against'], string>;

/** What the places on a chart's horizontal axis are, where a part of it can be chosen. */
export function axisWords(spec: ChartSpec): string {
  if (spec.chart === 'comparison') return placeWords[spec.against];
  return spec.chart === 'epoch-metric' || spec.chart === 'curvature' ? placeWords.epoch : placeWords.iteration;
}

/**
 * The places in view, ends included: whole ones on an axis that counts.
 * @param range the view; that of a run's charts ends one past its last iteration, that of a comparison at its last place
 */
export function placesInView(spec: ChartSpec, { from, to }: Range): Range {
  if (spec.chart !== 'comparison') return { from: Math.floor(from), to: Math.ceil(to) - 1 };
  if (!hasWholePlaces(spec)) return { from, to };
  const whole = { from: Math.ceil(from), to: Math.floor(to) };
  return whole.from <= whole.to ? whole : { from: Math.floor(from), to: Math.ceil(to) };
}

/** A chart's key: equal for equal charts. */
export function specKey(spec: ChartSpec): string {
  return JSON.stringify(Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a log axis makes sense for a chart. */
export function specCanLog(spec: ChartSpec): boolean {
  if (spec.chart === 'iteration-metric') return drawnQuantity('iteration', spec.metric).log;
  if (spec.chart === 'epoch-metric') return drawnQuantity('epoch', spec.metric).log;
  if (spec.chart === 'curvature') return drawnQuantity('curvature', spec.metric).log;
  if (spec.chart === 'comparison') return spec.baseline === null && drawnQuantity(spec.record, spec.metric).log;
  if (spec.chart === 'slice-map' || spec.chart.endsWith('-histogram')) return false;
  return !('analysis' in spec) || spec.chart === 'valley-floor';
}

/** Whether a part of a chart's horizontal axis, iterations or epochs, can be chosen. */
export function specHasRange(spec: ChartSpec): boolean {
  const ranged = !('analysis' in spec) || spec.chart === 'valley-floor';
  return spec.chart !== 'slice' && !spec.chart.endsWith('-histogram') && ranged;
}
