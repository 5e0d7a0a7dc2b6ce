/** Symbols in exported figures have subscripts, not underscores. */
import { expect, test } from 'vitest';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import { syntheticWalk, testSource } from '../../../shared/charts/testing.ts';
import { textOf } from './glyphs.ts';
import { renderFigure } from './render.ts';
import type { FigureRequest } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;
const source = testSource([syntheticWalk()]);
const draw = async (format: FigureRequest['format'], chart: object, more: object = {}): Promise<Uint8Array> => {
  const panels = [{ chart, runs: [{ run: 'run-1' }], ...more }];
  return (await renderFigure({ recipe: figureRecipeSchema.parse({ panels }), format, dpi: 150 }, source, { fonts }))
    .bytes;
};
const loss = { chart: 'iteration-metric', metric: 'batch_loss' };

test('a subscript is a smaller text lower down, in one text with its letter', async () => {
  const svg = new TextDecoder().decode(await draw('svg', loss));
  expect(svg).toMatch(
    /<text[^>]*>Batch loss ℓ<tspan dy="1\.867" font-size="6\.72">B<\/tspan><tspan dy="-1\.867">\(θₜ\) \(nats\)<\/tspan><\/text>/,
  );
  expect(textOf(svg)).toContain('Batch loss ℓB(θₜ) (nats)');
  // on a horizontal axis too
  const scatter = new TextDecoder().decode(
    await draw('svg', { chart: 'scatter', record: 'iteration', x: 'batch_loss', y: 'distance' }),
  );
  expect(scatter).toMatch(/ℓ<tspan[^>]*>B<\/tspan>/);
  for (const text of [svg, scatter]) expect(text).not.toMatch(/[\uf8f0\uf8f1]/);
});

test('pictures and pages hold it, and numbers stay plain', async () => {
  expect((await draw('png', loss)).length).toBeGreaterThan(1000);
  expect((await draw('pdf', loss)).length).toBeGreaterThan(1000);
  expect(new TextDecoder().decode(await draw('csv', loss)).split('\r\n')[0]).toBe('iteration,batch_loss');
});

test("an author's title with an underscore stays as it was written", async () => {
  expect(textOf(new TextDecoder().decode(await draw('svg', loss, { yTitle: 'my_loss' })))).toContain('my_loss');
});
