/**
 * How lines look: colour, dash and marker. A line is a run, or a group of runs; chart, legend, tables, keys and exports ask here, and
 * so agree. Which line has which place is decided once ({@link assigned}) and remembered, so that a line that goes changes no other.
 */
import { sequentialColor } from './ramp.ts';
import type { LineStyleChoices, RunPalette, Theme } from './style.ts';

/** How a line looks. */
export interface LineLook {
  color: string;
  dash: 'solid' | number[];
  /** ECharts symbol. */
  marker: 'circle' | 'rect' | 'triangle' | 'diamond' | 'arrow';
  /** Whether markers are needed to tell it from another line: where colours end. */
  marked: boolean;
}

/** A line to be told from others. */
export interface Line {
  /** The run's id, or the group's key. */
  key: string;
  /** What its group is told apart by, one entry each: an amount, or a word. Empty for a run, or for all runs together. */
  values: readonly (number | string)[];
}

/**
 * What looks say. `places`: the first line has the first colour, and so on, whatever it stands for. `qualitative`: the same; where several
 * settings tell groups apart the first has the colours, and the others dash and marker. `sequential`: as that, and where the first
 * is an amount its colours are a ramp over its values.
 */
export const lookSchemes = ['places', 'qualitative', 'sequential'] as const;
/** One of them. */
type LookScheme = (typeof lookSchemes)[number];

/**
 * Colours of lines, in order. Okabe and Ito's that stand out by at least 3 : 1 on white come first, lighter ones of the same
 * hues on dark, where the originals are dim; the other four of eight were searched for, and dark's third with them, so that the least difference
 * (CIEDE2000) between any two, in normal vision and in each of three simulated colour blindnesses, is greatest. Tested in colour-blindness.test.ts.
 */
export const runColors: Readonly<Record<RunPalette, Readonly<Record<Theme, readonly string[]>>>> = {
  hues: {
    light: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#a92643', '#2001ce', '#2c4012', '#5b4368'],
    dark: ['#4aa3e0', '#f2853b', '#3e8461', '#f2b8d8', '#d60a25', '#7556d5', '#f2ef1b', '#95ebb1'],
  },
  'okabe-ito': {
    light: ['#0072b2', '#d55e00', '#009e73', '#cc79a7'],
    dark: ['#4aa3e0', '#f2853b', '#1fae84', '#f2b8d8'],
  },
  greys: {
    light: ['#000000', '#5f5f5f', '#8f8f8f', '#3a3a3a'],
    dark: ['#ffffff', '#b4b4b4', '#858585', '#d8d8d8'],
  },
};

const dashes: readonly LineLook['dash'][] = ['solid', [5, 2], [1.5, 1.5], [6, 2, 1.5, 2]];
const markers: readonly LineLook['marker'][] = ['circle', 'rect', 'triangle', 'diamond', 'arrow'];

/** What decides looks beside the lines. */
type Choices = Pick<LineStyleChoices, 'theme'> & Partial<LineStyleChoices>;

/**
 * How the line at a place (from 0) looks: colours first, then dashes and markers; with dashes asked for, and in greys, neighbours
 * differ in dash as well.
 */
export function lineStyle(
  place: number,
  { theme, runPalette = 'hues', dashes: dashed = false, markers: marked = false }: Choices,
): LineLook {
  const colors = runColors[runPalette][theme];
  const round = Math.floor(place / colors.length);
  const hue = place % colors.length;
  const early = dashed || runPalette === 'greys';
  return {
    color: colors[hue]!,
    dash: dashes[(early ? hue + round : round) % dashes.length]!,
    marker: markers[(marked ? hue + round : round) % markers.length]!,
    marked: marked || round > 0,
  };
}

/** Above so many values a ramp's neighbours are too alike, and dashes and markers take turns along it. */
const rampSteps = 4;

/**
 * How lines look, by their keys.
 * @param lines in the order of their places ({@link assigned}), those that have gone among them
 */
export function looksOf(lines: readonly Line[], scheme: LookScheme, choices: Choices): ReadonlyMap<string, LineLook> {
  const looks = new Map<string, LineLook>();
  const firsts: unknown[] = [...new Set(lines.map(({ values }) => values[0]))];
  const ramped = scheme === 'sequential' && isAmount(lines);
  const crossed = scheme !== 'places' && lines.some(({ values }) => values.length > 1);
  if (!ramped && !crossed) {
    for (const [place, { key }] of lines.entries()) looks.set(key, lineStyle(place, choices));
    return looks;
  }
  if (ramped) (firsts as number[]).sort((a, b) => a - b);
  const { theme, runPalette = 'hues', dashes: dashed = false, markers: marked = false } = choices;
  const colors = runColors[runPalette][theme];
  /** How often the colours are used: each time with other dashes and markers. */
  const rounds = Math.ceil(firsts.length / (ramped ? rampSteps : colors.length));
  const rests = [...new Set(lines.map(restOf))];
  for (const line of lines) {
    const first = firsts.indexOf(line.values[0]);
    const round = ramped ? first % rounds : Math.floor(first / colors.length);
    const rest = rests.indexOf(restOf(line));
    const turn = rest * rounds + round;
    // what is asked for from the first line on goes along the colours, as without a ramp
    const along = ramped ? Math.floor(first / rounds) : first % colors.length;
    const early = rests.length === 1 && (dashed || runPalette === 'greys');
    looks.set(line.key, {
      color: ramped
        ? sequentialColor(first / (firsts.length - 1), theme, runPalette === 'greys')
        : colors[first % colors.length]!,
      dash: dashes[(early ? along + turn : turn) % dashes.length]!,
      marker: markers[(marked && rests.length === 1 ? along + turn : turn) % markers.length]!,
      marked: marked || turn > 0,
    });
  }
  return looks;
}

/** Whether a ramp can tell lines apart: by two or more values of an amount. */
export function isAmount(lines: readonly Line[]): boolean {
  const firsts = new Set(lines.map(({ values }) => values[0]));
  return firsts.size > 1 && [...firsts].every((value) => typeof value === 'number');
}

/** What tells a line from others of one first value. */
function restOf({ values }: Line): string {
  return JSON.stringify(values.slice(1));
}

/** Above so many lines those that have gone are forgotten: there are 25 of each of the eight hues by then. */
const mostRemembered = 200;

/**
 * The keys of lines in the order of their places. Lines that have a place keep it, also while they are gone; new ones, in their order, take the
 * places of those that are gone, then the next. Where places say what a line stands for, as its colour says its learning rate, what is gone
 * keeps its place and its share of the ramp, and new ones come after.
 * @param before what this gave for the comparison until now; empty at first
 * @param lines groups by their values (groupRuns), runs as they were chosen
 */
export function assigned(before: readonly string[], lines: readonly Line[]): string[] {
  const now = new Set(lines.map(({ key }) => key));
  const places = before.length > mostRemembered ? before.filter((key) => now.has(key)) : [...before];
  const isFree = lines.every(({ values }) => values.length < 2 && typeof values[0] !== 'number');
  let free = 0;
  for (const { key } of lines) {
    if (places.includes(key)) continue;
    while (isFree && free < places.length && now.has(places[free]!)) free++;
    if (isFree && free < places.length) places[free] = key;
    else places.push(key);
  }
  return places;
}
