/** The loss along the valley floor against that along the walk's own points. */
import type { SeriesOption } from 'echarts';
import type { ValleyFloorResult } from '../../analyses/valley-floor.ts';
import { belowResolution } from '../../resolution.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, RunData } from '../chart.ts';
import { analysisOption, defineChart, iterationPlaces, ofAnalysis } from '../define.ts';
import { frame } from '../drawing/frame.ts';
import { noAnalysis } from './plane.ts';
import { PolylineBuilder, unionExtent } from '../drawing/polyline.ts';
import { lineSeries, pointSeries } from '../drawing/series.ts';
import { lineStyle } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, logNote } from '../drawing/text.ts';
import { lossUnitOf, lossWords } from '../drawing/loss-unit.ts';

/** Loss along the valley floor. */
export const valleyFloor = defineChart({
  ...ofAnalysis,
  key: 'valley-floor',
  help: 'The loss along the valley floor and along the walk.',
  options: { analysis: analysisOption },
  title: () => 'Loss along the valley floor',
  log: () => true,
  places: () => iterationPlaces,
  analysis: 'valley-floor',
  build: ([data], _spec, style, view) => valleyFloorChart(data, style, view),
});

const names = { walk: 'between the walk’s points', floor: 'between floor points', barrier: 'barrier' } as const;

/** Builds the profile: losses along the segments, end to end, over the iterations of the checkpoints; segments that lie whole in the range. */
function valleyFloorChart(data: RunData, style: ChartStyle, view: ChartView): Chart {
  const result = data.analysis?.result?.kind === 'valley-floor' ? data.analysis.result : null;
  const log = view.log ?? false;
  const inRange = ({ from, to }: { from: number; to: number }): boolean =>
    !view.range || (from >= view.range.from && to <= view.range.to);
  const segments = (result?.segments ?? []).filter(inRange);
  const size = segments.reduce((sum, { walk }) => sum + walk.losses.length, 0);
  const paths = (['walk', 'floor'] as const).map((path) => {
    const line = new PolylineBuilder(size, log);
    const barriers = new PolylineBuilder(segments.length, log);
    for (const { from, to, [path]: segment } of segments) {
      const last = segment.losses.length - 1;
      const at = (k: number): number => from + ((to - from) * k) / last;
      segment.losses.forEach((loss, k) => line.add(at(k), loss ?? NaN));
      if (segment.has_barrier !== true) continue;
      const inner = segment.losses.slice(1, -1).map(Number);
      const peak = inner.indexOf(Math.max(...inner)) + 1;
      barriers.add(at(peak), segment.losses[peak]!);
    }
    return { line: line.finish(), barriers: barriers.finish() };
  });
  const [walk, floor] = paths as [(typeof paths)[number], (typeof paths)[number]];
  const width = style.lines.normal;
  const series: SeriesOption[] = [
    ...lineSeries('valley-floor.walk', names.walk, walk.line, { color: lineStyle(0, style).color, width }, style),
    ...lineSeries(
      'valley-floor.floor',
      names.floor,
      floor.line,
      { color: style.palette.floor, width, dash: [width * 3, width * 1.5] },
      style,
    ),
    ...[walk, floor].map(({ barriers }, index) =>
      pointSeries(`valley-floor.barriers.${index}`, names.barrier, barriers, {
        color: style.palette.barrier,
        symbol: 'triangle',
        size: style.marker * 1.3,
        offset: [0, -style.marker * 1.2],
      }),
    ),
  ];
  const ends = segments.length > 0 ? [segments[0]!.from, segments.at(-1)!.to] : null;
  const drawn = walk.line.count + floor.line.count > 0;
  const barriers = walk.barriers.count + floor.barriers.count;
  const lost = logNote(walk.line.leftOut + floor.line.leftOut);
  return makeChart({
    title: 'Loss along the valley floor and along the walk',
    description: result ? describe(data, result) : 'Loss along the valley floor: nothing to draw.',
    option: {
      ...frame(
        style,
        {
          title: 'Iteration of the checkpoints, segments between them',
          whole: false,
          extent: ends as [number, number] | null,
        },
        {
          title: 'Training loss',
          symbol: '',
          unit: lossUnitOf([data]),
          log,
          extent: unionExtent([walk.line, floor.line]),
        },
        drawn
          ? [
              { name: names.walk, drawn: 'line' },
              { name: names.floor, drawn: 'line' },
              ...(barriers > 0 ? [{ name: names.barrier, drawn: 'triangle' as const }] : []),
            ]
          : [],
        () => null,
        lost,
      ),
      ...(style.medium === 'screen' ? { dataZoom: [], tooltip: { show: false } } : {}),
      series,
    },
    makeTable: () => ({
      columns: ['from', 'to', 'alpha', 'walk_loss', 'floor_loss'],
      rows: segments.flatMap(({ from, to, walk, floor }) =>
        walk.losses.map((loss, k) => [from, to, k / (walk.losses.length - 1), loss, floor.losses[k] ?? null]),
      ),
    }),
    empty: result
      ? drawn
        ? null
        : segments.length === 0
          ? 'No segment lies whole in this range.'
          : 'No loss of this study is a finite number.'
      : noAnalysis(data),
    notes: [lost].filter((note) => note !== null),
    readout: () => null,
  });
}

const unresolved = (count: number): string => (count === 0 ? '' : `; ${counted(count, 'segment')} ${belowResolution}`);

function describe(data: RunData, { totals }: ValleyFloorResult): string {
  return (
    `Training loss of ${data.run.name} along ${counted(totals.segments, 'segment')}: ${counted(totals.walk_barriers, 'barrier')} between the ` +
    `walk's points (mean height ${lossWords(totals.walk_mean_height, data)}${unresolved(totals.walk_unresolved)}), ` +
    `${counted(totals.floor_barriers, 'barrier')} between ` +
    `floor points (mean height ${lossWords(totals.floor_mean_height, data)}${unresolved(totals.floor_unresolved)}).`
  );
}
