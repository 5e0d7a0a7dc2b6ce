import { beforeEach, expect, test, vi } from 'vitest';
import { importFiles, trajectoryFiles } from './uploading.ts';

const asked: { name: string; parameters: Record<string, unknown> }[] = [];
let answer: (name: string) => unknown;
vi.mock('../connection/connection.ts', () => ({
  request: (name: string, parameters: Record<string, unknown>) => {
    asked.push({ name, parameters });
    return new Promise((resolve) => resolve(answer(name)));
  },
  onEvent: () => undefined,
  onConnected: () => undefined,
  sentence: String,
}));

beforeEach(() => {
  asked.length = 0;
  answer = (name) => (name === 'uploads.begin' ? { upload: 'u', folder: '/tmp/u' } : { run: 'r', status: 'queued' });
});

/** A file as the browser gives it for a chosen folder. */
const file = (path: string, bytes = 3): File => {
  const made = new File([new Uint8Array(bytes)], path.split('/').at(-1)!);
  return Object.defineProperty(made, 'webkitRelativePath', { value: path });
};
const paths = (files: readonly File[]): string[] => files.map(({ webkitRelativePath }) => webkitRelativePath);

test('files are those that lie directly in the folder', () => {
  const { name, files } = trajectoryFiles([
    file('digits/trajectory.json'),
    file('digits/p0.safetensors'),
    file('digits/old/trajectory.json'),
    file('digits/old/p0.safetensors'),
    file('digits/notes.txt'),
  ]);
  expect(name).toBe('digits');
  expect(paths(files)).toEqual(['digits/trajectory.json', 'digits/p0.safetensors']);
});

test('files that tell no folder are taken as they are', () => {
  const plain = ['trajectory.json', 'p0.safetensors'].map((name) =>
    Object.defineProperty(new File([], name), 'webkitRelativePath', { value: '' }),
  );
  expect(trajectoryFiles(plain)).toEqual({ name: undefined, files: plain });
});

test('a folder without trajectory.json of its own is refused', () => {
  expect(() => trajectoryFiles([file('all/digits/trajectory.json')])).toThrow(
    'There is no trajectory.json in the folder that was chosen.',
  );
});

test('pieces tell where they belong', async () => {
  const files = [file('digits/trajectory.json', 0), file('digits/p0.safetensors', 5 * 2 ** 20)];
  await importFiles({ name: 'digits', files }, () => undefined);
  expect(asked.map(({ name }) => name)).toEqual([
    'uploads.begin',
    'uploads.write',
    'uploads.write',
    'uploads.write',
    'runs.import',
    'uploads.end',
  ]);
  expect(asked[0]!.parameters).toEqual({ name: 'digits' });
  expect(asked.slice(1, 4).map(({ parameters }) => [parameters['name'], parameters['at']])).toEqual([
    ['trajectory.json', 0],
    ['p0.safetensors', 0],
    ['p0.safetensors', 4 * 2 ** 20],
  ]);
});

test('what went wrong is told, not that the upload could not be ended', async () => {
  answer = (name) => {
    if (name === 'uploads.begin') return { upload: 'u', folder: '/tmp/u' };
    throw new Error(name === 'uploads.write' ? 'its disk is full' : 'no connection');
  };
  await expect(importFiles({ name: 'd', files: [file('d/trajectory.json')] }, () => undefined)).rejects.toThrow(
    'its disk is full',
  );
});

test('an upload that is cancelled imports nothing', async () => {
  const abort = new AbortController();
  const files = [file('d/trajectory.json'), file('d/p0.safetensors')];
  await expect(importFiles({ name: 'd', files }, () => abort.abort(), abort.signal)).rejects.toThrow();
  expect(asked.map(({ name }) => name)).toEqual(['uploads.begin', 'uploads.write', 'uploads.end']);
});
