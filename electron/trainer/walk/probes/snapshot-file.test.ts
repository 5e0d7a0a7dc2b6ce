import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { layOut } from '../../../../shared/networks/parameters.ts';
import { writeSnapshot, parameterFileName } from './snapshot-file.ts';
import { decodeSafetensors } from '../safetensors.ts';

const layout = {
  parameters: layOut([
    { name: 'a', shape: [2, 2] },
    { name: 'b', shape: [3] },
  ]),
  statistics: layOut([{ name: 'c.running_mean', shape: [2] }]),
};
const point = { parameters: Float32Array.of(1, 2, 3, 4, 5, 6, 7), statistics: Float32Array.of(8, 9) };
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keep-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('writeSnapshot', () => {
  it('writes one complete file and tells its name, size and SHA-256', async () => {
    const kept = await writeSnapshot(directory, 'a run', 40, point, layout);
    expect(await readdir(directory)).toEqual(['iteration-000040.safetensors']);
    const bytes = await readFile(join(directory, kept.file));
    expect(kept).toEqual({
      iteration: 40,
      file: 'iteration-000040.safetensors',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    });
    const { tensors, metadata } = decodeSafetensors(bytes);
    expect(tensors).toEqual([
      { name: 'a', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) },
      { name: 'b', shape: [3], values: Float32Array.of(5, 6, 7) },
      { name: 'c.running_mean', shape: [2], values: Float32Array.of(8, 9) },
    ]);
    expect(metadata).toMatchObject({ run: 'a run', iteration: '40' });
  });

  it('says which file could not be written and why, and leaves nothing', async () => {
    const gone = join(directory, 'gone');
    await expect(writeSnapshot(gone, 'a run', 3, point, layout)).rejects.toThrow(
      /parameters of iteration 3 could not be written to .*iteration-000003\.safetensors: ENOENT.*Check that the folder exists/,
    );
    expect(await readdir(directory)).toEqual([]);
  });

  it('numbers files so that names sort as iterations do', () => {
    expect(parameterFileName(0)).toBe('iteration-000000.safetensors');
    expect(parameterFileName(1234567)).toBe('iteration-1234567.safetensors');
  });
});
