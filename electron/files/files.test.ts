import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from './folder.ts';
import { expandHome } from './home.ts';
import { defaultStore } from './places.ts';
import { staticFiles } from './static.ts';

test('a folder is served by web path, and nothing outside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'valleywalk-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '');
  writeFileSync(join(folder, 'assets', 'main.js'), '');
  const files = staticFiles(folder);
  expect([...files.keys()].sort()).toEqual(['/', '/assets/main.js', '/index.html']);
  expect(files.get('/')?.type).toBe('text/html; charset=utf-8');
  expect(files.get('/assets/main.js')?.type).toBe('text/javascript; charset=utf-8');
});

test('folders are made with those above them; a file in the way and an impossible place are errors, not endless', () => {
  const root = mkdtempSync(join(tmpdir(), 'valleywalk-'));
  makeFolder(join(root, 'a', 'b', 'c'));
  makeFolder(join(root, 'a', 'b', 'c'));
  expect(readdirSync(join(root, 'a', 'b'))).toEqual(['c']);
  writeFileSync(join(root, 'file'), '');
  expect(() => makeFolder(join(root, 'file'))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(root, 'file', 'below'))).toThrow(/ENOTDIR/);
});

test.runIf(process.platform === 'linux')('a folder where none can be made is an error', () => {
  expect(() => makeFolder('/proc/valleywalk/store')).toThrow(/ENOENT/);
});

test('the store is where the platform keeps data, unless told', () => {
  expect(defaultStore({ VALLEYWALK_STORE: '/elsewhere' })).toBe('/elsewhere');
  expect(defaultStore({ XDG_DATA_HOME: '/data' }, 'linux')).toBe(join('/data', 'valleywalk'));
  expect(defaultStore({}, 'linux')).toBe(join(homedir(), '.local', 'share', 'valleywalk'));
  expect(defaultStore({ APPDATA: '/roaming' }, 'win32')).toBe(join('/roaming', 'Valleywalk', 'store'));
});

test('~ is the home of the user, wherever a path comes in', () => {
  expect(expandHome('~', '/home/a')).toBe('/home/a'.replaceAll('/', sep));
  expect(expandHome('~/figs', '/home/a')).toBe(join('/home/a', 'figs'));
  for (const path of ['/x/~', './~/figs', 'a~', '', 'C:\\~']) expect(expandHome(path, '/home/a')).toBe(path);
  expect(() => expandHome('~nobody-here/figs')).toThrow("~nobody-here/figs would lie in another user's home");
  expect(defaultStore({ VALLEYWALK_STORE: '~/walks' })).toBe(join(homedir(), 'walks'));
});
