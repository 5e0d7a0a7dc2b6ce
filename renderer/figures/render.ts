/** Figures as files. */
import type { FigureFile, FigureFormat } from '../../shared/charts/request.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import { request } from '../connection/connection.ts';
import { currentHost } from '../connection/host/index.ts';

/** Draws a figure as a file. @param dpi dots per inch, of a PNG only @throws ValleywalkError when it cannot be drawn */
export function renderFigure(recipe: FigureRecipe, format: FigureFormat, dpi: unknown): Promise<FigureFile> {
  return request('figures.render', { recipe, format, ...(format === 'png' ? { dpi: dpi as number } : {}) });
}

/** Saves a file where the user chooses. @returns where it went, in words; null where it was not saved after all */
export async function saveFile(file: FigureFile): Promise<string | null> {
  const host = currentHost();
  const where = await host.save(file);
  return where === null ? null : `${host.kind === 'desktop' ? 'Saved as' : 'Downloaded as'} ${where}`;
}
