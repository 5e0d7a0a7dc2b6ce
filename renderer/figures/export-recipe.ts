/** The figure that an export makes of a chart: which chart, which part of it, on which axes. */
import { computed, reactive, ref } from 'vue';
import type { ComputedRef, Ref } from 'vue';
import { canLogX } from '../../shared/charts/index.ts';
import { dpiSchema } from '../../shared/charts/request.ts';
import type { ChartSpec } from '../../shared/charts/request.ts';
import type { Problem } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import { figureRecipeSchema } from '../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import type { RunRecord } from '../../shared/records.ts';
import type { Range } from '../chart/chart-link.ts';
import { axisWords, placesInView, specCanLog, specHasRange, specKey, specTitle } from '../chart/specs.ts';
import type { ExportChoices } from './export-choices.ts';

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
}

/** The figure of an export. */
export interface ExportRecipe {
  /** Key of the chosen chart. */
  key: Ref<string>;
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

/** Keeps the figure of an export. */
export function useExportRecipe(props: Readonly<Exportable>, choices: Readonly<ExportChoices>): ExportRecipe {
  const key = ref('');
  const logAxis = ref(false);
  const logAxisX = ref(false);
  const part = ref<'whole' | 'screen' | 'typed'>('whole');
  const typed = reactive<{ from: unknown; to: unknown }>({ from: 0, to: 0 });
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
    const name = `${props.runs[0]?.name ?? 'figure'}${others > 0 ? ` and ${others} more` : ''} ${specTitle(chosen.value)}`;
    return figureRecipeSchema.safeParse({
      name: name.slice(0, 120),
      size: { width: choices.width, height: choices.height, unit: choices.unit },
      theme: choices.theme,
      palette: 'hues',
      panels: [
        {
          chart: chosen.value,
          runs: props.runs.map(({ run }) => ({ run })),
          x: ends.value,
          log: logAxis.value && specCanLog(chosen.value),
          logX: logAxisX.value && canLogX(chosen.value),
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
    key.value = specKey(props.spec);
    logAxis.value = props.log;
    logAxisX.value = props.logX ?? false;
    part.value = props.range ? 'screen' : 'whole';
    const last = Math.max(0, ...props.runs.map((run) => run.iterations_done - 1));
    Object.assign(typed, screen.value ?? { from: 0, to: last });
  }
  return {
    ...{ key, chosen, logAxis, logAxisX, part, typed, screen, problems, begin },
    recipe: computed(() => (check.value.success ? check.value.data : null)),
  };
}
