/** Tells whether dist/ still matches its sources, so that commands build by themselves and only when they must. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', 'sources.sha256');
/** What ends up in dist/; resources are read where they lie. */
const sources = ['electron', 'renderer', 'shared', 'build', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** A digest of every source file's path, size and time: what {@link markBuilt} notes down. */
export function digest(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const { size, mtimeMs } = statSync(join(root, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  };
  for (const source of sources) {
    if (!statSync(join(root, source)).isDirectory()) add(source);
    else
      for (const entry of readdirSync(join(root, source), { recursive: true, withFileTypes: true }).sort((a, b) =>
        join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
      ))
        if (entry.isFile() && !entry.name.endsWith('.test.ts'))
          add(join(entry.parentPath, entry.name).slice(root.length));
  }
  return hash.digest('hex');
}

/** Whether dist/ must be built. */
export function isStale(): boolean {
  try {
    return readFileSync(stamp, 'utf8') !== digest();
  } catch {
    return true;
  }
}

/** Notes that dist/ was built from the sources of this digest, taken before the build began. */
export function markBuilt(built: string): void {
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(stamp, built);
}
