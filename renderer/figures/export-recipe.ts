/** The figure that an export makes of a chart: which chart, which part of it, on which axes. */
import { computed, reactive, ref } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import { canLogX } from '../../shared/charts/index.ts';
import { dpiSchema } from '../../shared/charts/request.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import type { Problem } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import { gridRecipe, gridSize } from '../../shared/figures/grid-recipe.ts';
import type { GridPanel } from '../../shared/figures/grid-recipe.ts';
import { figureRecipeSchema } from '../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { Range } from '../chart/chart-link.ts';
import { axisWords, placesInView, specCanLog, specHasRange, specKey, specTitle } from '../chart/specs.ts';
import type { ExportChoices, TypedSize } from './export-choices.ts';

/** Several panels that can be exported as one figure. */
export interface ExportableGrid {
  panels: readonly GridPanel[];
  /** Panels in a row, as on screen. */
  columns: number;
  /** What panels that have nothing to draw, and are left out, are called. */
  empty: readonly string[];
}

/** What an export is offered. */
export interface Exportable {
  runs: readonly RunRecord[];
  /** Charts to choose from. */
  specs: readonly ChartSpec[];
  /** The chart that is chosen when the dialog opens. */
  spec: ChartSpec;
  /** The zoom on screen. */
  range: Range | null;
  log: boolean;
  /** Whether its horizontal axis is logarithmic there. */
  logX?: boolean;
  /** The panels that it stands among; left out where there are none. */
  grid?: ExportableGrid | undefined;
  /** Whether all of them are chosen when the dialog opens. */
  whole?: boolean;
}

/** Key of the figure of all panels, among those of charts. */
export const gridKey = 'grid';

/** The figure of an export. */
export interface ExportRecipe {
  /** Key of the chosen chart; {@link gridKey} chooses all panels. */
  key: Ref<string>;
  /** The panels of the figure where all of them are chosen; else null. */
  grid: ComputedRef<ExportableGrid | null>;
  /** Panels in a row, as typed. */
  columns: Ref<unknown>;
  /** The figure's size: of all panels it begins anew with every export, of one chart it is remembered. Written in place. */
  size: ComputedRef<TypedSize>;
  chosen: ComputedRef<ChartSpec>;
  logAxis: Ref<boolean>;
  logAxisX: Ref<boolean>;
  /** Which part of the horizontal axis: all of it, what is on screen, or as typed. */
  part: Ref<'whole' | 'screen' | 'typed'>;
  typed: { from: unknown; to: unknown };
  /** The zoom on screen, ends included; null where it is not of this chart's axis. */
  screen: ComputedRef<Range | null>;
  /** The figure as it would be saved; null where something is wrong with it. */
  recipe: ComputedRef<FigureRecipe | null>;
  problems: ComputedRef<Problem[]>;
  /** Begins with the chart as it is on screen. */
  begin: () => void;
}

/** Ends of an axis. */
interface Ends {
  from: number | null;
  to: number | null;
}

/** Keeps the figure of an export. */
export function useExportRecipe(props: Readonly<Exportable>, choices: ExportChoices): ExportRecipe {
  const key = ref('');
  const logAxis = ref(false);
  const logAxisX = ref(false);
  const part = ref<'whole' | 'screen' | 'typed'>('whole');
  const typed = reactive<{ from: unknown; to: unknown }>({ from: 0, to: 0 });
  const grid = computed(() => (key.value === gridKey ? (props.grid ?? null) : null));
  const columns = ref<unknown>(1);
  const wholeSize = reactive<TypedSize>({ width: 183, height: 90, unit: 'mm' });
  const size = computed(() => (grid.value ? wholeSize : choices));
  const chosen = computed(() => props.specs.find((spec) => specKey(spec) === key.value) ?? props.spec);

  const screen = computed(() => {
    const { spec, range } = props;
    // the charts of a run are zoomed by iterations, whichever of them is exported
    const own = spec.chart === 'comparison' ? spec : ({ chart: 'walk' } as const);
    if (range === null || !specHasRange(chosen.value) || axisWords(chosen.value) !== axisWords(own)) return null;
    return placesInView(own, range);
  });
  const ends = computed(() => {
    if (!specHasRange(chosen.value) || part.value === 'whole') return { from: null, to: null };
    if (part.value === 'screen') return screen.value ?? { from: null, to: null };
    return { from: typed.from, to: typed.to };
  });
  const check = computed(() => {
    const others = props.runs.length - 1;
    const of = `${props.runs[0]?.name ?? 'figure'}${others > 0 ? ` and ${others} more` : ''}`;
    const { width, height, unit } = size.value;
    const figure = { size: { width, height, unit }, theme: choices.theme, palette: 'hues' };
    const logX = logAxisX.value && canLogX(chosen.value);
    if (grid.value) {
      const { panels } = grid.value;
      const name = `${of}, ${panels.length} panels`.slice(0, 120);
      const shown = panels.map((panel) => ({ ...panel, logX }));
      // what is wrong with a number as it is typed is told by the check
      return figureRecipeSchema.safeParse(
        gridRecipe(shown, columns.value as number, { name, ...figure } as { name: string }, ends.value as Ends),
      );
    }
    return figureRecipeSchema.safeParse({
      name: `${of} ${specTitle(chosen.value)}`.slice(0, 120),
      ...figure,
      panels: [
        {
          chart: chosen.value,
          runs: props.runs.map(({ run }) => ({ run })),
          x: ends.value,
          log: logAxis.value && specCanLog(chosen.value),
          logX,
        },
      ],
    });
  });
  const problems = computed(() => {
    const { error } = dpiSchema.safeParse(choices.dpi);
    return [
      ...(check.value.success ? [] : problemsOf(check.value.error)),
      ...(error && choices.format === 'png' ? problemsOf(error).map(({ message }) => ({ path: 'dpi', message })) : []),
    ];
  });
  function begin(): void {
    key.value = props.whole && props.grid ? gridKey : specKey(props.spec);
    if (props.grid) {
      columns.value = props.grid.columns;
      Object.assign(wholeSize, gridSize(props.grid.panels, props.grid.columns));
    }
    logAxis.value = props.log;
    logAxisX.value = props.logX ?? false;
    part.value = props.range ? 'screen' : 'whole';
    const last = Math.max(0, ...props.runs.map((run) => run.iterations_done - 1));
    Object.assign(typed, screen.value ?? { from: 0, to: last });
  }
  return {
    ...{ key, grid, columns, size, chosen, logAxis, logAxisX, part, typed, screen, problems, begin },
    recipe: computed(() => (check.value.success ? check.value.data : null)),
  };
}
