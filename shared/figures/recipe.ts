/**
 * A figure as its author means it: everything that decides its bytes beside the runs' records. The same recipe gives the
 * same figure in the window, in the terminal and in the metadata of the file, from which it can be opened again.
 */
import { z } from 'zod';
import { chartSpecSchema } from '../charts/request.ts';
import type { ChartSpec } from '../charts/request.ts';
import { legendPlaces, runPalettes } from '../charts/drawing/style.ts';

/**
 * Version of the recipes that are written here; a recipe of a greater one is refused. 2 has common legends and axes, rows, eight hues, and
 * comparisons with schemes, baseline groups and more bands. One of 1 has none of them, and stays what it was.
 */
export const recipeVersion = 2 as const;
/** Versions that are read. */
const readVersions = [1, recipeVersion] as const;

/** Letters of panels: none, `a`, `(a)` or `A`. */
export const letterStyles = ['none', 'a', '(a)', 'A'] as const;

/** Units of a figure's size. */
export const lengthUnits = ['mm', 'in'] as const;
type LengthUnit = (typeof lengthUnits)[number];

/** Smallest and greatest side of a figure in millimetres. */
const sideLimits = { least: 20, most: 1000 } as const;

const finite = z.number({ error: 'must be a number' });

/** A length in millimetres. */
export function millimetres(length: number, unit: LengthUnit): number {
  return unit === 'in' ? length * 25.4 : length;
}

/** Width and height of the whole figure at true size. */
const sizeSchema = z
  .strictObject({ width: finite.default(89), height: finite.default(60), unit: z.enum(lengthUnits).default('mm') })
  .superRefine(({ width, height, unit }, context) => {
    const limit = (side: number): string => (unit === 'in' ? `${Number((side / 25.4).toFixed(2))} in` : `${side} mm`);
    for (const [key, value] of Object.entries({ width, height })) {
      const side = millimetres(value, unit);
      if (side < sideLimits.least - 1e-9)
        context.addIssue({ code: 'custom', path: [key], message: `must be at least ${limit(sideLimits.least)}` });
      if (side > sideLimits.most + 1e-9)
        context.addIssue({ code: 'custom', path: [key], message: `must be at most ${limit(sideLimits.most)}` });
    }
  });

/** Ends of an axis; null leaves an end to the data. */
const endsSchema = z
  .strictObject({ from: finite.nullable().default(null), to: finite.nullable().default(null) })
  .refine(({ from, to }) => from === null || to === null || from < to, {
    error: 'must end after it starts',
    path: ['to'],
  });

/** A run in a panel, and what its legend says; an empty label is the run's name. */
const panelRunSchema = z.strictObject({
  run: z.string().min(1, 'name a run').max(120),
  label: z.string().max(120).default(''),
});

/** Places of a panel that is not in the next cell. */
const panelRows = ['new', 'whole'] as const;

/** One panel: a chart of its runs, and what is changed about its axes. */
const panelSchema = z.strictObject({
  chart: chartSpecSchema,
  runs: z
    .array(panelRunSchema)
    .min(1, 'must name at least one run')
    .max(1000, 'must name at most 1,000 runs in one panel; filter them to fewer'),
  /** Places on the horizontal axis that are drawn, ends included: iterations, epochs, or what a comparison is drawn against. */
  x: endsSchema.prefault({}),
  y: endsSchema.prefault({}),
  /** Logarithmic y axis; values at or below zero are left out and the figure says so. */
  log: z.boolean().default(false),
  /** Logarithmic x axis, of a metric's chart; places at or below zero are left out and the figure says so. */
  logX: z.boolean().default(false),
  /** Where it stands: first in a new row, or alone in one and as wide; left out, in the next cell. */
  row: z.enum(panelRows).optional(),
  /** Whether its legend is drawn, where the figure has legends; a panel beside it may say the same. */
  legend: z.boolean().default(true),
  /** Whether what a reader must know about the chart is written under it; a caption may say it instead. */
  notes: z.boolean().default(true),
  /** Written above the panel; empty for none. */
  title: z.string().max(200).default(''),
  /** Titles of the axes; empty for the chart's own, with symbol and unit. */
  xTitle: z.string().max(200).default(''),
  yTitle: z.string().max(200).default(''),
});
/** One panel. */
export type FigurePanel = z.output<typeof panelSchema>;

/** Most panels of a figure, and most of them in a row. */
const mostPanels = 48;
export const mostColumns = 6;

/** A figure's recipe; everything but the panels' charts and runs has a default. */
export const figureRecipeSchema = z.strictObject({
  version: z
    .literal(readVersions, {
      error: ({ input }) =>
        typeof input === 'number' && input > recipeVersion
          ? `is ${input}: the recipe was made by a newer Valleywalk; this one reads versions up to ${recipeVersion}, update it`
          : `must be ${readVersions.join(' or ')}`,
    })
    .default(recipeVersion),
  /** What the figure is called in the list; also its file's name. */
  name: z.string().trim().min(1, 'name the figure').max(120).default('figure'),
  size: sizeSchema.prefault({}),
  font: z
    .strictObject({
      /** Arimo comes with Valleywalk and is embedded; any other is named in SVG only. */
      family: z
        .string()
        .trim()
        .min(1, 'name a font')
        .max(80)
        .regex(/^[\p{L}\p{N} _.-]+$/u, 'may hold letters, digits, spaces, dots and hyphens only')
        .default('Arimo'),
      /** Points. */
      size: finite.min(4, 'at least 4 points').max(36, 'at most 36 points').default(7),
    })
    .prefault({}),
  /** A recipe that names none, of a version with four hues, keeps those. */
  palette: z.enum(runPalettes).default('okabe-ito'),
  /** Figures are light by default: papers are. */
  theme: z.enum(['light', 'dark']).default('light'),
  /** Dashes from the second run on; otherwise where colours end. */
  dashes: z.boolean().default(false),
  /** Markers on every run; otherwise where colours end. */
  markers: z.boolean().default(false),
  /** Width of a run's line in points; all other lines keep their proportion to it. */
  lineWidth: finite.min(0.1, 'at least 0.1 points').max(5, 'at most 5 points').default(0.75),
  /** Diameter of markers in points. */
  markerSize: finite.min(0.5, 'at least 0.5 points').max(20, 'at most 20 points').default(3.4),
  legend: z.enum(legendPlaces).default('above'),
  /**
   * One legend above all panels instead of one in each; what a reader must know about them is then said once, below them. Left out, and not
   * false, in recipes from before: they stay the same bytes.
   */
  commonLegend: z.boolean().optional(),
  /** Horizontal axes of one title have the same ends, as linked panels have on screen; left out in recipes from before, too. */
  commonX: z.boolean().optional(),
  letters: z.enum(letterStyles).default('none'),
  /** Panels in a row. */
  columns: z.int('must be a whole number').min(1, 'at least 1').max(mostColumns, `at most ${mostColumns}`).default(1),
  /** Heights of the rows in proportion to each other; rows without one have 1. */
  rowHeights: z.array(finite.positive('must be above zero').max(100, 'at most 100')).max(mostPanels).default([]),
  /** Written above the whole figure; empty for none. */
  title: z.string().max(200).default(''),
  /** Kept with the figure and its file, not drawn: papers set captions themselves. */
  caption: z.string().max(4000).default(''),
  panels: z
    .array(panelSchema)
    .min(1, 'a figure needs at least one panel')
    .max(mostPanels, `at most ${mostPanels} panels`),
});
/** A figure's recipe with its defaults filled in. */
export type FigureRecipe = z.output<typeof figureRecipeSchema>;
/** A figure's recipe as it may be written: defaults left out. */
export type FigureRecipeInput = z.input<typeof figureRecipeSchema>;

/** A figure that the store keeps; its name is its recipe's, and no two have the same. */
export const savedFigureSchema = z.strictObject({
  /** Its id, told by the store. */
  figure: z.string(),
  recipe: figureRecipeSchema,
  /** ISO 8601 in UTC. */
  created_at: z.string(),
  updated_at: z.string(),
});
/** A figure that the store keeps. */
export type SavedFigure = z.output<typeof savedFigureSchema>;

/** Sizes that journals ask for. */
export const sizePresets = [
  { id: 'single', label: '89 mm, one column', width: 89, height: 60, unit: 'mm' },
  { id: 'double', label: '183 mm, two columns', width: 183, height: 90, unit: 'mm' },
  { id: 'single-inch', label: '3.25 in, one column', width: 3.25, height: 2.25, unit: 'in' },
  { id: 'double-inch', label: '6.75 in, two columns', width: 6.75, height: 3, unit: 'in' },
  { id: 'paper', label: '4.5 × 2 in, the paper’s panels', width: 4.5, height: 2, unit: 'in' },
] as const satisfies readonly ({ id: string; label: string } & FigureRecipe['size'])[];

/** The letter of panel `index` (from 0), empty without letters; after z follow aa, ab, … */
export function panelLetter(index: number, style: FigureRecipe['letters']): string {
  if (style === 'none') return '';
  const letter = letterOf(index);
  return style === 'A' ? letter.toUpperCase() : style === '(a)' ? `(${letter})` : letter;
}

/** a, b, …, z, aa, … */
export function letterOf(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}

/** The recipe of one chart as it stands on screen: what a chart's export starts from. */
export function recipeOfChart(
  name: string,
  chart: ChartSpec,
  runs: readonly { run: string; label?: string }[],
  more: Partial<Omit<FigureRecipeInput, 'panels' | 'name'>> &
    Partial<Pick<FigureRecipeInput['panels'][number], 'x' | 'y' | 'log'>> = {},
): FigureRecipe {
  const { x, y, log, ...figure } = more;
  return figureRecipeSchema.parse({
    size: { width: 4.5, height: 2, unit: 'in' },
    palette: 'hues',
    ...figure,
    name,
    panels: [
      {
        chart,
        runs: runs.map(({ run, label }) => ({ run, label: label ?? '' })),
        ...(x ? { x } : {}),
        ...(y ? { y } : {}),
        ...(log === undefined ? {} : { log }),
      },
    ],
  });
}
