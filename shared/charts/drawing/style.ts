/** What charts are drawn with: the palette of each theme, and the measures of screen and paper. How lines look: looks.ts. */

/** Colours of a theme. */
interface Palette {
  background: string;
  text: string;
  /** Axis labels and other secondary text. */
  muted: string;
  axis: string;
  grid: string;
  /** Vertical lines where slices meet: the valley's walls. */
  hairline: string;
  floor: string;
  /** Batch loss behind the walk. */
  batch: string;
  barrier: string;
}

/** A theme's name. */
export type Theme = 'light' | 'dark';

const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    background: '#ffffff',
    text: '#1b1f24',
    muted: '#57606a',
    axis: '#6e7781',
    grid: '#e8eaed',
    hairline: '#c4cad1',
    floor: '#d55e00',
    batch: '#8c959f',
    barrier: '#1b1f24',
  },
  dark: {
    background: '#14171b',
    text: '#e6e9ed',
    muted: '#a3adb8',
    axis: '#7d8792',
    grid: '#262b31',
    hairline: '#454d57',
    floor: '#f08038',
    batch: '#8a949f',
    barrier: '#e6e9ed',
  },
};

/**
 * Palettes of runs, see looks.ts: eight hues, of which Okabe and Ito's four are the first; those four alone, as figures had them before
 * there were eight; or greys for print without colour, told apart by dashes.
 */
export const runPalettes = ['hues', 'okabe-ito', 'greys'] as const;
/** One of them. */
export type RunPalette = (typeof runPalettes)[number];

/** Where a legend stands: above the plot, in a corner inside it, or nowhere. */
export const legendPlaces = ['above', 'top-left', 'top-right', 'bottom-left', 'bottom-right', 'none'] as const;
/** One of them. */
type LegendPlace = (typeof legendPlaces)[number];

/** What a figure's author says about the axes; what is left out is the chart's own. */
interface AxisChoices {
  xTitle?: string;
  yTitle?: string;
  /** Ends of the horizontal axis that panels share. */
  x?: { from: number; to: number };
  /** Ends of the vertical axis; null leaves an end to the data. */
  y?: { from: number | null; to: number | null };
}

/** How runs are told apart. */
export interface LineStyleChoices {
  theme: Theme;
  runPalette: RunPalette;
  /** Dashes from the second run on, instead of where colours end. */
  dashes: boolean;
  /** Markers on every run, instead of where colours end. */
  markers: boolean;
}

/** Makes pictures of pixels, where there is something to make them with. */
export interface Raster {
  /** Pixels of a picture for each px of the drawing. */
  ratio: number;
  /**
   * A picture that ECharts draws.
   * @param pixels red, green, blue and opacity of each, 0 to 255, row by row from above
   */
  picture: (pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number) => object;
}

/** Everything that a builder needs to know about the medium. */
export interface ChartStyle extends LineStyleChoices {
  /** `screen`: zoom, tooltip, room for a pointer; `paper`: none of these, small type, tight. */
  medium: 'screen' | 'paper';
  palette: Palette;
  fontFamily: string;
  /** Font size in px. */
  fontSize: number;
  /** Size of the drawing in px: decides which axis titles fit. */
  width: number;
  height: number;
  /** Line widths in px. */
  lines: { hairline: number; thin: number; normal: number; bold: number };
  /** Diameter of markers in px. */
  marker: number;
  /** A panel in a stack: leaves out the horizontal axis's title. */
  compact: boolean;
  legend: LegendPlace;
  /** Whether what a reader must know is written under a figure on paper. */
  notes: boolean;
  /** Room in px to leave free at the upper left, for a panel's letter. */
  corner: number;
  axes: AxisChoices;
  /** Draws what has ten thousand cells as one picture, many times as quickly; without it they are shapes. */
  raster?: Raster;
}

/** Settings of a style that a caller may choose. */
export type StyleChoices = Partial<Omit<ChartStyle, 'theme' | 'medium' | 'palette'>>;

/** What both media start from. */
const common = {
  runPalette: 'hues',
  dashes: false,
  markers: false,
  compact: false,
  legend: 'above',
  notes: true,
  corner: 0,
  axes: {},
} as const;

/** CSS pixels in a millimetre, at 96 pixels an inch. */
export const pixelsPerMillimetre = 96 / 25.4;

/** Font of figures: the bundled one first, then its metric twins. */
export const figureFontFamily = 'Arimo, Arial, Helvetica, sans-serif';

/** The style of charts in the window: 13 px type, zoom and tooltip. */
export function screenStyle(theme: Theme, choices: StyleChoices = {}): ChartStyle {
  return {
    ...common,
    theme,
    medium: 'screen',
    palette: palettes[theme],
    fontFamily: 'system-ui, sans-serif',
    fontSize: 13,
    width: 900,
    height: 220,
    lines: { hairline: 1, thin: 1, normal: 1.75, bold: 2.25 },
    marker: 7,
    ...choices,
  };
}

/** The style of figures for papers: 7 point type at true size, nothing interactive. */
export function paperStyle(theme: Theme, choices: StyleChoices = {}): ChartStyle {
  return {
    ...common,
    theme,
    medium: 'paper',
    palette: choices.runPalette === 'greys' ? withoutColour(palettes[theme]) : palettes[theme],
    fontFamily: figureFontFamily,
    fontSize: (7 / 72) * 96,
    width: 114.3 * pixelsPerMillimetre,
    height: 50.8 * pixelsPerMillimetre,
    lines: { hairline: 0.5, thin: 0.6, normal: 1, bold: 1.4 },
    marker: 4.5,
    ...choices,
  };
}

/** A palette for print without colour. */
function withoutColour(palette: Palette): Palette {
  return { ...palette, floor: palette.muted };
}
