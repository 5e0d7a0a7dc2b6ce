/** Charts as SVG documents: vector lines, real text, true size, with a title, a description and metadata. */
import type * as ECharts from 'echarts/core';
import type { Chart } from '../../../shared/figures/index.ts';
import { tidySvg } from './tidy.ts';

/** Size of a figure in millimetres, and the same in the px that the chart was built for. */
export interface FigureSize {
  widthMm: number;
  heightMm: number;
  width: number;
  height: number;
}

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
      components.GridComponent,
      components.LegendComponent,
      components.MarkLineComponent,
      components.TitleComponent,
      renderers.SVGRenderer,
    ]);
    return core;
  })();
  return started;
}

/** Draws a chart as the inside of an SVG element. */
async function draw(chart: Chart, { width, height }: FigureSize): Promise<string> {
  const { init } = await echarts();
  const instance: ECharts.EChartsType = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    instance.setOption(chart.option);
    return instance.renderToSVGString();
  } finally {
    // an instance that is not disposed of keeps the process alive
    instance.dispose();
  }
}

/**
 * Draws a chart as an SVG document.
 * @param metadata what the figure shows and what made it, as Dublin Core terms
 */
export async function renderSvg(
  chart: Chart,
  size: FigureSize,
  metadata: Readonly<Record<string, string>>,
): Promise<string> {
  const drawn = await draw(chart, size);
  const open = drawn.indexOf('>') + 1;
  const inside = tidySvg(drawn.slice(open));
  const terms = Object.entries(metadata).map(([term, value]) => `<dc:${term}>${escapeXml(value)}</dc:${term}>`);
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" ' +
    `width="${size.widthMm}mm" height="${size.heightMm}mm" viewBox="0 0 ${number(size.width)} ${number(size.height)}" ` +
    'role="img" aria-labelledby="figure-title figure-description">\n' +
    `<title id="figure-title">${escapeXml(chart.title)}</title>\n` +
    `<desc id="figure-description">${escapeXml([chart.description, ...chart.notes].join(' '))}</desc>\n` +
    '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" ' +
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about="">' +
    `${terms.join('')}</rdf:Description></rdf:RDF></metadata>\n` +
    withoutControls(inside)
  );
}

/** The same document with its size in whole pixels, for a rasteriser: stretched by less than a pixel. */
export function inPixels(svg: string, width: number, height: number): string {
  return svg.replace(
    /width="[^"]*mm" height="[^"]*mm"/,
    `width="${width}" height="${height}" preserveAspectRatio="none"`,
  );
}

function number(value: number): string {
  return String(Number(value.toFixed(4)));
}

/** Escapes text for XML. */
function escapeXml(text: string): string {
  return withoutControls(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Drops the characters that XML cannot hold. */
function withoutControls(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
}
