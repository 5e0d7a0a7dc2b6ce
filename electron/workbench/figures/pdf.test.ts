/** PDF, checked by reading its bytes. */
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { figureRecipeSchema } from '../../../shared/figures/recipe.ts';
import { recipeInFile } from '../../../shared/figures/recipe-file.ts';
import { syntheticWalk, testSource } from '../../../shared/charts/testing.ts';
import { renderFigure } from './render.ts';

const fonts = new URL('../../../resources/fonts', import.meta.url).pathname;
const source = testSource([
  syntheticWalk({ name: 'Quick <walk> & co', seed: 1, barriers: [23] }),
  syntheticWalk({ name: '走る', seed: 2 }),
]);
const settings = { fonts, version: '0.1.0' };

const recipe = figureRecipeSchema.parse({
  name: 'two panels',
  size: { width: 183, height: 80 },
  columns: 2,
  letters: 'a',
  title: 'Walks & heights <1>',
  caption: 'The walk ]]> and its cosine, ‖θ‖.',
  panels: [
    { chart: { chart: 'walk' }, runs: [{ run: 'run-1' }] },
    {
      chart: { chart: 'iteration-metric', metric: 'distance' },
      runs: [{ run: 'run-1' }, { run: 'run-2', label: 'other' }],
    },
  ],
});

/** Every stream of a PDF, inflated where it was compressed. */
function streams(pdf: Buffer): { dictionary: string; data: Buffer }[] {
  const found: { dictionary: string; data: Buffer }[] = [];
  for (let at = 0; ;) {
    const start = pdf.indexOf('stream\n', at);
    if (start < 0) return found;
    const end = pdf.indexOf('\nendstream', start);
    const dictionary = pdf.toString('latin1', pdf.lastIndexOf(' 0 obj', start), start);
    const raw = pdf.subarray(start + 'stream\n'.length, end);
    found.push({ dictionary, data: dictionary.includes('/FlateDecode') ? inflateSync(raw) : raw });
    at = end + '\nendstream'.length;
  }
}

/** The text of a page: glyphs as the fonts' own tables (ToUnicode) read them. */
function textOf(pdf: Buffer): string {
  const all = streams(pdf).map(({ data }) => data.toString('latin1'));
  const maps = new Map<string, Map<string, string>>();
  const body = pdf.toString('latin1');
  const objects = new Map([...body.matchAll(/(\d+) 0 obj\n([\s\S]*?)endobj/g)].map(([, id, text]) => [id!, text!]));
  for (const [, name, id] of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const toUnicode = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id!)!)![1]!;
    const at = pdf.indexOf(`\n${toUnicode} 0 obj\n`);
    const [cmap] = streams(pdf.subarray(at, pdf.indexOf('endobj', at)));
    const table = new Map<string, string>();
    for (const [, from, list] of cmap!.data.toString('latin1').matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi))
      for (const [index, [, hex]] of [...list!.matchAll(/<([0-9a-f]+)>/gi)].entries())
        table.set(
          (parseInt(from!, 16) + index).toString(16).padStart(4, '0'),
          Buffer.from(hex!, 'hex').swap16().toString('utf16le'),
        );
    maps.set(name!, table);
  }
  let text = '';
  for (const stream of all) {
    let font = '';
    for (const [block] of stream.matchAll(/BT\n[\s\S]*?\nET/g)) {
      for (const [, name, hex] of block.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9a-f]+)> Tj/gi)) {
        if (name) font = name;
        else text += maps.get(font)?.get(hex!) ?? '�';
      }
      text += '\n';
    }
  }
  return text;
}

test('a PDF is one page of exact size with Arimo embedded and its text as text', async () => {
  const file = await renderFigure({ recipe, format: 'pdf', dpi: 300 }, source, settings);
  expect(file).toMatchObject({ name: 'two-panels.pdf', mime: 'application/pdf' });
  const pdf = Buffer.from(file.bytes);
  const text = pdf.toString('latin1');
  expect(text.startsWith('%PDF-1.7')).toBe(true);
  const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  expect(boxes).toHaveLength(1);
  expect(Number(boxes[0]![1])).toBeCloseTo((183 / 25.4) * 72, 2);
  expect(Number(boxes[0]![2])).toBeCloseTo((80 / 25.4) * 72, 2);
  expect([...text.matchAll(/\/FontFile2 /g)]).toHaveLength(2);
  expect(new Set([...text.matchAll(/\/FontName \/[A-Z]{6}\+(\S+)/g)].map(([, name]) => name))).toEqual(
    new Set(['Arimo-Regular', 'Arimo-Bold']),
  );
  const words = textOf(pdf);
  for (const word of [
    'Iteration',
    'Training loss (nats)',
    'valley floor',
    'Walks & heights <1>',
    'other',
    '‖θₜ₊₁ − θ₀‖',
  ])
    expect(words).toContain(word);
  expect(words).not.toContain('�');
  expect(text).not.toContain('/CreationDate');
});

test.each(['svg', 'png', 'pdf', 'csv'] as const)('drawn twice, a %s has identical bytes', async (format) => {
  const draw = async (): Promise<Buffer> =>
    Buffer.from((await renderFigure({ recipe, format, dpi: 96 }, source, settings)).bytes);
  const first = await draw();
  // other drawings in between, and another second
  await renderFigure({ recipe: { ...recipe, panels: [recipe.panels[1]!] }, format: 'svg', dpi: 96 }, source, settings);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(await draw()).toEqual(first);
});

test.each(['svg', 'png', 'pdf'] as const)(
  'the recipe comes back from an %s and draws the same figure',
  async (format) => {
    const { bytes, name } = await renderFigure({ recipe, format, dpi: 96 }, source, settings);
    const again = recipeInFile(name, bytes);
    expect(again).toEqual(recipe);
    const drawn = await renderFigure({ recipe: again, format, dpi: 96 }, source, settings);
    expect(Buffer.from(drawn.bytes)).toEqual(Buffer.from(bytes));
  },
);

test('a name that the font cannot write is refused, not drawn as boxes', async () => {
  const panels = [
    { chart: { chart: 'iteration-metric', metric: 'distance' } as const, runs: [{ run: 'run-1' }, { run: 'run-2' }] },
  ];
  const named = figureRecipeSchema.parse({ panels });
  await expect(renderFigure({ recipe: named, format: 'pdf', dpi: 300 }, source, settings)).rejects.toMatchObject({
    kind: 'input',
    message: "the PDF's font, Arimo, has no characters 走 る; label the runs in other letters, or save an SVG or PNG",
  });
  const { bytes } = await renderFigure({ recipe: named, format: 'svg', dpi: 300 }, source, settings);
  expect(new TextDecoder().decode(bytes)).toContain('走る');
});
