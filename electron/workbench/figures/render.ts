/** Draws figures for papers: SVG, PNG and CSV from the same chart that the window shows. */
import { join } from 'node:path';
import { problemsOf } from '../../../shared/experiment.ts';
import { buildChart, drawsSeveralRuns, neededRecords, paperStyle } from '../../../shared/figures/index.ts';
import type { Chart, RunData } from '../../../shared/figures/index.ts';
import { figureRequestSchema } from '../../../shared/figures/request.ts';
import type { FigureFile, FigureRequest } from '../../../shared/figures/request.ts';
import type { FigureSource } from '../../../shared/figures/source.ts';
import { ValleywalkError } from '../../../shared/protocol.ts';
import { epochColumns, iterationColumns, sliceColumns, toColumns } from '../../../shared/records.ts';
import type { EpochRecord, IterationRecord, SliceRecord } from '../../../shared/records.ts';
import { csvTable } from '../csv.ts';
import { figureName } from './name.ts';
import { withPngMetadata } from './png.ts';
import { inPixels, renderSvg } from './svg.ts';

/** What drawing needs beside the request. */
export interface FigureSettings {
  /** Folder with the bundled fonts, `resources/fonts`. */
  fonts: string;
  /** Version of Valleywalk, for the figure's metadata. */
  version?: string;
}

/** Largest PNG, in pixels: about 400 MB while it is drawn. */
const mostPixels = 100_000_000;

/**
 * Draws a figure.
 * @throws ValleywalkError `missing` when a run is not there; `input` when the request is wrong or there is nothing to draw,
 * saying what would fill it.
 */
export async function renderFigure(
  request: FigureRequest,
  source: FigureSource,
  settings: FigureSettings,
): Promise<FigureFile> {
  const checked = check(request);
  const runs = checked.runs.map((id) => readRun(id, checked, source));
  const size = {
    widthMm: checked.width_mm,
    heightMm: checked.height_mm,
    width: (checked.width_mm / 25.4) * 96,
    height: (checked.height_mm / 25.4) * 96,
  };
  const style = paperStyle(checked.theme, { width: size.width, height: size.height });
  const chart = buildChart(checked.spec, runs, style, { range: checked.range, log: checked.log });
  if (chart.empty !== null) throw new ValleywalkError('input', chart.empty);
  const name = figureName(
    runs.map(({ run }) => run.name),
    checked.spec,
    checked.format,
  );
  if (checked.format === 'csv')
    return { name, mime: 'text/csv', bytes: new TextEncoder().encode(csvTable(chart.table.columns, chart.table.rows)) };

  const metadata = describeOrigin(chart, runs, settings);
  const svg = await renderSvg(chart, size, metadata);
  if (checked.format === 'svg') return { name, mime: 'image/svg+xml', bytes: new TextEncoder().encode(svg) };
  const [width, height] = pixels(checked);
  return { name, mime: 'image/png', bytes: await toPng(svg, width, height, checked.dpi, settings, metadata) };
}

/** Checks a request that may come from a script. */
function check(request: FigureRequest): FigureRequest {
  const result = figureRequestSchema.safeParse(request);
  if (!result.success) {
    const problems = problemsOf(result.error);
    const words = problems.map(({ path, message }) => `${path || 'figure'} ${message}`).join('; ');
    throw new ValleywalkError('input', `The figure cannot be drawn: ${words}.`, problems);
  }
  const { runs, spec, range, format } = result.data;
  if (runs.length > 1 && !drawsSeveralRuns(spec))
    throw refusal('runs', `the ${spec.chart} figure draws one run; choose one, or draw a metric of several runs`);
  if (new Set(runs).size < runs.length) throw refusal('runs', 'a run is named twice; name each run once');
  if (range && range.from > range.to)
    throw refusal('range', `the range ends (${range.to}) before it starts (${range.from})`);
  const [width, height] = pixels(result.data);
  if (format === 'png' && width * height > mostPixels)
    throw refusal(
      'dpi',
      `a PNG of ${width} × ${height} pixels is too large; lower the resolution or the size, or draw an SVG`,
    );
  return result.data;
}

function refusal(path: string, message: string): ValleywalkError {
  return new ValleywalkError('input', `The figure cannot be drawn: ${message}.`, [{ path, message }]);
}

/** Size in pixels at the asked resolution. */
function pixels({ width_mm, height_mm, dpi }: FigureRequest): [number, number] {
  return [Math.round((width_mm / 25.4) * dpi), Math.round((height_mm / 25.4) * dpi)];
}

/** Reads what a chart is built from, and no more. */
function readRun(id: string, { spec, range }: FigureRequest, source: FigureSource): RunData {
  const needed = neededRecords(spec);
  const [from, to] =
    spec.chart === 'slice'
      ? [spec.iteration, spec.iteration + 1]
      : [Math.max(0, Math.floor(range?.from ?? 0)), Math.floor(range?.to ?? Number.MAX_SAFE_INTEGER - 1) + 1];
  return {
    run: source.run(id),
    iterations: needed.includes('iterations')
      ? source.iterations(id)
      : toColumns<IterationRecord>(iterationColumns, []),
    slices: needed.includes('slices') ? source.slices(id, from, to) : toColumns<SliceRecord>(sliceColumns, []),
    epochs: needed.includes('epochs') ? source.epochs(id) : toColumns<EpochRecord>(epochColumns, []),
  };
}

/** Where a figure comes from, as Dublin Core terms. */
function describeOrigin(chart: Chart, runs: RunData[], { version }: FigureSettings): Record<string, string> {
  return {
    title: chart.title,
    creator: version ? `Valleywalk ${version}` : 'Valleywalk',
    description: chart.description,
    source: runs.map(({ run }) => `${run.name} (run ${run.run}, seed ${run.seed})`).join('; '),
  };
}

/** Rasterises with the bundled font; other fonts are looked for only where it lacks the script (names in Chinese, say). */
async function toPng(
  svg: string,
  width: number,
  height: number,
  dpi: number,
  { fonts }: FigureSettings,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const { Resvg } = await import('@resvg/resvg-js');
  const resvg = new Resvg(inPixels(svg, width, height), {
    font: {
      fontFiles: [join(fonts, 'Arimo-Regular.ttf'), join(fonts, 'Arimo-Bold.ttf')],
      defaultFontFamily: 'Arimo',
      sansSerifFamily: 'Arimo',
      loadSystemFonts: /[\u0590-\u1cff\u2c00-\uffff]/.test(svg),
    },
    textRendering: 1,
    shapeRendering: 2,
  });
  const png = resvg.render().asPng();
  return withPngMetadata(png, dpi, {
    Title: metadata['title'] ?? '',
    Description: metadata['description'] ?? '',
    Source: metadata['source'] ?? '',
    Software: metadata['creator'] ?? '',
  });
}
