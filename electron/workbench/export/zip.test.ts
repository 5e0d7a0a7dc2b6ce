import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unzip, zipMembers } from '../../datasets/zip.ts';
import { zipOf } from './zip.ts';

const files = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    bytes: fc.uint8Array({ maxLength: 300 }),
  }),
  { selector: ({ name }) => name, maxLength: 12 },
);

test('an archive holds every file, byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (put) => {
      const archive = await zipOf(put);
      const members = zipMembers(archive, 'export.zip');
      expect(members.map(({ name }) => name)).toEqual(
        put.map(({ name }) => new TextDecoder().decode(new TextEncoder().encode(name))),
      );
      for (const [index, member] of members.entries())
        expect(new Uint8Array(await unzip(archive, 'export.zip', member))).toEqual(put[index]!.bytes);
    }),
    { numRuns: 50 },
  );
});

test('the same files give the same archive', async () => {
  const put = [{ name: 'walk/iterations.csv', bytes: new TextEncoder().encode('iteration\n0\n') }];
  expect(await zipOf(put)).toEqual(await zipOf(put));
});

test('what the format has no numbers for is refused', async () => {
  const empty = new Uint8Array(0);
  function* many(count: number): Generator<{ name: string; bytes: Uint8Array }> {
    for (let index = 0; index < count; index++) yield { name: String(index), bytes: empty };
  }
  await expect(zipOf(many(65_536))).rejects.toThrow('a ZIP takes at most 65,535 files');
  await expect(zipOf([{ name: 'a'.repeat(65_536), bytes: empty }])).rejects.toThrow('a name of at most 65,535 bytes');
  const large = Object.defineProperty(new Uint8Array(0), 'length', { value: 2 ** 32 });
  await expect(zipOf([{ name: 'a', bytes: large }])).rejects.toThrow('less than 4 GiB');
});

/** Whether a program that is not ours is here to read it. */
const hasUnzip = ((): boolean => {
  try {
    execFileSync('unzip', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasUnzip)('unzip reads it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-zip-'));
  try {
    const text = 'ℓ,α\n'.repeat(1000);
    writeFileSync(
      join(folder, 'a.zip'),
      await zipOf([{ name: 'walk/losses.csv', bytes: new TextEncoder().encode(text) }]),
    );
    execFileSync('unzip', ['-q', 'a.zip', '-d', 'out'], { cwd: folder });
    expect(readFileSync(join(folder, 'out', 'walk', 'losses.csv'), 'utf8')).toBe(text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
