/** A figure that is being worked on: its recipe with undo, what is wrong with it, and its unsaved changes, which a reload keeps. */
import { computed, ref, shallowRef, watch } from 'vue';
import type { ComputedRef, Ref, ShallowRef } from 'vue';
import type { Problem } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import { figureRecipeSchema } from '../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import { createHistory } from '../ui/history.ts';
import { draftOf, figures, forgetDraft, keepDraft, saveFigure } from './figures.ts';
import { withField } from './panel-list.ts';

/** A figure's draft. */
export interface FigureDraft {
  /** Null while the figure is not here, or where there is none. */
  recipe: Readonly<Ref<FigureRecipe | null>>;
  canUndo: Readonly<Ref<boolean>>;
  canRedo: Readonly<Ref<boolean>>;
  undo: () => void;
  redo: () => void;
  /** Whether it differs from what was saved. */
  changed: ComputedRef<boolean>;
  /** Whether it opened with unsaved changes from last time. */
  restored: Readonly<Ref<boolean>>;
  /** The recipe if nothing is wrong with it. */
  valid: ComputedRef<FigureRecipe | null>;
  problems: ComputedRef<Problem[]>;
  /** The last recipe that could be drawn: the preview shows it while something is being typed. */
  drawable: Readonly<ShallowRef<FigureRecipe | null>>;
  /** Changes one field. @param path keys with dots between */
  change: (path: string, value: unknown) => void;
  /** Replaces the recipe. @param what changes of the same thing in a row are undone together */
  replace: (recipe: FigureRecipe, what: string) => void;
  /** Goes back to what was saved. */
  revert: () => void;
  /** Saves it. @returns the figure's id; null where something is wrong with it @throws ValleywalkError when its name is taken */
  save: () => Promise<string | null>;
}

/** Keeps the draft of a figure. @param id `new` for one that was never saved */
export function useFigureDraft(id: string): FigureDraft {
  const saved = computed(() => figures.value.find(({ figure }) => figure === id));
  const history = createHistory<FigureRecipe | null>(draftOf(id));
  const { value: recipe, canUndo, canRedo } = history;
  const restored = ref(id !== 'new' && recipe.value !== null);
  // a saved figure opens as it was saved, unless there are changes from last time
  watch(
    saved,
    (now) => {
      if (now && !recipe.value) history.reset(now.recipe);
    },
    { immediate: true },
  );

  const check = computed(() => figureRecipeSchema.safeParse(recipe.value));
  const drawable = shallowRef<FigureRecipe | null>(null);
  watch(
    check,
    (now) => {
      if (now.success) drawable.value = now.data;
    },
    { immediate: true },
  );
  const changed = computed(() => JSON.stringify(recipe.value) !== JSON.stringify(saved.value?.recipe ?? null));
  watch(recipe, (now) => {
    if (now && changed.value) keepDraft(id, now);
    else forgetDraft(id);
  });

  return {
    ...{ recipe, canUndo, canRedo, changed, restored, drawable },
    undo: () => history.undo(),
    redo: () => history.redo(),
    valid: computed(() => (check.value.success ? check.value.data : null)),
    problems: computed(() => (check.value.success ? [] : problemsOf(check.value.error))),
    change: (path, value) => {
      if (recipe.value) history.change(withField(recipe.value, path, value), path);
    },
    replace: (now, what) => history.change(now, what),
    revert: () => {
      if (!saved.value) return;
      history.change(saved.value.recipe, 'revert');
      restored.value = false;
    },
    save: async () => {
      if (!check.value.success) return null;
      const { figure } = await saveFigure(check.value.data, id === 'new' ? undefined : id);
      forgetDraft(id);
      restored.value = false;
      return figure;
    },
  };
}
