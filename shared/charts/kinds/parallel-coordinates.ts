/** Parallel coordinates: settings and summaries of quantities as axes, a line for each run, coloured by one of them. */
import { z } from 'zod';
import { formatNumber } from '../../format.ts';
import {
  axisNameSchema,
  axisValues,
  axisWords,
  lackingNote,
  lackingReason,
  runAxis,
  spansDecades,
} from '../../over-settings/run-axis.ts';
import type { RunAxis } from '../../over-settings/run-axis.ts';
import { readSummary } from '../../over-settings/quantity-summary.ts';
import { makeChart } from '../chart.ts';
import type { Chart, RunData, Table } from '../chart.ts';
import { defineChart } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { frame, readoutHtml } from '../drawing/frame.ts';
import { inRuns } from '../drawing/loss-unit.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, formatTick, shortened, tickFormatter, wrapped } from '../drawing/text.ts';
import { drawableEnds, logTicks, niceTicks } from '../drawing/ticks.ts';
import { valueScale } from '../drawing/value-scale.ts';

/** Most axes: more lie too close to be read. */
export const mostAxes = 12;

const options = {
  axes: {
    title: 'Settings and summaries of quantities, from left to right (docs/over-settings.md)',
    control: 'kept',
    schema: z.array(axisNameSchema).min(2, 'choose at least two axes').max(mostAxes, `at most ${mostAxes} axes`),
  },
  colour: { title: 'The axis whose values colour the lines', control: 'kept', schema: axisNameSchema },
} as const satisfies ChartOptions;

type ParallelSpec = SpecOf<'parallel-coordinates', typeof options>;

/** Parallel coordinates. */
export const parallelCoordinates = defineChart({
  key: 'parallel-coordinates',
  help: 'Settings and summaries of quantities as parallel axes, a line for each run.',
  options,
  rules: [
    { holds: ({ axes }) => new Set(axes).size === axes.length, error: 'name each axis once', option: 'axes' },
    { holds: ({ axes, colour }) => axes.includes(colour), error: 'is none of the axes', option: 'colour' },
  ],
  title: () => 'Settings and quantities as parallel axes',
  records: () => ['summaries'],
  summaries: ({ axes }) => axes.filter((name) => readSummary(name) !== null),
  several: true,
  log: () => false,
  logX: () => false,
  places: () => null,
  analysis: null,
  menus: [],
  exported: [],
  build: (runs, spec, style) => parallelChart(runs, spec, style),
});

/** A line as ECharts hands it back. */
interface LineItem {
  value: (number | string)[];
  name: string;
  run: string;
}

function parallelChart(runs: readonly RunData[], spec: ParallelSpec, style: ChartStyle): Chart {
  const { palette, fontSize } = style;
  const axes = spec.axes.map((name) => inRuns(runAxis(name)!, runs));
  const drawn = runs.filter((data) => axes.every((axis) => axis.value(data) !== null));
  const colourAxis = axes.find(({ name }) => name === spec.colour)!;
  const values = axisValues(colourAxis, drawn);
  const log = !colourAxis.words && spansDecades(values);
  const numbers = colourAxis.words ? values.map((_, place) => place) : (values as number[]);
  const scale = valueScale(numbers.length > 0 ? numbers : [0], log);
  const colourOf = (data: RunData): string => {
    const value = colourAxis.value(data)!;
    const share = scale.share(typeof value === 'number' ? value : values.indexOf(value));
    // what of the ramp stands out from the background
    return scale.colour(style.theme === 'dark' ? 0.25 + 0.75 * share : 0.88 * share);
  };
  const lacking = lackingNote(
    runs.length - drawn.length,
    runs.length,
    'a setting or a quantity of an axis is not known of them',
  );
  const notes = [`colour: ${colourAxis.title}, dark is ${colourAxis.words ? 'first' : 'low'}`, lacking].filter(
    (note) => note !== null,
  );
  const base = frame(style, { title: '', whole: false, extent: null }, blankAxis, [], () => null, notes.join('; '));
  const screen = style.medium === 'screen';
  const room = Math.max(fontSize * 4, (style.width / axes.length) * 0.92);
  const names = axes.map((axis) =>
    wrapped(axisWords(axis), room, fontSize)
      .slice(0, 3)
      .map((line) => shortened(line, room, fontSize))
      .join('\n'),
  );
  const nameLines = Math.max(...names.map((name) => name.split('\n').length));
  const title = 'Settings and quantities as parallel axes';
  return makeChart({
    title,
    description: describe(drawn, axes),
    option: {
      animation: false,
      backgroundColor: base.backgroundColor,
      textStyle: base.textStyle,
      ...(base.title ? { title: base.title } : {}),
      parallel: {
        left: Math.min(room / 2, style.width * 0.12) + fontSize,
        right: Math.min(room / 2, style.width * 0.12) + fontSize,
        top: fontSize * (1.6 + 1.2 * nameLines),
        bottom: fontSize * (screen ? 1.6 : 1.2) + (base.title ? fontSize * 1.4 * noteLines(base.title) : 0),
        axisExpandable: false,
      },
      parallelAxis: axes.map((axis, dim) => parallelAxis(axis, dim, names[dim]!, drawn, style)),
      ...(screen
        ? {
            tooltip: {
              ...(base.tooltip as object),
              trigger: 'item',
              axisPointer: { type: 'none' },
              formatter: (parameters: unknown): string => {
                const { run } = (parameters as { data?: Partial<LineItem> }).data ?? {};
                const data = drawn.find((one) => one.run.run === run);
                if (!data) return '';
                return readoutHtml({
                  title: data.run.name,
                  rows: axes.map((axis) => ({ label: axis.title, value: axis.label(axis.value(data)!) })),
                });
              },
            },
          }
        : {}),
      series: [
        {
          id: 'runs',
          type: 'parallel',
          data: drawn.map((data) => ({
            value: axes.map((axis) => (axis.words ? axis.label(axis.value(data)!) : axis.value(data)!)),
            name: data.run.name,
            run: data.run.run,
            lineStyle: { color: colourOf(data) },
          })),
          lineStyle: {
            width: drawn.length > 100 ? style.lines.thin : style.lines.normal,
            opacity: drawn.length > 100 ? 0.55 : 0.9,
          },
          inactiveOpacity: 0.06,
          activeOpacity: 1,
          emphasis: { lineStyle: { width: style.lines.bold * 1.3, opacity: 1 } },
          animation: false,
          progressive: 0,
        },
      ],
      color: [palette.text],
    },
    makeTable: () => tableOf(drawn, axes),
    empty:
      drawn.length > 0 ? null : (lackingReason(axes, runs) ?? 'No run has a value on every axis; take an axis away.'),
    notes,
    readout: () => null,
  });
}

const blankAxis = { title: '', symbol: '', unit: null, log: false, extent: null };

/** Lines of a note under a figure. */
function noteLines(title: unknown): number {
  const text = (Array.isArray(title) ? (title as unknown[])[0] : title) as { text?: string } | undefined;
  return (text?.text ?? '').split('\n').length;
}

/** So many values have a tick each. */
const fewValues = 8;

function parallelAxis(axis: RunAxis, dim: number, name: string, drawn: readonly RunData[], style: ChartStyle): object {
  const { palette, fontFamily, fontSize, lines } = style;
  const values = axisValues(axis, drawn);
  const text = { color: palette.muted, fontFamily, fontSize };
  const shared = {
    // by it a brush tells its axis
    id: axis.name,
    dim,
    name,
    nameLocation: 'end',
    nameGap: fontSize * 0.8,
    nameTextStyle: { ...text, color: palette.text, lineHeight: fontSize * 1.2 },
    axisLine: { lineStyle: { color: palette.axis, width: lines.thin } },
    axisTick: { lineStyle: { color: palette.axis, width: lines.hairline } },
    areaSelectStyle: { width: fontSize * 1.5, borderColor: palette.floor, color: palette.floor, opacity: 0.25 },
    realtime: false,
  };
  const halo = { textBorderColor: palette.background, textBorderWidth: fontSize * 0.4 };
  if (axis.words)
    return {
      ...shared,
      type: 'category',
      data: values.map(axis.label),
      boundaryGap: true,
      axisLabel: {
        ...text,
        ...halo,
        interval: values.length > 30 ? 'auto' : 0,
        formatter: (label: string) => shortened(label, fontSize * 9, fontSize),
      },
    };
  const numbers = values as number[];
  const log = spansDecades(numbers);
  const [low, high] = numbers.length === 0 ? [0, 1] : drawableEnds([numbers[0]!, numbers.at(-1)!]);
  const [min, max] = log
    ? roomyLog(low, high)
    : drawableEnds([low - (high - low) * beyond, high + (high - low) * beyond]);
  const exact = !axis.summary && numbers.length <= fewValues;
  const ticks = exact ? numbers : log ? logTicks(low, high, 5) : niceTicks(low, high, 6);
  return {
    ...shared,
    type: log ? 'log' : 'value',
    min,
    max,
    ...(log ? {} : { interval: max / 5 - min / 5 }),
    axisTick: { ...shared.axisTick, customValues: ticks },
    axisLabel: {
      ...text,
      ...halo,
      customValues: ticks,
      formatter: exact ? (value: number) => formatTick(value) : tickFormatter(ticks),
    },
  };
}

/** Room beyond the outermost lines, as a share of the axis. */
const beyond = 0.03;

/** Ends of a logarithmic axis with that room. */
function roomyLog(low: number, high: number): [number, number] {
  const factor = (high / low) ** beyond;
  return Number.isFinite(factor) ? [low / factor, Math.min(Number.MAX_VALUE, high * factor)] : [low, high];
}

/** One row a run. */
function tableOf(drawn: readonly RunData[], axes: readonly RunAxis[]): Table {
  return {
    columns: ['run', 'name', ...axes.map(({ name }) => name)],
    rows: drawn.map((data) => [
      ...[data.run.run, data.run.name],
      ...axes.map((axis) => {
        const value = axis.value(data);
        return typeof value === 'string' ? axis.label(value) : value;
      }),
    ]),
  };
}

function describe(drawn: readonly RunData[], axes: readonly RunAxis[]): string {
  const spans = axes.map((axis) => {
    const values = axisValues(axis, drawn);
    if (values.length === 0) return `${axis.title}: nothing`;
    const [first, last] = [values[0]!, values.at(-1)!];
    return axis.words
      ? `${axis.title}: ${counted(values.length, 'value')}`
      : `${axis.title} from ${formatNumber(first as number)} to ${formatNumber(last as number)}`;
  });
  return `Parallel axes of ${counted(drawn.length, 'run')}. ${spans.join('; ')}.`;
}
