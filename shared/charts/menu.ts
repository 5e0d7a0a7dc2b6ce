/** Which charts a menu offers, which of their options an editor asks for, and which an export of a run draws: all from the declarations. */
import type { AnalysisKind } from '../analyses/index.ts';
import type { ChartKind, ChartMenu, ChartOption, ChartOptions, ExportedRecords } from './define.ts';
import { chartKinds } from './kinds/index.ts';
import { chartSpecSchema } from './request.ts';
import type { ChartSpec } from './request.ts';

// a kind takes the options of its own charts, which a list cannot say
const kinds = chartKinds as readonly unknown[] as readonly ChartKind<string, ChartOptions>[];

type Options = Readonly<Record<string, unknown>>;

/** The values of an option that are charts of their own in a menu; null where it has a field instead. */
function listed(option: ChartOption, analysis: string | null): readonly string[] | null {
  if (option.control === 'menu') return Object.keys(option.choices);
  return option.control === 'analysis' ? [analysis!] : null;
}

/** Words of an option's values, by what is chosen already; null where it is no choice. */
function choicesOf(option: ChartOption, spec: Options): Readonly<Record<string, string>> | null {
  if (option.control !== 'choice') return null;
  return typeof option.choices === 'function' ? option.choices(spec) : option.choices;
}

/** A chart of a kind whose options are as the menu says, the others as they begin. */
function begun({ key, options }: ChartKind<string, ChartOptions>, fixed: Options): ChartSpec {
  const spec: Record<string, unknown> = { chart: key, ...fixed };
  for (const [name, option] of Object.entries(options)) {
    if (option.control === 'number' && option.initial !== undefined) spec[name] = option.initial;
    if (option.control === 'choice' && option.initial) spec[name] = option.initial(choicesOf(option, spec)!);
  }
  return chartSpecSchema.parse(spec);
}

/** The charts of a kind in a menu. `own` stands in place of the one that differs from it only in options that have fields. */
function chartsOfKind(
  kind: ChartKind<string, ChartOptions>,
  own: ChartSpec | null,
  analysis: string | null,
): ChartSpec[] {
  const fixed = Object.entries(kind.options).reduce<Options[]>(
    (all, [name, option]) => {
      const values = listed(option, analysis);
      return values ? all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))) : all;
    },
    [{}],
  );
  return fixed.map((one) => {
    const isOwn =
      own?.chart === kind.key && Object.entries(one).every(([name, value]) => (own as Options)[name] === value);
    return isOwn ? own : begun(kind, one);
  });
}

/**
 * The charts that a menu offers.
 * @param own the chart that is chosen, which keeps its options
 * @param analyses finished analyses, of which charts are offered too
 */
export function chartsInMenu(
  menu: ChartMenu,
  own: ChartSpec | null = null,
  analyses: readonly { analysis: string; kind: AnalysisKind }[] = [],
): ChartSpec[] {
  const offered = kinds.filter(({ menus }) => menus.includes(menu));
  return [
    ...offered.filter((kind) => kind.analysis === null).flatMap((kind) => chartsOfKind(kind, own, null)),
    ...analyses.flatMap(({ analysis, kind: of }) =>
      offered.filter((kind) => kind.analysis === of).flatMap((kind) => chartsOfKind(kind, own, analysis)),
    ),
  ];
}

/** A chart of every quantity that has one, in the order of menus. */
export const quantityCharts: readonly ChartSpec[] = chartsInMenu('quantities');

/** An option that an editor asks for. */
export interface OptionField {
  /** Its name in the recipe. */
  name: string;
  title: string;
  /** What stands beside the field. */
  label: string;
  /** Whether it stands in the row of the field before it. */
  beside: boolean;
  /** Its value in the chart that is edited. */
  value: unknown;
  /** Words for its values; null where it is a number. */
  choices: Readonly<Record<string, string>> | null;
  whole: boolean;
  unit: string | null;
  /** What an empty number, null in the recipe, stands for; null where it cannot be empty. */
  empty: string | null;
}

/** The options of a chart that an editor asks for, in their order. */
export function optionFields(spec: ChartSpec): OptionField[] {
  const { options } = kinds.find(({ key }) => key === spec.chart)!;
  return Object.entries(options).flatMap(([name, option]): OptionField[] => {
    const { title, label = title, beside = false } = option;
    if (option.control !== 'number' && option.control !== 'choice') return [];
    const number = option.control === 'number' ? option : null;
    return [
      {
        name,
        title,
        label,
        beside,
        value: (spec as Options)[name],
        choices: choicesOf(option, spec),
        whole: number?.whole ?? false,
        unit: number?.unit ?? null,
        empty: number?.empty ?? null,
      },
    ];
  });
}

/** The charts that an export of a run draws, with the names of their files without extension. */
export function exportedCharts(has: Readonly<Record<ExportedRecords, boolean>>): { name: string; spec: ChartSpec }[] {
  return kinds.flatMap(({ exported }) =>
    exported.filter(({ needs }) => has[needs]).map(({ name, spec }) => ({ name, spec: spec as ChartSpec })),
  );
}
