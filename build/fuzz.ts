/**
 * `npm run fuzz`: explores new inputs of the tests' properties, and keeps what breaks them beside their tests (build/fuzzing/counterexamples.ts).
 *
 * `--only TEXT` picks test files by their path, `--runs N` and `--seconds N` say how many inputs a property gets and how long at most, `--seed N`
 * repeats an exploration, `--hang N` are the seconds and `--memory N` the MiB that one input may take.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { deserialize } from 'node:v8';
import fc from 'fast-check';
import { counterexampleFile, keepCounterexample } from './fuzzing/counterexamples.ts';
import type { Property } from './fuzzing/property.ts';
import { exploringEnvironment } from './fuzzing/settings.ts';
import { seconds } from './machine.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What became of a property. */
interface Explored extends Property {
  seed: number;
  inputs: number;
  failed: boolean;
  /** Milliseconds. */
  took: number;
  /** Greatest resident memory of its process, MiB. */
  peak: number;
}

/** An input at which a process ended. */
interface Left extends Property {
  seed: number;
  path: string;
  clone: string | null;
  found?: string;
}

const number = (text: string | undefined, name: string): number | null => {
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isInteger(value) && (value > 0 || name === 'seed')) return value;
  console.error(`valleywalk: --${name} takes a whole number, it is "${text}"`);
  process.exit(2);
};

function options(): { only: string; runs: number; seconds: number; seed: number | null; hang: number; memory: number } {
  const names = ['only', 'runs', 'seconds', 'seed', 'hang', 'memory'] as const;
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2),
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) as Record<
        (typeof names)[number],
        { type: 'string' }
      >,
    });
    const option = (name: (typeof names)[number], usual: number): number => number(values[name], name) ?? usual;
    return {
      only: values.only ?? '',
      runs: option('runs', values.seconds === undefined ? 1000 : 1e9),
      seconds: option('seconds', 86_400),
      seed: number(values.seed, 'seed'),
      hang: option('hang', 10),
      memory: option('memory', 1024),
    };
  } catch (error) {
    console.error(`valleywalk: ${(error as Error).message}`);
    process.exit(2);
  }
}

const { only, hang, memory, ...much } = options();
const files = globSync('{electron,renderer,shared}/**/*.test.ts', { cwd: root })
  .filter((file) => file.includes(only) && readFileSync(join(root, file), 'utf8').includes("'fast-check'"))
  .sort();
if (files.length === 0) {
  console.error(`valleywalk: no test with a property has "${only}" in its path`);
  process.exit(2);
}

const results = mkdtempSync(join(tmpdir(), 'valleywalk-fuzz-'));
const explored: Explored[] = [];
let broken = 0;
for (const file of files) {
  const { status } = spawnSync('vitest', ['run', '--config', 'build/vitest.config.ts', '--reporter=dot', file], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: {
      ...process.env,
      ...exploringEnvironment({ ...much, hang: seconds(hang), memory: memory * 2 ** 20, results }),
    },
  });
  // an input at which the process ended: the thread that watches it ended it, or the input itself did
  for (const left of readdirSync(results).filter((name) => /^input-\d+\.json$/.test(name))) {
    const { testFile, test, index, seed, path, clone, found } = JSON.parse(
      readFileSync(join(results, left), 'utf8'),
    ) as Left;
    keepCounterexample(testFile, {
      ...{ test, property: index, found: found ?? 'ended the process' },
      input:
        clone === null ? `(input ${path} of seed ${seed})` : fc.stringify(deserialize(Buffer.from(clone, 'base64'))),
      ...{ clone, seed, path },
    });
    console.error(`${file}: "${test}" ${found ?? 'ended the process'}, with input ${path} of seed ${seed}`);
    rmSync(join(results, left));
  }
  if (status === 0) continue;
  broken++;
  const kept = counterexampleFile(join(root, file));
  console.error(
    existsSync(kept)
      ? `${file} failed. Counterexamples are kept in ${relative(root, kept)}; replay them with\n` +
          `  npm run test:units -- ${file}\nand commit that file with what mends it.`
      : `${file} failed without a counterexample; its output above says how.`,
  );
}
const lines = join(results, 'properties.jsonl');
if (existsSync(lines))
  explored.push(
    ...readFileSync(lines, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Explored),
  );
rmSync(results, { recursive: true });

console.log('\n    inputs      s  MiB  property');
for (const { inputs, took, peak, failed, testFile, test, seed } of explored)
  console.log(
    `${String(inputs).padStart(10)} ${(took / 1000).toFixed(1).padStart(6)} ${String(peak).padStart(4)}  ${failed ? 'BROKEN ' : ''}` +
      `${relative(root, testFile)} › ${test}${failed ? ` (seed ${seed})` : ''}`,
  );
const total = explored.reduce((sum, { inputs }) => sum + inputs, 0);
console.log(
  `\n${total.toLocaleString('en')} inputs of ${explored.length} properties; ${broken} of ${files.length} files failed; ` +
    `at most ${Math.max(0, ...explored.map(({ peak }) => peak))} MiB`,
);
process.exitCode = broken === 0 ? 0 : 1;
