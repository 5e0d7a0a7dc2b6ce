/**
 * The paper's figures, filled in with runs: which preset's figure a run or a study can be drawn as, and that figure's recipe. The
 * window's editor and `npm run reproduce` both draw from it.
 */
import type { AnalysisRecord } from '../analyses/index.ts';
import { iterationsPerEpoch } from '../experiment.ts';
import { problemsOf } from '../problems.ts';
import type { Experiment } from '../experiment.ts';
import type { PaperFigure } from '../paper-figure.ts';
import { ValleywalkError } from '../errors.ts';
import type { Preset } from '../presets.ts';
import { canonical, differingSettings } from '../runs/settings.ts';
import { checkStudy } from '../study.ts';
import { figureRecipeSchema } from './recipe.ts';
import type { FigurePanel, FigureRecipe } from './recipe.ts';
import type { ChartSpec } from '../charts/request.ts';

/** A preset of one of the paper's figures. */
export type PaperPreset = Preset & { paper: PaperFigure };

/** Whether a preset is of one of the paper's figures. */
export function isOfPaper(preset: Preset): preset is PaperPreset {
  return preset.paper !== null;
}

/**
 * The experiments that a preset starts, complete.
 * @throws Error when its study is not valid: the installation is damaged
 */
export function experimentsOf(preset: Preset): Experiment[] {
  if ('experiment' in preset) return [preset.experiment];
  const check = checkStudy(preset.study);
  if (!check.ok)
    throw new Error(
      `preset ${preset.id}: ${check.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
    );
  return check.runs.map(({ experiment }) => experiment);
}

/**
 * The presets whose figure a run or a study can be drawn as, one for each of the paper's figures. What is drawn is decided by what is
 * varied, by the walker, by how long it walks and by what is measured; data, network, rates and seeds may be others. Of several presets
 * of one figure the one whose settings are nearest is told.
 * @param experiment of the run, or of the study's first run
 * @param varied paths that the study varies; none of a run
 */
export function presetsOf(
  experiment: Experiment,
  varied: readonly string[],
  presets: readonly Preset[],
): PaperPreset[] {
  const nearest = new Map<string, { preset: PaperPreset; away: number }>();
  for (const preset of presets.filter(isOfPaper)) {
    const own = 'study' in preset ? Object.keys(preset.study.sweep) : [];
    if (canonical([...own].sort()) !== canonical([...varied].sort())) continue;
    const [first] = experimentsOf(preset);
    if (!first || drawnBy(first) !== drawnBy(experiment)) continue;
    const away = differingSettings([first, experiment]).length;
    const known = nearest.get(preset.paper.figure);
    if (!known || away < known.away) nearest.set(preset.paper.figure, { preset, away });
  }
  return [...nearest.values()].map(({ preset }) => preset);
}

/** The settings that decide what a figure can show, as a key. */
function drawnBy({ optimizer, length, probes }: Experiment): string {
  return canonical([optimizer.kind, length, probes]);
}

/** A run of a figure: enough of its record, and its finished valley-floor study, if it has one. */
export interface FigureRun {
  run: string;
  experiment: Experiment;
  valleyFloor?: string | null;
}

/** Width of the whole figure: a page's two columns. */
const width = 6.75;

/**
 * The recipe of the paper's figure, drawn from runs of its preset. Comparisons draw all of them, other charts the first, that of the valley floor the
 * first that was studied; where none was, the panel is left out.
 * @param name of the figure
 * @param runs at least one, in the order of their colours
 * @throws ValleywalkError kind `input` when no panel is left, or there are more runs than a panel takes
 */
export function paperRecipe(name: string, paper: PaperFigure, runs: readonly FigureRun[]): FigureRecipe {
  const filled = paper.panels.flatMap((panel) => filledIn(panel, runs));
  if (filled.length === 0)
    throw new ValleywalkError(
      'input',
      `${name} has no panel that these runs could fill: their valley floor was not studied`,
    );
  const rows = Math.ceil(filled.length / paper.columns);
  // groups are the same in every panel: the first row has their legend, the last what is to be known about them
  const panels = filled.map((panel, index) => {
    const row = Math.floor(index / paper.columns);
    return panel.chart.chart === 'comparison' ? { ...panel, legend: row === 0, notes: row === rows - 1 } : panel;
  });
  const recipe = figureRecipeSchema.safeParse({
    name,
    size: { width, height: Number((rows * (paper.columns > 1 ? 1.9 : 2)).toFixed(2)), unit: 'in' },
    palette: 'hues',
    letters: '(a)',
    columns: paper.columns,
    panels,
  });
  if (recipe.success) return recipe.data;
  const problems = problemsOf(recipe.error);
  throw new ValleywalkError('input', `${name} cannot be drawn: ${problems[0]!.path} ${problems[0]!.message}`, problems);
}

/** The newest finished valley-floor study among a run's analyses, newest first; null where there is none. */
export function finishedFloor(analyses: readonly AnalysisRecord[]): string | null {
  return (
    analyses.find(({ request, status }) => request.kind === 'valley-floor' && status === 'finished')?.analysis ?? null
  );
}

function filledIn(
  { chart: asked, epoch, from, to, log, title }: PaperFigure['panels'][number],
  runs: readonly FigureRun[],
): (Pick<FigurePanel, 'chart' | 'log' | 'title'> & { runs: { run: string }[]; x: FigurePanel['x'] })[] {
  const studied = runs.find(({ valleyFloor }) => typeof valleyFloor === 'string');
  const isFloor = asked.chart === 'valley-floor';
  if (isFloor && !studied) return [];
  const chart: ChartSpec = isFloor ? { chart: 'valley-floor', analysis: studied!.valleyFloor! } : asked;
  const drawn = isFloor ? [studied!] : chart.chart === 'comparison' ? runs : runs.slice(0, 1);
  const first = epoch === undefined ? 0 : (epoch - 1) * iterationsPerEpoch(drawn[0]!.experiment);
  const x = { from: from === undefined ? null : first + from, to: to === undefined ? null : first + to };
  return [{ chart, runs: drawn.map(({ run }) => ({ run })), x, log, title }];
}
