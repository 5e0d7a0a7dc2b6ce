/** `valleywalk figure`: a figure from its recipe, the same bytes as from the window. */
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { recipeInFile } from '../../../shared/figures/recipe-file.ts';
import type { FigureRecipe } from '../../../shared/figures/recipe.ts';
import { chartFacts } from '../../../shared/charts/facts.ts';
import { dpiSchema, figureFormats } from '../../../shared/charts/request.ts';
import type { ChartSpec, FigureFormat } from '../../../shared/charts/request.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/records.ts';
import { readTextBytes } from '../../datasets/bytes.ts';
import { makeFolder } from '../../files/folder.ts';
import { expandHome } from '../../files/home.ts';
import { writeError } from '../../workbench/export/files.ts';
import { findRun } from '../find-run.ts';
import { exit, withWorkbench } from '../session.ts';
import type { StoreOption } from '../session.ts';
import { print } from '../print.ts';
import type { Declare } from '../declare.ts';

/** Declares `figure`. */
export function declareFigure({ command, action }: Declare): void {
  command('figure <recipe>', 'draw a figure from its recipe: JSON, or an SVG, PNG or PDF made here')
    .requiredOption(
      '--out <file>',
      `file to write, ending in ${figureFormats.map((format) => `.${format}`).join(', ')}`,
    )
    .option('--dpi <number>', 'pixels per inch of a PNG', '300')
    .addHelpText('after', chartsHelp)
    .action(action(drawFigure));
}

/** Options of `figure`. */
interface FigureOptions extends StoreOption {
  out: string;
  dpi: string;
}

/**
 * Draws a figure into a file and prints its path. Runs may be named in the recipe as in every command.
 * @throws ValleywalkError kind `input` for a recipe, format or folder that cannot be used, `missing` for runs that are gone
 */
function drawFigure(source: string, options: FigureOptions): Promise<number> {
  const format = formatOf(options.out);
  const dpi = dpiSchema.safeParse(Number(options.dpi));
  if (!dpi.success) throw new ValleywalkError('input', `--dpi ${dpi.error.issues[0]!.message}; it is "${options.dpi}"`);
  return withWorkbench(options, async ({ ask }) => {
    const recipe = recipeFrom(expandHome(source));
    const { bytes } = await ask('figures.render', {
      recipe: withRunIds(recipe, await ask('runs.list', {})),
      format,
      dpi: dpi.data,
    });
    print(await writeWhole(options.out, bytes));
    return exit.finished;
  });
}

function formatOf(out: string): FigureFormat {
  const ending = extname(out).slice(1).toLowerCase();
  const format = figureFormats.find((one) => one === ending);
  if (format) return format;
  throw new ValleywalkError(
    'input',
    `--out: ${out === '' ? 'name a file' : `${basename(out)} says no format`}; it ends in ${figureFormats.map((one) => `.${one}`).join(', ')}`,
  );
}

function recipeFrom(source: string): FigureRecipe {
  if (!existsSync(source)) throw new ValleywalkError('input', `there is no recipe ${source}; give a recipe file`);
  return recipeInFile(source, readTextBytes(source));
}

/** A recipe whose runs are named by id; those that are not found stay, so that drawing names them all. */
function withRunIds(recipe: FigureRecipe, runs: readonly RunRecord[]): FigureRecipe {
  const idOf = (meant: string): string => {
    try {
      return findRun(runs, meant).run;
    } catch (error) {
      if (error instanceof ValleywalkError && error.message.startsWith('there is no run')) return meant;
      throw error;
    }
  };
  return {
    ...recipe,
    panels: recipe.panels.map((panel) => ({
      ...panel,
      chart: withBaselineId(panel.chart, idOf),
      runs: panel.runs.map(({ run, label }) => ({ run: idOf(run), label })),
    })),
  };
}

/** A comparison whose baseline, where it is a run, is named by its id. */
function withBaselineId(chart: ChartSpec, idOf: (meant: string) => string): ChartSpec {
  if (chart.chart !== 'comparison' || typeof chart.baseline !== 'string') return chart;
  return { ...chart, baseline: idOf(chart.baseline) };
}

/** Writes a file so that it is there whole or as it was before. @returns its absolute path */
async function writeWhole(out: string, bytes: Uint8Array): Promise<string> {
  const path = resolve(expandHome(out));
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    makeFolder(dirname(path));
    await writeFile(staged, bytes);
    await rename(staged, path);
  } catch (error) {
    // the folder may be none
    await rm(staged, { force: true }).catch(() => undefined);
    throw writeError(error, path);
  }
  return path;
}

/** The charts that a panel may be, with their options: a value where a recipe may leave it out. */
function chartsHelp(): string {
  const charts = chartFacts().map(({ kind: { key, help }, options }) =>
    [
      `  ${key}: ${help}`,
      ...options.flatMap(({ name, title, words, default: value }) => [
        value === undefined ? `    ${name} (${title})` : `    ${name}=${JSON.stringify(value)}`,
        ...Object.entries(words ?? {}).map(([one, meaning]) => `      ${one}: ${meaning}`),
      ]),
    ].join('\n'),
  );
  return `\nCharts of a recipe's panels, with their options and defaults (docs/charts.md):\n${charts.join('\n')}`;
}
