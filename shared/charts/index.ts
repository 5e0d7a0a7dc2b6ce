/**
 * Charts: the same object is drawn on screen, in exports and in the terminal's figures. What is asked of a chart is answered here from its
 * kind's declaration (kinds/); it is pure and knows neither a window nor a file.
 */
import type { Chart, ChartView, RunData } from './chart.ts';
import type { ChartKind, ChartOptions, ChartRecords, Places } from './define.ts';
import type { ChartStyle } from './drawing/style.ts';
import { chartKinds } from './kinds/index.ts';
import type { ChartSpec } from './request.ts';

export type { Chart, ChartView, RunData } from './chart.ts';
export type { ChartStyle } from './drawing/style.ts';
export { paperStyle, screenStyle } from './drawing/style.ts';

// a kind takes the options of its own charts, which a list cannot say
type AnyKind = ChartKind<string, ChartOptions>;

/** The declaration of a chart's kind. */
function kindOf({ chart }: ChartSpec): AnyKind {
  return (chartKinds as readonly unknown[] as readonly AnyKind[]).find(({ key }) => key === chart)!;
}

/**
 * Builds a chart.
 * @param runs the runs to draw, in the order of their colours; charts that do not draw several draw the first
 */
export function buildChart(spec: ChartSpec, runs: RunData[], style: ChartStyle, view: ChartView = {}): Chart {
  const [first, ...rest] = runs;
  if (!first) throw new Error('a chart needs at least one run');
  return kindOf(spec).build([first, ...rest], spec, style, view);
}

/** A chart's name in a list. */
export function specTitle(spec: ChartSpec): string {
  return kindOf(spec).title(spec);
}

/** Whether a chart can draw several runs. */
export function drawsSeveralRuns(spec: ChartSpec): boolean {
  return kindOf(spec).several;
}

/** Whether a chart can have a logarithmic vertical axis. */
export function specCanLog(spec: ChartSpec): boolean {
  return kindOf(spec).log(spec);
}

/** Whether a chart can have a logarithmic horizontal axis. */
export function canLogX(spec: ChartSpec): boolean {
  return kindOf(spec).logX(spec);
}

/** A chart's horizontal axis where a part of it can be chosen, else null. */
export function placesOf(spec: ChartSpec): Places | null {
  return kindOf(spec).places(spec);
}

/** Which records a chart is built from, so that a caller loads no others. */
export function neededRecords(spec: ChartSpec): readonly ChartRecords[] {
  return kindOf(spec).records(spec);
}

/** Which summaries of quantities a chart is built from, by their names. */
export function neededSummaries(spec: ChartSpec): readonly string[] {
  return kindOf(spec).summaries?.(spec) ?? [];
}

/** The one iteration whose slice a chart draws; null where it draws those in its range. */
export function sliceIteration(spec: ChartSpec): number | null {
  return kindOf(spec).sliceOf?.(spec) ?? null;
}
