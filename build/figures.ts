/**
 * Draws the example figures of docs/figures/ from real runs: the quick walk at two learning rates. Needs dist/ (npm run
 * build); node build/node.mjs figures [STORE] makes the runs in a store of its own, or uses those in STORE.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figureRecipeSchema } from '../shared/figures/recipe.ts';
import type { FigureRecipeInput } from '../shared/figures/recipe.ts';
import type { RunRecord } from '../shared/records.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'docs', 'figures');
const [given] = process.argv.slice(2);
const store = given ?? mkdtempSync(join(tmpdir(), 'valleywalk-figures-'));
const valleywalk = (...parameters: string[]): string =>
  execFileSync(process.execPath, [join(root, 'dist', 'node', 'valleywalk.js'), ...parameters, '--store', store], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

const rates = ['0.5', '0.1'] as const;
const nameOf = (rate: string): string => `learning rate ${rate}`;
const listed = (): RunRecord[] => JSON.parse(valleywalk('list', '--json')) as RunRecord[];
const present = new Set(listed().map(({ name }) => name));
for (const rate of rates)
  if (!present.has(nameOf(rate)))
    valleywalk('run', 'quick-walk', '--set', `optimizer.learningRate=${rate}`, '--set', `name=${nameOf(rate)}`);

const runs = listed();
const run = (rate: string): { run: string; label: string } => ({
  run: runs.find(({ name }) => name === nameOf(rate))!.run,
  label: `η = ${rate}`,
});
const metric = (key: 'gradient_cosine' | 'distance') => ({ chart: 'iteration-metric', metric: key }) as const;
const both = rates.map(run);

const figures: Record<string, FigureRecipeInput> = {
  walk: {
    name: 'walk',
    size: { width: 4.5, height: 2, unit: 'in' },
    caption: 'Training loss of 40 SGD iterations with the loss interpolated between them and the valley floor.',
    panels: [{ chart: { chart: 'walk' }, runs: [run('0.5')], x: { from: 0, to: 39 } }],
  },
  heights: {
    name: 'heights',
    size: { width: 89, height: 60 },
    caption: 'Height above the valley floor before and after each update.',
    panels: [{ chart: { chart: 'heights' }, runs: [run('0.5')], x: { from: 0, to: 39 } }],
  },
  'learning-rates': {
    name: 'learning rates',
    size: { width: 183, height: 62 },
    columns: 2,
    letters: 'a',
    caption: 'Two learning rates: (a) distance from initialisation, (b) cosine of consecutive gradients.',
    panels: [
      { chart: metric('distance'), runs: both },
      { chart: metric('gradient_cosine'), runs: both },
    ],
  },
};

try {
  mkdirSync(out, { recursive: true });
  for (const [name, recipe] of Object.entries(figures)) {
    const file = join(out, `${name}.json`);
    writeFileSync(file, `${JSON.stringify(figureRecipeSchema.parse(recipe), null, 2)}\n`);
    for (const format of ['svg', 'pdf'])
      process.stdout.write(valleywalk('figure', file, '--out', join(out, `${name}.${format}`)));
    rmSync(file);
  }
} finally {
  if (!given) rmSync(store, { recursive: true, force: true });
}
