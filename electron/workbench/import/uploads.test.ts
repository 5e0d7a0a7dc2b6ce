import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ValleywalkError } from '../../../shared/errors.ts';
import { requests } from '../../../shared/protocol.ts';
import { connectClient } from '../connection.ts';
import type { Workbench } from '../workbench.ts';
import { openUploads } from './uploads.ts';

test('files come in pieces, and are gone when the upload is over', () => {
  const uploads = openUploads();
  const { upload, folder } = uploads.begin();
  uploads.write(upload, 'trajectory.json', 0, new TextEncoder().encode('{"a":'));
  uploads.write(upload, 'trajectory.json', 5, new TextEncoder().encode('1}'));
  expect(readFileSync(join(folder, 'trajectory.json'), 'utf8')).toBe('{"a":1}');
  const other = uploads.begin();
  uploads.end(upload);
  expect(existsSync(folder)).toBe(false);
  expect(() => uploads.write(upload, 'late', 0, new Uint8Array(1))).toThrow('this upload is over');
  uploads.close();
  expect(existsSync(other.folder)).toBe(false);
});

test('no file is added to another of its name', () => {
  const uploads = openUploads();
  const { upload, folder } = uploads.begin();
  uploads.write(upload, 'p0.safetensors', 0, new Uint8Array(4));
  expect(() => uploads.write(upload, 'p0.safetensors', 0, new Uint8Array(4))).toThrow(
    'there are two files p0.safetensors; a folder of a trajectory has one of each name',
  );
  expect(() => uploads.write(upload, 'p0.safetensors', 8, new Uint8Array(4))).toThrow(
    'a piece of p0.safetensors is missing; import the folder again',
  );
  expect(() => uploads.write(upload, 'p1.safetensors', 8, new Uint8Array(4))).toThrow('a piece of p1.safetensors');
  expect(readFileSync(join(folder, 'p0.safetensors'))).toHaveLength(4);
  uploads.close();
});

test('what the disk says is told by the name of the file alone', () => {
  const uploads = openUploads();
  const { upload, folder } = uploads.begin();
  rmSync(folder, { recursive: true });
  expect(() => uploads.write(upload, 'p0.safetensors', 0, new Uint8Array(4))).toThrow(
    /^cannot write p0\.safetensors on the machine that computes: [^/]*$/,
  );
  uploads.close();
});

test('messages name an upload as its folder is called where it was chosen', () => {
  const uploads = openUploads();
  const named = uploads.begin('digits');
  const plain = uploads.begin();
  const problem = { path: 'points', message: `${named.folder} is odd` };
  expect(
    uploads.asChosen(
      new ValleywalkError('input', `${join(named.folder, 'trajectory.json')} cannot be imported`, [problem]),
    ),
  ).toMatchObject({
    kind: 'input',
    message: `${join('digits', 'trajectory.json')} cannot be imported`,
    problems: [{ path: 'points', message: 'digits is odd' }],
  });
  expect(uploads.asChosen(new ValleywalkError('input', `there is nothing in ${plain.folder}`))).toMatchObject({
    message: 'there is nothing in the folder that was chosen',
  });
  expect(uploads.asChosen(new ValleywalkError('input', join(plain.folder, 'p0.safetensors')))).toMatchObject({
    message: 'p0.safetensors',
  });
  const other = new Error('a fault of ours');
  expect(uploads.asChosen(other)).toBe(other);
  uploads.close();
});

test('no name leads out of the folder', () => {
  const takes = (name: string): boolean =>
    requests['uploads.write'].parameters.safeParse({ upload: 'u', name, at: 0, bytes: new Uint8Array(1) }).success;
  expect(['../a', 'a/b', 'a\\b', '..', '.', '', 'a\0b', '.hidden'].map(takes)).toEqual(Array(8).fill(false));
  expect(['trajectory.json', 'p0.safetensors', 'größe 1.safetensors'].map(takes)).toEqual([true, true, true]);
});

test('uploads take so many bytes in all', () => {
  const uploads = openUploads(8);
  const [one, other] = [uploads.begin(), uploads.begin()];
  uploads.write(one.upload, 'a', 0, new Uint8Array(6));
  expect(() => uploads.write(other.upload, 'b', 0, new Uint8Array(3))).toThrow(/^uploads take at most .* together/);
  uploads.end(one.upload);
  uploads.write(other.upload, 'b', 0, new Uint8Array(8));
  uploads.close();
});

test('folders of processes that are gone are removed, others stay', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const left = mkdtempSync(join(tmpdir(), `valleywalk-upload-${gone}-`));
  const living = mkdtempSync(join(tmpdir(), `valleywalk-upload-${process.ppid}-`));
  const uploads = openUploads();
  const { folder } = uploads.begin();
  const others = openUploads();
  others.begin();
  others.close();
  expect([left, living, folder].map((path) => existsSync(path))).toEqual([false, true, true]);
  uploads.close();
  rmdirSync(living);
});

test('uploads end with the connection that began them', async () => {
  const ended: unknown[] = [];
  const workbench = {
    subscribe: () => () => undefined,
    handle: (name: string, parameters: unknown) => {
      if (name === 'uploads.end') ended.push(parameters);
      return Promise.resolve(name === 'uploads.begin' ? { upload: 'u', folder: '/u' } : {});
    },
  } as unknown as Workbench;
  for (const late of [false, true]) {
    let [ask, close]: [(message: unknown) => void, () => void] = [() => undefined, () => undefined];
    const closing: (() => void)[] = [];
    connectClient(workbench, {
      send: () => undefined,
      onMessage: (listener) => (ask = listener),
      onClose: (listener) => closing.push(listener),
      close: () => undefined,
    });
    close = () => closing.forEach((listener) => listener());
    ask({ id: 1, request: 'uploads.begin', parameters: {} });
    if (!late) await new Promise(setImmediate);
    close();
    await new Promise(setImmediate);
  }
  expect(ended).toEqual([{ upload: 'u' }, { upload: 'u' }]);
});
