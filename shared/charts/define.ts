/**
 * A chart kind's declaration: one file a kind, from which its recipe, the fields and menus of an editor, the records that are read, the
 * drawing, the terminal's help and docs/charts.md come.
 */
import { z } from 'zod';
import type { AnalysisKind } from '../analyses/index.ts';
import { charted } from '../quantities/index.ts';
import type { ChartedKind } from '../quantities/index.ts';
import type { Chart, ChartView, RunData } from './chart.ts';
import type { ChartStyle } from './drawing/style.ts';

/** Records that a chart is built from. */
export type ChartRecords = 'iterations' | 'slices' | 'epochs' | 'curvature' | 'times' | 'summaries';

/** Words for the values of an option, in the order of menus. */
type Choices = Readonly<Record<string, string>>;

/** How an editor asks for an option. */
type OptionControl =
  /** A number; `initial` where the schema has no default. An empty field is null, and `empty` says what that stands for. */
  | { control: 'number'; whole?: boolean; unit?: string; initial?: number; empty?: string }
  /** One of some values, which may depend on those of the options in the menu. `initial`, where the schema has no default, is one of them. */
  | {
      control: 'choice';
      choices: Choices | ((spec: Readonly<Record<string, unknown>>) => Choices);
      initial?: (choices: Choices) => string;
    }
  /** Every value is a chart of its own in menus. */
  | { control: 'menu'; choices: Choices }
  /** An id of a finished analysis of the panel's run: each is a chart of its own in menus. */
  | { control: 'analysis' }
  /** The view that makes the chart sets it, and an editor keeps it. */
  | { control: 'kept' };

/** An option of a chart: its words, its values, and how an editor asks for them. */
export type ChartOption = {
  /** What it is, in words. */
  title: string;
  /** The words beside its field, where there is too little room for the title. */
  label?: string;
  /** Whether its field stands in the row of the option before it. */
  beside?: boolean;
  /** Words for its values, where the control has none. */
  words?: Choices;
  schema: z.ZodType;
} & OptionControl;

/** The options of a chart by their names in a recipe. */
export type ChartOptions = Readonly<Record<string, ChartOption>>;

/** What a chart's horizontal axis counts, where a part of it can be chosen. */
export interface Places {
  /** What its places are called: `iterations`. */
  title: string;
  /** Whether they are whole numbers. */
  whole: boolean;
  /** Whether the view on screen ends one past the last place, as that of a run's charts does, rather than at it. */
  pastLast: boolean;
}

/** Iterations, up to the end of the last update. */
export const iterationPlaces = { title: 'iterations', whole: true, pastLast: true } as const satisfies Places;
/** Epochs. */
export const epochPlaces = { title: 'epochs', whole: true, pastLast: true } as const satisfies Places;

/** Menus of charts: all of them, for a figure's editor; those of one quantity, which are offered beside a chart that is exported. */
export type ChartMenu = 'figures' | 'quantities';

/**
 * What an export asks whether a run has it; `bothEnds`: the smallest eigenvalue beside the largest; `fit`: of targets that are real numbers.
 */
export type ExportedRecords = 'iterations' | 'slices' | 'epochs' | 'fit' | 'curvature' | 'bothEnds';

/** The schema of a chart in a recipe. */
type SchemaOf<K extends string, O extends ChartOptions> = z.ZodObject<
  { chart: z.ZodLiteral<K> } & { -readonly [N in keyof O]: O[N]['schema'] },
  z.core.$strict
>;
/** A chart with its options, as it stands in a recipe. */
export type SpecOf<K extends string, O extends ChartOptions> = z.output<SchemaOf<K, O>>;

/** A chart kind as its file declares it. What depends on its options is a function of them. */
export interface ChartDefinition<K extends string, O extends ChartOptions> {
  /** Its name in recipes, `chart`. */
  key: K;
  /** What it shows, in a line. */
  help: string;
  options: O;
  /** What options must fulfil together, and of which option one hears else. */
  rules?: readonly { holds: (spec: SpecOf<K, O>) => boolean; error: string; option: keyof O & string }[];
  /** Its name in a list. */
  title: (spec: SpecOf<K, O>) => string;
  /** The records that it is built from, so that a caller reads no others. */
  records: (spec: SpecOf<K, O>) => readonly ChartRecords[];
  /** The summaries of quantities that it is drawn from, by their names (shared/over-settings/quantity-summary.ts); left out where there are none. */
  summaries?: (spec: SpecOf<K, O>) => readonly string[];
  /** The one iteration whose slice it draws; left out where it draws those in its range. */
  sliceOf?: (spec: SpecOf<K, O>) => number;
  /** Whether it draws several runs, or the first only. */
  several: boolean;
  /** Whether its vertical axis may be logarithmic. */
  log: (spec: SpecOf<K, O>) => boolean;
  /** Whether its horizontal axis may be logarithmic. */
  logX: (spec: SpecOf<K, O>) => boolean;
  /** Its horizontal axis where a part of it can be chosen, else null. */
  places: (spec: SpecOf<K, O>) => Places | null;
  /** The kind of analysis that it draws, named by its option `analysis`; null where it draws records. */
  analysis: AnalysisKind | null;
  /** The menus that it stands in; other charts are made by a view. */
  menus: readonly ChartMenu[];
  /** Its charts that an export of a run draws, by the names of their files, and of what the run must have records. */
  exported: readonly { name: string; needs: ExportedRecords; spec: SpecOf<K, O> }[];
  /** Draws it. */
  build: (runs: readonly [RunData, ...RunData[]], spec: SpecOf<K, O>, style: ChartStyle, view: ChartView) => Chart;
}

/** A declared chart kind. */
export interface ChartKind<K extends string, O extends ChartOptions> extends ChartDefinition<K, O> {
  /** What a recipe may say of it. */
  schema: SchemaOf<K, O>;
}

/** Declares a chart kind; listed in kinds/index.ts, it is there everywhere. */
export function defineChart<const K extends string, const O extends ChartOptions>(
  definition: ChartDefinition<K, O>,
): ChartKind<K, O> {
  const { key, options, rules = [] } = definition;
  const shape = Object.fromEntries(Object.entries(options).map(([name, { schema }]) => [name, schema]));
  const all = z.strictObject({ chart: z.literal(key), ...shape }) as unknown as SchemaOf<K, O>;
  return {
    ...definition,
    schema: rules.reduce((schema, { holds, error, option }) => schema.refine(holds, { error, path: [option] }), all),
  };
}

/** The option of a chart that draws an analysis: its id. */
export const analysisOption = {
  title: 'Analysis',
  control: 'analysis',
  schema: z.string().min(1).max(64),
} as const satisfies ChartOption;

/** What charts of an analysis have in common: they draw its result and no records, of one run, on axes of their own. */
export const ofAnalysis = {
  records: () => [],
  several: false,
  log: () => false,
  logX: () => false,
  places: () => null,
  menus: ['figures'],
  exported: [],
} as const;

/** The quantities of a record that have charts, by their keys, in the order of menus. */
export function chartedChoices(record: ChartedKind): Choices {
  return Object.fromEntries(charted[record].map(({ key, title }) => [key, title]));
}

const records = Object.keys(charted) as ChartedKind[];
/** A kind of record whose quantities have charts. */
export const chartedRecord = z.enum(records);
/** A quantity that has a chart, of whichever record: {@link hasCharted} tells of which. */
export const chartedQuantity = z.enum([...new Set(records.flatMap((record) => charted[record].map(({ key }) => key)))]);

/** Whether a record has a quantity with a chart of this key. */
export function hasCharted(record: ChartedKind, key: string): boolean {
  return charted[record].some((one) => one.key === key);
}
