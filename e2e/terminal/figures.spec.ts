/** `valleywalk figure`: the same bytes each time, plotted again by a script of its own, opened from its own files, refused. */
import { expect, test } from 'playwright/test';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedRun } from '../seed.ts';
import { root } from '../window.ts';
import { valleywalk } from './run.ts';

const python = process.env['VALLEYWALK_E2E_PYTHON'] ?? '';
let folder: string;
let store: string;
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valleywalk-figure-'));
  store = join(folder, 'store');
  await seedRun(store, ['name=small walk']);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a recipe and returns its path. */
function recipe(name: string, changes: object = {}, chart: object = { chart: 'walk' }): string {
  const path = join(folder, `${name}.json`);
  const size = { width: 89, height: 60, unit: 'mm' };
  writeFileSync(path, JSON.stringify({ name, size, panels: [{ chart, runs: [{ run: 'small walk' }] }], ...changes }));
  return path;
}
const draw = async (source: string, out: string): Promise<Buffer> => {
  const path = join(folder, out);
  const outcome = await valleywalk(store, ['figure', source, '--out', path]);
  expect(outcome.code, outcome.err).toBe(0);
  expect(outcome.out.trim()).toBe(path);
  return readFileSync(path);
};

test('a recipe gives the same bytes twice, and comes back from the files it made', async () => {
  const walk = recipe('walk');
  const first: Record<string, Buffer> = {};
  for (const format of ['svg', 'png', 'pdf', 'csv']) {
    first[format] = await draw(walk, `first.${format}`);
    expect((await draw(walk, `second.${format}`)).equals(first[format])).toBe(true);
  }
  for (const format of ['svg', 'png', 'pdf'])
    expect((await draw(join(folder, `first.${format}`), 'again.svg')).equals(first['svg']!)).toBe(true);
  expect(first['svg']!.toString()).toContain('width="89mm" height="60mm"');
});

test('two quantities against each other are drawn, tabled, and come back from the file', async () => {
  const chart = { chart: 'scatter', record: 'iteration', x: 'gradient_norm', y: 'height_before' };
  const source = recipe('scatter', {}, chart);
  const svg = await draw(source, 'scatter.svg');
  for (const format of ['svg', 'png', 'pdf']) {
    const file = `scatter.${format}`;
    await draw(source, file);
    expect((await draw(join(folder, file), 'again.svg')).equals(svg), format).toBe(true);
  }
  const rows = (await draw(source, 'scatter.csv')).toString().trim().split('\r\n');
  expect(rows[0]).toBe('iteration,gradient_norm,height_before');
  expect(rows.length).toBeGreaterThan(5);
  expect(svg.toString()).toContain('gradient');
  const same = await valleywalk(store, [
    'figure',
    recipe('same', {}, { ...chart, y: 'gradient_norm' }),
    '--out',
    join(folder, 'same.svg'),
  ]);
  expect(same.code).toBe(2);
  expect(same.err).toContain('panels.0.chart.y is on the horizontal axis already');
});

test('groups have the band that is asked for, and differences to a run by its name or to a group', async () => {
  for (const changes of [
    ['seed=2'],
    ['seed=1', 'optimizer.learningRate=0.1'],
    ['seed=2', 'optimizer.learningRate=0.1'],
  ])
    await seedRun(store, [`name=walk ${changes.join(' ')}`, ...changes]);
  const runs = ['small walk', 'walk seed=2', ...[1, 2].map((seed) => `walk seed=${seed} optimizer.learningRate=0.1`)];
  const rows = async (name: string, chart: object): Promise<string[]> => {
    const comparison = { chart: 'comparison', record: 'iteration', metric: 'distance', ...chart };
    const panels = [{ chart: comparison, runs: runs.map((run) => ({ run })) }];
    return (await draw(recipe(name, { panels }), `${name}.csv`)).toString().trim().split('\r\n');
  };
  const group = ['optimizer.learningRate'];
  const { out } = await valleywalk(store, ['figure', '--help']);
  for (const band of ['none', 'runs', 'deviation', 'error', 'confidence', 'range', 'quartiles']) {
    expect(out).toContain(`      ${band}: `);
    const [head, first] = await rows(`band-${band}`, { group, band });
    expect(head).toMatch(/^group,(run,)?iteration,distance,low,high,runs$/);
    expect(first).toMatch(/,2$/);
  }
  expect((await rows('to-group', { group, band: 'confidence', baseline: { group: ['0.1'] } })).at(-1)).toContain(
    ',2,2,"paired by seed, 2 of 2 pairs"',
  );
  const toRun = await rows('to-run', { baseline: 'walk seed=2' });
  expect(toRun.filter((row) => row.includes('walk seed=2,'))).toEqual([]);
  expect(toRun.length).toBeGreaterThan(30);
});

test('the help names every chart with its options, as docs/charts.md does', async () => {
  const { out } = await valleywalk(store, ['figure', '--help']);
  const page = readFileSync(join(root, 'docs', 'charts.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (?:`([a-z]+)`)?/gm)];
  expect(rows.length).toBeGreaterThan(30);
  for (const [, chart, option] of rows) expect(out).toContain(option === undefined ? `  ${chart}: ` : `    ${option}`);
});

test('the CSV plotted again lies on the lines of the SVG', async () => {
  test.skip(python === '', 'needs python3 with NumPy (Debian: python3-numpy)');
  const script = join(root, 'e2e', 'independent', 'replot.py');
  const cases = [
    ['walk', { chart: 'walk' }, {}, 'x', 'loss', 'linear'],
    ['heights', { chart: 'heights' }, {}, 'iteration', 'height_before', 'linear'],
    ['distance', { chart: 'iteration-metric', metric: 'distance' }, { log: true }, 'iteration', 'distance', 'log'],
    ['loss', { chart: 'iteration-metric', metric: 'batch_loss' }, {}, 'iteration', 'batch_loss', 'linear'],
    [
      'both',
      { chart: 'iteration-metric', metric: 'distance' },
      { log: true, logX: true },
      'iteration',
      'distance',
      'log',
      'log',
    ],
    [
      'time',
      { chart: 'comparison', record: 'iteration', metric: 'path_length', against: 'elapsed_seconds' },
      {},
      'elapsed_seconds',
      'path_length',
      'linear',
    ],
  ] as const;
  for (const [name, chart, panel, x, y, ...scales] of cases) {
    const path = recipe(name, { panels: [{ chart, runs: [{ run: 'small walk' }], ...panel }] });
    await draw(path, `${name}.svg`);
    const rows = (await draw(path, `${name}.csv`)).toString().trim().split('\r\n').length - 1;
    const files = [join(folder, `${name}.svg`), join(folder, `${name}.csv`)];
    const report = JSON.parse(execFileSync(python, [script, ...files, x, y, ...scales], { encoding: 'utf8' })) as {
      compared: number;
      worst: number;
    };
    expect(report.compared, name).toBeGreaterThan(10);
    expect(report.compared, name).toBeLessThanOrEqual(rows);
    // px of 0.26 mm; tick labels are rounded
    expect(report.worst, name).toBeLessThan(0.1);
  }
});

test('what cannot be drawn is refused with a sentence, and nothing is written', async () => {
  const out = join(folder, 'refused.svg');
  const refused = async (source: string, to = out): Promise<string> => {
    const outcome = await valleywalk(store, ['figure', source, '--out', to]);
    expect(outcome.code, outcome.err).toBe(2);
    expect(outcome.err).not.toContain('internal error');
    return outcome.err;
  };
  expect(await refused(recipe('zero', { size: { width: 0, height: 60, unit: 'mm' } }))).toContain(
    'size.width must be at least 20 mm',
  );
  expect(await refused(recipe('newer', { version: 9 }))).toContain('update Valleywalk');
  expect(await refused(recipe('unknown', {}, { chart: 'iteration-metric', metric: 'happiness' }))).toContain(
    'panels.0.chart.metric',
  );
  const gone = { panels: [{ chart: { chart: 'walk' }, runs: [{ run: '20200101-000000-gone', label: 'old walk' }] }] };
  expect(await refused(recipe('gone', gone))).toContain('20200101-000000-gone (“old walk”) is not in this store');
  expect(await refused(join(folder, 'nothing.json'))).toContain('there is no recipe');
  expect(await refused(recipe('folder'), join(recipe('in-the-way'), 'figure.svg'))).toContain('cannot export to');
  expect(await refused(recipe('format'), join(folder, 'figure.tiff'))).toContain('.svg, .png, .pdf, .csv');
  expect(existsSync(out)).toBe(false);
});
