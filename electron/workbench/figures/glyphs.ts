/** Which characters of a figure's texts a picture would show as boxes. */
import type { Resvg as Rasteriser, ResvgRenderOptions } from '@resvg/resvg-js';

type Fonts = NonNullable<ResvgRenderOptions['font']>;
type Resvg = typeof Rasteriser;

/** Private use: no font of a reader's has it, so that it is drawn as what is missing is. */
const nobodys = '\ue0ff';

/** What a character looks like. */
function picture(Resvg: Resvg, character: string, font: Fonts): Buffer {
  const code = [...character].map((one) => `&#${one.codePointAt(0)};`).join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><text x="4" y="22" font-size="18" font-family="Arimo">${code}</text></svg>`;
  return Buffer.from(new Resvg(svg, { font }).render().pixels);
}

/**
 * Characters that none of the fonts has, each once, by looking at them: the rasteriser does not tell.
 * @param svg a document of the figure
 */
export function missingGlyphs(Resvg: Resvg, svg: string, font: Fonts): string[] {
  const beyond = new Set([...textOf(svg)].filter((one) => !/[\p{ASCII}\s\p{M}\p{Cf}]/u.test(one)));
  if (beyond.size === 0) return [];
  const box = picture(Resvg, nobodys, font);
  return [...beyond].filter((one) => picture(Resvg, one, font).equals(box));
}

/** The texts that a figure's document draws, one after the other, without its title and description. */
export function textOf(svg: string): string {
  const texts = svg.match(/<text[^>]*>.*?<\/text>/gs)?.join('') ?? '';
  return texts
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([\da-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&(?:amp|lt|gt|quot);/g, '&');
}
