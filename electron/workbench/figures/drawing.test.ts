import { expect, test } from 'vitest';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import type { FigureSource } from '../../../shared/charts/source.ts';
import { syntheticWalk, testSource } from '../../../shared/charts/testing.ts';
import { drawInThread } from './drawing.ts';
import { renderFigure } from './render.ts';
import type { FigureRequest } from './render.ts';

const settings = { fonts: new URL('../../../resources/fonts', import.meta.url).pathname };
const source = testSource([syntheticWalk({ name: 'one', seed: 1 }), syntheticWalk({ name: 'two', seed: 2 })]);
const request = (runs: string[], format: FigureRequest['format'] = 'svg'): FigureRequest => ({
  recipe: figureRecipeSchema.parse({
    columns: 2,
    size: { width: 180, height: 60 },
    panels: [
      { chart: { chart: 'walk' }, runs: [{ run: 'run-1' }], x: { from: 3, to: 20 } },
      { chart: { chart: 'iteration-metric', metric: 'batch_loss' }, runs: runs.map((run) => ({ run })) },
    ],
  }),
  format,
  dpi: 100,
});

test('a figure is the same, byte for byte, drawn in the thread or here, several at once', async () => {
  const draw = drawInThread(source, settings);
  const asked = (['svg', 'png', 'csv', 'svg'] as const).map((format) => request(['run-1', 'run-2'], format));
  const [drawn, here] = await Promise.all([
    Promise.all(asked.map(draw)),
    Promise.all(asked.map((one) => renderFigure(one, source, settings))),
  ]);
  for (const [index, file] of drawn.entries()) {
    expect(file.name).toBe(here[index]!.name);
    expect(Buffer.from(file.bytes).equals(here[index]!.bytes)).toBe(true);
  }
});

test('a refusal comes with its kind and its fields, and the next figure is drawn', async () => {
  const draw = drawInThread(source, settings);
  await expect(draw(request(['run-9']))).rejects.toMatchObject({
    kind: 'missing',
    problems: [{ path: 'panels.1.runs.0' }],
  });
  await expect(draw(request(['run-1', 'run-1']))).rejects.toMatchObject({
    kind: 'input',
    problems: [{ path: 'panels.1.runs' }],
  });
  expect((await draw(request(['run-2']))).bytes.length).toBeGreaterThan(1000);
});

/** A thread that never answers, as one in an endless loop does. */
const endless = new URL('data:text/javascript,for (;;);');

test('what is not drawn in its time is given up with a sentence, and whoever asked was free meanwhile', async () => {
  const draw = drawInThread(source, settings, { limit: 300, thread: endless });
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  await expect(draw(request(['run-1']))).rejects.toThrow(/was not drawn within .* given up; draw fewer runs/);
  clearInterval(turning);
  expect(turns).toBeGreaterThan(0);
  await expect(draw(request(['run-1']))).rejects.toThrow(/given up/);
});

test('a thread that ends is told of, and the store is asked for nothing twice', async () => {
  const ended = new URL('data:text/javascript,process.exit(1)');
  const asked: string[] = [];
  const counting: FigureSource = {
    ...source,
    iterations: (id) => {
      asked.push(id);
      return source.iterations(id);
    },
  };
  const draw = drawInThread(counting, settings, { thread: ended });
  await expect(draw(request(['run-1']))).rejects.toThrow(/its thread ended/);
  expect(asked).toEqual(['run-1']);
});
