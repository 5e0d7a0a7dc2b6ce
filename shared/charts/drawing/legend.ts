/** The legend of a chart: which entries, with which texts, in how many rows; and as ECharts draws it. */
import type { LegendComponentOption, TitleComponentOption } from 'echarts';
import type { LineLook } from './looks.ts';
import type { ChartStyle } from './style.ts';
import { shortened, shortenedApart, textWidth, withoutShared } from './text.ts';

/** An entry of the legend: a series by its name, drawn as its line, as its line with markers, as an icon, or as the marker of its points. */
export type LegendEntry = {
  name: string;
  /** What is written where the legend's title says the rest; the name where there is none. */
  text?: string;
  /** The same in fewer words, where there is too little room; the text where there is none. */
  shortText?: string;
} & (
  { drawn: 'line' | 'marked line' | 'triangle' | 'circle' | 'rect' } | { drawn: 'marker'; marker: LineLook['marker'] }
);

/** A legend. */
export interface Legend {
  entries: readonly LegendEntry[];
  /** What all entries are values of: `Learning rate (3 runs each)`. */
  title?: string | null;
  /** The same in fewer words, where there is too little room; the title where there is none. */
  shortTitle?: string;
  /** Whether it takes a fifth of the height at most on paper too, as it does on screen: texts are cut for it, and entries left out and counted. */
  isLimited?: boolean;
}

/** Greatest share of the chart's height; and that of numbers under a title in a chart narrower than so many font sizes. */
const mostHeight = 0.2;
const mostOfNumbers = { height: 0.25, width: 28 };

/** Measures in font sizes: the distance of rows, an entry's icon, and what follows its text; where there is room, where there is little, and for numbers in narrow charts. */
const spacings = {
  loose: { pitch: 1.5, icon: 1.8, gap: 0.7 },
  tight: { pitch: 1.3, icon: 1.5, gap: 0.5 },
  narrow: { pitch: 1.2, icon: 1.1, gap: 0.3 },
} as const;
type Spacing = (typeof spacings)[keyof typeof spacings];
/** Above and below the rows, the room that a text is cut to at least, where entries are left out too, and the title's where it has little, in font sizes. */
const around = 0.6;
const leastText = 3.2;
const leastValue = 6;
const leastOfSome = 10;
const leastTitle = 5;
/** How much wider than {@link textWidth} tells the system's font may be on screen: DejaVu Sans is. */
const screenFont = 1.15;
/** Between icon and text, in px: ECharts' own. */
const iconGap = 5;

/** How a legend is laid out. */
interface Layout {
  rows: number;
  spacing: Spacing;
  entries: readonly LegendEntry[];
  /** What is written for each entry, by its name. */
  texts: ReadonlyMap<string, string>;
  /** The title beside the entries and its width in px; null where there is none, or the first entry says it. */
  title: { text: string; width: number } | null;
}

/** A legend as it is drawn, and the room above the plot that it takes, in px. */
interface DrawnLegend {
  option: LegendComponentOption;
  /** The legend's title, where it has one. */
  title: TitleComponentOption | null;
  /** Nothing for a legend that is inside the plot or not shown. */
  height: number;
}

/**
 * Lays a legend out above the plot: beside its title where that leaves all texts whole; else the first entry says the title, texts lose
 * their middle, and last entries are left out and counted.
 */
function layout(
  { entries, title: longTitle = null, shortTitle, isLimited = false }: Legend,
  style: ChartStyle,
): Layout {
  const { fontSize, height } = style;
  const width = style.width - 2 * fontSize - style.corner;
  const textRoom = width - 4 * fontSize;
  const isBound = isLimited || style.medium === 'screen';
  const most = ({ pitch }: Spacing, share = mostHeight): number =>
    isBound ? Math.max(1, Math.floor(((share * height) / fontSize - around) / pitch)) : Infinity;
  const widening = style.medium === 'screen' ? screenFont : 1;
  const widthOf = (text: string): number => textWidth(text, fontSize) * widening;
  const fit = (text: string, room: number): string => shortened(text, room / widening, fontSize);
  const rowsOf = (texts: readonly number[], room: number, { pitch, icon, gap }: Spacing): number => {
    let [rows, used] = [1, 0];
    for (const text of texts) {
      const wide = fontSize * (icon + gap + pitch - 1) + iconGap + text;
      if (used > 0 && used + wide > room) [rows, used] = [rows + 1, 0];
      used += wide;
    }
    return rows;
  };
  const named = (texts: readonly string[]): Map<string, string> =>
    new Map(texts.map((text, index) => [entries[index]!.name, text]));
  /** Whole texts in loose rows or in tight ones; null where they do not fit. */
  const whole = (texts: readonly string[], room: number): Omit<Layout, 'title'> | null => {
    const fitting = texts.map((text) => fit(text, textRoom));
    const widths = fitting.map(widthOf);
    for (const spacing of [spacings.loose, spacings.tight]) {
      const rows = rowsOf(widths, room, spacing);
      if (rows <= most(spacing)) return { rows, spacing, entries, texts: named(fitting) };
    }
    return null;
  };
  const title = longTitle === null ? null : (shortTitle ?? longTitle);
  const prefix = title === null ? '' : `${title}: `;
  const long = entries.map(({ name, text }) => text ?? name);
  const short = entries.map(({ name, text, shortText }) => shortText ?? text ?? name);
  for (const some of long.join() === short.join() ? [long] : [long, short]) {
    for (const text of longTitle === null ? [] : [longTitle, ...(shortTitle === undefined ? [] : [shortTitle])]) {
      const beside = widthOf(text) + fontSize * (spacings.loose.gap + 0.3);
      const found = beside < width / 2 ? whole(some, width - beside) : null;
      if (found) return { ...found, title: { text, width: beside } };
    }
    const alone = whole(
      some.map((text, index) => (index === 0 ? prefix + text : text)),
      width,
    );
    if (alone) return { ...alone, title: null };
  }
  const briefer = title === null ? withoutShared(short) : [];
  for (const shorter of briefer) {
    const found = whole(shorter, width);
    if (found) return { ...found, title: null };
  }
  const lengthOf = (some: readonly string[]): number => some.join('').length;
  const texts = [short, ...briefer].reduce((least, some) => (lengthOf(some) < lengthOf(least) ? some : least));
  const isNarrow = title !== null && style.width < mostOfNumbers.width * fontSize;
  if (isNarrow && texts.every((text) => /^[\d.,\s×⁰¹²³⁴-⁹⁻−+e-]+$/u.test(text)))
    for (const room of [Infinity, textRoom / 2, leastTitle * fontSize, 0]) {
      const shown = texts.map((text, index) => (index === 0 && room > 0 ? fit(prefix, room) + text : text));
      const spacing = spacings.narrow;
      const rows = rowsOf(shown.map(widthOf), width, spacing);
      if (rows <= most(spacing, mostOfNumbers.height))
        return { rows, spacing, entries, texts: named(shown), title: null };
    }
  // what the first entry says of the title, from half a row to nothing
  const cuts = title === null ? [0] : [textRoom / 2, leastTitle * fontSize, 0];
  const tries = cuts.map((room) => cut(room));
  return { ...(tries.find((one) => one.entries.length === entries.length) ?? tries[0]!), title: null };

  /** Tight rows, texts cut to the room that each can have; where that is too little the last entries are only counted. */
  function cut(prefixRoom: number): Omit<Layout, 'title'> {
    const spacing = spacings.tight;
    const first = prefixRoom === 0 ? '' : fit(prefix, prefixRoom);
    const full = texts.map(widthOf);
    const more = (count: number): string => (count === entries.length ? '' : ` and ${entries.length - count} more`);
    const rowsAt = (room: number, count: number): number =>
      rowsOf(
        full.slice(0, count).map((text, index) => {
          const after = index === count - 1 ? widthOf(more(count)) : 0;
          return Math.min(text, room) + (index === 0 ? widthOf(first) : 0) + after;
        }),
        width,
        spacing,
      );
    // a value says little without one of its digits; and where entries are left out, those that stay can be read
    const fitsAll = rowsAt((title === null ? leastText : leastValue) * fontSize, entries.length) <= most(spacing);
    const least = (fitsAll ? (title === null ? leastText : leastValue) : leastOfSome) * fontSize;
    let count = entries.length;
    while (count > 1 && rowsAt(least, count) > most(spacing)) count--;
    let [low, high] = [least, Math.max(least, ...full)];
    for (let step = 0; step < 12 && count === entries.length; step++) {
      const middle = (low + high) / 2;
      if (rowsAt(middle, count) <= most(spacing)) low = middle;
      else high = middle;
    }
    // what only those shown share may be what the others lack
    const cutTexts = shortenedApart(texts, low / widening, fontSize).slice(0, count);
    const shown = cutTexts.map(
      (text, index) => (index === 0 ? first : '') + text + (index === count - 1 ? more(count) : ''),
    );
    return { rows: rowsAt(low, count), spacing, entries: entries.slice(0, count), texts: named(shown) };
  }
}

/** The legend of a chart as ECharts draws it; one entry alone needs none. @param plot where the plot begins and ends, in px from the top and the bottom */
export function drawLegend(legend: Legend, style: ChartStyle, plot: { top: number; bottom: number }): DrawnLegend {
  const { palette, fontFamily, fontSize } = style;
  const hasLegend = legend.entries.length > 1 && style.legend !== 'none';
  const above = hasLegend && style.legend === 'above';
  const laid = above ? layout(legend, style) : null;
  const width = style.width - 2 * fontSize - style.corner;
  const { pitch, icon, gap } = laid?.spacing ?? spacings.loose;
  const titleWidth = laid?.title?.width ?? 0;
  const left = style.corner + fontSize * 0.4;
  const type = { color: palette.text, fontFamily, fontSize, lineHeight: fontSize };
  return {
    height: laid ? fontSize * (around + laid.rows * pitch) : 0,
    title: laid?.title
      ? {
          text: laid.title.text,
          ...{ left, top: 0, padding: [fontSize * around * 0.5, 0] },
          textStyle: { ...type, fontWeight: 'normal', color: palette.muted },
        }
      : null,
    option: {
      show: hasLegend,
      // by the style alone: a chart that begins empty is drawn on with the same place
      ...(style.legend === 'above' || style.legend === 'none'
        ? {
            top: 0,
            ...(titleWidth > 0 ? { left: left + titleWidth, right: 'auto' } : { left: 'auto', right: fontSize }),
            width: width - titleWidth,
            itemGap: fontSize * (pitch - 1),
          }
        : inside(style, plot)),
      type: 'plain',
      data: (laid?.entries ?? legend.entries).map(legendItem),
      formatter: (name) => laid?.texts.get(name) ?? shortened(name, width - 4 * fontSize, fontSize),
      padding: [fontSize * around * 0.5, 0],
      itemWidth: fontSize * icon,
      itemHeight: fontSize * 0.7,
      selectedMode: style.medium === 'screen',
      textStyle: { ...type, padding: [0, fontSize * gap, 0, 0] },
      inactiveColor: palette.hairline,
    },
  };
}

/** A legend in a corner of the plot; where the plot begins is known only once its labels are, see {@link placeLegend}. */
function inside({ legend, fontSize }: ChartStyle, { top, bottom }: { top: number; bottom: number }) {
  const [upper, left] = [legend.startsWith('top'), legend.endsWith('left')];
  return {
    orient: 'vertical' as const,
    align: 'left' as const,
    ...(upper ? { top: top + fontSize * 0.2 } : { bottom: bottom + fontSize * 3 }),
    ...(left ? { left: fontSize * 5 } : { right: fontSize * 1.4 }),
    // rows are itemGap apart, measured between texts one line high
    itemGap: fontSize * 0.35,
  };
}

/**
 * The legend of an option, moved into its corner of the plot.
 * @param plot the plot's rectangle in a drawing of the style's size, in px
 */
export function placeLegend(
  style: ChartStyle,
  plot: { x: number; y: number; width: number; height: number },
): Record<string, number> | null {
  const { legend, fontSize, width, height } = style;
  if (legend === 'above' || legend === 'none') return null;
  const gap = fontSize * 0.4;
  return {
    ...(legend.startsWith('top') ? { top: plot.y + gap } : { bottom: height - plot.y - plot.height + gap }),
    ...(legend.endsWith('left') ? { left: plot.x + gap } : { right: width - plot.x - plot.width + gap }),
  };
}

const triangle = 'path://M0 10 L5.8 0 L11.6 10 Z';
/** Markers as paths, which keep their proportions in a legend. */
const markerPaths: Readonly<Record<LineLook['marker'], string>> = {
  circle: 'circle',
  rect: 'path://M0 0 H10 V10 H0 Z',
  triangle,
  diamond: 'path://M5 0 L10 5 L5 10 L0 5 Z',
  arrow: 'path://M5 0 L10 10 L5 7.5 L0 10 Z',
};

function legendItem(entry: LegendEntry) {
  const { name, drawn } = entry;
  switch (drawn) {
    case 'marker':
      // pale points have an entry that is not
      return { name, icon: markerPaths[entry.marker], itemStyle: { opacity: 1 } };
    case 'line':
      // ECharts puts a circle on lines without markers
      return { name, itemStyle: { opacity: 0 }, lineStyle: { width: 'inherit' as const } };
    case 'marked line':
      return { name, lineStyle: { opacity: 1, width: 'inherit' as const } };
    case 'triangle':
      return { name, icon: triangle };
    default:
      return { name, icon: drawn };
  }
}
