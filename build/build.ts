/** Builds dist/: `npm run build` always, and every other command when it is stale. */
import { copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { digest, isStale, markBuilt } from './stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds everything into dist/ from nothing. @throws Error of the bundler, with file and line. */
export async function buildAll(): Promise<void> {
  // loaded late: a command that finds dist/ fresh does not pay for the bundler
  const { build } = await import('vite');
  const { nodeBuilds } = await import('./vite.node.config.ts');
  const sources = digest();
  rmSync(`${root}/dist`, { recursive: true, force: true });
  for (const config of nodeBuilds) await build(config);
  await build({ configFile: `${root}/build/vite.renderer.config.ts`, logLevel: 'warn' });
  // Python runs it as a file, beside the bundle that starts it (backends/pytorch/load.ts)
  copyFileSync(`${root}/electron/trainer/backends/pytorch/worker.py`, `${root}/dist/node/pytorch-worker.py`);
  markBuilt(sources);
}

/** Builds if the sources changed; says so on standard error, since it takes a few seconds. */
export async function buildIfStale(): Promise<void> {
  if (!isStale()) return;
  const release = await lock();
  try {
    // another command may have built while this one waited
    if (!isStale()) return;
    process.stderr.write('building… ');
    const start = performance.now();
    await buildAll();
    process.stderr.write(`built in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  } finally {
    release();
  }
}

/** Waits until no other command builds. A lock older than two minutes belongs to a command that died. */
async function lock(): Promise<() => void> {
  const folder = `${root}/node_modules/.valleywalk-build`;
  for (;;) {
    try {
      mkdirSync(folder);
      return () => rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
      // a lock's age is by the clock on the wall, as the file system has it; one from the future is from before a clock was set back
      // eslint-disable-next-line no-restricted-properties -- compared with a file's time
      if (Math.abs(Date.now() - made) > 120_000) rmSync(folder, { recursive: true, force: true });
      else await sleep(200);
    }
  }
}

if (process.argv[1] === 'build') await buildAll();
