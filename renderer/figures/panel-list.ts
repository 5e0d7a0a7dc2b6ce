/** Changes of a figure's recipe: of one field, and of the list of its panels. */
import { rowCount } from '../../shared/figures/layout.ts';
import type { FigurePanel, FigureRecipe } from '../../shared/figures/recipe.ts';

function replaced(whole: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value;
  const copy = (Array.isArray(whole) ? [...(whole as unknown[])] : { ...(whole as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy;
}

/** A recipe with one field replaced, valid or not. @param path keys with dots between */
export function withField(recipe: FigureRecipe, path: string, value: unknown): FigureRecipe {
  return replaced(recipe, path.split('.'), value) as FigureRecipe;
}

/** A recipe with a copy of a panel after the others; a new row makes the figure as much higher, so that the panels stay as high as they are. */
export function withPanelAdded(recipe: FigureRecipe, copied: FigurePanel): FigureRecipe {
  const { size } = recipe;
  const panels = [...recipe.panels, structuredClone(copied)];
  const rows = rowCount(recipe);
  const grows = rowCount({ ...recipe, panels }) > rows;
  const height = grows ? Number(((size.height * (rows + 1)) / rows).toFixed(2)) : size.height;
  return { ...recipe, size: { ...size, height }, panels };
}
