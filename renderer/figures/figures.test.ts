import { beforeEach, expect, it, vi } from 'vitest';
import { recipeOfChart } from '../../shared/figures/recipe.ts';
import type { FigureRecipe } from '../../shared/figures/recipe.ts';
import { draftOf, figures, forgetDraft, keepDraft, startFigure } from './figures.ts';

const saved = vi.hoisted(() => [] as { name: string; title: string }[]);
const refuse = vi.hoisted(() => ({ now: false }));
vi.mock('../connection/connection.ts', () => ({
  onConnected: vi.fn(),
  onEvent: vi.fn(),
  sentence: String,
  request: (_: string, { recipe }: { recipe: FigureRecipe }) => {
    if (refuse.now) return Promise.reject(new Error('the store is full'));
    saved.push({ name: recipe.name, title: recipe.title });
    return Promise.resolve({});
  },
}));

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  saved.length = 0;
  refuse.now = false;
  figures.value = [];
});

const chart = (name: string): FigureRecipe => recipeOfChart(name, { chart: 'walk' }, [{ run: 'run-1' }]);

it('another figure takes the place of one that was only opened', async () => {
  await startFigure(chart('one'));
  await startFigure(chart('two'));
  expect(saved).toEqual([]);
  expect(draftOf('new')?.name).toBe('two');
});

it('a figure that was worked on is saved before another is begun, and neither takes the name of the other', async () => {
  await startFigure(chart('one'));
  keepDraft('new', { ...draftOf('new')!, title: 'my work' });
  await startFigure(chart('one'));
  expect(saved).toEqual([{ name: 'one', title: 'my work' }]);
  expect(draftOf('new')).toMatchObject({ name: 'one 2', title: '' });
});

it('where it cannot be saved it stays, and whoever began another is told', async () => {
  await startFigure(chart('one'));
  keepDraft('new', { ...draftOf('new')!, title: 'my work' });
  refuse.now = true;
  await expect(startFigure(chart('two'))).rejects.toThrow('the store is full');
  expect(draftOf('new')).toMatchObject({ name: 'one', title: 'my work' });
  forgetDraft('new');
  await startFigure(chart('two'));
  expect(draftOf('new')?.name).toBe('two');
});
