/** The line of one run or group among several, in its look. */
import type { LineSeriesOption } from 'echarts';
import type { LegendEntry } from './legend.ts';
import type { Polyline } from './polyline.ts';
import { lineSeries } from './series.ts';
import type { LineLook } from './looks.ts';
import type { ChartStyle } from './style.ts';

/** About so many markers tell a dense line from others. */
const markersPerLine = 10;

/**
 * The series of line `index` of `lines`.
 * @param look how it looks (looks.ts)
 * @param everyPoint whether every point gets a marker (few points, such as epochs)
 * @param logX whether the horizontal axis is logarithmic
 */
export function runSeries(
  index: number,
  lines: number,
  { color, dash, marker, marked }: LineLook,
  name: string,
  line: Polyline,
  style: ChartStyle,
  everyPoint = false,
  logX = false,
): LineSeriesOption[] {
  const width = lines > 4 ? style.lines.thin * 1.25 : style.lines.normal;
  const series = lineSeries(
    `run.${index}`,
    name,
    line,
    { color, width, dash, ...(everyPoint ? { marker } : {}) },
    style,
    logX,
  );
  if (everyPoint || !marked || line.count === 0) return series;
  const markers: LineSeriesOption = {
    id: `run.${index}.markers`,
    name,
    type: 'line',
    data: sparse(line, index) as unknown as LineSeriesOption['data'],
    dimensions: ['x', 'y'],
    encode: { x: 'x', y: 'y' },
    showSymbol: true,
    symbol: marker,
    symbolSize: style.marker,
    // it reads nothing that its line does not
    tooltip: { show: false },
    // the legend draws this line, the chart does not
    lineStyle: { color, width, type: dash, opacity: 0 },
    itemStyle: { color, borderWidth: 0 },
    emphasis: { disabled: true },
    silent: true,
    animation: false,
    z: 4,
  };
  return [markers, ...series];
}

/** Some points of a line, evenly chosen and shifted from run to run so that markers do not pile up. */
function sparse({ flat, count }: Polyline, index: number): Float64Array {
  const step = Math.max(1, Math.floor(count / markersPerLine));
  const first = Math.floor(((index % 5) / 5) * step);
  const chosen: number[] = [];
  for (let point = first; point < count; point += step) chosen.push(flat[2 * point]!, flat[2 * point + 1]!);
  return Float64Array.from(chosen);
}

/** The legend of several runs: those that have points. */
export function runLegend(labels: string[], lines: Polyline[], looks: LineLook[], everyPoint = false): LegendEntry[] {
  return labels.flatMap((name, index): LegendEntry[] => {
    if (lines[index]!.count === 0) return [];
    return [{ name, drawn: everyPoint || looks[index]!.marked ? 'marked line' : 'line' }];
  });
}
