/** Trajectories as other programs write them (electron/workbench/import/cases), imported with the real trainer. */
import { cpSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../shared/records.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { encodeSafetensors, decodeSafetensors, readHeader } from '../../trainer/walk/safetensors.ts';
import { openTest, realTrainer, runOver } from '../testing/open.ts';
import type { Workbench } from '../workbench.ts';

const caseFolder = (name: string): string => fileURLToPath(new URL(`cases/${name}`, import.meta.url));
const described = {
  version: 1,
  name: 'Zürich',
  data: { set: 'tiny3', train: 200, validation: 100 },
  model: { architecture: 'mlp', hidden: [8] },
  iterations: [0, 1, 2].map((iteration) => ({ iteration, file: `p${iteration}.safetensors` })),
  interpolation: { points: 4 },
};

let folder: TemporaryFolder;
let workbench: Workbench;
const ask = async <T>(name: string, parameters: object): Promise<T> => (await workbench.handle(name, parameters)) as T;
beforeAll(async () => {
  folder = temporaryFolder();
  workbench = openTest(join(folder.path, 'store'), { fork: realTrainer });
  await ask('datasets.add', { folder: caseFolder('tiny3') });
});
afterAll(async () => {
  await workbench.close();
  folder.remove();
});

/** A case's folder with a trajectory.json of these bytes. */
function prepared(from: string, text: string | Uint8Array = JSON.stringify(described)): string {
  const to = join(folder.path, `${from}-${readdirSync(folder.path).length}`);
  cpSync(caseFolder(from), to, { recursive: true });
  writeFileSync(join(to, 'trajectory.json'), text);
  return to;
}
const bring = (at: string): Promise<RunRecord> => ask('runs.import', { folder: at });
/** The tensors of a point in the store. */
const kept = (run: string, iteration: number): Record<string, number[]> =>
  Object.fromEntries(
    decodeSafetensors(
      readFileSync(join(folder.path, 'store', 'parameters', run, `iteration-00000${iteration}.safetensors`)),
    ).tensors.map(({ name, values }) => [name, [...values]]),
  );

it.each([
  ['module', '“module.” was left out of the names of tensors'],
  ['orig-mod', '“_orig_mod.” was left out of the names of tensors'],
  ['bf16', 'tensors came as BF16 and were read as float32, without loss'],
  ['f16', 'tensors came as F16 and were read as float32, without loss'],
  ['f64', 'tensors came as F64 and were read as float32, rounded'],
])('reads what others write, and says so: %s', async (name, change) => {
  const at = prepared(name);
  const { run } = await bring(at);
  const record = await runOver(workbench, run, 60_000);
  expect(record).toMatchObject({ status: 'finished', name: 'Zürich', imported: { changes: [change] } });
  for (const iteration of [0, 1, 2]) {
    const bytes = readFileSync(join(at, `p${iteration}.safetensors`));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // the definitions of the types (IEEE 754; bfloat16 is the upper half of a float32), not the code under test
    const element = {
      F32: (from: number) => view.getFloat32(from, true),
      F64: (from: number) => Math.fround(view.getFloat64(from, true)),
      BF16: (from: number) => new Float32Array(Uint32Array.of(view.getUint16(from, true) * 65536).buffer)[0]!,
      F16: (from: number) => {
        const [, sign, exponent, fraction] = /^(.)(.{5})(.{10})$/.exec(
          view.getUint16(from, true).toString(2).padStart(16, '0'),
        )!;
        const [e, f] = [parseInt(exponent!, 2), parseInt(fraction!, 2) / 1024];
        return (sign === '1' ? -1 : 1) * (e === 0 ? f * 2 ** -14 : (1 + f) * 2 ** (e - 15));
      },
    };
    const points = kept(run, iteration);
    const { entries } = readHeader(bytes);
    expect(Object.keys(points).sort()).toEqual(
      entries.map((entry) => entry.name.replace(/^(module|_orig_mod)\./, '')).sort(),
    );
    for (const entry of entries) {
      const values = points[entry.name.replace(/^(module|_orig_mod)\./, '')]!;
      const width = entry.bytes / values.length;
      expect(values).toEqual(
        values.map((_, index) => element[entry.dtype as keyof typeof element](entry.start + width * index)),
      );
    }
  }
});

it('reads trajectory.json alike with a byte order mark and in UTF-16, and names Latin-1', async () => {
  const text = JSON.stringify(described);
  for (const bytes of [
    Buffer.from(`\ufeff${text}`),
    Buffer.from(`\ufeff${text}`, 'utf16le'),
    Buffer.from(text, 'utf16le'),
  ]) {
    const { run, name } = await bring(prepared('module', bytes));
    expect(name).toBe('Zürich');
    await runOver(workbench, run, 60_000);
  }
  await expect(bring(prepared('module', Buffer.from(text, 'latin1')))).rejects.toThrow(
    /trajectory\.json: at byte \d+ expected text in UTF-8, found fc, as Latin-1/,
  );
});

it('refuses numbers that are none, with file, tensor and index, and leaves nothing behind', async () => {
  const before = readdirSync(join(folder.path, 'store', 'parameters'));
  await expect(bring(prepared('nan'))).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringMatching(/p1\.safetensors: tensor layers\.0\.weight is NaN at index \[0, 0\]/) as string,
  });
  const infinite = prepared('f64');
  const file = join(infinite, 'p2.safetensors');
  const bytes = readFileSync(file);
  const weight = readHeader(bytes).entries.find(({ name }) => name === 'layers.1.weight')!;
  bytes.writeDoubleLE(1e300, weight.start + 8 * 11);
  writeFileSync(file, bytes);
  await expect(bring(infinite)).rejects.toThrow(
    /p2\.safetensors: tensor layers\.1\.weight is infinite, or beyond what float32 holds at index \[1, 3\]/,
  );
  expect(readdirSync(join(folder.path, 'store', 'parameters'))).toEqual(before);
});

it('takes a wrapper out of the middle of a name, and refuses two names for one tensor', async () => {
  const at = prepared('module');
  const rewrite = (names: (name: string) => string[]): void => {
    for (const iteration of [0, 1, 2]) {
      const { tensors } = decodeSafetensors(readFileSync(join(caseFolder('module'), `p${iteration}.safetensors`)));
      const renamed = tensors.flatMap((tensor) =>
        names(tensor.name.replace('module.', '')).map((name) => ({ ...tensor, name })),
      );
      writeFileSync(join(at, `p${iteration}.safetensors`), encodeSafetensors(renamed, {}));
    }
  };
  rewrite((name) => [`_orig_mod.${name.replace('layers.', 'layers.module.')}`]);
  const { run, imported } = await bring(at);
  expect(imported?.changes).toHaveLength(2);
  await runOver(workbench, run, 60_000);
  rewrite((name) => [name, `module.${name}`]);
  await expect(bring(at)).rejects.toThrow(
    /has both layers\.0\.weight and module\.layers\.0\.weight, which are one tensor/,
  );
});

it('refuses by its size what is far too large for its network, before it is read', async () => {
  const at = prepared('module');
  truncateSync(join(at, 'p1.safetensors'), 2 ** 40);
  await expect(bring(at)).rejects.toThrow(/p1\.safetensors has 1,099,511,627,776 bytes, more than/);
});
