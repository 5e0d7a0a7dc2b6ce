/** A summary of a quantity against a setting: one point a run, the mean of each value with its spread. */
import type { CustomSeriesOption, ScatterSeriesOption, SeriesOption } from 'echarts';
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
import { compareValues, runSetting, settingGroupings } from '../../over-settings/run-settings.ts';
import { groupRuns } from '../../runs/group.ts';
import { makeChart } from '../chart.ts';
import type { Chart, ChartView, Readout, RunData, Table } from '../chart.ts';
import { defineChart } from '../define.ts';
import type { ChartOptions, SpecOf } from '../define.ts';
import { frame, readoutHtml } from '../drawing/frame.ts';
import { PolylineBuilder } from '../drawing/polyline.ts';
import type { Polyline } from '../drawing/polyline.ts';
import { errorBars, groupOf, lineSeries } from '../drawing/series.ts';
import { comparisonLooks } from '../drawing/comparison-panels.ts';
import { lookSchemes } from '../drawing/looks.ts';
import type { LineLook } from '../drawing/looks.ts';
import type { ChartStyle } from '../drawing/style.ts';
import { counted, leftOutNote, noLogNote } from '../drawing/text.ts';
import { labelledX, placesOf, tickedAt } from '../drawing/value-axis.ts';
import { inRuns } from '../drawing/loss-unit.ts';

const options = {
  quantity: {
    title: 'Summary of a quantity, as epoch.validation_accuracy.last (docs/over-settings.md)',
    control: 'kept',
    schema: summaryNameSchema,
  },
  setting: { title: 'Setting, named as a filter does', control: 'kept', schema: settingNameSchema },
  group: {
    title: 'What tells groups apart, as in a comparison; null draws all runs in one colour',
    control: 'kept',
    schema: z.array(z.string()).nullable().default(null),
  },
  colours: {
    title: 'Groups by their keys in the order of their colours, as in a comparison; those not named follow',
    control: 'kept',
    schema: z.array(z.string()).default([]),
  },
  scheme: {
    title: 'Looks, as in a comparison',
    control: 'kept',
    schema: z.enum(lookSchemes).default('sequential'),
  },
} as const satisfies ChartOptions;

type QuantitySettingSpec = SpecOf<'quantity-setting', typeof options>;

/** A quantity against a setting. */
export const quantitySetting = defineChart({
  key: 'quantity-setting',
  help: 'A summary of a quantity against a setting: one point a run, means with their spread.',
  options,
  title: ({ quantity, setting }) => `${summaryTitle(quantity)}, against ${runSetting(setting)!.title.toLowerCase()}`,
  records: () => ['summaries'],
  summaries: ({ quantity }) => [quantity],
  several: true,
  log: ({ quantity }) => quantityOf(quantity).log,
  logX: ({ setting }) => !runSetting(setting)!.words,
  places: ({ setting }) => (runSetting(setting)!.words ? null : { title: 'values', whole: false, pastLast: false }),
  analysis: null,
  menus: [],
  exported: [],
  build: (runs, spec, style, view) => quantitySettingChart(runs, spec, style, view),
});

/** A run's point. */
interface Point {
  run: RunData['run'];
  /** The value of the setting. */
  at: number | string;
  x: number;
  y: number;
}

/** Points that look the same. */
interface Group {
  key: string;
  title: string;
  points: Point[];
  /** Mean and spread at each value of the setting, in order. */
  means: { at: number | string; x: number; spread: Spread }[];
  drawn: Polyline;
}

/** A point as ECharts hands it back: which run was clicked or pointed at. */
interface PointItem {
  value: [number, number];
  name: string;
  run: string;
}

function quantitySettingChart(
  runs: readonly RunData[],
  spec: QuantitySettingSpec,
  style: ChartStyle,
  asked: ChartView,
): Chart {
  const about = inRuns(quantityOf(spec.quantity), runs);
  const [across, up] = [runAxis(spec.setting)!, inRuns(runAxis(spec.quantity)!, runs)];
  const words = across.words ? axisValues(across, runs) : [];
  const log = about.log && (asked.log ?? false);
  const logX = !across.words && (asked.logX ?? false);
  const groups = groupsOf(runs, spec, across, up, words, { log, logX, range: asked.range ?? null });
  const all = groups.flatMap(({ drawn }) => drawn);
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const lacking = runs.filter((data) => across.value(data) === null || up.value(data) === null).length;
  // the looks of the same groups in Compare
  const looks = comparisonLooks(
    spec,
    groups.map(({ key }) => key),
    { ...style, markers: true },
    settingGroupings(spec.group ?? []),
  );
  const styleOf = (index: number): LineLook => looks.get(groups[index]!.key)!;
  const series: SeriesOption[] = groups.flatMap((group, index) =>
    seriesOf(group, index, styleOf(index), style, across),
  );
  const readout = readoutOf(groups, across, up);
  const notes = [
    asked.log && !about.log ? noLogNote : leftOutNote(all),
    lackingNote(lacking, runs.length, `${across.title.toLowerCase()} or quantity not known of them`),
    groups.some(({ means }) => means.some(({ spread }) => spread.count > 1)) ? 'bars: mean ± standard deviation' : null,
  ].filter((note) => note !== null);
  const option = frame(
    style,
    {
      title: axisWords(across),
      whole: false,
      log: logX,
      extent: across.words ? placesOf(words.length) : roomy(all, logX),
    },
    {
      title: up.title,
      short: about.title,
      symbol: '',
      unit: about.unit,
      log,
      extent: spanOf(groups, log),
      // bars reach beyond the points
      pinned: true,
      limits: { ...about.limits, shows: 'data' },
      whole: false,
    },
    groups.length > 1
      ? groups.map(({ title }, index) => ({ name: title, drawn: 'marker' as const, marker: styleOf(index).marker }))
      : [],
    readout,
    notes.join('; ') || null,
  );
  const xAxis = option.xAxis as Readonly<Record<string, unknown>>;
  const screen = style.medium === 'screen';
  const none = 'No run has both the setting and the quantity on these axes; draw linear axes, or choose others.';
  const title = `${up.title}, against ${across.title.toLowerCase()}`;
  return makeChart({
    title,
    description: describe(title, groups, across),
    option: {
      ...option,
      xAxis: across.words
        ? labelledX(xAxis, words.map(across.label), style)
        : tickedAt(
            xAxis,
            [...new Set(groups.flatMap(({ means }) => means.map(({ x }) => x)))].sort((a, b) => a - b),
          ),
      ...(screen
        ? { dataZoom: [], tooltip: { ...(option.tooltip as object), ...pointTooltip(groups, across, up) } }
        : {}),
      series,
    },
    makeTable: () => tableOf(groups, spec, across),
    empty: total > 0 ? null : (lackingReason([across, up], runs) ?? none),
    notes,
    readout,
  });
}

function groupsOf(
  runs: readonly RunData[],
  spec: QuantitySettingSpec,
  across: RunAxis,
  up: RunAxis,
  words: readonly (number | string)[],
  { log, logX, range }: { log: boolean; logX: boolean; range: { from: number; to: number } | null },
): Group[] {
  const points = runs.flatMap((data): Point[] => {
    const [at, y] = [across.value(data), up.value(data)];
    if (at === null || typeof y !== 'number') return [];
    const x = typeof at === 'number' ? at : words.indexOf(at);
    return range && (x < range.from || x > range.to) ? [] : [{ run: data.run, at, x, y }];
  });
  const by = settingGroupings(spec.group ?? []);
  const found =
    by.length === 0 ? [{ key: '[]', title: 'runs', runs: points }] : groupRuns(points, ({ run }) => run, by);
  return found.map(({ key, title, runs: own }) => {
    const line = new PolylineBuilder(own.length, log, logX);
    const kept = own.filter(({ x, y }) => line.add(x, y));
    const at = [...new Set(kept.map((point) => point.at))].sort(compareValues);
    return {
      key,
      title,
      points: kept,
      drawn: line.finish(),
      means: at.map((value) => {
        const inside = kept.filter((point) => point.at === value);
        return {
          at: value,
          x: inside[0]!.x,
          spread: momentsOf(Float64Array.from(inside, ({ y }) => y).filter(Number.isFinite)),
        };
      }),
    };
  });
}

/** The points of a group, the line through its means and the bars of their spread. */
function seriesOf(
  { title, points, means }: Group,
  index: number,
  { color, marker }: LineLook,
  style: ChartStyle,
  across: RunAxis,
): SeriesOption[] {
  const line = new PolylineBuilder(means.length, false);
  for (const { x, spread } of means) line.add(x, spread.mean);
  const drawn = line.finish();
  const spreads = Float64Array.from(means, ({ spread }) => spread.deviation || 0);
  const dots: ScatterSeriesOption = {
    id: `points.${index}`,
    name: title,
    type: 'scatter',
    data: points.map(({ run, x, y }): PointItem => ({ value: [x, y], name: run.name, run: run.run })),
    symbol: marker,
    symbolSize: points.length > 300 ? style.marker * 0.7 : style.marker,
    itemStyle: { color, opacity: points.length > 300 ? 0.55 : 0.8 },
    emphasis: { scale: 1.5, itemStyle: { opacity: 1 } },
    animation: false,
    z: 5,
  };
  // words have no order: no line goes from one to the next
  const through = across.words
    ? []
    : lineSeries(`means.${index}`, title, drawn, { color, width: style.lines.thin, z: 3 }, style);
  return [
    dots,
    ...through,
    ...(spreads.some((one) => one > 0) ? [errorBars(`spread.${index}`, drawn, spreads, color, style)] : []),
    meanMarks(`mean.${index}`, drawn, color, style),
  ];
}

/** A short horizontal stroke at each mean. */
function meanMarks(id: string, { flat, count }: Polyline, color: string, style: ChartStyle): CustomSeriesOption {
  const half = style.marker * 0.9;
  return {
    id,
    name: 'mean',
    type: 'custom',
    data: Array.from({ length: count }, (_, at) => [flat[2 * at]!, flat[2 * at + 1]!]),
    encode: { x: 0, y: 1, tooltip: [] },
    renderItem: (_, api) => {
      const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
      if (!Number.isFinite(x) || !Number.isFinite(y)) return groupOf([]);
      return {
        type: 'line',
        shape: { x1: x - half, y1: y, x2: x + half, y2: y },
        style: { stroke: color, lineWidth: style.lines.bold },
      };
    },
    silent: true,
    animation: false,
    tooltip: { show: false },
    z: 4,
  };
}

/** Least and greatest value of points and bars; null where there are none. */
function spanOf(groups: readonly Group[], log: boolean): [number, number] | null {
  const ends = groups.flatMap(({ points, means }) => [
    ...points.map(({ y }) => y),
    ...means.flatMap(({ spread: { mean, deviation } }) => [mean - (deviation || 0), mean + (deviation || 0)]),
  ]);
  const shown = log ? ends.filter((value) => value > 0) : ends;
  if (shown.length === 0) return null;
  return shown.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

/** Ends of the horizontal axis with room for a marker; null where nothing is drawn. */
function roomy(lines: readonly Polyline[], log: boolean): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const { flat } of lines)
    for (let at = 0; at < flat.length; at += 2) {
      low = Math.min(low, flat[at]!);
      high = Math.max(high, flat[at]!);
    }
  if (low > high) return null;
  if (log) {
    const room = Math.max((high / low) ** 0.06, 1.1);
    return [low / room, Math.min(Number.MAX_VALUE, high * room)];
  }
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - room, high + room];
}

const written = (value: number, unit: string | null): string => formatNumber(value) + (unit ? ` ${unit}` : '');

/** `0.93 ± 0.01 (3 runs)`. */
function spreadWords({ mean, deviation, count }: Spread, unit: string | null): string {
  const spread = count > 1 ? ` ± ${formatNumber(deviation)}` : '';
  return `${formatNumber(mean)}${spread}${unit ? ` ${unit}` : ''} (${counted(count, 'run')})`;
}

function readoutOf(groups: readonly Group[], across: RunAxis, up: RunAxis): (x: number) => Readout | null {
  return (x) => {
    const places = groups.flatMap(({ means }) => means);
    if (places.length === 0) return null;
    const nearest = places.reduce((best, one) => (Math.abs(one.x - x) < Math.abs(best.x - x) ? one : best));
    return {
      title: `${across.title} ${across.label(nearest.at)}`,
      rows: groups.flatMap(({ title, means }) => {
        const found = means.find(({ at }) => at === nearest.at);
        const label = groups.length > 1 ? title : up.title;
        return found ? [{ label, value: spreadWords(found.spread, up.unit) }] : [];
      }),
    };
  };
}

/** A tooltip of the point under the pointer: its run, and the mean that it belongs to. */
function pointTooltip(groups: readonly Group[], across: RunAxis, up: RunAxis) {
  return {
    trigger: 'item' as const,
    axisPointer: { type: 'none' as const },
    formatter: (parameters: unknown): string => {
      const { data } = parameters as { data?: Partial<PointItem> };
      for (const { points, means, title } of groups) {
        const point = points.find(({ run }) => run.run === data?.run);
        if (!point) continue;
        const mean = means.find(({ at }) => at === point.at)!;
        return readoutHtml({
          title: point.run.name,
          rows: [
            { label: across.title, value: across.label(point.at) },
            { label: up.title, value: written(point.y, up.unit) },
            ...(groups.length > 1 ? [{ label: 'Group', value: title }] : []),
            ...(mean.spread.count > 1 ? [{ label: 'Mean here', value: spreadWords(mean.spread, up.unit) }] : []),
            { label: 'Click', value: 'opens the run' },
          ],
        });
      }
      return '';
    },
  };
}

/** One row a run, with the mean of its group at its value. */
function tableOf(groups: readonly Group[], { quantity, setting }: QuantitySettingSpec, across: RunAxis): Table {
  return {
    columns: ['run', 'name', 'group', setting, quantity, 'mean', 'standard_deviation', 'runs'],
    rows: groups.flatMap(({ title, points, means }) =>
      points.map(({ run, at, y }) => {
        const { spread } = means.find((one) => one.at === at)!;
        const value = typeof at === 'number' ? at : across.label(at);
        return [
          ...[run.run, run.name, title, value, y, spread.mean],
          ...[spread.count > 1 ? spread.deviation : null, spread.count],
        ];
      }),
    ),
  };
}

function describe(title: string, groups: readonly Group[], across: RunAxis): string {
  const parts = groups
    .slice(0, 6)
    .flatMap(({ title: group, means }) =>
      means
        .slice(0, 12)
        .map(
          ({ at, spread }) =>
            `${groups.length > 1 ? `${group}, ` : ''}${across.label(at)}: ${formatNumber(spread.mean)} over ${counted(spread.count, 'run')}`,
        ),
    );
  return `${title}, one point for each run. ${parts.join('; ') || 'Nothing to draw'}.`;
}
