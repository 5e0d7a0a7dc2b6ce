/**
 * Makes ECharts's SVG a document for other programs: editors and typesetters that know neither `dominant-baseline` nor
 * style sheets find plain attributes, and no invisible shapes for a pointer that is not there.
 */

import { subscriptMarks } from '../../../shared/charts/drawing/text.ts';

/** From the middle of the line to the baseline, in font sizes: half of Arial's ascent less descent. */
const middleToBaseline = 0.347;

/**
 * Tidies the markup of a static SVG.
 * @param index place of the drawing in its document, so that ids are its own
 */
export function tidySvg(svg: string, index = 0): string {
  return (
    svg
      .replaceAll(/<style[^>]*>[\s\S]*?<\/style>\n?/g, '')
      .replaceAll(/<(?:path|rect)[^>]*><\/(?:path|rect)>\n?/g, (path) => (isInvisible(path) ? '' : path))
      .replaceAll(/<text([^>]*)>([^<]*)/g, (_, attributes: string, text: string) => {
        const written = textAttributes(attributes);
        return `<text${written}>${withSubscripts(text, Number(attribute(written, 'font-size')))}`;
      })
      // only inside tags: a run may be named like an attribute
      .replaceAll(/<[^>]+>/g, (tag) =>
        tag
          .replaceAll(/ (?:class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
          // ids count how many drawings were made before; the same figure is to be the same bytes
          .replaceAll(/\bzr\d+-/g, `p${index + 1}-`),
      )
  );
}

function attribute(attributes: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1];
}

/** Whether a path has neither a fill nor a stroke. */
function isInvisible(path: string): boolean {
  const unfilled = attribute(path, 'fill') === 'none' || attribute(path, 'fill-opacity') === '0';
  const stroke = attribute(path, 'stroke');
  const width = attribute(path, 'stroke-width');
  const unstroked =
    stroke === undefined || stroke === 'none' || Number(width) === 0 || attribute(path, 'stroke-opacity') === '0';
  return unfilled && unstroked;
}

/** How much smaller and lower a subscript is, in font sizes of its text. */
const subscript = { size: 0.72, drop: 0.2 };
const [before, after] = subscriptMarks;
const marked = new RegExp(`${before}([^${after}]*)${after}([^${before}]*)`, 'g');

/** A text with its marked subscripts as such. */
function withSubscripts(text: string, size: number): string {
  const [drop, small] = [round(subscript.drop * size), round(subscript.size * size)];
  return text.replaceAll(
    marked,
    (_, inside: string, rest: string) =>
      `<tspan dy="${drop}" font-size="${small}">${inside}</tspan>` +
      (rest === '' ? '' : `<tspan dy="-${drop}">${rest}</tspan>`),
  );
}

/** Font and position of a text as attributes, its y on the baseline. */
function textAttributes(attributes: string): string {
  const style = attribute(attributes, 'style') ?? '';
  const property = (name: string): string | undefined => new RegExp(`(?:^|;)${name}:([^;]*)`).exec(style)?.[1];
  const size = parseFloat(property('font-size') ?? '12');
  const fonts = ['font-family', 'font-weight', 'font-style'].flatMap((name) => {
    const value = property(name);
    return value === undefined || value === 'normal' ? [] : [` ${name}="${value}"`];
  });
  const rest = attributes.replaceAll(/ (?:style|dominant-baseline|y|xml:space)="[^"]*"/g, '');
  const isCentral = attribute(attributes, 'dominant-baseline') === 'central';
  const y = Number(attribute(attributes, 'y') ?? 0) + (isCentral ? middleToBaseline * size : 0);
  return `${rest} y="${round(y)}" font-size="${round(size)}"${fonts.join('')}`;
}

function round(value: number): string {
  return String(Number(value.toFixed(3)));
}
