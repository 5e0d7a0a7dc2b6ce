import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { RecentFolders } from './recent-folders.ts';

const home = mkdtempSync(join(tmpdir(), 'valleywalk-folders-'));
const file = join(home, 'folders.json');
afterEach(() => rmSync(file, { force: true }));

test('each purpose has its own folder, which is there when the app is opened again', () => {
  const exports = join(home, 'exports');
  mkdirSync(exports);
  const folders = new RecentFolders(file);
  expect(folders.of('export')).toBeNull();
  folders.keep('export', exports);
  folders.keep('save', home);
  const again = new RecentFolders(file);
  expect(again.of('export')).toBe(exports);
  expect(again.of('save')).toBe(home);
  rmSync(exports, { recursive: true });
  expect(again.of('export')).toBeNull();
});

test('a damaged file is as none, and one that cannot be written disturbs nobody', () => {
  writeFileSync(file, '{"export": 3');
  const folders = new RecentFolders(file);
  expect(folders.of('export')).toBeNull();
  folders.keep('export', home);
  expect(new RecentFolders(file).of('export')).toBe(home);
  const nowhere = new RecentFolders(join(home, 'not there', 'folders.json'));
  expect(() => nowhere.keep('export', home)).not.toThrow();
  expect(nowhere.of('export')).toBe(home);
});
