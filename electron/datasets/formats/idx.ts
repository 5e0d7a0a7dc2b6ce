/** The format of MNIST and its relatives: an IDX pair, found by the names that they have, also unpacked into folders of those names. */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ValleywalkError } from '../../../shared/errors.ts';
import { mostBytes, readWhole, unreadable, wrong } from '../bytes.ts';
import { checkPair, decompress, parseImages, parseLabels, promisedBytes, startOf } from '../idx.ts';
import { namesOfLabels } from '../labels.ts';
import { filesBeside } from '../left-out.ts';
import type { RawExamples } from '../raw.ts';
import { kindOf } from '../walk-folder.ts';
import { centred, defineFormat } from './format.ts';
import type { KnownSet } from './format.ts';

/** IDX. */
export const idx = defineFormat({
  key: 'idx',
  title: 'IDX',
  holds: 'as MNIST and Fashion-MNIST come: `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, gzipped or not',
  reads:
    "unsigned bytes; also with `.` before `idx`, below a folder of the file's own name, and with a set's name in front (`emnist-letters-train-…`). Labels are kept as they are written; where they leave numbers out, each is the name of its class",
  lookedFor: 'an IDX pair (train-images-idx3-ubyte and train-labels-idx1-ubyte, gzipped or not)',
  namePattern: /train-images[-.]idx3-ubyte/,
  before: null,
  normalisation: centred,
  async detect({ path, entries }) {
    const pair = await findIdxPair(path, entries);
    if (!pair) return null;
    const { files, set } = pair;
    const notes = /^emnist\b/.test(set)
      ? ['EMNIST stores its images transposed, rows as columns; they are learned as they are stored']
      : [];
    return { files, notes, leftOut: filesBeside(path, entries, files) };
  },
  read: readIdx,
});

/** `emnist-letters-` and the like, which file it is, and how its name is written. */
const pattern = /^(?:(?<set>[\w-]+)-)?train-(?:(?<images>images)[-.]idx3|labels[-.]idx1)-ubyte(?:\.gz)?$/;

/** The training files of one set by what comes before `train-` in their names; in order of preference. */
interface Candidates {
  images: string[];
  labels: string[];
}

/** An IDX pair. */
interface IdxPair {
  files: [images: string, labels: string];
  /** What comes before `train-` in the files' names: empty for MNIST's own. */
  set: string;
}

/**
 * Finds the pair that a folder holds; null when no name is one of IDX's.
 * @throws ValleywalkError kind `input` when one of the two is missing, or there are pairs of several sets
 */
async function findIdxPair(folder: string, entries: readonly Dirent[]): Promise<IdxPair | null> {
  const sets = new Map<string, Candidates>();
  // a hyphen before a dot and plain before gzipped, as they sort
  for (const { name } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const groups = pattern.exec(name)?.groups;
    if (!groups) continue;
    const set = groups['set'] ?? '';
    const found = sets.get(set) ?? { images: [], labels: [] };
    sets.set(set, found);
    (groups['images'] ? found.images : found.labels).push(name);
  }
  // MNIST's own names outweigh those of its relatives
  const [set, ...more] = sets.has('') ? [''] : [...sets.keys()];
  if (set === undefined) return null;
  if (more.length > 0)
    throw new ValleywalkError(
      'input',
      `${folder} holds the training files of several data sets: ${[set, ...more].join(', ')}; put the two files of one into a folder of their own`,
    );
  const { images, labels } = sets.get(set)!;
  const file = async (names: readonly string[], kind: 'images' | 'labels'): Promise<string> => {
    const [name] = names;
    if (name === undefined) throw absent(folder, set, kind);
    const entry = entries.find((each) => each.name === name)!;
    const path = join(folder, name);
    return (await kindOf(entry, path)) === 'folder' ? within(path, name) : path;
  };
  return { files: [await file(images, 'images'), await file(labels, 'labels')], set };
}

/** The file in a folder that bears its name: some programs unpack `a.gz` into `a/a`. */
async function within(folder: string, name: string): Promise<string> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(error, folder);
  });
  const plain = name.replace(/\.gz$/, '');
  const found = [plain, `${plain}.gz`].find((each) => names.includes(each));
  if (found !== undefined) return join(folder, found);
  throw new ValleywalkError('input', `${folder} is a folder without a file ${plain} in it; put the file there`);
}

function absent(folder: string, set: string, kind: 'images' | 'labels'): ValleywalkError {
  const stem = `${set === '' ? '' : `${set}-`}train-${kind}`;
  const names = ['-', '.'].flatMap((joint) => {
    const name = `${stem}${joint}idx${kind === 'images' ? 3 : 1}-ubyte`;
    return [name, `${name}.gz`];
  });
  return new ValleywalkError(
    'input',
    `${folder} looks like an IDX pair, but holds none of ${names.join(', ')}; put the file there, or choose another folder`,
  );
}

async function readIdx({ files: [images, labels], classes }: KnownSet): Promise<RawExamples> {
  const pair = { images: images!, labels: labels! };
  const [imageBytes, labelBytes] = (await Promise.all([pair.images, pair.labels].map(readIdxFile))) as [
    Uint8Array,
    Uint8Array,
  ];
  const parsed = parseImages(imageBytes, pair.images);
  const parsedLabels = parseLabels(labelBytes, pair.labels);
  return {
    ...parsed,
    channels: 1,
    labels: parsedLabels.labels,
    classes: checkPair(parsed, parsedLabels, pair, classes),
    ...namesOfLabels(parsedLabels.labels),
    checksum: createHash('sha256').update(imageBytes).update(labelBytes).digest('hex'),
  };
}

/** Reads an IDX file, unpacked to what its header promises and no more. */
async function readIdxFile(file: string): Promise<Uint8Array> {
  const bytes = await readWhole(file);
  const start = startOf(bytes);
  const promised = start && promisedBytes(start);
  if (promised !== null && promised > mostBytes)
    throw wrong(
      file,
      4,
      `at most ${mostBytes.toLocaleString('en')} bytes of examples`,
      `a header that promises ${promised.toLocaleString('en')}; use fewer or smaller ones`,
    );
  // what is no IDX file is not unpacked to find that out
  return start && promised === null && start.length >= 16 ? start : decompress(bytes, file, promised ?? mostBytes);
}
