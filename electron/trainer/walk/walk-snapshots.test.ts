import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { smallExperiment, walked } from '../testing/walks.ts';
import { parameterFileName } from './probes/snapshot-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'walk-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('kept parameters', () => {
  const iterations = async (settings: Parameters<typeof smallExperiment>[0], stopAfter = Infinity) => {
    const found = await walked(smallExperiment(settings), {
      directory,
      stopped: (report) => report.iterations.length >= stopAfter,
    });
    expect(found.files.every(({ iteration, file }) => file === parameterFileName(iteration))).toBe(true);
    return found.files.map(({ iteration }) => iteration);
  };

  it('at probed iterations: both ends of every slice, none twice', async () => {
    const windows = [{ firstIterations: 2 }, { epochs: [2, 3] }];
    const settings = { length: { epochs: 4 }, interpolation: { windows }, keepParameters: 'windows' };
    expect(await iterations(settings)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const apart = { ...settings, interpolation: { windows: [{ firstIterations: 1 }, { epochs: [3] }] } };
    expect(await iterations(apart)).toEqual([0, 1, 6, 7, 8, 9]);
    expect(await iterations({ ...settings, length: { iterations: 4 } })).toEqual([0, 1, 2, 3, 4]);
    expect(await iterations(settings, 4)).toEqual([0, 1, 2, 3, 4]);
    const first = { ...settings, interpolation: { windows: [{ firstIterations: 2 }] } };
    expect(await iterations({ ...first, length: { iterations: 2 } })).toEqual([0, 1, 2]);
    expect(await iterations(first, 2)).toEqual([0, 1, 2]);
  });

  it('at epochs: the initialisation and every end', async () => {
    expect(await iterations({ length: { iterations: 7 }, keepParameters: 'epochs' })).toEqual([0, 3, 6, 7]);
  });

  it('not at all', async () => {
    expect(await iterations({ length: { epochs: 1 }, interpolation: { windows: [{ epochs: [1] }] } })).toEqual([]);
  });

  it('end the walk when they cannot be written', async () => {
    const experiment = smallExperiment({ length: { epochs: 1 }, keepParameters: 'epochs' });
    await expect(walked(experiment, { directory: join(directory, 'gone') })).rejects.toThrow('could not be written');
    await expect(walked(experiment)).rejects.toThrow('there is no folder for them');
  });
});
