/** The kept points of a walk in their first two principal components. */
import type { SeriesOption } from 'echarts';
import type { TrajectoryResult } from '../../analyses/trajectory.ts';
import { formatNumber } from '../../format.ts';
import { makeChart } from '../chart.ts';
import type { Chart, RunData } from '../chart.ts';
import { analysisOption, defineChart, ofAnalysis } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { noAnalysis } from './plane.ts';
import { PolylineBuilder } from '../drawing/polyline.ts';
import { lineSeries, pointSeries } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatCount } from '../drawing/text.ts';

/** Trajectory in principal components. */
export const trajectory = defineChart({
  ...ofAnalysis,
  key: 'trajectory',
  help: 'The kept points of the walk in their first two principal components.',
  options: { analysis: analysisOption },
  title: () => 'Trajectory in principal components',
  analysis: 'trajectory',
  build: ([data], _spec, style) => trajectoryChart(data, style),
});

const title = 'Trajectory in its first two principal components';

/** Builds the trajectory. */
function trajectoryChart(data: RunData, style: ChartStyle): Chart {
  const found = data.analysis?.result?.kind === 'trajectory' ? data.analysis.result : null;
  const result = found?.points.length ? found : null;
  const points = result?.points ?? [];
  const share = (component: number): string => {
    const value = result?.explained[component];
    return value === undefined ? '' : ` (${percentOf(value).toFixed(1)} % of the variance)`;
  };
  const line = new PolylineBuilder(points.length, false);
  const first = new PolylineBuilder(1, false);
  const last = new PolylineBuilder(1, false);
  for (const { x, y } of points) line.add(x, y);
  if (points[0]) first.add(points[0].x, points[0].y);
  const end = points.at(-1);
  if (end) last.add(end.x, end.y);
  const names = {
    walk: 'kept points',
    first: `iteration ${formatCount(points[0]?.iteration ?? 0)}`,
    last: `iteration ${formatCount(end?.iteration ?? 0)}`,
  };
  const { color } = lineStyle(0, style);
  const series: SeriesOption[] = [
    ...lineSeries(
      'trajectory.walk',
      names.walk,
      line.finish(),
      { color, width: style.lines.thin, marker: 'circle' },
      style,
    ),
    pointSeries('trajectory.first', names.first, first.finish(), {
      color: style.palette.text,
      symbol: 'rect',
      size: style.marker * 1.5,
    }),
    pointSeries('trajectory.last', names.last, last.finish(), {
      color: style.palette.floor,
      symbol: 'circle',
      size: style.marker * 1.7,
    }),
  ];
  const option = frame(
    style,
    { title: `First component${share(0)}`, whole: false, extent: room(points.map(({ x }) => x)) },
    {
      title: `Second component${share(1)}`,
      short: 'Second',
      symbol: '',
      unit: null,
      log: false,
      extent: room(points.map(({ y }) => y)),
    },
    points.length === 0
      ? []
      : [
          { name: names.walk, drawn: 'marked line' },
          { name: names.first, drawn: 'rect' },
          { name: names.last, drawn: 'circle' },
        ],
    () => null,
  );
  const screen = style.medium === 'screen';
  const xAxis = option.xAxis as { axisLabel?: object };
  return makeChart({
    title,
    description: result ? describe(data.run.name, result) : `${title}: nothing to draw.`,
    // the ends are the points' with a margin, not round numbers
    option: {
      ...option,
      xAxis: {
        ...xAxis,
        axisLabel: { ...xAxis.axisLabel, ...(screen ? { showMinLabel: false, showMaxLabel: false } : {}) },
      },
      ...(screen ? { dataZoom: [], tooltip: { show: false } } : {}),
      series,
    },
    makeTable: () => ({
      columns: ['iteration', 'first_component', 'second_component'],
      rows: points.map(({ iteration, x, y }) => [iteration, x, y]),
    }),
    empty: result ? null : noAnalysis(data),
    notes:
      result && result.kept > points.length
        ? [`${formatCount(points.length)} of ${formatCount(result.kept)} kept points, evenly spread`]
        : [],
    readout: () => null,
  });
}

/** A share of the variance in percent: between 0 and 100, whatever rounding added to it. */
function percentOf(share: number): number {
  return 100 * Math.min(1, Math.max(0, share));
}

/** The span of some values with a little room around it; null without values. */
function room(values: readonly number[]): [number, number] | null {
  if (values.length === 0) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const pad = (high - low || 1) * 0.06;
  return [low - pad, high + pad];
}

function describe(name: string, { points, explained }: TrajectoryResult): string {
  const [one = 0, two = 0] = explained;
  return (
    `${counted(points.length, 'kept point')} of ${name} from iteration ${points[0]!.iteration} to ${points.at(-1)!.iteration} in their ` +
    `first two principal components, which hold ${formatNumber(percentOf(one))} % and ${formatNumber(percentOf(two))} % of their variance.`
  );
}
