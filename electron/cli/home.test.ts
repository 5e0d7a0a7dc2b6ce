/** `~` wherever a path comes in. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder, writeSmallPair } from '../datasets/testing.ts';
import type { TemporaryFolder } from '../datasets/testing.ts';
import { stage } from '../workbench/export/files.ts';
import { openTest } from '../workbench/testing/open.ts';
import { readExperiment } from './experiment.ts';

let home: TemporaryFolder;
beforeEach(() => {
  home = temporaryFolder();
  vi.stubEnv('HOME', home.path);
  vi.stubEnv('USERPROFILE', home.path);
});
afterEach(() => {
  vi.unstubAllEnvs();
  home.remove();
});

test('an experiment, a data set, a trajectory and an export are found in the home of the user', async () => {
  const before = readdirSync('.');
  writeFileSync(join(home.path, 'walk.json'), '{"seed": 4}');
  expect(readExperiment('~/walk.json', [], [])).toEqual({ name: 'walk', seed: 4 });
  expect(() => readExperiment('~/gone.json', [], [])).toThrow('gone.json: there is no such file');

  mkdirSync(join(home.path, 'digits'));
  const { images } = writeSmallPair(join(home.path, 'digits'));
  const workbench = openTest(join(home.path, 'store'));
  expect(await workbench.handle('datasets.add', { folder: '~/digits' })).toMatchObject({
    files: [images, expect.anything()],
  });
  await expect(workbench.handle('runs.import', { folder: '~/digits' })).rejects.toThrow(
    `there is no trajectory.json in ${join(home.path, 'digits')}`,
  );
  await workbench.close();

  const staging = await stage('~/figs');
  await staging.discard();
  expect(readdirSync(home.path)).toContain('figs');
  expect(readdirSync('.')).toEqual(before);
});
