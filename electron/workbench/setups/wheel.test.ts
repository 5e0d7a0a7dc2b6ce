import { mkdtempSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../datasets/testing.ts';
import { makeWheel } from './testing.ts';
import { openWheel, requireLinuxX64, takeFromWheel } from './wheel.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => (folder = temporaryFolder()));
afterAll(() => folder.remove());

const library = 'tensorflow/libtensorflow_cc.so.2';
const how = { signal: new AbortController().signal, progress: (): void => undefined };
const open = (path: string): ReturnType<typeof openWheel> => openWheel(path, how.signal);
/** A folder of its own for a wheel. */
const place = (): string => mkdtempSync(join(folder.path, 'wheel-'));

describe('a wheel', () => {
  it('says what it is, and gives its files as they were put in', async () => {
    const text = 'a library '.repeat(100_000);
    const wheel = await open(await makeWheel(place(), { files: { [library]: text, 'tensorflow/empty': '' } }));
    expect(wheel).toMatchObject({ name: 'tensorflow_cpu', version: '2.18.0', platforms: ['manylinux_2_17_x86_64'] });
    requireLinuxX64(wheel);
    const to = place();
    const steps: [string, number | undefined][] = [];
    const files = { [library]: join(to, 'cc'), 'tensorflow/empty': join(to, 'empty') };
    await takeFromWheel(wheel, files, { ...how, progress: (step, share) => steps.push([step, share]) });
    expect(readFileSync(join(to, 'cc'), 'utf8')).toBe(text);
    expect(readFileSync(join(to, 'empty'), 'utf8')).toBe('');
    expect(statSync(join(to, 'cc')).mode & 0o777).toBe(0o600);
    expect(steps.at(-1)).toEqual(['unpacking libtensorflow_cc.so.2', 1]);
  });

  it.each([
    ['win_amd64', 'cp311-cp311-win_amd64'],
    ['manylinux_2_17_aarch64', 'cp311-cp311-manylinux_2_17_aarch64'],
    ['any', 'py3-none-any'],
  ])('for %s is refused', async (platform, tag) => {
    const wheel = await open(await makeWheel(place(), { tag }));
    expect(() => requireLinuxX64(wheel)).toThrow(`is for ${platform}, and this machine is Linux on x86_64; download`);
  });

  it('may be for several platforms at once', async () => {
    requireLinuxX64(
      await open(await makeWheel(place(), { tag: 'cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64' })),
    );
  });

  it('that is cut off is refused, by the byte', async () => {
    const path = await makeWheel(place(), { files: { [library]: 'x'.repeat(1000) } });
    truncateSync(path, statSync(path).size - 30);
    await expect(open(path)).rejects.toThrow(/\.whl: at byte \d+ expected the end of a ZIP archive's directory/);
  });

  it('that is no archive, no wheel, a folder or not there is refused by name', async () => {
    const at = place();
    const text = join(at, 'text.whl');
    writeFileSync(text, 'not an archive');
    await expect(open(text)).rejects.toThrow('the file is cut off or no archive');
    await expect(open(at)).rejects.toThrow(`${at} is a folder, not a file`);
    await expect(open(join(at, 'absent.whl'))).rejects.toMatchObject({
      kind: 'missing',
      message: `${join(at, 'absent.whl')} is not there`,
    });
    const { zipOf } = await import('../export/zip.ts');
    writeFileSync(text, await zipOf([{ name: 'a', bytes: Buffer.from('b') }]));
    await expect(open(text)).rejects.toThrow('is a ZIP archive but no wheel: it has no .dist-info/WHEEL');
  });

  it.each(['../outside', 'a/../../outside', '/etc/outside', 'C:/outside', 'a\\..\\outside'])(
    'that names %s is refused before anything is unpacked',
    async (name) => {
      const path = await makeWheel(place(), { files: { [name]: 'x' } });
      await expect(open(path)).rejects.toThrow(`names a file outside of itself ("${name}")`);
    },
  );

  it('whose file is not what its record says is refused', async () => {
    const path = await makeWheel(place(), { files: { [library]: 'x' }, wronglyRecorded: [library] });
    const to = join(place(), 'cc');
    await expect(takeFromWheel(await open(path), { [library]: to }, how)).rejects.toThrow(
      `${path} is damaged: ${library} is not what its RECORD says; download the wheel again`,
    );
  });

  it('whose bytes were changed on the way is refused, by the byte', async () => {
    const path = await makeWheel(place(), { files: { [library]: Array.from({ length: 4000 }, (_, i) => i).join() } });
    const wheel = await open(path);
    const bytes = readFileSync(path);
    // well within the deflated bytes of the first member
    bytes[2000] = 255 - bytes[2000]!;
    writeFileSync(path, bytes);
    await expect(takeFromWheel(wheel, { [library]: join(place(), 'cc') }, how)).rejects.toThrow(
      /at byte \d+ expected \d+ bytes of tensorflow\/libtensorflow_cc\.so\.2, found/,
    );
  });

  it('without what is wanted is refused by its version', async () => {
    const path = await makeWheel(place(), { version: '1.0' });
    await expect(takeFromWheel(await open(path), { [library]: join(place(), 'cc') }, how)).rejects.toThrow(
      `${path} (tensorflow_cpu 1.0) has no ${library}; name a wheel of a version that has it`,
    );
  });

  it('leaves nothing in the folder for temporary files', async () => {
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('valleywalk-wheel-'));
    const before = left();
    await open(await makeWheel(place()));
    expect(left()).toEqual(before);
  });
});
