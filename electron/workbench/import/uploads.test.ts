import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requests } from '../../../shared/protocol.ts';
import { openUploads } from './uploads.ts';

test('files come in pieces, and are gone when the upload is over', () => {
  const uploads = openUploads();
  const { upload, folder } = uploads.begin();
  uploads.write(upload, 'trajectory.json', new TextEncoder().encode('{"a":'));
  uploads.write(upload, 'trajectory.json', new TextEncoder().encode('1}'));
  expect(readFileSync(join(folder, 'trajectory.json'), 'utf8')).toBe('{"a":1}');
  const other = uploads.begin();
  uploads.end(upload);
  expect(existsSync(folder)).toBe(false);
  expect(() => uploads.write(upload, 'late', new Uint8Array(1))).toThrow('this upload is over');
  uploads.close();
  expect(existsSync(other.folder)).toBe(false);
});

test('no name leads out of the folder', () => {
  const takes = (name: string): boolean =>
    requests['uploads.write'].parameters.safeParse({ upload: 'u', name, bytes: new Uint8Array(1) }).success;
  expect(['../a', 'a/b', 'a\\b', '..', '.', '', 'a\0b', '.hidden'].map(takes)).toEqual(Array(8).fill(false));
  expect(['trajectory.json', 'p0.safetensors', 'größe 1.safetensors'].map(takes)).toEqual([true, true, true]);
});
