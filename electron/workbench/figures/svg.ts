/** Charts as SVG documents: vector lines, real text, true size, with a title, a description and metadata. */
import type * as ECharts from 'echarts/core';
import { placeLegend } from '../../../shared/charts/drawing/legend.ts';
import { recipeElement } from '../../../shared/figures/recipe-file.ts';
import type { FigureRecipe } from '../../../shared/figures/recipe.ts';
import { visibleInPicture } from '../../../shared/visible.ts';
import { fontFamilies, figureSize, fontPixels, noteHeight } from './panels.ts';
import type { Box, BuiltFigure, Panel } from './panels.ts';
import { tidySvg } from './tidy.ts';

let started: Promise<typeof ECharts> | undefined;

/** ECharts with what the charts use; loaded with the first figure, so that a workbench starts without it. */
function echarts(): Promise<typeof ECharts> {
  started ??= (async () => {
    const [core, charts, components, renderers] = await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ]);
    core.use([
      charts.LineChart,
      charts.ScatterChart,
      charts.CustomChart,
      charts.ParallelChart,
      components.GridComponent,
      components.LegendComponent,
      components.MarkLineComponent,
      components.ParallelComponent,
      components.TitleComponent,
      renderers.SVGRenderer,
    ]);
    return core;
  })();
  return started;
}

/** The rectangle between the axes, in px of the panel; null for a chart without axes. */
function plotOf(instance: ECharts.EChartsType): Box | null {
  // the public interface tells where a value lies, but not where the axes end
  const inner = instance as unknown as {
    getModel(): { getComponent(name: string): { coordinateSystem?: { getRect?(): Box } } | undefined };
  };
  const { x, y, width, height } = inner.getModel().getComponent('grid')?.coordinateSystem?.getRect?.() ?? {};
  return x === undefined ? null : { x, y: y!, width: width!, height: height! };
}

/** What lies between a panel's border and its axes, in px. */
interface Margins {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * Draws the panels, each as the inside of an SVG element. Axes stand in line: those of a column begin and end at the same
 * place, and so do those of a row.
 */
async function draw(panels: readonly Panel[]): Promise<string[]> {
  const { init } = await echarts();
  const instances = panels.map(({ chart, box }) => {
    const instance: ECharts.EChartsType = init(null, null, {
      renderer: 'svg',
      ssr: true,
      width: box.width,
      height: box.height,
    });
    instance.setOption({ ...chart.option, backgroundColor: 'transparent' });
    return instance;
  });
  try {
    if (panels.length > 1) alignAxes(panels, instances);
    for (const [index, instance] of instances.entries()) {
      const plot = plotOf(instance);
      const place = plot && placeLegend(panels[index]!.style, plot);
      if (place) instance.setOption({ legend: place });
    }
    return instances.map((instance, index) => {
      const drawn = instance.renderToSVGString();
      const inside = drawn.slice(drawn.indexOf('>') + 1, drawn.lastIndexOf('</svg>'));
      return tidySvg(inside, index);
    });
  } finally {
    // an instance that is not disposed of keeps the process alive
    for (const instance of instances) instance.dispose();
  }
}

/** Moves the axes of each column and row to the widest margins among them. */
function alignAxes(panels: readonly Panel[], instances: readonly ECharts.EChartsType[]): void {
  const margins = instances.map((instance, index): Margins | null => {
    const plot = plotOf(instance);
    const { width, height } = panels[index]!.box;
    return (
      plot && { left: plot.x, right: width - plot.x - plot.width, top: plot.y, bottom: height - plot.y - plot.height }
    );
  });
  const widest = (along: 'row' | 'column' | 'lastColumn', place: number, side: keyof Margins): number =>
    Math.max(...margins.map((one, index) => (one && panels[index]![along] === place ? one[side] : 0)));
  for (const [index, own] of margins.entries()) {
    if (!own) continue;
    const { row, column, lastColumn, chart } = panels[index]!;
    const grid = chart.option.grid as Margins;
    instances[index]!.setOption({
      grid: {
        left: grid.left + widest('column', column, 'left') - own.left,
        right: grid.right + widest('lastColumn', lastColumn, 'right') - own.right,
        top: grid.top + widest('row', row, 'top') - own.top,
        bottom: grid.bottom + widest('row', row, 'bottom') - own.bottom,
      },
    });
  }
}

/** Draws the legend that the panels share, as the inside of an SVG element. @param index place of the drawing in its document */
async function drawLegend(
  { option, height }: NonNullable<BuiltFigure['legend']>,
  width: number,
  index: number,
): Promise<string> {
  const { init } = await echarts();
  const instance: ECharts.EChartsType = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption({ ...option, backgroundColor: 'transparent' });
    const drawn = instance.renderToSVGString();
    return tidySvg(drawn.slice(drawn.indexOf('>') + 1, drawn.lastIndexOf('</svg>')), index);
  } finally {
    instance.dispose();
  }
}

/**
 * Draws a figure as an SVG document.
 * @param metadata what the figure shows and what made it, as Dublin Core terms
 */
export async function renderSvg(
  recipe: FigureRecipe,
  { panels, legend, notes }: BuiltFigure,
  metadata: Readonly<Record<string, string>>,
): Promise<string> {
  const drawn = await draw(panels);
  const { width, height } = figureSize(recipe);
  const { size } = recipe;
  const { palette } = panels[0]!.style;
  const fontSize = fontPixels(recipe);
  const type = `font-size="${number(fontSize)}" font-family="${fontFamilies(recipe)}"`;
  const write = (x: number, y: number, text: string, more = '', fill = palette.text): string =>
    `<text x="${number(x)}" y="${number(y)}" ${type} fill="${fill}"${more}>${escapeXml(text)}</text>\n`;
  const terms = Object.entries(metadata).map(([term, value]) => `<dc:${term}>${escapeXml(value)}</dc:${term}>`);
  const bodies = panels.map(({ box, letter, title, heading }, index) => {
    const place = box.x === 0 && box.y === 0 ? '' : ` transform="translate(${number(box.x)} ${number(box.y)})"`;
    return (
      `<g id="panel-${index + 1}"${place}>\n${drawn[index]!.trim()}\n</g>\n` +
      (letter === '' ? '' : write(heading.letterX, heading.y, letter, ' font-weight="bold"')) +
      (title === '' ? '' : write(heading.titleX, heading.y, title))
    );
  });
  if (legend) {
    const place = legend.y === 0 ? '' : ` transform="translate(0 ${number(legend.y)})"`;
    bodies.unshift(`<g id="legend"${place}>\n${(await drawLegend(legend, width, panels.length)).trim()}\n</g>\n`);
  }
  for (const [line, note] of notes.entries()) {
    const below = fontSize * (0.5 + noteHeight * (notes.length - 1 - line));
    bodies.push(write(width - fontSize, height - below, note, ' text-anchor="end"', palette.muted));
  }
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" ' +
    `width="${size.width}${size.unit}" height="${size.height}${size.unit}" viewBox="0 0 ${number(width)} ${number(height)}" ` +
    'role="img" aria-labelledby="figure-title figure-description">\n' +
    `<title id="figure-title">${escapeXml(metadata['title'] ?? '')}</title>\n` +
    `<desc id="figure-description">${escapeXml(metadata['description'] ?? '')}</desc>\n` +
    '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" ' +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:valleywalk="urn:valleywalk:figure">' +
    `<rdf:Description rdf:about="">${terms.join('')}${recipeElement(recipe)}</rdf:Description></rdf:RDF></metadata>\n` +
    `<rect width="${number(width)}" height="${number(height)}" fill="${palette.background}"/>\n` +
    (recipe.title === '' ? '' : write(fontSize * 0.2, fontSize * 1.25, recipe.title, ' font-weight="bold"')) +
    `${drawable(bodies.join(''))}</svg>\n`
  );
}

/** The document without what only readers of metadata need: what is drawn. */
export function withoutMetadata(svg: string): string {
  return svg.replace(/<metadata>[\s\S]*?<\/metadata>\n/, '');
}

/** The same document with its size in whole pixels, for a rasteriser: stretched by less than a pixel. */
export function inPixels(svg: string, width: number, height: number): string {
  return svg.replace(/width="[^"]*" height="[^"]*"/, `width="${width}" height="${height}" preserveAspectRatio="none"`);
}

function number(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** Escapes text for XML, and for its reader what would act unseen. */
export function escapeXml(text: string): string {
  return drawable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Shows control characters as escapes, most of which XML cannot hold, and drops the two that are no characters. */
function drawable(text: string): string {
  return visibleInPicture(text).replace(/[\ufffe\uffff]/g, '');
}
