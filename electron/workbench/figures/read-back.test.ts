/**
 * Figures read back: the lines of the SVG and the rows of the CSV are the same numbers under the same run or group, for charts of several runs ×
 * runs × groups × panels. Reads pixels and text only: a line is an affine picture of its rows, one map for all lines of a panel.
 */
import { expect, test } from 'vitest';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import type { ChartSpec } from '../../../shared/charts/request.ts';
import { syntheticWalk, testSource } from '../../../shared/charts/testing.ts';
import { blankCurvature } from '../../../shared/blank-records.ts';
import { curvatureColumns, toColumns } from '../../../shared/records.ts';
import type { RunData } from '../../../shared/charts/chart.ts';
import { renderFigure } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;

/** Four runs of different shapes; the first two have one learning rate, the others another. */
const runs = [1, 2, 3, 4].map((seed): RunData => {
  const walk = syntheticWalk({ name: `walk ${seed}`, seed, iterations: 60, perEpoch: 10 });
  const curvature = Array.from({ length: 6 }, (_, epoch) =>
    blankCurvature({
      iteration: epoch * 10,
      epoch,
      eigenvalue: 10 * seed + Math.sin(seed * epoch),
      residual: 0.01,
      alignment: 0.1 * seed + 0.01 * epoch,
    }),
  );
  walk.run.experiment.optimizer.learningRate = seed < 3 ? 0.1 : 0.2;
  return { ...walk, curvature: toColumns(curvatureColumns, curvature) };
});
const source = testSource(runs);

type Point = [number, number];

/** The lines of a panel in px by their colour, longest of each colour. */
function linesOf(svg: string, panel: number): Map<string, Point[]> {
  const body = new RegExp(`<g id="panel-${panel}"[^>]*>([\\s\\S]*?)(?=<g id="panel-|</svg>)`).exec(svg)![1]!;
  const lines = new Map<string, Point[]>();
  for (const [path] of body.matchAll(/<path [^>]*>/g)) {
    const colour = /stroke="(#[0-9a-f]{6})"/.exec(path)?.[1];
    const d = / d="([^"]*)"/.exec(path)?.[1];
    if (!colour || !d || !/fill="(none|transparent)"/.test(path) || /[ACZacz]/.test(d)) continue;
    const numbers = d.match(/-?\d+(?:\.\d+)?/g)!.map(Number);
    const points = Array.from({ length: numbers.length / 2 }, (_, at): Point => [
      numbers[2 * at]!,
      numbers[2 * at + 1]!,
    ]);
    if (points.length > (lines.get(colour)?.length ?? 4)) lines.set(colour, points);
  }
  return lines;
}

/** Rows of a CSV without quotes, by column. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head, ...rows] = csv.trim().split('\r\n');
  const columns = head!.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((cell, at) => [columns[at]!, cell])));
}

/** Least-squares affine map from one coordinate to another; the greatest distance from it. */
function affinity(pairs: Point[]): { scale: number; worst: number } {
  const n = pairs.length;
  const [mx, my] = [0, 1].map((axis) => pairs.reduce((sum, pair) => sum + pair[axis as 0 | 1], 0) / n) as Point;
  const scale =
    pairs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0) / pairs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
  return { scale, worst: Math.max(...pairs.map(([x, y]) => Math.abs(my + scale * (x - mx) - y))) };
}

const comparison = (more: Partial<Extract<ChartSpec, { chart: 'comparison' }>>): ChartSpec => ({
  chart: 'comparison',
  record: 'iteration',
  metric: 'batch_loss',
  against: 'iteration',
  group: null,
  band: 'deviation',
  baseline: null,
  smoothing: 0,
  colours: [],
  pinned: [],
  scheme: 'places',
  ...(more as object),
});

const kinds: { name: string; spec: ChartSpec; x: string; y: string; grouped?: boolean }[] = [
  { name: 'iteration-metric', spec: { chart: 'iteration-metric', metric: 'distance' }, x: 'iteration', y: 'distance' },
  { name: 'epoch-metric', spec: { chart: 'epoch-metric', metric: 'train_loss' }, x: 'epoch', y: 'train_loss' },
  { name: 'curvature', spec: { chart: 'curvature', metric: 'eigenvalue' } as never, x: 'epoch', y: 'eigenvalue' },
  { name: 'comparison', spec: comparison({}), x: 'iteration', y: 'batch_loss' },
  { name: 'comparison by path', spec: comparison({ against: 'path_length' }), x: 'path_length', y: 'batch_loss' },
  {
    name: 'comparison of groups',
    spec: comparison({ group: ['optimizer.learningRate'] }),
    x: 'iteration',
    y: 'batch_loss',
    grouped: true,
  },
];

for (const { name, spec, x, y, grouped } of kinds)
  for (const count of [1, 2, 4])
    for (const panels of [1, 3])
      test(`${name} of ${count} in ${panels} panels: SVG and CSV hold the same numbers of the same runs`, async () => {
        const chosen = (shift: number): RunData[] =>
          Array.from({ length: count }, (_, at) => runs[(at + shift) % runs.length]!);
        const recipe = figureRecipeSchema.parse({
          size: { width: 180, height: 70 * panels },
          panels: Array.from({ length: panels }, (_, panel) => ({
            chart: spec,
            runs: chosen(panel).map(({ run }) => ({ run: run.run, label: `label ${run.seed}` })),
          })),
        });
        const draw = async (format: 'svg' | 'csv'): Promise<string> =>
          new TextDecoder().decode((await renderFigure({ recipe, format, dpi: 72 }, source, { fonts })).bytes);
        const [svg, csv] = await Promise.all([draw('svg'), draw('csv')]);
        const rows = rowsOf(csv);
        for (let panel = 0; panel < panels; panel++) {
          const here = panels === 1 ? rows : rows.filter((row) => row['panel'] === 'abc'[panel]);
          const lines = [...linesOf(svg, panel + 1).values()];
          const members = chosen(panel).map(({ run }) => run);
          // by run; a group's rows by its name, under no run where several runs stand behind it
          const of = (row: Record<string, string>): string =>
            grouped ? row['group']! : (row['run'] ?? members[0]!.run);
          const reported = [...new Set(here.map(of))];
          if (grouped) expect(reported).toHaveLength(new Set(members.map(({ seed }) => seed < 3)).size);
          if (grouped)
            for (const row of here) {
              const size = Number(row['runs']);
              if (panels > 1 && members.length > 1) expect(row['run']).toBe('');
              expect(size).toBeGreaterThan(0);
            }
          else {
            expect(reported).toEqual(members.map(({ run }) => run));
            for (const row of here)
              if (row['run'] !== undefined)
                expect(row['name']).toBe(`label ${members.find(({ run }) => run === row['run'])!.seed}`);
          }
          expect(lines).toHaveLength(reported.length);
          const pairs = reported.map((one, at) => {
            const mine = here.filter((row) => of(row) === one);
            expect(lines[at]).toHaveLength(mine.length);
            return mine.map((row, point) => ({ row, drawn: lines[at]![point]! }));
          });
          const all = pairs.flat();
          const across = affinity(all.map(({ row, drawn }): Point => [Number(row[x]), drawn[0]]));
          const up = affinity(all.map(({ row, drawn }): Point => [Number(row[y]), drawn[1]]));
          expect(across.worst).toBeLessThan(0.1);
          expect(up.worst).toBeLessThan(0.1);
          expect(across.scale).toBeGreaterThan(0);
          expect(up.scale).toBeLessThan(0);
        }
      });
