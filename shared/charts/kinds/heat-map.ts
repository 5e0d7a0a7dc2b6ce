/** A summary of a quantity over two settings: a cell for each pair of values, coloured by the mean over its runs. */
import type { CustomSeriesOption } from 'echarts';
import { z } from 'zod';
import { momentsOf } from '../../compare/sample.ts';
import type { Spread } from '../../compare/sample.ts';
import { formatNumber } from '../../format.ts';
import { quantityOf, summaryNameSchema, summaryTitle } from '../../over-settings/quantity-summary.ts';
import {
  axisValues,
  axisWords,
  lackingNote,
  lackingReason,
  runAxis,
  settingNameSchema,
} from '../../over-settings/run-axis.ts';
import type { RunAxis } from '../../over-settings/run-axis.ts';
import { runSetting } from '../../over-settings/run-settings.ts';
import { makeChart } from '../chart.ts';
import type { Chart, Readout, RunData, Table } from '../chart.ts';
import { defineChart } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { colourBarRoom, colourBarSeries } from '../drawing/colour-bar.ts';
import type { ColourScale } from '../drawing/colour-scale.ts';
import { frame, readoutHtml } from '../drawing/frame.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatTick, textWidth } from '../drawing/text.ts';
import { labelledX, labelledY, placesOf, roomForLabels } from '../drawing/value-axis.ts';
import { textOn, valueScale } from '../drawing/value-scale.ts';
import { inRuns } from '../drawing/loss-unit.ts';

const options = {
  quantity: {
    title: 'Summary of a quantity, as epoch.validation_accuracy.last (docs/over-settings.md)',
    control: 'kept',
    schema: summaryNameSchema,
  },
  x: { title: 'Setting across, named as a filter does', control: 'kept', schema: settingNameSchema },
  y: { title: 'Setting upwards', control: 'kept', schema: settingNameSchema },
  scale: {
    title: 'Colours',
    control: 'choice',
    choices: { linear: 'linear', log: 'logarithmic' },
    schema: z.enum(['linear', 'log']).default('linear'),
  },
} as const satisfies ChartOptions;

type HeatMapSpec = SpecOf<'heat-map', typeof options>;

/** A quantity over two settings. */
export const heatMap = defineChart({
  key: 'heat-map',
  help: 'A summary of a quantity over two settings: the mean over the runs of each pair of values.',
  options,
  rules: [{ holds: ({ x, y }) => x !== y, error: 'is across already; choose another setting', option: 'y' }],
  title: ({ quantity, x, y }) =>
    `${summaryTitle(quantity)}, over ${runSetting(x)!.title.toLowerCase()} and ${runSetting(y)!.title.toLowerCase()}`,
  records: () => ['summaries'],
  summaries: ({ quantity }) => [quantity],
  several: true,
  log: () => false,
  logX: () => false,
  places: () => null,
  analysis: null,
  menus: [],
  exported: [],
  build: (runs, spec, style) => heatMapChart(runs, spec, style),
});

/** A pair of values. */
interface Cell {
  column: number;
  row: number;
  runs: RunData['run'][];
  spread: Spread;
}

function heatMapChart(runs: readonly RunData[], spec: HeatMapSpec, style: ChartStyle): Chart {
  const about = inRuns(quantityOf(spec.quantity), runs);
  const [x, y, own] = [runAxis(spec.x)!, runAxis(spec.y)!, inRuns(runAxis(spec.quantity)!, runs)];
  const measured = runs.filter((data) => [x, y, own].every((axis) => axis.value(data) !== null));
  const [columns, rows] = [axisValues(x, runs), axisValues(y, runs)];
  const cells = cellsOf(measured, columns, rows, x, y, own);
  const filled = cells.filter(({ spread }) => spread.count > 0);
  const means = filled.map(({ spread }) => spread.mean);
  const log = spec.scale === 'log' && means.every((mean) => mean > 0);
  const scale = valueScale(means.length > 0 ? means : [0], log);
  const [across, up] = [columns.map(x.label), rows.map(y.label)];
  const empty = cells.length - filled.length;
  const notes = [
    empty === 0 ? null : `${counted(empty, 'cell')} of ${cells.length} ${empty === 1 ? 'has' : 'have'} no run (–)`,
    lackingNote(runs.length - measured.length, runs.length, 'a setting or the quantity is not known of them'),
    spec.scale === 'log' && !log ? 'no logarithmic colours: a mean lies at zero or below' : null,
  ].filter((note) => note !== null);
  const readout = (place: number): Readout | null => columnReadout(cells, Math.round(place), x, y, columns, rows, own);
  const option = frame(
    style,
    { title: axisWords(x), whole: false, extent: placesOf(columns.length) },
    {
      title: axisWords(y),
      symbol: '',
      unit: null,
      log: false,
      extent: placesOf(rows.length),
      pinned: true,
    },
    [],
    readout,
    notes.join('; ') || null,
  );
  const screen = style.medium === 'screen';
  const title = `${own.title}, over ${x.title.toLowerCase()} and ${y.title.toLowerCase()}`;
  const barTitle = about.unit ? `${about.title} (${about.unit})` : about.title;
  return makeChart({
    title,
    description: describe(title, filled, empty, x, y, columns, rows),
    option: {
      ...option,
      grid: {
        ...(option.grid as object),
        right: style.fontSize * colourBarRoom,
        top: style.fontSize * 1.9,
        ...(screen ? { left: roomForLabels(up, style) } : {}),
      },
      xAxis: labelledX(option.xAxis as object as Record<string, unknown>, across, style),
      yAxis: labelledY(option.yAxis as object as Record<string, unknown>, up, style),
      ...(screen
        ? {
            dataZoom: [],
            tooltip: {
              ...(option.tooltip as object),
              trigger: 'item',
              axisPointer: { type: 'none' },
              formatter: (parameters: unknown): string => {
                const cell = cells[(parameters as { dataIndex?: number }).dataIndex ?? -1];
                return cell ? readoutHtml(cellReadout(cell, x, y, columns, rows, own)) : '';
              },
            },
          }
        : {}),
      series:
        filled.length > 0 ? [cellSeries(cells, scale, style), colourBarSeries('bar', scale, barTitle, style)] : [],
    },
    makeTable: () => tableOf(cells, spec, x, y, columns, rows),
    empty:
      filled.length > 0
        ? null
        : (lackingReason([x, y, own], runs) ?? 'No run has both settings and the quantity; choose others.'),
    notes,
    readout,
  });
}

/** Every pair of values, row by row from below. */
function cellsOf(
  runs: readonly RunData[],
  columns: readonly (number | string)[],
  rows: readonly (number | string)[],
  x: RunAxis,
  y: RunAxis,
  own: RunAxis,
): Cell[] {
  const found = new Map<string, RunData[]>();
  for (const data of runs) {
    const key = JSON.stringify([x.value(data), y.value(data)]);
    const inside = found.get(key);
    if (inside) inside.push(data);
    else found.set(key, [data]);
  }
  return rows.flatMap((up, row) =>
    columns.map((across, column) => {
      const inside = found.get(JSON.stringify([across, up])) ?? [];
      return {
        column,
        row,
        runs: inside.map(({ run }) => run),
        spread: momentsOf(Float64Array.from(inside, (data) => Number(own.value(data))).filter(Number.isFinite)),
      };
    }),
  );
}

function cellSeries(cells: readonly Cell[], scale: ColourScale, style: ChartStyle): CustomSeriesOption {
  const { palette, fontFamily, fontSize, lines } = style;
  return {
    id: 'cells',
    name: 'cells',
    type: 'custom',
    data: cells.map(({ column, row }) => [column, row]),
    encode: { x: 0, y: 1 },
    animation: false,
    z: 2,
    renderItem: (parameters, api) => {
      const { column, row, spread } = cells[parameters.dataIndex]!;
      const [left, bottom] = api.coord([column - 0.5, row - 0.5]) as [number, number];
      const [right, top] = api.coord([column + 0.5, row + 0.5]) as [number, number];
      const [width, height] = [right - left, bottom - top];
      const fill = spread.count > 0 ? scale.colour(scale.share(spread.mean)) : palette.background;
      const text = spread.count > 0 ? formatNumber(spread.mean) : '–';
      const fits = height > fontSize * 1.3 && width > textWidth(text, fontSize) + fontSize * 0.5;
      return {
        type: 'group',
        children: [
          {
            type: 'rect',
            shape: { x: left, y: top, width, height },
            style: { fill, stroke: palette.background, lineWidth: lines.thin },
          },
          ...(fits
            ? [
                {
                  type: 'text' as const,
                  style: {
                    text,
                    x: left + width / 2,
                    y: top + height / 2,
                    textAlign: 'center' as const,
                    textVerticalAlign: 'middle' as const,
                    fill: spread.count > 0 ? textOn(fill) : palette.muted,
                    fontFamily,
                    fontSize,
                  },
                },
              ]
            : []),
        ],
      };
    },
  };
}

/** What a cell holds. */
function cellReadout(
  { column, row, runs, spread: { mean, deviation, count } }: Cell,
  x: RunAxis,
  y: RunAxis,
  columns: readonly (number | string)[],
  rows: readonly (number | string)[],
  own: RunAxis,
): Readout {
  const after = own.unit ? ` ${own.unit}` : '';
  return {
    title: `${x.title} ${x.label(columns[column]!)}, ${y.title.toLowerCase()} ${y.label(rows[row]!)}`,
    rows:
      count === 0
        ? [{ label: own.title, value: 'no run' }]
        : [
            { label: `${own.title}, mean`, value: `${formatNumber(mean)}${after}` },
            ...(count > 1 ? [{ label: 'Standard deviation', value: `${formatNumber(deviation)}${after}` }] : []),
            { label: 'Runs', value: String(count) },
            ...(runs.length === 1 ? [{ label: 'Run', value: runs[0]!.name }] : []),
          ],
  };
}

/** The cells of a column; null where there is none at that place. */
function columnReadout(
  cells: readonly Cell[],
  at: number,
  x: RunAxis,
  y: RunAxis,
  columns: readonly (number | string)[],
  rows: readonly (number | string)[],
  own: RunAxis,
): Readout | null {
  if (columns[at] === undefined) return null;
  const after = own.unit ? ` ${own.unit}` : '';
  return {
    title: `${x.title} ${x.label(columns[at])}`,
    rows: cells
      .filter(({ column }) => column === at)
      .map(({ row, spread }) => ({
        label: `${y.title} ${y.label(rows[row]!)}`,
        value: spread.count > 0 ? `${formatNumber(spread.mean)}${after} (${counted(spread.count, 'run')})` : 'no run',
      })),
  };
}

function tableOf(
  cells: readonly Cell[],
  { x: across, y: up }: HeatMapSpec,
  x: RunAxis,
  y: RunAxis,
  columns: readonly (number | string)[],
  rows: readonly (number | string)[],
): Table {
  const written = (axis: RunAxis, value: number | string): number | string =>
    typeof value === 'number' ? value : axis.label(value);
  return {
    columns: [across, up, 'mean', 'standard_deviation', 'runs'],
    rows: cells.map(({ column, row, spread: { mean, deviation, count } }) => [
      ...[written(x, columns[column]!), written(y, rows[row]!)],
      ...[count > 0 ? mean : null, count > 1 ? deviation : null, count],
    ]),
  };
}

function describe(
  title: string,
  filled: readonly Cell[],
  empty: number,
  x: RunAxis,
  y: RunAxis,
  columns: readonly (number | string)[],
  rows: readonly (number | string)[],
): string {
  if (filled.length === 0) return `${title}: nothing to draw.`;
  const place = ({ column, row, spread }: Cell): string =>
    `${formatTick(spread.mean)} at ${x.title.toLowerCase()} ${x.label(columns[column]!)} and ${y.title.toLowerCase()} ${y.label(rows[row]!)}`;
  const sorted = [...filled].sort((a, b) => a.spread.mean - b.spread.mean);
  return `${title}: ${counted(filled.length, 'cell')}, from ${place(sorted[0]!)} to ${place(sorted.at(-1)!)}; ${counted(empty, 'cell')} without a run.`;
}
