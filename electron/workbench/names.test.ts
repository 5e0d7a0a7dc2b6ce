/** Names that hold what is not seen but acts are refused wherever they are given, by their path and with a sentence. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ValleywalkError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/records.ts';
import { temporaryFolder } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { openTest, runOver } from './testing/open.ts';
import type { Workbench } from './workbench.ts';

let folder: TemporaryFolder;
let workbench: Workbench;
beforeEach(() => {
  folder = temporaryFolder();
  workbench = openTest(folder.path);
});
afterEach(async () => {
  await workbench.close();
  folder.remove();
});

const recipe = { panels: [{ chart: { chart: 'walk' }, runs: [{ run: 'r' }] }] };

it.each([
  ['\x1b[2J', '\\x1b'],
  ['a\u202eb', '\\u202e'],
  ['a\u200bb', '\\u200b'],
  ['a\nb', '\\n'],
  ['a\x9bb', '\\x9b'],
])('%j', async (name, reported) => {
  const { run } = (await workbench.handle('runs.start', { experiment: { name: 'walk' } })) as RunRecord;
  await runOver(workbench, run);
  const requests: [string, object, string][] = [
    ['runs.start', { experiment: { name } }, 'name'],
    ['runs.rename', { run, name }, 'name'],
    ['runs.tag', { runs: [run], add: [name] }, 'add.0'],
    ['studies.start', { study: { name } }, 'name'],
    ['studies.rename', { study: 's', name }, 'name'],
    ['datasets.add', { folder: '/nowhere', title: name }, 'title'],
    ['figures.save', { recipe: { ...recipe, name: 'f', title: name } }, 'recipe.title'],
    ['figures.save', { recipe: { ...recipe, name } }, 'recipe.name'],
    ['runs.note', { run, notes: name }, 'notes'],
  ];
  for (const [request, parameters, path] of requests) {
    // what stands on several lines may break them
    if (name === 'a\nb' && ['notes', 'recipe.title', 'recipe.name'].includes(path)) continue;
    const refused = await workbench.handle(request, parameters).catch((error: unknown) => error);
    expect(refused, `${request} ${path}`).toBeInstanceOf(ValleywalkError);
    const { kind, problems } = refused as ValleywalkError;
    expect(kind).toBe('input');
    const problem = problems.find((each) => each.path === path);
    expect(problem, `${request} ${path}`).toBeDefined();
    if (path !== 'add.0' || !/\p{Cc}/u.test(name)) expect(problem!.message).toContain(reported);
  }
  expect(workbench.handlers['runs.get']({ run })).toMatchObject({ name: 'walk', tags: [], notes: '' });
});

it('letters of any script, pictograms and lines of notes are welcome', async () => {
  const name = 'θ₀ 学習率 👩‍💻 می‌خواهم';
  const { run } = (await workbench.handle('runs.start', { experiment: { name: 'walk' } })) as RunRecord;
  await runOver(workbench, run);
  expect(await workbench.handle('runs.rename', { run, name })).toMatchObject({ name });
  expect(await workbench.handle('runs.note', { run, notes: 'one\r\n\ttwo' })).toMatchObject({ notes: 'one\n\ttwo' });
});
