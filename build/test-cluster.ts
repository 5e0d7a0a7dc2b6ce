/**
 * `npm run test:cluster`: a study on a real Slurm of three nodes, which is installed from Debian's packages where it is missing. Skipped, with a
 * sentence, where there is no root.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installSlurm, noCluster } from '../e2e/cluster/cluster.ts';
import { buildIfStale } from './build.ts';
import { sayLimits } from './machine.ts';
import { partVariable } from './test-parts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cannot = noCluster();
if (cannot !== null) console.log(`valleywalk: ${cannot}`);
else {
  installSlurm();
  await buildIfStale();
  sayLimits();
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--config',
    'build/vitest.config.ts',
    ...process.argv.slice(2),
  ];
  const { status } = spawnSync(process.execPath, vitest, {
    stdio: 'inherit',
    cwd: root,
    env: { ...process.env, [partVariable]: 'cluster' },
  });
  process.exitCode = status ?? 1;
}
