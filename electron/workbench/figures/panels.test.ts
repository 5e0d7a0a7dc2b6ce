/** Several panels in one figure, and what a recipe changes about them. */
import { expect, test } from 'vitest';
import { figureRecipeSchema, panelLetter } from '../../../shared/figures/recipe.ts';
import type { FigureRecipeInput } from '../../../shared/figures/recipe.ts';
import { readRecipe, recipeInFile } from '../../../shared/figures/recipe-file.ts';
import { syntheticWalk, testSource } from '../../../shared/charts/testing.ts';
import { renderFigure } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;
const source = testSource([1, 2, 3, 4, 5].map((seed) => syntheticWalk({ name: `run ${seed}`, seed, perEpoch: 20 })));
const distance = { chart: 'iteration-metric', metric: 'distance' } as const;
const one = { chart: distance, runs: [{ run: 'run-1' }] };

async function svgOf(recipe: FigureRecipeInput): Promise<string> {
  const parsed = figureRecipeSchema.parse(recipe);
  const { bytes } = await renderFigure({ recipe: parsed, format: 'svg', dpi: 300 }, source, { fonts });
  return new TextDecoder().decode(bytes);
}

/** Vertical and horizontal axis lines of each panel, in px of the figure. */
function axes(svg: string): { left: number; bottom: number }[] {
  return [
    ...svg.matchAll(/<g id="panel-\d+"(?: transform="translate\(([\d.]+) ([\d.]+)\)")?>\n([\s\S]*?)\n<\/g>/g),
  ].map(([, x, y, body]) => {
    const lines = [
      ...body!.matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none" stroke="#6e7781"/g),
    ].map((match) => match.slice(1).map(Number) as [number, number, number, number]);
    const vertical = lines.find(([x1, , x2]) => x1 === x2)!;
    const horizontal = lines.find(([, y1, , y2]) => y1 === y2)!;
    return { left: Number(x ?? 0) + vertical[0], bottom: Number(y ?? 0) + horizontal[1] };
  });
}

test('axes of a column begin at one place and axes of a row end at one', async () => {
  const svg = await svgOf({
    size: { width: 183, height: 120 },
    columns: 2,
    letters: '(a)',
    panels: [
      { chart: { chart: 'walk' }, runs: [{ run: 'run-1' }] },
      one,
      { chart: { chart: 'iteration-metric', metric: 'gradient_cosine' }, runs: [{ run: 'run-2' }], title: 'Cosine' },
      {
        chart: { chart: 'epoch-metric', metric: 'train_loss' },
        runs: [{ run: 'run-1' }, { run: 'run-2' }],
        title: 'Loss',
      },
    ],
  });
  const [a, b, c, d] = axes(svg) as [{ left: number; bottom: number }, ...ReturnType<typeof axes>];
  expect(Math.abs(a.left - c!.left)).toBeLessThan(1.01);
  expect(Math.abs(b!.left - d!.left)).toBeLessThan(1.01);
  expect(Math.abs(a.bottom - b!.bottom)).toBeLessThan(1.01);
  expect(Math.abs(c!.bottom - d!.bottom)).toBeLessThan(1.01);
  for (const letter of ['(a)', '(b)', '(c)', '(d)']) expect(svg).toContain(`font-weight="bold">${letter}</text>`);
  const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('type, lines, titles and ends of axes are as the recipe says', async () => {
  const svg = await svgOf({
    size: { width: 3.25, height: 2.25, unit: 'in' },
    font: { family: 'Times New Roman', size: 9 },
    lineWidth: 1.5,
    panels: [{ ...one, xTitle: 'Step', yTitle: 'How far', y: { from: 0, to: 4 }, x: { from: 10, to: 30 } }],
  });
  expect(svg).toContain('width="3.25in" height="2.25in"');
  expect(svg).toContain('font-family="Times New Roman, Arimo, Arial, Helvetica, sans-serif"');
  const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size) * 0.75);
  expect(Math.min(...sizes)).toBeCloseTo(9, 2);
  expect(Math.max(...sizes)).toBeCloseTo(9, 2);
  expect(svg).toContain('stroke="#0072b2" stroke-width="2"');
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  for (const text of ['Step', 'How far', '0', '4', '10', '30']) expect(texts).toContain(text);
});

test('a legend stands in its corner or nowhere, greys have no colour', async () => {
  const runs = [1, 2, 3].map((seed) => ({ run: `run-${seed}`, label: `label ${seed}` }));
  const place = async (legend: FigureRecipeInput['legend']): Promise<[number, number] | null> => {
    const svg = await svgOf({ legend, palette: 'greys', panels: [{ chart: distance, runs }] });
    const colours = new Set([...svg.matchAll(/(?:stroke|fill)="#([0-9a-f]{6})"/g)].map(([, colour]) => colour!));
    const rgb = [...colours].map((colour) => [0, 2, 4].map((at) => parseInt(colour.slice(at, at + 2), 16)));
    for (const channels of rgb) expect(Math.max(...channels) - Math.min(...channels)).toBeLessThan(25);
    const found = /translate\(([\d.]+) ([\d.]+)\)"[^>]*>label 1</.exec(svg);
    return found && [Number(found[1]), Number(found[2])];
  };
  const [width, height] = [(89 / 25.4) * 96, (60 / 25.4) * 96];
  expect(await place('none')).toBeNull();
  const corners = await Promise.all((['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const).map(place));
  const where = corners.map((corner) => [
    corner![0] < width / 2 ? 'left' : 'right',
    corner![1] < height / 2 ? 'top' : 'bottom',
  ]);
  expect(where).toEqual([
    ['left', 'top'],
    ['right', 'top'],
    ['left', 'bottom'],
    ['right', 'bottom'],
  ]);
});

test('a panel leaves out its legend and its notes where it is told to', async () => {
  const runs = [1, 2].map((seed) => ({ run: `run-${seed}`, label: `label ${seed}` }));
  const chart = { chart: 'comparison', record: 'iteration', metric: 'distance', smoothing: 3 } as const;
  const written = async (choices: object): Promise<string> => {
    const svg = await svgOf({ panels: [{ chart, runs, ...choices }] });
    return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text).join('\n');
  };
  expect(await written({})).toMatch(/label 1[^]*kernel/);
  expect(await written({ legend: false, notes: false })).not.toMatch(/label 1|kernel/);
});

test('one CSV of several panels says which panel and run each row is from', async () => {
  const recipe = figureRecipeSchema.parse({
    panels: [one, { ...one, runs: [{ run: 'run-2', label: 'second' }] }],
    size: { height: 120 },
  });
  const { bytes } = await renderFigure({ recipe, format: 'csv', dpi: 300 }, source, { fonts });
  const lines = new TextDecoder().decode(bytes).split('\r\n');
  expect(lines[0]).toBe('panel,run,name,iteration,distance');
  expect(lines[1]).toMatch(/^a,run-1,run 1,0,0\.1/);
  expect(lines[61]).toMatch(/^b,run-2,second,0,0\.1/);
  expect(lines).toHaveLength(122);
});

test('letters go on after z, and a file without a recipe says what is read', () => {
  expect([0, 25, 26, 27, 52].map((index) => panelLetter(index, '(a)'))).toEqual(['(a)', '(z)', '(aa)', '(ab)', '(ba)']);
  const read = (text: string) => () => recipeInFile('plot.svg', new TextEncoder().encode(text));
  expect(read('<svg/>')).toThrow('there is no recipe in plot.svg');
  expect(read('{"panels": [')).toThrow('plot.svg is not valid JSON');
  expect(() => readRecipe({ panels: [], colour: 'red' })).toThrow(/panels|colour/);
  expect(() => readRecipe({ version: 7, panels: [] })).toThrow('update Valleywalk');
});
