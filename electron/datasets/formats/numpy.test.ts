import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { damaged, few, readOrRefused } from '../../../build/fuzzing/inputs.ts';
import { datasetSchema } from '../../../shared/datasets.ts';
import { inspectFolder } from '../inspect.ts';
import { loadDataset } from '../load.ts';
import { temporaryFolder } from '../testing.ts';
import type { TemporaryFolder } from '../testing.ts';
import type * as Zip from '../zip.ts';

/** How many arrays were unpacked at the same time at most, for the test of memory. */
const unpacking = vi.hoisted(() => ({ now: 0, most: 0 }));
vi.mock('../zip.ts', async (original) => {
  const zip = await original<typeof Zip>();
  const unzip: typeof Zip.unzip = async (...given) => {
    unpacking.most = Math.max(unpacking.most, ++unpacking.now);
    return zip.unzip(...given).finally(() => unpacking.now--);
  };
  return { ...zip, unzip };
});

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const saved = (name: string): string => fileURLToPath(new URL(`../cases/${name}`, import.meta.url));

/** A .npy file as NumPy writes it. */
function npy(descr: string, shape: readonly number[], data: Uint8Array, { fortran = false, version = 1 } = {}): Buffer {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const start = version === 1 ? 10 : 12;
  const text = `{'descr': ${descr.startsWith('[') ? descr : `'${descr}'`}, 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${tuple}), }`;
  const header = `${text.padEnd(64 * Math.ceil((start + text.length + 1) / 64) - start - 1)}\n`;
  const before = Buffer.alloc(start);
  before.set([0x93, ...Buffer.from('NUMPY'), version, 0]);
  if (version === 1) before.writeUInt16LE(header.length, 8);
  else before.writeUInt32LE(header.length, 8);
  return Buffer.concat([before, Buffer.from(header, 'latin1'), data]);
}
/** A .npy file of bytes with that shape in its header. */
const npyOf = (shape: string): Buffer => {
  const header = Buffer.from(`{'descr': '|u1', 'fortran_order': False, ${shape}, }\n`);
  return Buffer.concat([
    Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length % 256, header.length >> 8]),
    header,
  ]);
};
/** A ZIP archive of stored files, without checksums of its own. */
function zipped(files: Readonly<Record<string, string>>): Buffer {
  const [locals, central]: [Buffer[], Buffer[]] = [[], []];
  for (const [name, path] of Object.entries(files)) {
    const bytes = readFileSync(path);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(bytes.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(Buffer.concat(locals).length, 42);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(name.length, 26);
    locals.push(local, Buffer.from(name), bytes);
    central.push(entry, Buffer.from(name));
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(central.length / 2, 10);
  end.writeUInt32LE(Buffer.concat(locals).length, 16);
  return Buffer.concat([...locals, ...central, end]);
}
const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at);
const images = npy('|u1', [4, 2, 3], counted(24));
const labels = npy('|u1', [4], Uint8Array.of(0, 1, 2, 0));

function write(files: Readonly<Record<string, Uint8Array>>): string {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder.path, name), bytes);
  return folder.path;
}

describe('files that NumPy wrote', () => {
  it('a pair of uint8 images and int64 labels', async () => {
    const dataset = await inspectFolder(saved('numpy-pair'));
    expect(datasetSchema.parse(dataset)).toMatchObject({
      format: 'numpy',
      files: [join(saved('numpy-pair'), 'x_train.npy'), join(saved('numpy-pair'), 'y_train.npy')],
      ...{ count: 6, height: 2, width: 3, channels: 1, classes: 3, classNames: null },
      normalisation: { mean: [0.5], std: [1] },
      reading: { notes: [], leftOut: [{ count: 1, names: ['x_test.npy'] }] },
    });
    const { train } = await loadDataset(dataset, { train: 4, validation: 2 });
    expect([...train.targets]).toEqual([0, 1, 2, 1]);
    for (let at = 0; at < 24; at++) expect(train.images[at]).toBe(Math.fround(at / 255 - 0.5));
  });
});

describe('.npz', () => {
  const archive = readFileSync(join(saved('numpy-npz'), 'medium.npz'));
  /** The archive with bytes changed: `at` counts from the first place of `signature`. */
  const changed = (signature: string, at: number, ...bytes: number[]): Buffer => {
    const copy = Buffer.from(archive);
    copy.set(bytes, copy.indexOf(signature, 0, 'latin1') + at);
    return copy;
  };

  const ones = [255, 255, 255, 255];

  it('as NumPy compresses it, channels last, labels in a column', async () => {
    const dataset = await inspectFolder(saved('numpy-npz'));
    expect(dataset).toMatchObject({
      ...{ format: 'numpy', count: 6, height: 2, width: 3, channels: 3, classes: 3 },
      reading: {
        leftOut: [{ count: 2, names: ['medium.npz/test_images.npy', 'medium.npz/test_labels.npy'] }],
      },
    });
    const { train } = await loadDataset(dataset, { train: 4, validation: 2 });
    expect(train.images[1]).toBe(Math.fround(3 / 255 - 0.5));
  });

  it('has one array unpacked after the other', async () => {
    unpacking.most = 0;
    await inspectFolder(saved('numpy-npz'));
    expect(unpacking.most).toBe(1);
  });

  it('has the checksum of the same arrays in two files', async () => {
    const pair = await inspectFolder(saved('numpy-pair'));
    writeFileSync(
      join(folder.path, 'all.npz'),
      zipped({ 'x_train.npy': pair.files[0]!, 'y_train.npy': pair.files[1]! }),
    );
    expect((await inspectFolder(folder.path)).checksum).toBe(pair.checksum);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['cut off', archive.subarray(0, -30), /the end of a ZIP archive's directory, found none/],
    ['with bytes after its end', Buffer.concat([archive, Buffer.alloc(3)]), /the end of a ZIP archive's directory/],
    [
      'damaged',
      changed('PK\x03\x04', 90, 0xff, 0xff, 0xff),
      /medium.npz: at byte \d+ expected \d+ (deflated )?bytes of train_images/,
    ],
    ['with a wrong checksum', changed('PK\x01\x02', 16, 1, 2, 3, 4), /with the checksum 04 03 02 01, found/],
    ['encrypted', changed('PK\x01\x02', 8, 1), /stored or deflated, found encrypted/],
    ['packed by another method', changed('PK\x01\x02', 10, 14), /found ZIP method 14/],
    [
      'that promises too much',
      changed('PK\x01\x02', 24, 0, 0, 0, 0x7f),
      /at most 1,073,741,824 bytes, found 2,130,706/,
    ],
    [
      'with sizes in ZIP64',
      changed('PK\x01\x02', 20, ...ones, ...ones),
      /at byte \d+ expected .*, found ZIP64, which is not read/,
    ],
    ['with a place in ZIP64', changed('PK\x01\x02', 42, ...ones), /found ZIP64, which is not read/],
    ['with its directory in ZIP64', changed('PK\x05\x06', 16, ...ones), /found ZIP64, which is not read; save fewer/],
    ['with a directory elsewhere', changed('PK\x05\x06', 16, 3), /an entry of the ZIP directory/],
    [
      'of other arrays',
      zipped({ 'weights.npy': join(saved('numpy-pair'), 'x_test.npy') }),
      /holds the arrays weights.npy; save it with np.savez/,
    ],
  ])('is refused: %s', async (_, bytes, message) => {
    writeFileSync(join(folder.path, 'medium.npz'), bytes);
    await expect(inspectFolder(folder.path)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('with names too long to read tells them cut in their middle', async () => {
    const long = `${'n'.repeat(60_000)}.npy`;
    const pair = await inspectFolder(saved('numpy-pair'));
    const [x, y] = pair.files as [string, string];
    writeFileSync(join(folder.path, 'all.npz'), zipped({ 'x_train.npy': x, 'y_train.npy': y, [long]: y }));
    const [left] = (await inspectFolder(folder.path)).reading!.leftOut;
    expect(left!.names[0]).toMatch(/^all\.npz\/nnn.* … 59,\d+ characters … n+\.npy$/);
    expect(left!.names[0]!.length).toBeLessThan(120);
    writeFileSync(join(folder.path, 'all.npz'), zipped({ [long]: y, [`b${long}`]: y }));
    const refused = await inspectFolder(folder.path).catch((error: unknown) => error as Error);
    expect((refused as Error).message).toMatch(/holds the arrays nnn.*characters.*, bnnn.*; save it with np.savez/);
    expect((refused as Error).message.length).toBeLessThan(folder.path.length + 400);
  });

  it('of several sets is refused with their names', async () => {
    writeFileSync(join(folder.path, 'a.npz'), archive);
    writeFileSync(join(folder.path, 'b.npz'), archive);
    await expect(inspectFolder(folder.path)).rejects.toThrow('holds several .npz files: a.npz, b.npz; put the one');
  });
});

describe('arrays', () => {
  it.each<[string, Uint8Array, Uint8Array]>([
    ['channels first', npy('|u1', [4, 3, 2, 4], counted(96)), labels],
    ['version 2 of the header', npy('|u1', [4, 2, 3], counted(24), { version: 2 }), labels],
    ['big-endian labels', images, npy('>i4', [4], Uint8Array.of(...[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0]))],
    ['a column of labels', images, npy('<u2', [4, 1], Uint8Array.of(0, 0, 1, 0, 2, 0, 0, 0))],
  ])('are read: %s', async (_, x, y) => {
    const dataset = await inspectFolder(write({ 'X.npy': x, 'y.npy': y }));
    const { train } = await loadDataset(dataset, { train: 3, validation: 1 });
    expect([...train.targets]).toEqual([0, 1, 2]);
    expect(train.images[7]).toBe(Math.fround(7 / 255 - 0.5));
    expect(dataset).toMatchObject({ count: 4, height: 2, classes: 3 });
  });

  it('have their channels put first', async () => {
    const dataset = await inspectFolder(
      write({ 'images.npy': npy('|u1', [4, 2, 3, 3], counted(72)), 'labels.npy': labels }),
    );
    const { train } = await loadDataset(dataset, { train: 3, validation: 1 });
    const red = [0, 3, 6, 9, 12, 15].map((value) => Math.fround(value / 255 - 0.5));
    expect([...train.images.subarray(0, 6)]).toEqual(red);
  });

  it('in the order of their classes are said to be so; labels that leave numbers out name their classes', async () => {
    const y = npy('|u1', [4], Uint8Array.of(1, 1, 3, 3));
    const { classes, classNames, reading } = await inspectFolder(write({ 'x.npy': images, 'y.npy': y }));
    expect([classes, classNames]).toEqual([4, ['0', '1', '2', '3']]);
    expect(reading!.notes).toEqual([expect.stringContaining('labels 1 to 3'), expect.stringContaining('shuffle them')]);
  });

  it.each<[string, Uint8Array, Uint8Array | null, RegExp]>([
    [
      'floats',
      npy('<f8', [4, 2, 3], counted(192)),
      labels,
      /x_train.npy: at byte 10 expected pixels as uint8.*float64; save/,
    ],
    [
      'Fortran order',
      npy('|u1', [4, 2, 3], counted(24), { fortran: true }),
      labels,
      /C order, found Fortran order; save np.asc/,
    ],
    ['objects', npy('|O', [4], counted(9)), labels, /found objects, which are pickles/],
    [
      'records',
      npy("[('a', '|u1')]", [4], counted(4)),
      labels,
      /a header with descr, fortran_order and shape, found {'descr': \[/,
    ],
    ['flat images', npy('|u1', [4, 6], counted(24)), labels, /images of shape .* found \(4, 6\); reshape/],
    ['four channels', npy('|u1', [4, 2, 3, 4], counted(96)), labels, /found \(4, 2, 3, 4\)/],
    ['no images', npy('|u1', [0, 2, 3], counted(0)), labels, /at least one image, found 0/],
    [
      'a side too long',
      npy('|u1', [1, 1, 2000], new Uint8Array(2000)),
      labels,
      /1 to 1024 pixels a side, found 1 × 2000/,
    ],
    ['too short', images.subarray(0, -1), labels, /expected 24 bytes of \|u1 for shape \(4, 2, 3\), found 23/],
    ['sizes beyond any memory', npy('|u1', [4e9, 4e9, 4e9], counted(24)), labels, /bytes of \|u1 for shape/],
    [
      'sizes that are no numbers',
      npyOf("'shape': (0, 1" + '0'.repeat(400) + ', 1)'),
      labels,
      /sizes of at most 9,007,199,254,740,991, found \(0, 10+ … 3\d\d characters … 0*, 1\); save/,
    ],
    [
      'sizes whose product is none',
      npy('|u1', [...new Array<number>(30).fill(9e15), 0], counted(3)),
      labels,
      /expected 0 bytes of \|u1 for shape .*, found 3/,
    ],
    [
      'a type without a size',
      npy('|u', [4, 2, 3], counted(24)),
      labels,
      /a header with descr, fortran_order and shape, found/,
    ],
    [
      'cut off in its header',
      images.subarray(0, 11),
      labels,
      /at byte 11 expected the header of a .npy file, found its end/,
    ],
    [
      'cut off in its start',
      images.subarray(0, 4),
      labels,
      /at byte 4 expected the header of a .npy file, found its end/,
    ],
    ['empty', new Uint8Array(), labels, /at byte 0 expected the header of a .npy file, found its end/],
    ['something else', counted(40), labels, /expected the start of a .npy file, found 00 01 02 03/],
    ['no labels', images, null, /holds x_train.npy, but no y_train.npy to go with it; save the labels/],
    ['fewer labels', images, npy('|u1', [3], counted(3)), /holds 4 images but .*y_train.npy holds 3 labels/],
    ['float labels', images, npy('<f4', [4], new Uint8Array(16)), /labels as whole numbers, found float32; save/],
    ['texts', images, npy('<U1', [4], new Uint8Array(16)), /labels as whole numbers, found text; save/],
    ['one-hot labels', images, npy('|u1', [4, 3], new Uint8Array(12)), /one label an image, found 3.*argmax/],
    [
      'a negative label',
      images,
      npy('|i1', [4], Uint8Array.of(0, 1, 255, 0)),
      /at byte 130 expected a label from 0 to 255, found -1/,
    ],
    [
      'a label of 300',
      images,
      npy('<i8', [4], new Uint8Array(new BigInt64Array([0n, 300n, 1n, 1n]).buffer)),
      /found 300/,
    ],
    ['one class', images, npy('|u1', [4], new Uint8Array(4)), /every label is 0/],
  ])('are refused: %s', async (_, x, y, message) => {
    const at = write({ 'x_train.npy': x, ...(y ? { 'y_train.npy': y } : {}) });
    await expect(inspectFolder(at)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(message) as string,
    });
  });

  it('beside class folders leave the folder what it is', async () => {
    cpSync(saved('nested'), folder.path, { recursive: true });
    expect((await inspectFolder(write({ 'x.npy': images }))).format).toBe('image-folder');
  });
});

describe('beside a folder of pictures that are no class', () => {
  const pair = { 'x_train.npy': images, 'y_train.npy': labels };
  const picture = (name: string, file = 'a.png'): void => {
    mkdirSync(join(folder.path, name), { recursive: true });
    writeFileSync(join(folder.path, name, file), Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
  };

  it.each<[string, string]>([
    ['one', 'a.png'],
    ['one of another format', 'a.gif'],
  ])('a complete pair is what the folder holds: %s', async (_, file) => {
    picture('plots', file);
    const { format, reading } = await inspectFolder(write(pair));
    expect([format, reading!.leftOut[0]!.names]).toEqual(['numpy', ['plots']]);
  });

  it('and a folder without pictures', async () => {
    picture('plots');
    mkdirSync(join(folder.path, 'code'));
    expect((await inspectFolder(write(pair))).format).toBe('numpy');
  });

  it('half a pair leaves the folder what it is', async () => {
    picture('plots');
    await expect(inspectFolder(write({ 'x_train.npy': images }))).rejects.toThrow(/class/);
  });
});

test('whatever bytes they have, they are read or refused', async () => {
  await fc.assert(
    fc.asyncProperty(damaged(images, npy('|u1', [4, 2, 3, 3], counted(72))), damaged(labels), async (x, y) => {
      const read = await readOrRefused(() => inspectFolder(write({ 'x_train.npy': x, 'y_train.npy': y })));
      if (read) expect(read.count).toBeGreaterThan(1);
    }),
    few,
  );
  const archive = readFileSync(join(saved('numpy-npz'), 'medium.npz'));
  const at = write({});
  rmSync(join(at, 'x_train.npy'), { force: true });
  rmSync(join(at, 'y_train.npy'), { force: true });
  await fc.assert(
    fc.asyncProperty(damaged(archive), async (bytes) => {
      const read = await readOrRefused(() => inspectFolder(write({ 'all.npz': bytes })));
      if (read) expect(read.count).toBeGreaterThan(1);
    }),
    few,
  );
});
