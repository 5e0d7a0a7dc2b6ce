import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { datasetSchema } from '../../../shared/datasets.ts';
import { dataFormat, dataFormats } from './index.ts';

const page = new URL('../../../docs/data.md', import.meta.url).pathname;

/** docs/data.md with its table of formats drawn from the declarations; what else stands there is written by hand. */
async function dataDocs(): Promise<string> {
  const written = await readFile(page, 'utf8');
  const [head, body] = written.split('## What a folder may hold\n') as [string, string];
  const after = body.slice(/\n\n(?!\||<!--)[^\n]/.exec(body)!.index);
  const rows = dataFormats.map(({ title, holds, reads }) => `| ${title} | ${holds} | ${reads} |`);
  const table = `<!-- drawn from electron/datasets/formats/: npm run test:units -- electron/datasets/formats/docs.test.ts -u -->\n\n| format | a folder holds | read |\n| --- | --- | --- |\n${rows.join('\n')}`;
  const text = `${head}## What a folder may hold\n\n${table}${after}`;
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

test('docs/data.md tells every format', async () => {
  await expect(await dataDocs()).toMatchFileSnapshot(page);
});

test('a key names one format; one that is not known is told by name', () => {
  const keys = dataFormats.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const format of dataFormats) expect(dataFormat(format.key)).toBe(format);
  // stored by earlier versions, so that they may never change
  expect(keys.slice(0, 5)).toEqual(['idx', 'cifar-10', 'cifar-100', 'image-folder', 'numpy']);
  expect(() => dataFormat('tfrecord')).toThrow(/“tfrecord” are not read here; there are idx, cifar-10/);
  expect(datasetSchema.shape.format.safeParse('tfrecord').success).toBe(true);
});
