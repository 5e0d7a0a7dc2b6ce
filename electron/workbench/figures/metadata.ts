/** What a figure's file says about itself, the same in SVG, PNG and PDF. */
import { recipeElement } from '../../../shared/figures/recipe-file.ts';
import type { FigureRecipe } from '../../../shared/figures/recipe.ts';
import type { Panel } from './panels.ts';
import { escapeXml } from './svg.ts';

/** Where a figure comes from, as Dublin Core terms. */
export function describeOrigin(
  recipe: FigureRecipe,
  panels: readonly Panel[],
  version: string | undefined,
): { title: string; creator: string; description: string; source: string } {
  const runs = new Map(panels.flatMap(({ runs }) => runs.map(({ run }) => [run.run, run] as const)));
  const titles = panels.map(({ chart, letter }) => (letter === '' ? chart.title : `${letter} ${chart.title}`));
  return {
    title: recipe.title || titles.join('; '),
    creator: version ? `Valleywalk ${version}` : 'Valleywalk',
    description: [recipe.caption, ...panels.flatMap(({ chart }) => [chart.description, ...chart.notes])]
      .filter(Boolean)
      .join(' '),
    source: [...runs.values()].map((run) => `${run.name} (run ${run.run}, seed ${run.seed})`).join('; '),
  };
}

/** The XMP packet of a PNG or PDF: Dublin Core and the recipe. */
export function xmpPacket(recipe: FigureRecipe, terms: ReturnType<typeof describeOrigin>): string {
  const text = (value: string): string =>
    `<rdf:Alt><rdf:li xml:lang="x-default">${escapeXml(value)}</rdf:li></rdf:Alt>`;
  return (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" ' +
    `xmlns:valleywalk="urn:valleywalk:figure"><dc:title>${text(terms.title)}</dc:title>` +
    `<dc:description>${text(terms.description)}</dc:description><dc:source>${escapeXml(terms.source)}</dc:source>` +
    `<xmp:CreatorTool>${escapeXml(terms.creator)}</xmp:CreatorTool>${recipeElement(recipe)}` +
    '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
  );
}
