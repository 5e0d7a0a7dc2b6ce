/** Builds dist/: `npm run build` always, and every other command when it is stale. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isStale, markBuilt } from './stale.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds everything into dist/ from nothing. @throws Error of the bundler, with file and line. */
export async function buildAll(): Promise<void> {
  // loaded late: a command that finds dist/ fresh does not pay for the bundler
  const { build } = await import('vite');
  const { nodeBuilds } = await import('./vite.node.config.ts');
  rmSync(`${root}/dist`, { recursive: true, force: true });
  for (const config of nodeBuilds) await build(config);
  await build({ configFile: `${root}/build/vite.renderer.config.ts`, logLevel: 'warn' });
  markBuilt();
}

/** Builds if the sources changed; says so on standard error, since it takes a few seconds. */
export async function buildIfStale(): Promise<void> {
  if (!isStale()) return;
  process.stderr.write('building… ');
  const start = performance.now();
  await buildAll();
  process.stderr.write(`built in ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
