import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mlp } from '../../../shared/networks/mlp.ts';
import { generatorFor } from '../random/generator.ts';
import { writeSnapshot } from './probes/snapshot-file.ts';
import { inspectPointFile, keptPoints } from './load.ts';
import { encodeSafetensors } from './safetensors.ts';
import type { NamedTensor } from './safetensors.ts';

const model = mlp({ features: 4, hidden: [3], outputs: 2, batchNorm: true });
const point = {
  parameters: model.initialise(generatorFor(1, 'initialisation')),
  statistics: model.initialStatistics().map((value, index) => value + index),
};
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'load-'))));

/** Writes a file of tensors that fit, changed as told. */
function write(change: (tensors: NamedTensor[]) => NamedTensor[], name = 'a.safetensors'): string {
  const tensors = [...model.parameters, ...model.statistics].map(({ name, shape, size }) => ({
    name,
    shape,
    values: new Float32Array(size),
  }));
  writeFileSync(join(folder, name), encodeSafetensors(change(tensors), {}));
  return join(folder, name);
}

describe('kept points', () => {
  it('are read back to the bit, whole and in parts', async () => {
    const file = await writeSnapshot(folder, 'walk', 7, point, model);
    const kept = keptPoints(folder, [file], model);
    expect(kept.iterations).toEqual([7]);
    expect(await kept.read(7)).toEqual(point);
    const slot = model.parameters[1]!;
    const part = await kept.part(7);
    const values = new Float32Array(2);
    await part.read(slot, 1, values);
    await part.close();
    expect([...values]).toEqual([...point.parameters.subarray(slot.offset + 1, slot.offset + 3)]);
  });

  it('that are not kept, gone or changed are errors that name them', async () => {
    const file = await writeSnapshot(folder, 'walk', 7, point, model);
    const kept = keptPoints(folder, [file, { ...file, iteration: 8, file: 'gone.safetensors' }], model);
    await expect(kept.read(9)).rejects.toThrow(/iteration 9 are not kept; kept are 7, 8/);
    await expect(kept.read(8)).rejects.toMatchObject({
      kind: 'missing',
      message: expect.stringMatching(/gone/) as string,
    });
    write((tensors) => tensors, file.file);
    await expect(kept.read(7)).rejects.toMatchObject({
      kind: 'store',
      message: expect.stringMatching(/changed/) as string,
    });
  });
});

describe('a file that does not fit the architecture', () => {
  it.each<[string, (tensors: NamedTensor[]) => NamedTensor[], RegExp]>([
    ['lacks a tensor', (all) => all.slice(1), /tensor layers\.0\.weight \[3, 4\] is missing/],
    [
      'has another shape',
      (all) => [{ ...all[0]!, shape: [4, 3] }, ...all.slice(1)],
      /tensor layers\.0\.weight is \[4, 3\], the architecture has \[3, 4\]/,
    ],
    [
      'has a tensor more',
      (all) => [...all, { name: 'extra', shape: [1], values: new Float32Array(1) }],
      /tensor extra is not one of the architecture's/,
    ],
    ['is of another network', (all) => all.map((each) => ({ ...each, name: `x.${each.name}` })), /and \d+ more/],
  ])('%s', async (_, change, message) => {
    const path = write(change);
    await expect(inspectPointFile(path, model)).rejects.toThrow(message);
    await expect(inspectPointFile(path, model)).rejects.toThrow(path);
  });

  it("may have PyTorch's count of batches", async () => {
    const path = write((all) => [
      ...all,
      { name: 'norms.0.num_batches_tracked', shape: [], values: new Float32Array(1) },
    ]);
    const found = await inspectPointFile(path, model);
    const kept = keptPoints(folder, [{ iteration: 0, file: 'a.safetensors', ...found }], model);
    expect((await kept.read(0)).parameters).toEqual(new Float32Array(point.parameters.length));
  });

  it('or is no such file', async () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'hello');
    await expect(inspectPointFile(path, model)).rejects.toThrow(/not a safetensors file/);
    await expect(inspectPointFile(join(folder, 'gone'), model)).rejects.toMatchObject({ kind: 'missing' });
  });
});
