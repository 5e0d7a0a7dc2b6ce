/** The built renderer's files by their web path, so that nothing outside the folder can ever be asked for. */
import { readdirSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.json': 'application/json',
};

/** A file to serve. */
export interface StaticFile {
  path: string;
  type: string;
}

/**
 * Lists a folder once: web path (`/assets/index.js`, and `/` for index.html) → file.
 * @throws Error when the folder is not there.
 */
export function staticFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const file = { path, type: types[extname(path)] ?? 'application/octet-stream' };
    files.set(`/${relative(folder, path).split(sep).join('/')}`, file);
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}
