/** Units and workbench tests: beside the code they test, in Node, with real SQLite, real files and real training. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import vue from '@vitejs/plugin-vue';
import { exploring } from './fuzzing/settings.ts';
import { seconds } from './machine.ts';
import { longestUnits, secondUnits, testPart } from './test-parts.ts';
import { vulkanForTests } from './vulkan.ts';

const fuzzing = exploring();
const part = testPart();
const units = ['{electron,renderer,shared,build,resources}/**/*.test.ts'];

export default defineConfig({
  plugins: [vue()],
  // properties try what broke them before, and under `npm run fuzz` much else
  resolve: {
    alias: [{ find: /^fast-check$/, replacement: fileURLToPath(new URL('fuzzing/fast-check.ts', import.meta.url)) }],
  },
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: {
      first: units,
      second: secondUnits(),
      cluster: ['e2e/cluster/**/*.test.ts'],
      all: units,
    }[part ?? 'all'],
    exclude: [...configDefaults.exclude, ...(part === 'first' ? longestUnits : [])],
    // child processes and native sessions do not mix with worker threads
    pool: 'forks',
    // on two cores the default is one, though half of the time is spent waiting for processes
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: seconds(60),
    hookTimeout: seconds(60),
    teardownTimeout: seconds(30),
    ...(fuzzing ? { execArgv: [`--max-old-space-size=${Math.round(fuzzing.memory / 2 ** 20)}`] } : {}),
    setupFiles: [fileURLToPath(new URL('vitest.setup.ts', import.meta.url))],
    // read by the processes that it starts, before anything is loaded
    env: vulkanForTests(),
  },
});
