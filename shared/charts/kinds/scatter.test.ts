import { expect, test } from 'vitest';
import { blankCurvature } from '../../blank-records.ts';
import { buildChart, canLogX, paperStyle, screenStyle, specCanLog, specTitle } from '../index.ts';
import { chartsInMenu, optionFields } from '../menu.ts';
import { chartSpecSchema } from '../request.ts';
import type { ChartSpec } from '../request.ts';
import { drawnPoints, syntheticWalk, testData, testIteration, testRun } from '../testing.ts';

const paper = paperStyle('light', {});
const spec = (x: string, y: string, record = 'iteration'): ChartSpec =>
  chartSpecSchema.parse({ chart: 'scatter', record, x, y });
const measured = (all: object[]) =>
  testData(
    testRun('walk'),
    all.map((values, t) => testIteration(t, values)),
  );

test('one point for each record that has both, in the order of the records, on each axis what was asked', () => {
  const data = measured([
    { distance: 3, batch_loss: 1 },
    { distance: 1, batch_loss: 2 },
    { distance: 2, batch_loss: null },
    { distance: 0.5, batch_loss: 4 },
  ]);
  const chart = buildChart(spec('distance', 'batch_loss'), [data], paper);
  expect(drawnPoints(chart, 'scatter.0')).toEqual([
    [3, 1],
    [1, 2],
    [0.5, 4],
  ]);
  expect(chart.table).toEqual({
    columns: ['iteration', 'distance', 'batch_loss'],
    rows: [
      [0, 3, 1],
      [1, 1, 2],
      [3, 0.5, 4],
    ],
  });
  expect(chart.title).toBe('Batch loss against distance from initialisation');
  expect(chart.readout(1.1)?.rows).toEqual([{ label: 'walk', value: '2 nats at 1, iteration 1' }]);
});

test('axes have words, symbol and unit, and end within what a quantity can be', () => {
  const walk = syntheticWalk();
  const option = (x: string, y: string) => buildChart(spec(x, y), [walk], paper).option as Record<string, object>;
  const { name } = option('batch_loss', 'gradient_norm')['xAxis'] as { name: string };
  expect(name).toMatch(/^Batch loss .*\(nats\)$/);
  expect(option('batch_loss', 'floor_alpha')['yAxis']).toMatchObject({ min: 0, max: 1 });
  expect(option('gradient_cosine', 'batch_loss')['xAxis']).toMatchObject({ min: -1, max: 1 });
  const path = option('path_length', 'distance')['xAxis'] as { min: number; max: number };
  expect(path.min).toBeGreaterThanOrEqual(0);
  expect(path.max).toBeGreaterThan(walk.iterations.path_length.at(-1)!);
});

test('logarithmic axes leave out what they cannot show, and say how much', () => {
  const data = measured([
    { distance: 0, batch_loss: 1 },
    { distance: 1, batch_loss: 0 },
    { distance: 2, batch_loss: 3 },
  ]);
  const chart = buildChart(spec('distance', 'batch_loss'), [data], paper, { log: true, logX: true });
  expect(drawnPoints(chart, 'scatter')).toEqual([[2, 3]]);
  expect(chart.notes.join()).toMatch(/1 value ≤ 0 is left out on the log axis; 1 value at a place ≤ 0 is left out/);
  expect([canLogX(spec('gradient_cosine', 'distance')), specCanLog(spec('gradient_cosine', 'distance'))]).toEqual([
    false,
    true,
  ]);
  expect(buildChart(spec('distance', 'gradient_cosine'), [data], paper, { log: true }).notes).toEqual([
    'no log axis: this metric reaches zero and below',
  ]);
});

test('a vertical axis that cannot be logarithmic does not hide what a logarithmic horizontal one leaves out', () => {
  const data = measured([
    { distance: 0, gradient_cosine: 0.5 },
    { distance: 1, gradient_cosine: 0.25 },
  ]);
  expect(buildChart(spec('distance', 'gradient_cosine'), [data], paper, { log: true, logX: true }).notes).toEqual([
    'no log axis: this metric reaches zero and below',
    '1 value at a place ≤ 0 is left out on the log horizontal axis',
  ]);
});

test('what was not measured together is told apart from what the axes do not show', () => {
  const apart = measured([{ distance: 1 }, { batch_loss: 2 }]);
  const below = measured([
    { distance: 0, batch_loss: 1 },
    { distance: 0, batch_loss: 2 },
  ]);
  const asked = spec('distance', 'batch_loss');
  const never = buildChart(asked, [apart], paper);
  expect(never.empty).toBe(
    'Batch loss and distance from initialisation were not measured in the same iterations; choose two that were.',
  );
  expect(never.description).toContain('walk: no iteration with both measured');
  for (const view of [{ logX: true }, { range: { from: 3, to: 4 } }]) {
    const { empty, description } = buildChart(asked, [below], paper, view);
    expect(empty).toBe(
      'Both quantities were measured in 2 iterations, but no point of them lies on these axes; widen the range, or draw linear axes.',
    );
    expect(description).toContain('walk: no point of 2 iterations lies on these axes');
  }
});

test('a range is of values on the horizontal axis', () => {
  const chart = buildChart(spec('distance', 'batch_loss'), [syntheticWalk()], paper, { range: { from: 0.3, to: 0.6 } });
  const places = drawnPoints(chart, 'scatter').map(([x]) => x);
  expect(places.length).toBeGreaterThan(3);
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0.3);
  expect(Math.max(...places)).toBeLessThanOrEqual(0.6);
});

/** So many points in a disc about (2, 2), each run a little beside the one before. */
const disc = (count: number, index = 0) =>
  measured(
    Array.from({ length: count }, (_, t) => {
      const [radius, turn] = [Math.sqrt((t + 0.5) / count), t * 2.399963];
      return { distance: 2 + index + radius * Math.cos(turn), batch_loss: 2 + radius * Math.sin(turn) };
    }),
  );

test.each([paper, screenStyle('light')])(
  'of many points one is drawn where they lie closer than half a marker',
  (style) => {
    const note = 'of points closer than half a marker one is drawn';
    const few = buildChart(spec('distance', 'batch_loss'), [disc(3000)], style);
    expect([drawnPoints(few, 'scatter').length, few.notes]).toEqual([3000, []]);
    const runs = [disc(60_000), disc(60_000, 1)];
    for (const log of [false, true]) {
      const chart = buildChart(spec('distance', 'batch_loss'), runs, style, { log, logX: log });
      expect(chart.notes).toEqual([note]);
      expect(chart.table.rows).toHaveLength(120_000);
      expect(chart.description).toContain('60,000 iterations');
      const along = log ? Math.log : (value: number) => value;
      const { xAxis } = chart.option as { xAxis: { min: number; max: number } };
      const reach = style.marker * 0.6;
      for (const index of [0, 1]) {
        const drawn = drawnPoints(chart, `scatter.${index}`);
        expect(drawn.length).toBeGreaterThan(500);
        expect(drawn.length).toBeLessThan(30_000);
        // every point has a drawn one so near that its marker is under it
        const width = along(xAxis.max) - along(xAxis.min);
        for (let t = 0; t < 60_000; t += 7919) {
          const { distance, batch_loss } = runs[index]!.iterations;
          const nearest = Math.min(
            ...drawn.map(([x, y]) =>
              Math.hypot(
                ((along(x) - along(distance[t]!)) / width) * style.width,
                ((along(y) - along(batch_loss[t]!)) / (along(3) - along(1))) * style.height,
              ),
            ),
          );
          expect(nearest).toBeLessThan(reach);
        }
      }
    }
  },
);

test('a chosen vertical span is thinned for what is in it; values of one place or far apart are thinned too', () => {
  const chosen = { ...paper, axes: { ...paper.axes, y: { from: 1.99, to: 2.01 } } };
  const points = (style: typeof paper) =>
    drawnPoints(buildChart(spec('distance', 'batch_loss'), [disc(60_000)], style), 'scatter').filter(
      ([, y]) => y > 1.99 && y < 2.01,
    ).length;
  expect(points(chosen)).toBeGreaterThan(300);
  expect(points(chosen)).toBeGreaterThan(1.5 * points(paper));
  for (const value of [1, 1e308]) {
    const data = measured(Array.from({ length: 9000 }, (_, t) => ({ distance: 3, batch_loss: t % 2 ? value : 1 })));
    expect(drawnPoints(buildChart(spec('distance', 'batch_loss'), [data], paper), 'scatter')).toHaveLength(
      value === 1 ? 1 : 2,
    );
  }
});

test('every run has a colour, a marker and an entry of the legend of its own, and its rows', () => {
  const runs = [1, 2, 3, 4, 5].map((seed) => syntheticWalk({ seed, name: `walk ${seed}`, iterations: 5 }));
  for (const style of [paper, screenStyle('dark')]) {
    const chart = buildChart(spec('distance', 'batch_loss'), runs, style);
    const series = (chart.option.series as { id: string; symbol: string; itemStyle: { color: string } }[]).filter(
      ({ id }) => id.startsWith('scatter'),
    );
    expect(new Set(series.map(({ symbol, itemStyle }) => `${symbol} ${itemStyle.color}`)).size).toBe(5);
    expect(new Set(series.map(({ symbol }) => symbol)).size).toBeGreaterThan(3);
    expect((chart.option.legend as { data: object[] }).data).toHaveLength(5);
    expect(chart.table.columns).toEqual(['run', 'name', 'iteration', 'distance', 'batch_loss']);
    expect(chart.table.rows).toHaveLength(25);
  }
});

test('measurements of curvature meet where both are of one moment', () => {
  const data = testData(
    testRun('walk'),
    [],
    [],
    [],
    [
      blankCurvature({ iteration: 0, epoch: 0, rank: 1, eigenvalue: 2, alignment: 0.25 }),
      blankCurvature({ iteration: 0, epoch: 0, rank: 2, eigenvalue: 1, alignment: 0.5 }),
      blankCurvature({ iteration: 7, epoch: 1, rank: 1, eigenvalue: 4, alignment: 0.125 }),
    ],
  );
  const chart = buildChart(spec('eigenvalue', 'alignment', 'curvature'), [data], paper);
  expect(chart.table).toEqual({
    columns: ['iteration', 'eigenvalue', 'alignment'],
    rows: [
      [0, 2, 0.75],
      [7, 4, 0.125],
    ],
  });
  expect(specTitle(spec('eigenvalue', 'alignment', 'curvature'))).toContain('against Hessian eigenvalue');
});

test('a chart without points says which quantity is missing', () => {
  const data = measured([{ distance: 1 }]);
  expect(buildChart(spec('distance', 'floor_alpha'), [data], paper).empty).toMatch(
    /^Position of the floor was not measured/,
  );
  expect(buildChart(spec('train_loss', 'distance', 'epoch'), [data], paper).empty).toMatch(
    /is finished and recorded none/,
  );
  expect(buildChart(spec('eigenvalue', 'alignment', 'curvature'), [data], paper).empty).toMatch(/not probed/);
});

test('what a recipe may say: two quantities of one record; the menu has one for each, the editor the others', () => {
  const problem = (chart: object): string | undefined => chartSpecSchema.safeParse(chart).error?.issues[0]?.message;
  const two = { chart: 'scatter', record: 'epoch', x: 'train_loss', y: 'distance' };
  expect(problem(two)).toBeUndefined();
  expect(problem({ ...two, y: 'train_loss' })).toBe('is on the horizontal axis already; choose another');
  expect(problem({ ...two, x: 'floor_alpha' })).toBe('is no quantity of this record');
  const own = spec('distance', 'batch_loss');
  const menu = chartsInMenu('figures', own).filter(({ chart }) => chart === 'scatter');
  expect(menu).toHaveLength(3);
  expect(menu[0]).toBe(own);
  const [across, up] = optionFields(own);
  expect(Object.keys(across!.choices!)).not.toContain('batch_loss');
  expect(Object.keys(up!.choices!)).toContain('batch_loss');
});
