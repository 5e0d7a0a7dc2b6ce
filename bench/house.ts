/**
 * `node bench/house.ts [FOLDER]`: lines of code by room, and sizes of what was built, of this checkout or of another with its own dist/
 * (`npm run build` there first). Prints the tables of docs/performance.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));

const code = new Set(['.ts', '.vue', '.cjs', '.mjs', '.css', '.py']);

/** Tests, and what only tests use. */
const isTest = (file: string): boolean => /\.(test|spec)\.ts$|^e2e\/|\/testing(\/|\.ts$)|^build\/vitest/.test(file);

/** The room of a file: a folder at the top, of shared/ and electron/ the folder below, where it has files in folders. */
function roomOf(file: string): string {
  const [top, below, ...rest] = file.split('/');
  return (top === 'electron' || top === 'shared') && rest.length > 0 ? `${top}/${below!}` : `${top!}`;
}

/** A number with commas. */
const count = (value: number): string => value.toLocaleString('en');

/** A table in Markdown. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Lines of source and of tests in every room. */
function lines(): string {
  const rooms = new Map<string, { source: number; tests: number }>();
  const total = { source: 0, tests: 0 };
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 }).split(
    '\0',
  );
  for (const file of files.filter(
    (each) => each.includes('/') && code.has(extname(each)) && existsSync(join(root, each)),
  )) {
    const room = roomOf(file);
    const own = rooms.get(room) ?? { source: 0, tests: 0 };
    rooms.set(room, own);
    const kind = isTest(file) ? 'tests' : 'source';
    const found = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
    own[kind] += found;
    total[kind] += found;
  }
  const row = (name: string, { source, tests }: typeof total): string[] => [name, count(source), count(tests)];
  const sorted = [...rooms].sort(([a], [b]) => (a < b ? -1 : 1));
  return table(
    ['lines of', 'source', 'tests'],
    [...sorted.map(([room, own]) => row(`${room}/`, own)), row('all', total)],
  );
}

/** A bundle and every chunk that it loads, at once or later. */
function withChunks(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const text = readFileSync(entry, 'utf8');
  for (const [, from] of text.matchAll(/(?:from|import|require)\s*\(?\s*["'`](\.\.?\/[^"'`]+\.c?js)["'`]/g)) {
    const chunk = join(dirname(entry), from!);
    if (existsSync(chunk)) withChunks(chunk, found);
  }
  return found;
}

/** Sizes of the bundles, each with its chunks; what several share counts in each. */
function bundles(): string {
  const dist = join(root, 'dist');
  if (!existsSync(dist)) throw new Error(`${dist} is not there; run "npm run build" first`);
  const below = (folder: string, end: RegExp): string[] =>
    readdirSync(join(dist, folder))
      .filter((name) => end.test(name))
      .map((name) => join(dist, folder, name));
  const kibibytes = (bytes: number): string => count(Math.round(bytes / 1024));
  const row = (name: string, files: Iterable<string>): string[] => {
    const contents = [...files].map((file) => readFileSync(file));
    return [
      name,
      kibibytes(contents.reduce((total, each) => total + each.length, 0)),
      kibibytes(contents.reduce((total, each) => total + gzipSync(each).length, 0)),
    ];
  };
  const entries = [...below('.', /\.cjs$/), ...below('node', /\.js$/)];
  return table(
    ['KiB of', 'as built', 'gzipped'],
    [
      row('renderer/ scripts', below('renderer/assets', /\.js$/)),
      row('renderer/ styles', below('renderer/assets', /\.css$/)),
      ...entries.map((entry) => row(relative(dist, entry), withChunks(entry))),
      row('all of node/', [...below('node', /\.js$/), ...below('node/chunks', /\.js$/)]),
    ],
  );
}

console.log(`${lines()}\n\n${bundles()}`);
