/** Draws figures for papers: SVG, PNG, PDF and CSV from the same charts that the window shows. */
import { join } from 'node:path';
import { letterOf } from '../../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../../shared/figures/recipe.ts';
import { readRecipe } from '../../../shared/figures/recipe-file.ts';
import { figureTypes } from '../../../shared/charts/request.ts';
import type { FigureFile, FigureFormat } from '../../../shared/charts/request.ts';
import type { FigureSource } from '../../../shared/charts/source.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { csvTable } from '../../../shared/csv.ts';
import type { Cell } from '../../../shared/csv.ts';
import { describeOrigin, xmpPacket } from './metadata.ts';
import { missingGlyphs } from './glyphs.ts';
import { figureName } from './name.ts';
import { buildPanels, figureSize } from './panels.ts';
import type { Panel } from './panels.ts';
import { withPngMetadata } from './png.ts';
import { inPixels, renderSvg, withoutMetadata } from './svg.ts';

/** What drawing needs beside the recipe. */
export interface FigureSettings {
  /** Folder with the bundled fonts, `resources/fonts`. */
  fonts: string;
  /** Version of Valleywalk, for the figure's metadata. */
  version?: string;
}

/** A figure to be drawn. */
export interface FigureRequest {
  recipe: FigureRecipe;
  format: FigureFormat;
  /** Pixels per inch of a PNG. */
  dpi: number;
}

/** Largest PNG, in pixels: about 400 MB while it is drawn. */
const mostPixels = 100_000_000;

/**
 * Draws a figure; the same recipe and records give the same bytes.
 * @throws ValleywalkError `missing` when runs are not there, naming them; `input` when the recipe is wrong or there is
 * nothing to draw, saying what would fill it.
 */
export async function renderFigure(
  { recipe: given, format, dpi }: FigureRequest,
  source: FigureSource,
  settings: FigureSettings,
): Promise<FigureFile> {
  const recipe = readRecipe(given);
  requireFont(recipe, format);
  const [width, height] = pixels(recipe, dpi);
  if (format === 'png' && width * height > mostPixels)
    throw refusal(
      'dpi',
      `a PNG of ${width} × ${height} pixels is too large; lower the resolution or the size, or draw an SVG`,
    );
  const figure = buildPanels(recipe, source);
  const { panels } = figure;
  const file = (bytes: Uint8Array): FigureFile => ({
    name: figureName(recipe.name, format),
    mime: figureTypes[format],
    bytes: bytes as Uint8Array<ArrayBuffer>,
  });
  if (format === 'csv') return file(new TextEncoder().encode(csvOf(panels)));

  const origin = describeOrigin(recipe, panels, settings.version);
  const svg = await renderSvg(recipe, figure, origin);
  if (format === 'svg') return file(new TextEncoder().encode(svg));
  if (format === 'png') {
    const png = await toPng(svg, width, height, settings);
    return file(
      withPngMetadata(png, dpi, {
        Title: origin.title,
        Description: origin.description,
        Source: origin.source,
        Software: origin.creator,
        'XML:com.adobe.xmp': xmpPacket(recipe, origin),
      }),
    );
  }
  const { renderPdf } = await import('./pdf.ts');
  const size = figureSize(recipe);
  return file(
    await renderPdf(withoutMetadata(svg), {
      width: (size.width / 96) * 72,
      height: (size.height / 96) * 72,
      fonts: settings.fonts,
      info: { Title: origin.title, Subject: origin.description, Creator: origin.creator },
      xmp: xmpPacket(recipe, origin),
    }),
  );
}

function refusal(path: string, message: string): ValleywalkError {
  return new ValleywalkError('input', `The figure cannot be drawn: ${message}.`, [{ path, message }]);
}

/** Another font than the bundled one is for the SVG's reader to supply: nothing is drawn in a font that is not there. */
function requireFont({ font }: FigureRecipe, format: FigureFormat): void {
  if (font.family === 'Arimo' || format === 'svg' || format === 'csv') return;
  throw refusal(
    'font.family',
    `a ${format.toUpperCase()} holds its font, and only Arimo (as wide as Arial and Helvetica) comes with Valleywalk, not ${font.family}; choose Arimo, or save an SVG, which names the font for a program that has it`,
  );
}

/** Size in pixels at the asked resolution. */
function pixels(recipe: FigureRecipe, dpi: number): [number, number] {
  const { width, height } = figureSize(recipe);
  return [Math.round((width / 96) * dpi), Math.round((height / 96) * dpi)];
}

/**
 * One panel's table as it is; of several panels one table with the panel's letter, the run and every column of any of them. A row of a panel of
 * several runs that belongs to none of them, such as a group's mean, has no run.
 */
function csvOf(panels: readonly Panel[]): string {
  const tables = panels.map(({ chart }) => chart.table);
  if (tables.length === 1) return csvTable(tables[0]!.columns, tables[0]!.rows);
  const named = ['panel', 'run', 'name'];
  const columns = [...new Set(tables.flatMap((table) => table.columns))].filter((column) => !named.includes(column));
  const rows = tables.flatMap((table, index) => {
    const { runs } = panels[index]!;
    const only = runs.length === 1 ? runs[0]!.run : null;
    const cell = (row: Cell[], column: string, otherwise: Cell): Cell => {
      const at = table.columns.indexOf(column);
      return at < 0 ? otherwise : row[at]!;
    };
    return table.rows.map((row): Cell[] => [
      letterOf(index),
      cell(row, 'run', only?.run ?? null),
      cell(row, 'name', only?.name ?? null),
      ...columns.map((column) => cell(row, column, null)),
    ]);
  });
  return csvTable([...named, ...columns], rows);
}

/**
 * Rasterises with the bundled font; other fonts are looked for only where it lacks a character (names in Chinese, say).
 * @throws ValleywalkError kind `input` when none has it: an empty box would tell nobody what is missing
 */
async function toPng(svg: string, width: number, height: number, { fonts }: FigureSettings): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const drawn = withoutMetadata(svg);
  const bundled = {
    fontFiles: [join(fonts, 'Arimo-Regular.ttf'), join(fonts, 'Arimo-Bold.ttf')],
    defaultFontFamily: 'Arimo',
    sansSerifFamily: 'Arimo',
    loadSystemFonts: false,
  };
  const system = { ...bundled, loadSystemFonts: true };
  const foreign = missingGlyphs(Resvg, drawn, bundled);
  const missing = foreign.length === 0 ? [] : missingGlyphs(Resvg, drawn, system);
  if (missing.length > 0)
    throw refusal(
      'font.family',
      `no font here has the ${missing.length === 1 ? 'character' : 'characters'} ${missing.join(' ')}; label the runs in other letters, install a font that has them, or save an SVG, which keeps the text`,
    );
  const resvg = new Resvg(inPixels(drawn, width, height), {
    font: foreign.length === 0 ? bundled : system,
    textRendering: 1,
    shapeRendering: 2,
  });
  return resvg.render().asPng();
}
