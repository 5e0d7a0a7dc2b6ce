/** The saved figures, as the workbench reports them, and the one that is to be opened next. */
import { ref, shallowRef } from 'vue';
import { figureRecipeSchema, recipeVersion } from '../../shared/figures/recipe.ts';
import type { FigureRecipe, SavedFigure } from '../../shared/figures/recipe.ts';
import { onConnected, onEvent, request, sentence } from '../connection/connection.ts';
import { recall, remember } from '../ui/storage.ts';

/** The saved figures, latest change first. */
export const figures = shallowRef<SavedFigure[]>([]);
/** True once the list has arrived. */
export const figuresLoaded = ref(false);
/** Why the list could not be read, in a sentence. */
export const figuresError = ref<string | null>(null);

async function load(): Promise<void> {
  try {
    figures.value = await request('figures.list', {});
    figuresError.value = null;
  } catch (error) {
    figuresError.value = sentence(error);
  } finally {
    figuresLoaded.value = true;
  }
}

/** Starts listening; once, when the app starts. */
export function watchFigures(): void {
  onEvent('figures.changed', (list) => (figures.value = list));
  onConnected(() => void load());
}

/** Saves a recipe over a figure, or as a new one. @throws ValleywalkError, kind `input` when its name is taken */
export function saveFigure(changed: FigureRecipe, figure?: string): Promise<SavedFigure> {
  // what is edited here may have what only this version reads
  const recipe = { ...changed, version: recipeVersion };
  return request('figures.save', figure === undefined ? { recipe } : { figure, recipe });
}

/** Deletes a figure; runs and exported files stay. */
export async function deleteFigure(figure: string): Promise<void> {
  await request('figures.delete', { figures: [figure] });
  forgetDraft(figure);
}

/** A name that no saved figure has, nor any of these. */
export function freshFigureName(name: string, ...others: readonly string[]): string {
  const taken = new Set([...figures.value.map(({ recipe }) => recipe.name), ...others]);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name.slice(0, 110)} ${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

const draftKey = (figure: string): string => `figure.${figure}`;

/** Keeps unsaved changes of a figure (`new` for one that was never saved), so that a reload loses nothing. */
export function keepDraft(figure: string, recipe: unknown): void {
  remember(draftKey(figure), recipe);
}
/** The unsaved changes of a figure; null where there are none. */
export function draftOf(figure: string): FigureRecipe | null {
  const kept = figureRecipeSchema.safeParse(recall(draftKey(figure)));
  return kept.success ? kept.data : null;
}
/** Forgets the unsaved changes of a figure. */
export function forgetDraft(figure: string): void {
  remember(draftKey(figure), null);
}

/** How the new figure was begun, to tell whether it was worked on. */
const begun = 'new.begun';

/**
 * Makes a recipe the new, unsaved figure; the view at /figures/new then shows it. A new figure that was worked on and not saved is saved first.
 * @throws ValleywalkError when that cannot be; the unsaved figure then stays
 */
export async function startFigure(recipe: FigureRecipe): Promise<void> {
  const before = draftOf('new');
  let kept: string[] = [];
  if (before && JSON.stringify(before) !== JSON.stringify(draftOf(begun))) {
    const name = freshFigureName(before.name);
    await saveFigure({ ...before, name });
    kept = [name];
  }
  const now = { ...recipe, name: freshFigureName(recipe.name, ...kept) };
  keepDraft('new', now);
  keepDraft(begun, now);
}
