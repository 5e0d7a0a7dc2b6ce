/**
 * `npm run check`: format, lint with the lengths of files, types, dependency rules, unused code, that tables in the docs and generated code are what
 * their sources make, and that forgotten halves of things are named. Runs all, then fails if any failed.
 */
import { spawnSync } from 'node:child_process';

const checks: Record<string, string[]> = {
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  lint: [
    'eslint',
    '--config',
    'build/eslint.config.ts',
    '--max-warnings',
    '0',
    // each thread reads all types anew: two are a third faster on two cores
    '--concurrency',
    '2',
    'electron',
    'renderer',
    'shared',
    'build',
    'e2e',
    'bench',
    'resources',
  ],
  types: ['tsc', '-p', '.'],
  'types of the end-to-end tests': ['tsc', '-p', 'e2e'],
  'types of the window': ['vue-tsc', '-p', 'renderer', '--noEmit'],
  'dependency rules': [
    'depcruise',
    '--config',
    'build/dependency-cruiser.cjs',
    '--output-type',
    'err',
    'electron',
    'renderer',
    'shared',
    'build',
    'bench',
  ],
  'unused code': ['knip', '--config', 'build/knip.json', '--no-progress'],
  'drawn and generated files': [
    'vitest',
    'run',
    '--config',
    'build/vitest.config.ts',
    '--reporter=dot',
    ...['docs', 'shortcut-sheet', 'filter-parser', 'file-lengths'].map((name) => `/${name}.test.ts`),
  ],
  'forgotten halves': ['node', 'build/node.mjs', 'forgotten-halves'],
};

const failed = Object.entries(checks).filter(([name, [program, ...parameters]]) => {
  const start = performance.now();
  const { status } = spawnSync(program!, parameters, { stdio: 'inherit', shell: process.platform === 'win32' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
