import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useTraining } from '../testing/training.ts';
import { openStore } from './store.ts';

/** Modes of a folder and of everything in it, by path, as `ls` would write them in octal. */
function modes(folder: string): Record<string, string> {
  const paths = [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ];
  return Object.fromEntries(
    paths.map((path) => {
      const { mode } = lstatSync(path);
      return [
        relative(folder, path) || '.',
        `${(mode & 0o170000) === 0o040000 ? 'd' : '-'}${(mode & 0o777).toString(8)}`,
      ];
    }),
  );
}

const training = useTraining();
let umask: number;
beforeAll(() => (umask = process.umask(0o022)));
afterAll(() => process.umask(umask));

const quick = {
  name: 'tiny walk',
  data: { train: 300, validation: 100 },
  model: { hidden: [12] },
  optimizer: { batchSize: 50, learningRate: 0.3 },
  length: { epochs: 2 },
  probes: { interpolation: { points: 4, windows: [{ firstIterations: 4 }] } },
  keepParameters: 'epochs',
};

describe.skipIf(process.platform === 'win32')('the modes of a store', () => {
  it('are for its owner alone, and those of an export as the umask says', async () => {
    const run = await training.walked(quick);
    const found = modes(training.path('store'));
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining(['.', 'valleywalk.sqlite', 'valleywalk.sqlite-wal', 'owners', `parameters/${run}`]),
    );
    expect(Object.keys(found).some((path) => path.endsWith('.safetensors'))).toBe(true);
    expect(new Set(Object.values(found))).toEqual(new Set(['d700', '-600']));

    await training.ask('runs.export', {
      runs: [run],
      directory: training.path('export'),
      formats: ['json', 'csv', 'svg', 'safetensors'],
    });
    expect(new Set(Object.values(modes(training.path('export'))))).toEqual(new Set(['d755', '-644']));
  });

  it('of a store from before are closed, which is said once; links are not followed', async () => {
    await training.workbench.close();
    const store = training.path('store');
    mkdirSync(join(store, 'parameters', 'old'), { recursive: true });
    writeFileSync(join(store, 'parameters', 'old', 'theta.safetensors'), 'x');
    writeFileSync(training.path('elsewhere'), 'x');
    chmodSync(training.path('elsewhere'), 0o644);
    symlinkSync(training.path('elsewhere'), join(store, 'parameters', 'link'));
    mkdirSync(join(store, 'server'));
    for (const name of [
      '',
      'server',
      'valleywalk.sqlite',
      'parameters',
      'parameters/old',
      'parameters/old/theta.safetensors',
    ])
      chmodSync(join(store, name), 0o755);
    const reported: string[] = [];
    const opened = openStore(store, (message) => reported.push(message));
    expect(modes(store)).toMatchObject({
      '.': 'd700',
      'valleywalk.sqlite': '-600',
      parameters: 'd700',
      server: 'd700',
    });
    expect(lstatSync(training.path('elsewhere')).mode & 0o777).toBe(0o644);
    expect(reported).toEqual([`${store} could be read by other users of this machine; from now on only you can`]);
    opened.close();
    openStore(store, (message) => reported.push(message)).close();
    expect(reported).toHaveLength(1);
    await training.reopen();
  });

  it('of a folder that holds other things too stay as they are', () => {
    const shared = training.path('shared');
    mkdirSync(shared);
    writeFileSync(join(shared, 'thesis.tex'), 'x');
    openStore(shared).close();
    expect(modes(shared)).toMatchObject({
      '.': 'd755',
      'thesis.tex': '-644',
      'valleywalk.sqlite': '-600',
      owners: 'd700',
    });
  });
});
