/** The package has no types of its own: what is used of it. */
declare module 'svg-to-pdfkit' {
  /** Draws SVG markup on the present page of a PDFKit document. */
  export default function drawSvg(
    document: unknown,
    svg: string,
    x: number,
    y: number,
    options: {
      /** Points. */
      width: number;
      height: number;
      /** Name of a registered font for each text. */
      fontCallback: (family: string, isBold: boolean, isItalic: boolean) => string;
    },
  ): void;
}
