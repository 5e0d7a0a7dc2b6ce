/** What a folder without a data set most likely is, and what to do: another version of CIFAR, an archive, the folder above. */
import type { Dirent } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFormats } from './formats/index.ts';
import { kindOf } from './walk-folder.ts';

const page = 'https://www.cs.toronto.edu/~kriz/cifar.html';

/** Names in CIFAR's Python version, which are also those of its binary one without their end. */
const python = { 'CIFAR-10': ['data_batch_1', 'test_batch'], 'CIFAR-100': ['train', 'meta'] } as const;
const binaries = { 'CIFAR-10': 'cifar-10-binary.tar.gz', 'CIFAR-100': 'cifar-100-binary.tar.gz' } as const;
const archive = /\.(tar|tgz|tar\.(gz|bz2|xz)|zip|7z|rar)$/i;

/**
 * A sentence about a folder in which no data set was found, without a full stop; null where nothing is known to say.
 * Nothing is run: a pickle is told by its first byte.
 */
export async function whatItIs(folder: string, entries: readonly Dirent[]): Promise<string | null> {
  const own = entries.map(({ name }) => name);
  const inside = await insideOf(folder, entries);
  for (const [at, names] of [[folder, own] as const, ...inside]) {
    for (const set of ['CIFAR-10', 'CIFAR-100'] as const) {
      if (python[set].every((name) => names.includes(name)) && (await isPickle(join(at, python[set][0]))))
        return `${at} holds ${set} in its Python version: pickles, which are programs and are not run here; get the binary version, ${binaries[set]} of ${page}, unpack it and choose its folder`;
      if (names.includes(`${python[set][0]}.mat`))
        return `${at} holds ${set} in its Matlab version; get the binary version, ${binaries[set]} of ${page}, unpack it and choose its folder`;
    }
  }
  const deeper = inside.find(([, names]) =>
    names.some((name) => dataFormats.some(({ namePattern }) => namePattern?.test(name) === true)),
  );
  if (deeper) return `${deeper[0]}, a folder in it, holds one: choose that`;
  const packed = own.find((name) => archive.test(name));
  return packed === undefined
    ? null
    : `${join(folder, packed)} is an archive: unpack it and choose the folder that comes of it`;
}

/** The folders in a folder, with what is in them; those that cannot be read are left out. */
async function insideOf(folder: string, entries: readonly Dirent[]): Promise<(readonly [string, string[]])[]> {
  const found: (readonly [string, string[]])[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if ((await kindOf(entry, path).catch(() => 'special')) !== 'folder') continue;
    found.push([path, await readdir(path).catch((): string[] => [])]);
  }
  return found;
}

/** Whether a file starts as a pickle of protocol 2 or later does. */
async function isPickle(path: string): Promise<boolean> {
  try {
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
      return bytesRead === 2 && buffer[0] === 0x80 && buffer[1]! >= 2 && buffer[1]! <= 5;
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}
