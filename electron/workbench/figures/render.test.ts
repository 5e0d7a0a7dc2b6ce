import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import type { FigureRecipeInput } from '../../../shared/figures/recipe.ts';
import type { ChartSpec, FigureFormat } from '../../../shared/charts/request.ts';
import { syntheticWalk, testData, testIteration, testRun, testSource } from '../../../shared/charts/testing.ts';
import { ValleywalkError } from '../../../shared/errors.ts';
import { csvTable } from '../../../shared/csv.ts';
import { figureName } from './name.ts';
import { buildPanels } from './panels.ts';
import { renderFigure } from './render.ts';
import type { FigureRequest } from './render.ts';
import { renderSvg } from './svg.ts';
import { tidySvg } from './tidy.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;
const settings = { fonts, version: '0.1.0' };
const walk = syntheticWalk({ name: 'Quick <walk> & co', seed: 1, barriers: [23] });
const other = syntheticWalk({ name: 'other', seed: 2, perEpoch: 20 });
const source = testSource([walk, other]);

interface Asked extends Omit<FigureRecipeInput, 'panels'> {
  spec: ChartSpec;
  runs?: string[];
  format?: FigureFormat;
  dpi?: number;
  log?: boolean;
  logX?: boolean;
  x?: { from: number | null; to: number | null };
  y?: { from: number | null; to: number | null };
}

/** A request for one panel. */
function request({
  spec,
  runs = ['run-1'],
  format = 'svg',
  dpi = 300,
  log,
  logX,
  x,
  y,
  ...figure
}: Asked): FigureRequest {
  const panel = { chart: spec, runs: runs.map((run) => ({ run })), log, logX, x, y };
  const size = { width: 4.5, height: 2, unit: 'in' } as const;
  return { recipe: figureRecipeSchema.parse({ name: 'Quick & co', size, ...figure, panels: [panel] }), format, dpi };
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('an SVG has its size in millimetres, real text in an open font, and says what it shows', async () => {
  const file = await renderFigure(request({ spec: { chart: 'walk' } }), source, settings);
  expect(file).toMatchObject({ name: 'quick-co.svg', mime: 'image/svg+xml' });
  const svg = text(file.bytes);
  expect(svg).toContain('width="4.5in" height="2in" viewBox="0 0 432 192"');
  expect(svg).toMatch(/<text[^>]*>Iteration<\/text>/);
  expect(svg).toMatch(/<text[^>]*>Training loss \(nats\)<\/text>/);
  expect(svg).toContain('font-family="Arimo, Arial, Helvetica, sans-serif"');
  expect(svg).toContain('<title id="figure-title">Training loss along the walk, ℓₜ(α)</title>');
  expect(svg).toContain('Quick &#60;walk&#62; &#38; co');
  expect(svg).toContain('<dc:creator>Valleywalk 0.1.0</dc:creator>');
  expect(svg).toContain('run run-1, seed 1');
  expect(svg).not.toMatch(/foreignObject|ecmeta|<script|<style|dominant-baseline|pointer-events|class=|NaN|undefined/);
});

test('type is 7 points high at true size', async () => {
  const svg = text((await renderFigure(request({ spec: { chart: 'heights' } }), source, settings)).bytes);
  const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
  expect(sizes.length).toBeGreaterThan(5);
  for (const size of sizes) expect(size * 0.75).toBeCloseTo(7, 2);
});

test.each([
  [114.3, 50.8, 300, 1350, 600],
  [89, 61.5, 217, 760, 525],
  [183, 20, 72, 519, 57],
])(
  'a PNG of %d × %d mm at %d dpi is %d × %d pixels and says its resolution',
  async (width_mm, height_mm, dpi, ...size) => {
    const spec = { chart: 'iteration-metric', metric: 'gradient_cosine' } as const;
    const file = await renderFigure(
      request({ spec, format: 'png', size: { width: width_mm, height: height_mm }, dpi }),
      source,
      settings,
    );
    const png = Buffer.from(file.bytes);
    const chunks = new Map<string, Buffer>();
    for (let at = 8; at < png.length;) {
      const length = png.readUInt32BE(at);
      const type = png.toString('latin1', at + 4, at + 8);
      expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(png.subarray(at + 4, at + 8 + length)));
      if (!chunks.has(type)) chunks.set(type, png.subarray(at + 8, at + 8 + length));
      at += 12 + length;
    }
    const header = chunks.get('IHDR')!;
    expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual(size);
    const physical = chunks.get('pHYs')!;
    expect(physical.readUInt32BE(0)).toBe(Math.round(dpi / 0.0254));
    expect(physical[8]).toBe(1);
    expect(chunks.get('iTXt')!.toString()).toContain('Cosine of consecutive gradients');
    expect(file.name).toBe('quick-co.png');
  },
);

test('a CSV holds the metric under its key; several runs are in long format', async () => {
  const spec = { chart: 'epoch-metric', metric: 'train_loss' } as const;
  const one = await renderFigure(request({ spec, format: 'csv' }), source, settings);
  expect(text(one.bytes)).toBe(`epoch,train_loss\r\n1,${walk.epochs.train_loss[0]}\r\n`);
  const several = await renderFigure(request({ spec, format: 'csv', runs: ['run-1', 'run-2'] }), source, settings);
  const lines = text(several.bytes).split('\r\n');
  expect(lines[0]).toBe('run,name,epoch,train_loss');
  expect(lines[1]).toBe(`run-1,Quick <walk> & co,1,${walk.epochs.train_loss[0]}`);
  expect(lines).toHaveLength(6);
});

test('cells are quoted where RFC 4180 asks for it', () => {
  const rows = [
    ['a,b', 'say "x"', 'two\nlines', 0.1, null],
    ['', '', '', NaN, 1e-7],
  ];
  expect(csvTable(['one', 'two', 'three', 'four', 'five'], rows)).toBe(
    'one,two,three,four,five\r\n"a,b","say ""x""","two\nlines",0.1,\r\n,,,,1e-7\r\n',
  );
});

test('names of files are safe', () => {
  expect(figureName('../../etc/passwd', 'png')).toBe('etc-passwd.png');
  expect(figureName('  ÉTÉ 2026: η=0.1 / b=10 ', 'svg')).toBe('ete-2026-η-0-1-b-10.svg');
  expect(figureName('???', 'pdf')).toBe('figure.pdf');
  expect(figureName('x'.repeat(120), 'csv')).toHaveLength(100 + '.csv'.length);
});

test('the envelope of 20,000 points shows every planted spike', async () => {
  const spikes = Array.from({ length: 40 }, (_, index) => 137 + index * 491);
  const iterations = Array.from({ length: 20_000 }, (_, t) =>
    testIteration(t, { batch_loss: spikes.includes(t) ? 3 : 1 + 0.1 * Math.sin(t) }),
  );
  const data = testData(testRun('spikes', { run: 'run-9' }), iterations);
  const { recipe } = request({ spec: { chart: 'iteration-metric', metric: 'batch_loss' }, runs: ['run-9'] });
  const svg = await renderSvg(recipe, buildPanels(recipe, testSource([data])), {});
  const path = [...svg.matchAll(/ d="([^"]+)"/g)].map(([, d]) => d!).sort((one, two) => two.length - one.length)[0]!;
  const points = [...path.matchAll(/[ML ](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  expect(points.length).toBeLessThan(2000);
  const xs = points.map(([x]) => x);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.min(...points.map(([, y]) => y));
  const tips = points.filter(([, y]) => y < top + 0.01).map(([x]) => x);
  for (const spike of spikes) {
    const x = left + ((right - left) * spike) / 19_999;
    expect(Math.min(...tips.map((tip) => Math.abs(tip - x)))).toBeLessThan(0.5);
  }
});

test('barriers and gaps survive when there are more windows than series', async () => {
  const data = syntheticWalk({
    name: 'windows',
    seed: 5,
    iterations: 3000,
    probed: (t) => t % 10 < 4,
    barriers: [1502],
  });
  const svg = text(
    (await renderFigure(request({ spec: { chart: 'walk' }, runs: ['run-5'] }), testSource([data]), settings)).bytes,
  );
  expect(svg.length).toBeLessThan(400_000);
  expect(svg).not.toContain('NaN');
});

async function refused(changes: Partial<Asked>): Promise<ValleywalkError> {
  const asked = request({ spec: { chart: 'walk' } });
  const { spec, runs, format, dpi, log, logX, x, y, ...figure } = changes;
  const panel = asked.recipe.panels[0]!;
  const recipe = {
    ...asked.recipe,
    ...figure,
    panels: [
      {
        ...panel,
        chart: spec ?? panel.chart,
        runs: runs?.map((run) => ({ run, label: '' })) ?? panel.runs,
        log: log ?? false,
        logX: logX ?? false,
        x: x ?? panel.x,
        y: y ?? panel.y,
      },
    ],
  } as FigureRequest['recipe'];
  return renderFigure({ recipe, format: format ?? 'svg', dpi: dpi ?? 300 }, source, settings).then(
    () => expect.unreachable('the figure was drawn'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(ValleywalkError);
      return error as ValleywalkError;
    },
  );
}

test('what cannot be drawn is refused with what to do', async () => {
  expect(await refused({ runs: ['nobody', 'run-1'] })).toMatchObject({
    kind: 'missing',
    message:
      'The figure cannot be drawn: its run nobody is not in this store; it may have been deleted. Take it out of the figure, or open the store that has it.',
    problems: [{ path: 'panels.0.runs.0' }],
  });
  expect(await refused({ runs: ['run-1', 'run-2'] })).toMatchObject({
    kind: 'input',
    message: 'The figure cannot be drawn: the walk chart draws one run; choose one, or draw a metric of several runs.',
  });
  expect(await refused({ spec: { chart: 'slice', iteration: 4000 } })).toMatchObject({
    kind: 'input',
    message: 'Iteration 4,000 of “Quick <walk> & co” is not there: it has 60 of 60 iterations.',
  });
  expect(await refused({ spec: { chart: 'epoch-metric', metric: 'lambda_max' } })).toMatchObject({
    kind: 'input',
    message: 'The curvature was not probed in this run.',
  });
  expect(await refused({ size: { width: 0, height: 50, unit: 'mm' } })).toMatchObject({
    kind: 'input',
    problems: [{ path: 'size.width', message: 'must be at least 20 mm' }],
  });
  expect(await refused({ spec: { chart: 'iteration-metric', metric: 'happiness' as never } })).toMatchObject({
    kind: 'input',
    problems: [{ path: 'panels.0.chart.metric' }],
  });
  expect(await refused({ version: 3 as never })).toMatchObject({
    kind: 'input',
    message:
      "this figure's recipe is of version 3, made by a newer Valleywalk; this one reads versions up to 2: update Valleywalk to open it",
  });
  const huge = { size: { width: 1000, height: 1000, unit: 'mm' }, format: 'png', dpi: 1200 } as const;
  expect(await refused(huge)).toMatchObject({ kind: 'input', problems: [{ path: 'dpi' }] });
  expect(await refused({ x: { from: 9, to: 3 } })).toMatchObject({
    kind: 'input',
    problems: [{ path: 'panels.0.x.to' }],
  });
  expect(await refused({ log: true, y: { from: 0, to: null } })).toMatchObject({
    kind: 'input',
    message: expect.stringContaining('a logarithmic axis lies above zero') as string,
  });
  expect(await refused({ logX: true })).toMatchObject({
    kind: 'input',
    message: 'The figure cannot be drawn: the walk chart has no logarithmic x axis; leave it linear, or draw a metric.',
    problems: [{ path: 'panels.0.logX' }],
  });
  const cosine = { chart: 'scatter', record: 'iteration', x: 'gradient_cosine', y: 'distance' } as const;
  expect(await refused({ spec: cosine, logX: true })).toMatchObject({
    kind: 'input',
    message: expect.stringMatching(
      /cosine.* has no logarithmic axis, since it reaches zero and below; leave the x axis linear, or draw another quantity on it\.$/i,
    ) as string,
    problems: [{ path: 'panels.0.logX' }],
  });
  const distance = { chart: 'iteration-metric', metric: 'distance' } as const;
  expect(await refused({ spec: distance, logX: true, x: { from: 0, to: null } })).toMatchObject({
    kind: 'input',
    problems: [{ path: 'panels.0.x' }],
  });
  expect(await refused({ spec: distance, runs: ['run-1', 'run-1'] })).toMatchObject({ kind: 'input' });
  expect(await refused({ size: { width: 25, height: 25, unit: 'mm' }, font: { size: 12 } })).toMatchObject({
    kind: 'input',
    message: expect.stringContaining('too small for type of 12 points') as string,
  });
  for (const format of ['png', 'pdf'] as const)
    expect(await refused({ format, font: { family: 'Times New Roman' } })).toMatchObject({
      kind: 'input',
    });
});

test('every chart draws in both themes, linear and log', async () => {
  const specs: ChartSpec[] = [
    { chart: 'walk' },
    { chart: 'heights' },
    { chart: 'step-curvature' },
    { chart: 'slice', iteration: 23 },
    { chart: 'slice-map', reference: 'floor', scale: 'linear' },
    { chart: 'slice-map', reference: 'ends', scale: 'log' },
    { chart: 'floor-histogram', epoch: null },
    { chart: 'height-histogram', epoch: 1 },
    { chart: 'iteration-metric', metric: 'distance' },
    { chart: 'epoch-metric', metric: 'validation_accuracy' },
    { chart: 'scatter', record: 'iteration', x: 'distance', y: 'height_before' },
  ];
  for (const spec of specs)
    for (const theme of ['light', 'dark'] as const)
      for (const log of [false, true]) {
        const svg = text((await renderFigure(request({ spec, theme, log }), source, settings)).bytes);
        expect(svg).toContain(theme === 'dark' ? '#14171b' : '#ffffff');
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      }
});

test('a log horizontal axis has ticks at round numbers, and the figure says what is left out', async () => {
  const spec = { chart: 'iteration-metric', metric: 'distance' } as const;
  const svg = text((await renderFigure(request({ spec, logX: true, log: true }), source, settings)).bytes);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  for (const tick of ['1', '10']) expect(svg).toMatch(new RegExp(`<text[^>]*>${tick}</text>`));
  expect(svg).toContain('1 value at a place ≤ 0 is left out on the log horizontal axis');
});

test('markup is tidied inside tags only, and what is seen stays', () => {
  const seen = '<path d="M0 0L1 1" fill="none" stroke="#000" stroke-width="1"></path>';
  const markup =
    '<path d="M0 0L1 1" fill="none" pointer-events="visible" class="zr0-cls-0"></path>\n' +
    '<path d="M0 0L1 1" fill="#fff" fill-opacity="0" stroke="#000" stroke-width="0"></path>\n' +
    `${seen}<text dominant-baseline="central" style="font-size:10px;font-family:Arimo, Arial;" x="3" y="2" fill="#000">a class="b" c</text>` +
    '<style ><![CDATA[.a:hover{}]]></style>';
  expect(tidySvg(markup)).toBe(
    `${seen}<text x="3" fill="#000" y="5.47" font-size="10" font-family="Arimo, Arial">a class="b" c</text>`,
  );
});

test('odd and long names are shortened in the legend and cannot break the document', async () => {
  const runs = ['a\u0007b "quoted" <tag>\nsecond line', `${'very long name '.repeat(7)}end`].map((name, index) =>
    syntheticWalk({ name, seed: 20 + index }),
  );
  const spec = { chart: 'iteration-metric', metric: 'distance' } as const;
  const asked = request({ spec, runs: ['run-20', 'run-21'], size: { width: 60, height: 50 } });
  const svg = text((await renderFigure(asked, testSource(runs), settings)).bytes);
  expect(svg).not.toContain('\u0007');
  expect(svg).toMatch(/<text[^>]*>a\\x07b &quot;quoted&quot; &lt;tag&gt; second line<\/text>/);
  expect(svg).toMatch(/<text[^>]*>very long name [^<]*…[^<]*end<\/text>/);
});

test('a character that no font has is named, never drawn as a box; the SVG keeps it', async () => {
  const spec = { chart: 'iteration-metric', metric: 'distance' } as const;
  // unassigned: no font on any machine has it
  const nowhere = String.fromCodePoint(0x2fe0);
  const ask = (label: string, format: FigureFormat) => {
    const asked = request({ spec, format, runs: ['run-1', 'run-2'], dpi: 100 });
    asked.recipe.panels[0]!.runs[0]!.label = label;
    return renderFigure(asked, source, settings);
  };
  await expect(ask(`run ${nowhere} one`, 'png')).rejects.toThrow(`no font here has the character ${nowhere}; label`);
  expect(text((await ask(`run ${nowhere} one`, 'svg')).bytes)).toContain(nowhere);
  // everything that charts write by themselves, and European letters, are there
  expect((await ask('θₜ₊₁ ℓ(α) 10⁻⁷ ± ≤ × η λ ß é Ж “x” –', 'png')).bytes.length).toBeGreaterThan(1000);
});
