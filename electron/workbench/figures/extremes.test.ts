/** Charts of values and axis ends of any size: each is drawn, or refused with a sentence, and none hangs. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import type { ChartSpec } from '../../../shared/charts/request.ts';
import { testData, testIteration, testRun, testSlice, testSource } from '../../../shared/charts/testing.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { renderFigure } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;

interface Ends {
  from: number | null;
  to: number | null;
}
const open: Ends = { from: null, to: null };

/** Draws a run with these losses; returns the SVG, or why there is none. */
async function draw(
  chart: ChartSpec,
  values: readonly number[],
  { log = false, logX = false, x = open, y = open } = {},
): Promise<string> {
  const iterations = values.map((value, t) => {
    const { probed } = testSlice(t, [value, value / 2, values[t + 1] ?? value]);
    return testIteration(t, {
      ...probed,
      batch_loss: value,
      gradient_norm: Math.abs(value),
      distance: Math.abs(value),
    });
  });
  const slices = values.flatMap((value, t) => testSlice(t, [value, value / 2, values[t + 1] ?? value]).slices);
  const run = testRun('extremes', { run: 'run-1' });
  const recipe = figureRecipeSchema.parse({ panels: [{ chart, runs: [{ run: run.run }], log, logX, x, y }] });
  try {
    const source = testSource([testData(run, iterations, slices)]);
    const { bytes } = await renderFigure({ recipe, format: 'svg', dpi: 72 }, source, { fonts });
    return new TextDecoder().decode(bytes);
  } catch (error) {
    if (!(error instanceof ValleywalkError && error.kind === 'input')) throw error;
    return error.message;
  }
}

const loss: ChartSpec = { chart: 'iteration-metric', metric: 'batch_loss' };

test.each([
  [0, 1e-19],
  [0, 1e-20],
  [1e-30, 2e-30],
  [0, 1e-310],
  [0, 5e-324],
  [1, 1 + 2e-16],
  [-1e308, 1e308],
  [1e308, 1.7e308],
])('values from %d to %d are drawn, linear and logarithmic', async (low, high) => {
  for (const log of [false, true]) {
    const svg = await draw(loss, [low, high, low], { log });
    expect(svg).toMatch(/^<\?xml/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  }
});

test('the ticks of tiny values say how small they are', async () => {
  const svg = await draw(loss, [0, 4e-25, 1e-25]);
  const labels = [...svg.matchAll(/<text[^>]*>([^<]*×10⁻²⁵|10⁻²⁵)<\/text>/g)].map(([, label]) => label);
  expect(labels).toContain('2×10⁻²⁵');
  expect(labels.length).toBeGreaterThanOrEqual(3);
});

test('chosen ends that are no axis are refused with what to choose', async () => {
  for (const ends of [
    { from: 1, to: 1 + 2e-16 },
    { from: -1e308, to: 1e308 },
  ]) {
    expect(await draw(loss, [1, 2, 3], { y: ends })).toMatch(/ends of an axis .* choose ends further apart/);
    expect(await draw(loss, [1, 2, 3], { x: ends })).toMatch(/ends of an axis .* choose ends further apart/);
  }
});

test('any values and ends in any chart of iterations are drawn or refused', async () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(0, 5e-324, 1e-310, 1e-19, 1, 1 + 2e-16, 1e15, 1e308, -1e308, Number.MAX_VALUE, NaN, Infinity),
  );
  const end = fc.oneof(fc.constant(null), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const ends = fc
    .tuple(end, end)
    .map(([from, to]): Ends => ({ from, to }))
    .filter(({ from, to }) => from === null || to === null || from < to);
  const specs: ChartSpec[] = [
    loss,
    { chart: 'walk' },
    { chart: 'heights' },
    { chart: 'step-curvature' },
    { chart: 'slice', iteration: 0 },
    { chart: 'slice-map', reference: 'floor', scale: 'linear' },
    { chart: 'slice-map', reference: 'ends', scale: 'log' },
    { chart: 'floor-histogram', epoch: null },
    { chart: 'height-histogram', epoch: null },
    { chart: 'scatter', record: 'iteration', x: 'distance', y: 'batch_loss' },
    {
      chart: 'quantity-setting',
      quantity: 'iteration.batch_loss.maximum',
      setting: 'seed',
      group: null,
      colours: [],
      scheme: 'sequential',
    },
    { chart: 'heat-map', quantity: 'iteration.batch_loss.last', x: 'seed', y: 'optimizer.learningRate', scale: 'log' },
    {
      chart: 'parallel-coordinates',
      axes: ['optimizer.kind', 'seed', 'optimizer.learningRate', 'iteration.batch_loss.mean'],
      colour: 'iteration.batch_loss.mean',
    },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...specs),
      fc.array(value, { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      ends,
      ends,
      async (chart, values, log, logX, x, y) => {
        // a slice's losses were computed in float32
        const stored = chart === loss ? values : values.map(Math.fround);
        const drawn = await draw(chart, stored, { log, logX: logX && chart === loss, x, y });
        expect(drawn.length).toBeGreaterThan(20);
        if (drawn.startsWith('<?xml')) expect(drawn.split('</metadata>')[1]).not.toMatch(/NaN|Infinity|undefined/);
      },
    ),
    { seed: 20_261_129, numRuns: 300 },
  );
});
