/** Fields and panels of a figure's recipe. */
import { describe, expect, it } from 'vitest';
import { figureRecipeSchema } from '../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import { withField, withPanelAdded } from './panel-list.ts';

const recipeOf = (panels: number, columns: number): FigureRecipe =>
  figureRecipeSchema.parse({
    name: 'walk',
    size: { width: 4.5, height: 2, unit: 'in' },
    columns,
    panels: Array.from({ length: panels }, (_, index) => ({
      chart: { chart: 'walk' },
      runs: [{ run: `run-${index}` }],
    })),
  });
const runsOf = (panels: FigureRecipe['panels']): string[] => panels.map(({ runs }) => runs[0]!.run);

it('one field changes, in a panel too, and the recipe before stays as it was', () => {
  const recipe = recipeOf(2, 1);
  const before = structuredClone(recipe);
  expect(withField(recipe, 'size.width', 3).size).toEqual({ ...recipe.size, width: 3 });
  const changed = withField(recipe, 'panels.1.log', true);
  expect(changed.panels.map(({ log }) => log)).toEqual([false, true]);
  expect(changed.panels[0]).toBe(recipe.panels[0]);
  expect(recipe).toEqual(before);
});

describe('a panel that is added', () => {
  it('is a copy, and comes last', () => {
    const recipe = recipeOf(2, 2);
    const { panels } = withPanelAdded(recipe, recipe.panels[0]!);
    expect(runsOf(panels)).toEqual(['run-0', 'run-1', 'run-0']);
    expect(panels[2]).not.toBe(recipe.panels[0]);
  });
  it('makes the figure higher where it needs a row', () => {
    const height = (panels: number, columns: number): number => {
      const recipe = recipeOf(panels, columns);
      return withPanelAdded(recipe, recipe.panels[0]!).size.height;
    };
    expect(height(1, 1)).toBe(4);
    expect(height(3, 1)).toBe(2.67);
    expect(height(1, 2)).toBe(2);
    expect(height(2, 2)).toBe(4);
  });
});
