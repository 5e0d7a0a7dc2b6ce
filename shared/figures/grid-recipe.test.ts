/** A grid of charts as one figure: its layout and its recipe. */
import { describe, expect, it } from 'vitest';
import { chartSpecSchema } from '../charts/request.ts';
import { gridRecipe, gridSize } from './grid-recipe.ts';
import type { GridPanel } from './grid-recipe.ts';
import { panelPlaces, rowCount } from './layout.ts';
import { readRecipe } from './recipe-file.ts';
import { figureRecipeSchema } from './recipe.ts';

describe('places of panels', () => {
  const placesOf = (columns: number, rows: readonly ('new' | 'whole' | undefined)[]): string[] =>
    panelPlaces({ columns, panels: rows.map((row) => ({ row })) }).map(
      ({ row, column, lastColumn }) => `${row}.${column}${lastColumn > column ? `-${lastColumn}` : ''}`,
    );
  const next = undefined;
  it('fill rows one after the other', () => expect(placesOf(2, [next, next, next])).toEqual(['0.0', '0.1', '1.0']));
  it('a large one takes a row of its own', () => {
    expect(placesOf(2, [next, 'whole', next, next])).toEqual(['0.0', '1.0-1', '2.0', '2.1']);
    expect(placesOf(2, [next, next, 'whole', next])).toEqual(['0.0', '0.1', '1.0-1', '2.0']);
    expect(placesOf(3, ['whole', 'whole'])).toEqual(['0.0', '1.0']);
  });
  it('a row can begin early', () =>
    expect(placesOf(3, ['new', next, 'new', next, next])).toEqual(['0.0', '0.1', '1.0', '1.1', '1.2']));
  it('counts rows', () => {
    expect(rowCount({ columns: 2, panels: [{ row: next }, { row: next }, { row: next }] })).toBe(2);
    expect(rowCount({ columns: 2, panels: [] })).toBe(0);
  });
});

const runs = [1, 2].map((seed) => ({ run: `r${seed}`, name: 'sgd', seed }));
const panel = (metric: string, more: Partial<GridPanel> = {}): GridPanel => ({
  chart: chartSpecSchema.parse({ chart: 'comparison', record: 'iteration', metric }),
  runs,
  log: false,
  logX: false,
  title: '',
  ...more,
});

describe('the recipe of a grid', () => {
  it('has its panels in their order, letters, one legend, and the view', () => {
    const recipe = figureRecipeSchema.parse(
      gridRecipe(
        [panel('distance', { log: true }), panel('batch_loss', { row: 'whole', ends: [0, 2] })],
        2,
        { name: 'grid' },
        { from: 3, to: 9 },
      ),
    );
    expect(recipe).toMatchObject({ columns: 2, letters: '(a)', commonLegend: true, commonX: true });
    expect(recipe.panels.map(({ log, row, x, y }) => ({ log, row, x, y }))).toEqual([
      { log: true, row: undefined, x: { from: 3, to: 9 }, y: { from: null, to: null } },
      { log: false, row: 'whole', x: { from: 3, to: 9 }, y: { from: 0, to: 2 } },
    ]);
  });
  it('tells runs of one name apart over all panels', () => {
    const recipe = gridRecipe(
      [panel('distance', { runs: [runs[0]!] }), panel('distance', { runs: [runs[1]!] })],
      2,
      {},
    );
    expect(recipe.panels.flatMap((one) => one.runs.map(({ label }) => label))).toEqual(['sgd, seed 1', 'sgd, seed 2']);
    const single = gridRecipe([panel('distance', { runs: [runs[0]!] })], 1, {});
    expect(single.panels[0]!.runs[0]!.label).toBe('');
  });
  it('is as wide as one column of a page or two, and higher with every row', () => {
    expect(gridSize([panel('distance'), panel('distance')], 1)).toEqual({ width: 89, height: 114, unit: 'mm' });
    expect(gridSize([panel('distance'), panel('distance'), panel('distance')], 2)).toEqual({
      width: 183,
      height: 102,
      unit: 'mm',
    });
  });
});

it('a recipe from before has neither of the new fields, and so the same bytes in its file', () => {
  const before = figureRecipeSchema.parse({ panels: [{ chart: { chart: 'walk' }, runs: [{ run: 'a' }] }] });
  expect(JSON.stringify(before)).not.toMatch(/commonLegend|commonX|"row"/);
});

it('of version 1 stays what it was, and a new one is of version 2', () => {
  const before = { panels: [{ chart: { chart: 'walk' }, runs: [{ run: 'a' }] }] };
  const read = readRecipe({ version: 1, ...before });
  expect(read).toEqual({ ...figureRecipeSchema.parse(before), version: 1 });
  expect(read).toMatchObject({ version: 1, palette: 'okabe-ito' });
  expect(figureRecipeSchema.parse(before).version).toBe(2);
  expect(read).not.toHaveProperty('commonLegend');
  expect(readRecipe(JSON.parse(JSON.stringify(read)))).toEqual(read);
  expect(() => readRecipe({ version: 0, ...before })).toThrow('must be 1 or 2');
});

it('of more runs than a panel takes is refused with what to do', () => {
  const runs = Array.from({ length: 1001 }, (_, run) => ({ run: `${run}` }));
  expect(() => readRecipe({ panels: [{ chart: { chart: 'walk' }, runs }] })).toThrow('filter them to fewer');
});
