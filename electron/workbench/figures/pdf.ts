/** Figures as PDF: one page of exact size, the SVG's lines as lines and its text as text in the embedded font. */
import { join } from 'node:path';
import type PdfDocument from 'pdfkit';
import { ValleywalkError } from '../../../shared/errors.ts';
import { textOf } from './glyphs.ts';

/** What a page holds beside its drawing. */
export interface PdfOptions {
  /** Size in points. */
  width: number;
  height: number;
  /** Folder with the bundled fonts. */
  fonts: string;
  info: { Title: string; Subject: string; Creator: string };
  /** XMP packet. */
  xmp: string;
}

/** PDFKit as it is used here; its types leave out what writes metadata. */
type Document = InstanceType<typeof PdfDocument> & {
  _root: { data: Record<string, unknown> };
  /** The font in use, as fontkit reads it. */
  _font: { font: { hasGlyphForCodePoint(point: number): boolean } };
  endMetadata(): void;
};

/**
 * Writes an SVG as PDF. The same SVG gives the same bytes: there is no date in it.
 * @throws ValleywalkError kind `input` when the font lacks a character of the figure's texts
 */
export async function renderPdf(svg: string, options: PdfOptions): Promise<Uint8Array<ArrayBuffer>> {
  const [{ default: PDFDocument }, { default: drawSvg }] = await Promise.all([
    import('pdfkit'),
    import('svg-to-pdfkit'),
  ]);
  const { width, height, fonts, info, xmp } = options;
  const regular = join(fonts, 'Arimo-Regular.ttf');
  const bold = join(fonts, 'Arimo-Bold.ttf');
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    pdfVersion: '1.7',
    font: regular,
    lang: 'en',
    displayTitle: true,
    // the identifier is made from the information, which must have a date at first
    info: { ...info, Producer: info.Creator, CreationDate: new Date(0) },
  }) as unknown as Document;
  delete (document.info as { CreationDate?: Date }).CreationDate;
  requireGlyphs(svg, document._font.font);
  document.registerFont('Arimo', regular);
  document.registerFont('Arimo-Bold', bold);
  // PDFKit would write titles into its own packet without escaping them
  document.endMetadata = (): void => {
    const packet = document.ref({ Type: 'Metadata', Subtype: 'XML' });
    packet.compress = false;
    packet.end(Buffer.from(xmp));
    document._root.data['Metadata'] = packet;
  };
  const chunks: Buffer[] = [];
  const finished = new Promise<void>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', resolve);
    document.on('error', reject);
  });
  drawSvg(document, svg, 0, 0, {
    width,
    height,
    fontCallback: (_family: string, isBold: boolean) => (isBold ? 'Arimo-Bold' : 'Arimo'),
  });
  document.end();
  await finished;
  return new Uint8Array(Buffer.concat(chunks));
}

/** A missing glyph would be an empty box in somebody's paper. */
function requireGlyphs(svg: string, face: Document['_font']['font']): void {
  const missing = [...new Set(textOf(svg))].filter(
    (character) => !face.hasGlyphForCodePoint(character.codePointAt(0)!),
  );
  if (missing.length > 0)
    throw new ValleywalkError(
      'input',
      `the PDF's font, Arimo, has no ${missing.length === 1 ? 'character' : 'characters'} ${missing.join(' ')}; label the runs in other letters, or save an SVG or PNG`,
    );
}
