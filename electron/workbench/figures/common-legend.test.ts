/** One legend for all panels of a figure, read back from its SVG. */
import { describe, expect, test } from 'vitest';
import { chartSpecSchema } from '../../../shared/charts/request.ts';
import { runColors } from '../../../shared/charts/drawing/looks.ts';
import { syntheticWalk, testSource } from '../../../shared/charts/testing.ts';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import type { FigureRecipeInput } from '../../../shared/figures/recipe.ts';
import { gridRecipe } from '../../../shared/figures/grid-recipe.ts';
import { buildPanels } from './panels.ts';
import { renderFigure } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;
const runs = [1, 2, 3].map((seed) => {
  const walk = syntheticWalk({ name: `walk ${seed}`, seed, perEpoch: 20 });
  walk.run.experiment.optimizer.learningRate = seed < 3 ? 0.1 : 0.2;
  return walk;
});
const source = testSource(runs);
const ids = runs.map(({ run }) => ({ run: run.run }));
const colours = runs.map(({ run }) => run.run);
const chart = (record: string, metric: string, more: object = {}) =>
  chartSpecSchema.parse({ chart: 'comparison', record, metric, colours, ...more });
const loss = { chart: chart('epoch', 'train_loss', { against: 'iteration' }), runs: ids };
const distance = { chart: chart('iteration', 'distance'), runs: ids };

async function draw(recipe: FigureRecipeInput, format: 'svg' | 'csv' = 'svg'): Promise<string> {
  const figure = { size: { width: 183, height: 90 }, columns: 2, commonLegend: true, ...recipe };
  const { bytes } = await renderFigure({ recipe: figureRecipeSchema.parse(figure), format, dpi: 300 }, source, {
    fonts,
  });
  return new TextDecoder().decode(bytes);
}
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
/** The inside of a part of the figure, by its id. */
const part = (svg: string, id: string): string =>
  new RegExp(`<g id="${id}"[^>]*>\\n([^]*?)(?=<g id="panel-|</svg>)`).exec(svg)?.[1] ?? '';

describe('one legend', () => {
  test('names each run once, above the panels, in the colours of their lines', async () => {
    const svg = await draw({ letters: '(a)', panels: [loss, distance] });
    const legend = part(svg, 'legend');
    expect(textsOf(legend)).toEqual(['walk 1', 'walk 2', 'walk 3']);
    const drawn = [...legend.matchAll(/stroke="(#[0-9a-f]{6})"/g)].map(([, colour]) => colour);
    expect([...new Set(drawn)]).toEqual(runColors['okabe-ito'].light.slice(0, 3));
    for (const panel of ['panel-1', 'panel-2']) {
      expect(textsOf(part(svg, panel)).join('\n')).not.toContain('walk');
      for (const colour of runColors['okabe-ito'].light.slice(0, 3)) expect(part(svg, panel)).toContain(colour);
    }
    // the panels begin below it
    expect(svg.indexOf('id="legend"')).toBeLessThan(svg.indexOf('id="panel-1"'));
    const top = Number(/id="panel-1" transform="translate\([\d.]+ ([\d.]+)\)"/.exec(svg)![1]);
    const legendBottom = Math.max(
      ...[...legend.matchAll(/translate\([\d.]+ ([\d.]+)\)"[^>]*>walk/g)].map(([, y]) => Number(y)),
    );
    expect(top).toBeGreaterThan(legendBottom);
  });
  test('is not there where there is but one run, or where the figure has no legends', async () => {
    const one = { ...distance, runs: ids.slice(0, 1) };
    expect(part(await draw({ panels: [one, one] }), 'legend')).toBe('');
    expect(part(await draw({ legend: 'none', panels: [loss, distance] }), 'legend')).toBe('');
  });
  test('joins what only some panels have', async () => {
    const svg = await draw({
      panels: [
        { ...distance, runs: ids.slice(0, 2) },
        { ...distance, runs: ids.slice(1) },
      ],
    });
    expect(textsOf(part(svg, 'legend'))).toEqual(['walk 1', 'walk 2', 'walk 3']);
  });
  test('calls a group by its setting where panels have other numbers of its runs', async () => {
    const group = ['optimizer.learningRate'];
    const grouped = chart('iteration', 'distance', { group, colours: [] });
    const svg = await draw({
      panels: [
        { chart: grouped, runs: ids },
        { chart: grouped, runs: [ids[0]!, ids[2]!] },
      ],
    });
    expect(textsOf(part(svg, 'legend'))).toEqual(['Learning rate 0.1', 'Learning rate 0.2 (1 run)']);
  });
  test('is refused where one name has two looks or two names have one, with what to do', async () => {
    const metric = { chart: 'iteration-metric', metric: 'distance' } as const;
    await expect(
      draw({
        panels: [
          { chart: metric, runs: ids.slice(0, 2) },
          { chart: metric, runs: ids.slice(1) },
        ],
      }),
    ).rejects.toThrow(/“walk 2” looks different in panels a and b; let both draw the same runs/);
    await expect(
      draw({
        panels: [
          { chart: metric, runs: ids.slice(0, 1) },
          { chart: metric, runs: [ids[2]!, ids[1]!] },
        ],
      }),
    ).rejects.toThrow(/“walk 1” in panel a and “walk 3” in panel b look the same/);
  });
});

test('notes are said once below the panels, with letters where they are not of all', async () => {
  const smooth = { ...distance, chart: chart('iteration', 'distance', { smoothing: 3 }) };
  const [both, one] = await Promise.all([draw({ panels: [smooth, smooth] }), draw({ panels: [loss, smooth] })]);
  const said = (svg: string): string[] => textsOf(svg).filter((text) => text.includes('smoothed'));
  expect(said(both)).toHaveLength(1);
  expect(said(both)[0]).toMatch(/^smoothed/);
  expect(said(one)[0]).toMatch(/^panel b: smoothed/);
  expect(said(await draw({ letters: '(a)', panels: [loss, smooth] }))[0]).toMatch(/^\(b\): smoothed/);
  // a caption may say it instead
  expect(said(await draw({ panels: [loss, { ...smooth, notes: false }] }))).toEqual([]);
});

test('axes that count the same have the same ends, where they are asked for', async () => {
  const panels = [loss, distance, { ...distance, chart: chart('iteration', 'distance', { against: 'path_length' }) }];
  const ends = (commonX: boolean | undefined): unknown[] =>
    buildPanels(
      figureRecipeSchema.parse({ size: { width: 183, height: 90 }, columns: 3, commonX, panels }),
      source,
    ).panels.map((panel) => {
      const { min, max } = panel.chart.option.xAxis as { min: unknown; max: unknown };
      return [min, max];
    });
  const [own, common] = [ends(undefined), ends(true)];
  expect(own.slice(0, 2)).toEqual([
    [20, 60],
    [0, 59],
  ]);
  expect(common).toEqual([[0, 60], [0, 60], own[2]]);
});

test('a recipe without it draws as it always did, one legend a panel', async () => {
  const svg = await draw({ commonLegend: undefined, panels: [loss, distance] });
  expect(svg).not.toContain('id="legend"');
  expect(textsOf(svg).filter((text) => text === 'walk 1')).toHaveLength(2);
  expect(await draw({ commonLegend: false, panels: [loss] })).not.toContain('id="legend"');
});

test('a large panel is as wide as the figure, its axes in line with those above', async () => {
  const svg = await draw({
    size: { width: 183, height: 120 },
    panels: [loss, distance, { ...distance, row: 'whole' }],
  });
  const ends = ['panel-1', 'panel-2', 'panel-3'].map((id) => {
    const x = Number(new RegExp(`id="${id}" transform="translate\\(([\\d.]+)`).exec(svg)?.[1] ?? 0);
    const lines = [
      ...part(svg, id).matchAll(/<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)" fill="none" stroke="#6e7781"/g),
    ]
      .map((match) => match.slice(1).map(Number) as [number, number, number, number])
      .filter(([, y1, , y2]) => y1 === y2);
    return {
      from: x + Math.min(...lines[0]!.filter((_, at) => at % 2 === 0)),
      to: x + Math.max(...lines[0]!.filter((_, at) => at % 2 === 0)),
    };
  });
  expect(Math.abs(ends[2]!.from - ends[0]!.from)).toBeLessThan(1.01);
  expect(Math.abs(ends[2]!.to - ends[1]!.to)).toBeLessThan(1.01);
});

test('the CSV of a grid keeps run and label right for each panel', async () => {
  const named = runs.map(({ run }) => ({ run: run.run, name: 'walk', seed: run.seed }));
  const panels = [
    { ...loss, runs: named, log: false, logX: false, title: '' },
    { ...distance, runs: named.slice(1), log: false, logX: false, title: '' },
  ];
  const lines = (await draw(gridRecipe(panels, 2, { size: { width: 183, height: 60 } }), 'csv')).trim().split('\r\n');
  expect(lines[0]).toBe('panel,run,name,iteration,train_loss,distance');
  const rows = lines.slice(1).map((line) => /^(\w),([\w-]+),"(walk, seed \d)",(\d+),([^,]*),([^,]*)$/.exec(line)!);
  for (const [, panel, run, name, , trainLoss, far] of rows) {
    const own = runs.find((one) => one.run.run === run)!;
    expect(name).toBe(`walk, seed ${own.run.seed}`);
    expect([trainLoss === '', far === '']).toEqual(panel === 'a' ? [false, true] : [true, false]);
  }
  const counts = (panel: string) => rows.filter((row) => row[1] === panel).length;
  expect([counts('a'), counts('b')]).toEqual([
    runs.reduce((sum, { epochs }) => sum + epochs.epoch.length, 0),
    runs.slice(1).reduce((sum, { iterations }) => sum + iterations.iteration.length, 0),
  ]);
});
