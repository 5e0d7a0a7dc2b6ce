/** Rows of saved figures. */
import { readRecipe } from '../../../shared/figures/recipe-file.ts';
import type { FigureRecipe, SavedFigure } from '../../../shared/figures/recipe.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import type { Database } from './database.ts';
import { newId } from './ids.ts';

/** The figures that a user saved. */
export interface Figures {
  /** Latest change first. */
  list(): SavedFigure[];
  /** @throws ValleywalkError kind `missing` */
  get(figure: string): SavedFigure;
  /**
   * Saves a recipe: over figure `figure`, or as a new one.
   * @throws ValleywalkError `input` when another figure has its name, `missing` when there is no such figure
   */
  save(recipe: FigureRecipe, figure?: string): SavedFigure;
  /** Deletes figures, all of them or none. @throws ValleywalkError kind `missing` */
  delete(figures: readonly string[]): void;
}

interface Row extends Omit<SavedFigure, 'recipe'> {
  recipe: string;
}

/** Prepares the statements on figures. */
export function prepareFigures(database: Database): Figures {
  const columns = 'figure, recipe, created_at, updated_at';
  const list = database.prepare<Row>(`SELECT ${columns} FROM figures ORDER BY updated_at DESC, figure DESC`);
  const one = database.prepare<Row>(`SELECT ${columns} FROM figures WHERE figure = ?`);
  const named = database.prepare<{ figure: string }>('SELECT figure FROM figures WHERE name = ?');
  const insert = database.prepare(
    'INSERT INTO figures (figure, name, recipe, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
  );
  const update = database.prepare('UPDATE figures SET name = ?, recipe = ?, updated_at = ? WHERE figure = ?');
  const remove = database.prepare('DELETE FROM figures WHERE figure = ?');

  const read = (row: Row): SavedFigure => ({ ...row, recipe: readRecipe(JSON.parse(row.recipe)) });
  const get = (figure: string): SavedFigure => {
    const [row] = one.all(figure);
    if (!row) throw new ValleywalkError('missing', `there is no figure ${figure}; it may have been deleted`);
    return read(row);
  };
  return {
    list: () => list.all().map(read),
    get,
    save: (recipe, figure) =>
      database.transaction(() => {
        const [holder] = named.all(recipe.name);
        if (holder && holder.figure !== figure)
          throw new ValleywalkError('input', `there is a figure “${recipe.name}” already; choose another name`, [
            { path: 'name', message: 'is taken by another figure' },
          ]);
        const now = new Date().toISOString();
        const id = figure ?? newId();
        if (figure === undefined) insert.run(id, recipe.name, JSON.stringify(recipe), now, now);
        else if (update.run(recipe.name, JSON.stringify(recipe), now, figure) === 0) get(figure);
        return get(id);
      }),
    delete: (figures) =>
      database.transaction(() => {
        for (const figure of new Set(figures)) if (remove.run(figure) === 0) get(figure);
      }),
  };
}
