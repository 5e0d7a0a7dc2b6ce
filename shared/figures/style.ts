/** How charts look: the palette of each theme, the measures of screen and paper, and the look of each run. */

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
  /** The step that is selected. */
  selection: string;
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
    selection: '#0072b2',
  },
  dark: {
    background: '#14171b',
    text: '#e6e9ed',
    muted: '#a3adb8',
    axis: '#7d8792',
    grid: '#262b31',
    hairline: '#454d57',
    floor: '#d55e00',
    batch: '#7d8792',
    barrier: '#e6e9ed',
    selection: '#56b4e9',
  },
};

/** Everything that a builder needs to know about the medium. */
export interface ChartStyle {
  theme: Theme;
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
}

/** Settings of a style that a caller may choose. */
export type StyleChoices = Partial<Pick<ChartStyle, 'fontFamily' | 'fontSize' | 'width' | 'height' | 'compact'>>;

/** CSS pixels in a millimetre, at 96 pixels an inch. */
const pixelsPerMillimetre = 96 / 25.4;

/** Font of figures: the bundled one first, then its metric twins. */
const figureFontFamily = 'Arimo, Arial, Helvetica, sans-serif';

/** The style of charts in the window: 13 px type, zoom and tooltip. */
export function screenStyle(theme: Theme, choices: StyleChoices = {}): ChartStyle {
  return {
    theme,
    medium: 'screen',
    palette: palettes[theme],
    fontFamily: 'system-ui, sans-serif',
    fontSize: 13,
    width: 900,
    height: 220,
    lines: { hairline: 1, thin: 1, normal: 1.75, bold: 2.25 },
    marker: 7,
    compact: false,
    ...choices,
  };
}

/** The style of figures for papers: 7 point type at true size, nothing interactive. */
export function paperStyle(theme: Theme, choices: StyleChoices = {}): ChartStyle {
  return {
    theme,
    medium: 'paper',
    palette: palettes[theme],
    fontFamily: figureFontFamily,
    fontSize: (7 / 72) * 96,
    width: 114.3 * pixelsPerMillimetre,
    height: 50.8 * pixelsPerMillimetre,
    lines: { hairline: 0.5, thin: 0.6, normal: 1, bold: 1.4 },
    marker: 4.5,
    compact: false,
    ...choices,
  };
}

/** How the line of one run looks. */
export interface RunLook {
  color: string;
  dash: 'solid' | number[];
  /** ECharts symbol. */
  marker: 'circle' | 'rect' | 'triangle' | 'diamond' | 'arrow';
  /** Whether markers are needed to tell it from another run: from the fifth on. */
  marked: boolean;
}

/** Colours of runs, in order: those of Okabe and Ito that stand out by at least 3 : 1 on both themes' backgrounds. */
export const runColors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'] as const;

/** The colour of a run on a theme, by its place in the selection (from 0). */
export function runLook(index: number): RunLook {
  const round = Math.floor(index / runColors.length);
  const dashes: RunLook['dash'][] = ['solid', [5, 2], [1.5, 1.5], [6, 2, 1.5, 2]];
  const markers: RunLook['marker'][] = ['circle', 'rect', 'triangle', 'diamond', 'arrow'];
  return {
    color: runColors[index % runColors.length]!,
    dash: dashes[round % dashes.length]!,
    marker: markers[round % markers.length]!,
    marked: round > 0,
  };
}
