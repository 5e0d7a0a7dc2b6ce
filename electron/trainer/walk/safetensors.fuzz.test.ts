/** Parameters from elsewhere are read or refused, whatever their bytes are. */
import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { damaged, damagedJson, few, readOrRefused } from '../../../build/fuzzing/inputs.ts';
import { temporaryFolder } from '../../datasets/testing.ts';
import type { TemporaryFolder } from '../../datasets/testing.ts';
import { mlp } from '../../../shared/networks/mlp.ts';
import { inspectPointFile } from './load.ts';
import { encodeSafetensors } from './safetensors.ts';

const model = mlp({ features: 2, hidden: [2], outputs: 2, batchNorm: true });
const slots = [...model.parameters, ...model.statistics];
const file = encodeSafetensors(
  slots.map(({ name, shape, size }) => ({ name, shape, values: new Float32Array(size).fill(0.5) })),
  { format: 'pt' },
);
const headerBytes = Number(new DataView(file.buffer).getBigUint64(0, true));
const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerBytes))) as object;

/** A file of a header and what follows it. */
function fileOf(headed: unknown, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(headed));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}
const typed = Object.fromEntries(
  Object.entries(header).map(([name, entry], at) =>
    name === '__metadata__'
      ? [name, entry]
      : [`module.${name}`, { ...(entry as object), dtype: ['F32', 'BF16', 'F16', 'F64'][at % 4] }],
  ),
);

let folder: TemporaryFolder;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => folder.remove());

test('safetensors, bytes and headers', async () => {
  const headed = fc
    .tuple(damagedJson(header, typed), fc.boolean())
    .map(([json, whole]) => fileOf(json, whole ? file.subarray(8 + headerBytes) : file.subarray(8 + headerBytes, -4)));
  const path = join(folder.path, 'point.safetensors');
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged(file), headed), async (bytes) => {
      writeFileSync(path, bytes);
      const read = await readOrRefused(() => inspectPointFile(path, model, join(folder.path, 'written')));
      if (read) expect(read.sha256).toMatch(/^[0-9a-f]{64}$/);
    }),
    few,
  );
});
