/** From a recipe to its panels: the records of the runs, the place of each panel, its chart. */
import {
  buildChart,
  canLogX,
  drawsSeveralRuns,
  neededRecords,
  neededSummaries,
  paperStyle,
  sliceIteration,
} from '../../../shared/charts/index.ts';
import type { Chart, ChartStyle, RunData } from '../../../shared/charts/index.ts';
import { panelPlaces } from '../../../shared/figures/layout.ts';
import type { PanelPlace } from '../../../shared/figures/layout.ts';
import { letterOf, millimetres, panelLetter } from '../../../shared/figures/recipe.ts';
import type { FigurePanel, FigureRecipe } from '../../../shared/figures/recipe.ts';
import type { FigureSource } from '../../../shared/charts/source.ts';
import { figureFontFamily, pixelsPerMillimetre } from '../../../shared/charts/drawing/style.ts';
import { farApart } from '../../../shared/charts/drawing/ticks.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { drawnQuantity } from '../../../shared/quantities/index.ts';
import { commonLegend, commonNotes } from './common-legend.ts';
import type { CommonLegend } from './common-legend.ts';
import { curvatureColumns, epochColumns, iterationColumns, sliceColumns, toColumns } from '../../../shared/records.ts';
import type { CurvatureRecord, EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';

/** A rectangle in px. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A panel, ready to be drawn. */
export interface Panel extends PanelPlace {
  chart: Chart;
  style: ChartStyle;
  runs: RunData[];
  /** Where its chart stands in the figure. */
  box: Box;
  letter: string;
  title: string;
  /** Baseline of letter and title, and where each starts. */
  heading: { letterX: number; titleX: number; y: number };
}

/** A figure's size in px, at 96 px an inch. */
export function figureSize({ size }: FigureRecipe): { width: number; height: number } {
  const px = (length: number): number => millimetres(length, size.unit) * pixelsPerMillimetre;
  return { width: px(size.width), height: px(size.height) };
}

/** Font size in px. */
export function fontPixels({ font }: FigureRecipe): number {
  return (font.size / 72) * 96;
}

/** Font families of a figure: the chosen one, then the bundled one and its twins. */
export function fontFamilies({ font }: FigureRecipe): string {
  const bundled = font.family === 'Arimo';
  return bundled ? figureFontFamily : `${font.family}, ${figureFontFamily}`;
}

/** Height of the figure's title, in font sizes. */
const titleBand = 2;

/** The records that each panel is drawn from. @throws ValleywalkError `missing`, naming every run that is not there */
export function readPanels(recipe: FigureRecipe, source: FigureSource): RunData[][] {
  requireRuns(recipe, source);
  return recipe.panels.map((panel) => panel.runs.map((run) => readRun(run, panel, source)));
}

/** What stands around the panels of a figure, once for all of them. */
interface Surroundings {
  /** The legend that they share; null where each has its own. */
  legend: (CommonLegend & { y: number }) | null;
  /** What a reader must know about them, in lines. */
  notes: string[];
}

/** A figure, ready to be drawn. */
export interface BuiltFigure extends Surroundings {
  panels: Panel[];
}

/** Builds the panels of a recipe. @throws ValleywalkError `missing` or `input`, naming the panel where there are several */
export function buildPanels(recipe: FigureRecipe, source: FigureSource): BuiltFigure {
  const records = readPanels(recipe, source);
  const fontSize = fontPixels(recipe);
  const top = recipe.title === '' ? 0 : fontSize * titleBand;
  // what the panels share is known once they are built, and how much room is left to them then
  const first = panelsIn(recipe, records, { top, bottom: 0 });
  const common = recipe.commonX === true ? commonEnds(first) : [];
  if (!isCommon(recipe))
    return {
      ...{ legend: null, notes: [] },
      panels: common.length === 0 ? first : panelsIn(recipe, records, { top, bottom: 0 }, common),
    };
  const of = (field: 'legend' | 'notes') =>
    first.flatMap(({ chart }, panel) => (recipe.panels[panel]![field] ? [{ chart, panel }] : []));
  const { width } = figureSize(recipe);
  const legend =
    recipe.legend === 'none' ? null : commonLegend(of('legend'), { ...first[0]!.style, width, legend: 'above' });
  const notes = commonNotes(of('notes'), recipe, width - 2 * fontSize, fontSize);
  const bottom = notes.length === 0 ? 0 : fontSize * (0.5 + noteHeight * notes.length);
  return {
    legend: legend && { ...legend, y: top },
    notes,
    panels: panelsIn(recipe, records, { top: top + (legend?.height ?? 0), bottom }, common),
  };
}

/** Ends of each panel's horizontal axis, those of one title and kind together; undefined where it counts nothing. */
function commonEnds(panels: readonly Panel[]): (PanelEnds | undefined)[] {
  const axes = panels.map(({ chart }) => {
    const { name, type, min, max } = chart.option.xAxis as Readonly<Record<string, unknown>>;
    return { key: JSON.stringify([name, type]), min, max };
  });
  const all = new Map<string, PanelEnds>();
  for (const { key, min, max } of axes)
    if (typeof min === 'number' && typeof max === 'number') {
      const { from, to } = all.get(key) ?? { from: min, to: max };
      all.set(key, { from: Math.min(from, min), to: Math.max(to, max) });
    }
  return axes.map(({ key }) => all.get(key));
}
type PanelEnds = NonNullable<ChartStyle['axes']['x']>;

/** Whether a figure's panels have one legend for all. */
function isCommon({ commonLegend: common, panels }: FigureRecipe): boolean {
  return common === true && panels.length > 1;
}

/** Height of a line of the notes, in font sizes. */
export const noteHeight = 1.2;

/**
 * The panels in what is left of the figure.
 * @param room what is taken at the top and at the bottom, in px @param common ends of the horizontal axes, where panels share them
 */
function panelsIn(
  recipe: FigureRecipe,
  records: readonly RunData[][],
  room: { top: number; bottom: number },
  common: readonly (PanelEnds | undefined)[] = [],
): Panel[] {
  const places = panelPlaces(recipe);
  const cells = cellsOf(recipe, places, room);
  return recipe.panels.map((panel, index) => {
    const where = recipe.panels.length > 1 ? `panel ${letterOf(index)}: ` : '';
    const runs = records[index]!;
    requireDrawable(panel, index, where);
    const cell = cells[index]!;
    const letter = panelLetter(index, recipe.letters);
    const fontSize = fontPixels(recipe);
    const band = panel.title === '' ? 0 : fontSize * 1.7;
    const box = { ...cell, y: cell.y + band, height: cell.height - band };
    const own = styleOf(recipe, panel, box, letter !== '' && band === 0);
    const shared = common[index];
    const style = shared ? { ...own, axes: { ...own.axes, x: shared } } : own;
    const range = { from: panel.x.from ?? -Infinity, to: panel.x.to ?? Infinity };
    const open = panel.x.from === null && panel.x.to === null;
    const chart = buildChart(panel.chart, runs, style, {
      range: open ? null : range,
      log: panel.log,
      logX: panel.logX,
    });
    if (chart.empty !== null)
      throw new ValleywalkError('input', where + chart.empty, [{ path: `panels.${index}`, message: chart.empty }]);
    return {
      ...places[index]!,
      chart,
      style,
      runs,
      box,
      letter,
      title: panel.title,
      heading: {
        letterX: cell.x + fontSize * 0.2,
        titleX: cell.x + fontSize * (letter === '' ? 0.2 : letter.length * 0.65 + 0.9),
        y: cell.y + fontSize * 1.1,
      },
    };
  });
}

/** Names every run that is not there, at once. */
function requireRuns({ panels }: FigureRecipe, source: FigureSource): void {
  const gone = new Map<string, string>();
  for (const { run, label } of panels.flatMap(({ runs }) => runs))
    try {
      source.run(run);
    } catch (error) {
      if (!(error instanceof ValleywalkError && error.kind === 'missing')) throw error;
      gone.set(run, label === '' ? run : `${run} (“${label}”)`);
    }
  if (gone.size === 0) return;
  const which = [...gone.values()].join(', ');
  throw new ValleywalkError(
    'missing',
    gone.size === 1
      ? `The figure cannot be drawn: its run ${which} is not in this store; it may have been deleted. Take it out of the figure, or open the store that has it.`
      : `The figure cannot be drawn: ${gone.size} of its runs are not in this store: ${which}; they may have been deleted. Take them out of the figure, or open the store that has them.`,
    panels.flatMap(({ runs }, panel) =>
      runs.flatMap(({ run }, index) =>
        gone.has(run) ? [{ path: `panels.${panel}.runs.${index}`, message: `${run} is not in this store` }] : [],
      ),
    ),
  );
}

function requireDrawable({ chart, runs, x, y, log, logX }: FigurePanel, index: number, where: string): void {
  const refuse = (path: string, message: string): never => {
    throw new ValleywalkError('input', `The figure cannot be drawn: ${where}${message}.`, [
      { path: `panels.${index}.${path}`, message },
    ]);
  };
  if (runs.length > 1 && !drawsSeveralRuns(chart))
    refuse('runs', `the ${chart.chart} chart draws one run; choose one, or draw a metric of several runs`);
  if (new Set(runs.map(({ run }) => run)).size < runs.length)
    refuse('runs', 'a run is named twice; name each run once');
  if (logX && !canLogX(chart))
    refuse(
      'logX',
      // a chart of a chosen horizontal quantity has the axis, where that quantity can
      chart.chart === 'scatter'
        ? `${drawnQuantity(chart.record, chart.x).title} has no logarithmic axis, since it reaches zero and below; leave the x axis linear, or draw another quantity on it`
        : `the ${chart.chart} chart has no logarithmic x axis; leave it linear, or draw a metric`,
    );
  for (const [axis, ends, isLog] of [
    ['x', x, logX],
    ['y', y, log],
  ] as const) {
    if (!farApart.holds(ends)) refuse(axis, farApart.message);
    if (isLog && ((ends.from !== null && ends.from <= 0) || (ends.to !== null && ends.to <= 0)))
      refuse(axis, 'a logarithmic axis lies above zero; choose ends above zero, or a linear axis');
  }
}

/** Reads what a panel's chart is built from, and no more; the run is called by its label. */
function readRun(
  { run: id, label }: FigurePanel['runs'][number],
  { chart, x }: FigurePanel,
  source: FigureSource,
): RunData {
  const needed = neededRecords(chart);
  const one = sliceIteration(chart);
  const [from, to] =
    one !== null
      ? [one, one + 1]
      : [Math.max(0, Math.floor(x.from ?? 0)), Math.floor(x.to ?? Number.MAX_SAFE_INTEGER - 1) + 1];
  const run = source.run(id);
  return {
    run: label === '' ? run : { ...run, name: label },
    iterations: needed.includes('iterations')
      ? source.iterations(id)
      : toColumns<IterationRecord>(iterationColumns, []),
    slices: needed.includes('slices') ? source.slices(id, from, to) : toColumns<SliceRecord>(sliceColumns, []),
    curvature: needed.includes('curvature') ? source.curvature(id) : toColumns<CurvatureRecord>(curvatureColumns, []),
    epochs: needed.includes('epochs') ? source.epochs(id) : toColumns<EpochRecord>(epochColumns, []),
    ...(needed.includes('times') ? { times: source.times(id) } : {}),
    ...(needed.includes('summaries')
      ? { summaries: Object.fromEntries(neededSummaries(chart).map((name) => [name, source.summary(id, name)])) }
      : {}),
    analysis: 'analysis' in chart ? source.analysis(chart.analysis) : null,
  };
}

/** The cells of the layout, in the order of the panels. @param taken at the top and at the bottom, in px */
function cellsOf(
  recipe: FigureRecipe,
  places: readonly PanelPlace[],
  { top, bottom }: { top: number; bottom: number },
): Box[] {
  const { width, height } = figureSize(recipe);
  const fontSize = fontPixels(recipe);
  const gap = fontSize * 0.9;
  const used = Math.max(...places.map(({ lastColumn }) => lastColumn)) + 1;
  const rows = places.at(-1)!.row + 1;
  const parts = Array.from({ length: rows }, (_, row) => recipe.rowHeights[row] ?? 1);
  const room = height - top - bottom - gap * (rows - 1);
  const each = (width - gap * (used - 1)) / used;
  const sum = parts.reduce((total, part) => total + part, 0);
  const heights = parts.map((part) => (room * part) / sum);
  const lowest = Math.min(...heights);
  if (each < fontSize * 9 || lowest < fontSize * 6) {
    const mm = (px: number): string => `${Math.max(0, Math.round(px / pixelsPerMillimetre))}`;
    const message = `panels of ${mm(each)} × ${mm(lowest)} mm are too small for type of ${recipe.font.size} points; make the figure larger, the type smaller, or the panels fewer`;
    throw new ValleywalkError('input', `The figure cannot be drawn: ${message}.`, [{ path: 'size', message }]);
  }
  return places.map(({ row, column, lastColumn }) => ({
    x: column * (each + gap),
    y: top + heights.slice(0, row).reduce((total, one) => total + one + gap, 0),
    width: (lastColumn - column) * (each + gap) + each,
    height: heights[row]!,
  }));
}

function styleOf(recipe: FigureRecipe, panel: FigurePanel, box: Box, hasCorner: boolean): ChartStyle {
  const fontSize = fontPixels(recipe);
  const normal = (recipe.lineWidth / 72) * 96;
  return paperStyle(recipe.theme, {
    fontFamily: fontFamilies(recipe),
    fontSize,
    width: box.width,
    height: box.height,
    // in the proportions of the default style
    lines: { hairline: normal * 0.5, thin: normal * 0.6, normal, bold: normal * 1.4 },
    marker: (recipe.markerSize / 72) * 96,
    runPalette: recipe.palette,
    dashes: recipe.dashes,
    markers: recipe.markers,
    legend: panel.legend && !isCommon(recipe) ? recipe.legend : 'none',
    notes: panel.notes && !isCommon(recipe),
    corner: hasCorner ? fontSize * 2.2 : 0,
    axes: { xTitle: panel.xTitle, yTitle: panel.yTitle, y: panel.y },
  });
}
