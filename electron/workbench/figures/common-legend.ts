/** One legend for all panels of a figure, and what a reader must know about them, said once: from what their charts would have drawn. */
import type { EChartsOption, LegendComponentOption, SeriesOption } from 'echarts';
import { frame } from '../../../shared/charts/drawing/frame.ts';
import { wrapped } from '../../../shared/charts/drawing/text.ts';
import type { Chart, ChartStyle } from '../../../shared/charts/index.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { letterOf, panelLetter } from '../../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../../shared/figures/recipe.ts';

/** A legend of its own. */
export interface CommonLegend {
  /** What ECharts draws: a chart without axes. */
  option: EChartsOption;
  /** In px. */
  height: number;
}

/** An entry with the series that it stands for. */
interface Entry {
  item: { name: string; icon?: string };
  series: LegendSeries;
  /** Panels that have it. */
  panels: Set<number>;
}
/** What a legend reads of a series. */
type LegendSeries = SeriesOption & {
  name: string;
  symbol?: unknown;
  showSymbol?: boolean;
  lineStyle?: { color?: unknown; type?: unknown };
  itemStyle?: { color?: unknown };
};

/** How many runs a group has, at the end of its label: panels of one setting have different ones. */
const count = /\s\((?:1 run|\d+ runs)\)$/;

const colours = ({ item, series: { lineStyle, itemStyle } }: Entry): string =>
  JSON.stringify([item.icon ?? null, lineStyle?.color ?? itemStyle?.color, lineStyle?.type ?? null]);
/** The marker that tells a line apart; null where it has none. */
const markerOf = ({ series: { symbol, showSymbol } }: Entry): string | null =>
  showSymbol === false || symbol === undefined || symbol === 'none' ? null : JSON.stringify(symbol);
/** Whether two entries can be of the same thing: markers are left out where a line has many points. */
function matches(a: Entry, b: Entry): boolean {
  const [one, other] = [markerOf(a), markerOf(b)];
  return colours(a) === colours(b) && (one === null || other === null || one === other);
}
function looksSame(a: Entry, b: Entry): boolean {
  return colours(a) === colours(b) && markerOf(a) === markerOf(b);
}

/** The entries of a chart's legend. */
function entriesOf({ option }: Chart, panel: number): Entry[] {
  const { data = [] } = (option.legend ?? {}) as LegendComponentOption;
  const series = [option.series ?? []].flat() as LegendSeries[];
  return data.flatMap((given) => {
    const item = (typeof given === 'string' ? { name: given } : given) as Entry['item'];
    const own = series.find(({ name }) => name === item.name);
    return own ? [{ item, series: own, panels: new Set([panel]) }] : [];
  });
}

/**
 * The entries of all charts, each once: by name and look. A group that has other numbers of runs in other panels is called by its setting alone.
 * @throws ValleywalkError kind `input` where one name has two looks, or two names have one: no legend could tell what is meant
 */
function joined(charts: readonly { chart: Chart; panel: number }[]): Entry[] {
  const all: Entry[] = [];
  for (const { chart, panel } of charts)
    for (const entry of entriesOf(chart, panel)) {
      const named = all.find(({ item }) => item.name === entry.item.name);
      if (named && !matches(named, entry))
        throw refusal(
          `“${entry.item.name}” looks different in panels ${letterOf([...named.panels][0]!)} and ${letterOf(panel)}; let both draw the same runs in one order`,
        );
      const alike = named ?? all.find((other) => looksSame(other, entry) && !other.panels.has(panel));
      if (!alike) {
        all.push(entry);
        continue;
      }
      if (!named) {
        const name = alike.item.name.replace(count, '');
        if (name !== entry.item.name.replace(count, ''))
          throw refusal(
            `“${alike.item.name}” in panel ${letterOf([...alike.panels][0]!)} and “${entry.item.name}” in panel ${letterOf(panel)} look the same; let both draw the same runs in one order`,
          );
        alike.item = { ...alike.item, name };
        alike.series = { ...alike.series, name };
      }
      // a marker that one panel needs is in the legend
      if (markerOf(alike) === null && markerOf(entry) !== null)
        Object.assign(alike, {
          item: { ...entry.item, name: alike.item.name },
          series: { ...entry.series, name: alike.item.name },
        });
      alike.panels.add(panel);
    }
  return all;
}

/** What the legends of all charts are titled, where it is one thing, and what their entries are called under it. */
function wordsOf(charts: readonly { chart: Chart }[]): {
  title: string | null;
  textOf: (name: string) => string | undefined;
} {
  const legends = charts.map(({ chart }) => chart.legend);
  const same = (of: (legend: Chart['legend']) => string | null | undefined): string | null => {
    const titles = new Set(legends.map(of));
    return titles.size === 1 ? ([...titles][0] ?? null) : null;
  };
  const title = same((legend) => legend?.title) ?? same((legend) => legend?.shortTitle);
  if (title === null) return { title, textOf: () => undefined };
  const texts = new Map(
    legends.flatMap((legend) =>
      (legend?.entries ?? []).map(({ name, text }) => [name.replace(count, ''), text?.replace(count, '')] as const),
    ),
  );
  return { title, textOf: (name) => texts.get(name.replace(count, '')) };
}

function refusal(why: string): ValleywalkError {
  const message = `one legend cannot stand for all panels: ${why}, or give each panel its own legend`;
  return new ValleywalkError('input', `The figure cannot be drawn: ${message}.`, [{ path: 'commonLegend', message }]);
}

/**
 * The legend of some charts; null where there is but one thing to tell.
 * @param style of the whole figure: its width is the legend's
 */
export function commonLegend(
  charts: readonly { chart: Chart; panel: number }[],
  style: ChartStyle,
): CommonLegend | null {
  const entries = joined(charts);
  if (entries.length < 2) return null;
  const { title, textOf } = wordsOf(charts);
  const framed = frame(
    { ...style, legend: 'above', notes: false, corner: 0 },
    { title: '', whole: false, extent: null },
    { title: '', symbol: '', unit: null, log: false, extent: null },
    {
      title,
      entries: entries.map(({ item: { name } }) => ({ name, drawn: 'line' as const, text: textOf(name) ?? name })),
    },
    () => null,
  );
  return {
    height: (framed.grid as { top: number }).top,
    option: {
      ...framed,
      legend: {
        ...framed.legend,
        ...(framed.title ? {} : { left: 'center', right: 'auto' }),
        data: entries.map(({ item }) => item),
      },
      xAxis: { show: false, min: 0, max: 1 },
      yAxis: { show: false, min: 0, max: 1 },
      // nothing but their looks
      series: entries.map(({ series }, index) => ({ ...series, id: `entry.${index}`, data: [] })),
    },
  };
}

/**
 * What a reader must know about the charts of a figure, each thing once, with the panels that it is true of where that is not all of them.
 * @param room in px
 * @returns lines that fit
 */
export function commonNotes(
  charts: readonly { chart: Chart; panel: number }[],
  { panels, letters }: FigureRecipe,
  room: number,
  fontSize: number,
): string[] {
  const nameOf = (panel: number): string => panelLetter(panel, letters) || `panel ${letterOf(panel)}`;
  const notes = new Map<string, number[]>();
  for (const { chart, panel } of charts)
    for (const note of chart.notes) notes.set(note, [...(notes.get(note) ?? []), panel]);
  const said = [...notes].map(([note, of]) =>
    of.length === panels.length ? note : `${of.map(nameOf).join(', ')}: ${note}`,
  );
  return said.length === 0 ? [] : wrapped(said.join('; '), room, fontSize);
}
