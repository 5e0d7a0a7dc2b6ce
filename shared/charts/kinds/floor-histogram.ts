/** Where the floors of one run lie in their steps, over its probed iterations. */
import { formatNumber } from '../../format.ts';
import { median } from '../../median.ts';
import { answerAt, belowResolution } from '../../resolution.ts';
import type { AnswerInWords } from '../../resolution.ts';
import type { Chart, ChartView, RunData } from '../chart.ts';
import { defineChart } from '../define.ts';
import { barSeries, countInto } from '../drawing/histogram.ts';
import type { Bin } from '../drawing/histogram.ts';
import { epochOption, ofEpoch, over, probedHistogram, probedRows } from '../drawing/probed-histogram.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { formatCount, formatTick } from '../drawing/text.ts';
import { niceTicks } from '../drawing/ticks.ts';

/** The histogram. */
export const floorHistogram = defineChart({
  key: 'floor-histogram',
  help: 'Where the floors lie in their steps, over all probed iterations or those of one epoch.',
  options: { epoch: epochOption },
  title: ({ epoch }) => `Floor positions, histogram${ofEpoch(epoch)}`,
  records: () => ['iterations'],
  several: false,
  log: () => false,
  logX: () => false,
  places: () => null,
  analysis: null,
  menus: ['figures'],
  exported: [],
  build: ([data], { epoch }, style, view) => floorHistogramChart(data, epoch, style, view),
});

/** Names of the series, as in the legend. */
const names = { interior: 'inside the step', end: 'at an end', below: belowResolution } as const;

const alphaOf = ({ from, to }: Bin): number => (from + to) / 2;

/**
 * Where the floors lie: one bar for each interpolated α, those at the ends of the step in grey, and paler what the evaluation does not
 * resolve.
 */
function floorHistogramChart(data: RunData, epoch: number | null, style: ChartStyle, view: ChartView): Chart {
  const { floor_alpha: column } = data.iterations;
  const rows = probedRows(data.iterations, epoch, view);
  const alphas = rows.map((row) => column[row]!);
  const points = data.run.experiment.probes.interpolation.points;
  const half = 0.5 / points;
  const edges = Array.from({ length: points + 2 }, (_, k) => (k - 0.5) / points);
  const all = alphas.length > 0 ? countInto(alphas, edges) : [];
  const binsWhere = (answer: AnswerInWords): Bin[] => {
    const kept = rows.filter((row) => answerAt(data.iterations, row, 'interior_floor') === answer);
    return countInto(
      kept.map((row) => column[row]!),
      edges,
    );
  };
  const [inside, ends, open] = [binsWhere('yes'), binsWhere('no'), binsWhere('below')];
  // bars stand apart: α takes these values and none between
  const bars = (bins: readonly Bin[]): Bin[] =>
    bins.map(({ from, to, count }) => ({ from: from + half * 0.2, to: to - half * 0.2, count }));
  const total = (bins: readonly Bin[]): number => bins.reduce((sum, { count }) => sum + count, 0);
  const [interior, below] = [total(inside), total(open)];
  const { palette, lines } = style;
  const bar = { opacity: 1, stroke: null, width: lines.thin, z: 3 };
  const share =
    `${formatCount(interior)} of ${formatCount(alphas.length)} inside the step` +
    (below === 0 ? '' : `, ${formatCount(below)} ${belowResolution}`);
  return probedHistogram({
    data,
    style,
    title: 'Floor positions, α*',
    description:
      alphas.length === 0
        ? `Histogram of the floor positions of ${data.run.name}: nothing to draw.`
        : `Where the floor lies in the step, over ${over(epoch)} of ${data.run.name}: ${share}, median α = ${formatNumber(median(alphas))}.`,
    axis: { title: 'Position of the floor, α', extent: [-half, 1 + half], ticks: niceTicks(0, 1, 5) },
    key: { columns: ['floor_alpha'], of: (bin) => [Number(alphaOf(bin).toPrecision(12))] },
    sets: [
      { name: 'Probed iterations', column: 'probed_iterations', bins: all },
      ...(below === 0 ? [] : [{ name: 'Below resolution', column: 'below_resolution', bins: open }]),
    ],
    series: [
      // the whole bar, of which the others cover what is told
      ...(below === 0
        ? []
        : [barSeries('floor-histogram.below', names.below, bars(all), { ...bar, fill: palette.hairline, z: 2 })]),
      barSeries('floor-histogram.interior', names.interior, bars(inside), { ...bar, fill: palette.floor }),
      barSeries('floor-histogram.ends', names.end, bars(ends), { ...bar, fill: palette.batch }),
    ],
    legend: [
      { name: names.interior, drawn: 'rect' },
      { name: names.end, drawn: 'rect' },
      ...(below === 0 ? [] : [{ name: names.below, drawn: 'rect' as const }]),
    ],
    place: (bin) => `Floor at α = ${formatTick(alphaOf(bin))}`,
    epoch,
    notes: alphas.length === 0 ? [] : [`${over(epoch)}: ${share}; median α = ${formatNumber(median(alphas))}`],
  });
}
