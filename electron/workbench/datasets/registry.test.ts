import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plainPng, temporaryFolder, writeImageFolder, writeSmallPair } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { programPlaces } from '../../files/program.ts';
import { openStore } from '../store/store.ts';
import { createRegistry } from './registry.ts';

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

/** A registry on a store in the folder, and what ends it. */
function open() {
  const store = openStore(join(folder.path, 'store'));
  const bundled = join(programPlaces().resources, 'datasets');
  return { registry: createRegistry(bundled, store.datasets), close: () => store.close() };
}
/** Makes every added set one of a store from before `reading` was kept. */
function forget(): void {
  const sqlite = new Sqlite(join(folder.path, 'store', 'valleywalk.sqlite'));
  sqlite.exec('UPDATE datasets SET reading = NULL');
  sqlite.close();
}

it('keeps how a set was read', async () => {
  const images = join(folder.path, 'images');
  writeImageFolder(images, {
    a: { '1.png': plainPng(2, 2, [1]), 'x.txt': new Uint8Array() },
    b: { '1.png': plainPng(2, 2, [2]) },
  });
  const first = open();
  const { reading } = await first.registry.add(images, undefined);
  expect(reading?.leftOut).toEqual([{ reason: 'neither PNG nor JPEG', count: 1, names: ['a/x.txt'] }]);
  first.close();
  const again = open();
  expect(again.registry.find('images')?.reading).toEqual(reading);
  expect(await again.registry.add(images, undefined)).toMatchObject({ id: 'images' });
  again.close();
});

it('leaves a set of images alone that was added before, and reads its folder anew as another', async () => {
  const images = join(folder.path, 'images');
  const pair = join(folder.path, 'pair');
  writeImageFolder(images, { a: { '1.png': plainPng(2, 2, [1]) }, b: { '1.png': plainPng(2, 2, [2]) }, pair: {} });
  writeImageFolder(folder.path, { pair: {} });
  writeImageFolder(images, { pair: { '1.png': plainPng(2, 2, [3]) } });
  writeSmallPair(pair);
  writeFileSync(join(pair, 't10k-labels-idx1-ubyte'), '');
  const first = open();
  await first.registry.add(images, undefined);
  await first.registry.add(pair, undefined);
  forget();
  expect(await first.registry.add(images, undefined)).toMatchObject({ id: 'images-2' });
  expect(first.registry.find('images')).not.toHaveProperty('reading');
  // the bytes of other formats mean what they meant: the set is the same, and only what is told is new
  await first.registry.add(pair, undefined);
  expect(first.registry.find('pair')?.reading?.leftOut).toMatchObject([{ reason: 'test files', count: 1 }]);
  expect(first.registry.list().filter(({ bundled }) => !bundled)).toHaveLength(3);
  first.close();
});
