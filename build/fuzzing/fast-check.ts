/**
 * fast-check as the tests import it (an alias in build/vitest.config.ts). Every property first tries the inputs that were found to break it before;
 * under `npm run fuzz` it goes on with new ones, watched by a thread, and what breaks it is kept.
 */
import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type * as Library from 'fast-check';
import { cloned, keepCounterexample, keptInputs } from './counterexamples.ts';
import { nextProperty } from './property.ts';
import type { Property } from './property.ts';
import { exploring, fixedSeed } from './settings.ts';
import type { Watching } from './watch.ts';

const library = createRequire(import.meta.url)('fast-check') as typeof Library;
const settings = exploring();
const numbers = new Int32Array(new SharedArrayBuffer(8));
const current = settings ? join(settings.results, `input-${process.pid}.json`) : '';
if (settings) {
  const { hang, memory } = settings;
  const workerData: Watching = { shared: numbers.buffer, hang, memory, current };
  new Worker(new URL('watch.ts', import.meta.url), { workerData, execArgv: [] }).unref();
}

type Tested = Parameters<typeof Library.assert>[0];
type Parameters_ = NonNullable<Parameters<typeof Library.assert>[1]>;

function assert(property: Tested, given: Parameters_ = {}): void | Promise<void> {
  const named = nextProperty();
  const parameters = { ...given, examples: [...keptInputs(named), ...(given.examples ?? [])] } as Parameters_;
  return settings ? explore(property, parameters, named) : library.assert(property, parameters);
}

/** Checks a property on new inputs, and notes down which is tried. */
function explore(property: Tested, given: Parameters_, named: Property): void | Promise<void> {
  const { runs, seconds, results } = settings!;
  // a seed of its own means that the property holds for most inputs only, as tests of statistics do
  const own = given.seed !== undefined && given.seed !== fixedSeed ? given.seed : undefined;
  const seed = own ?? settings!.seed ?? (Math.random() * 2 ** 32) | 0;
  const parameters: Parameters_ = {
    ...given,
    seed,
    ...(own === undefined ? { numRuns: runs } : {}),
    interruptAfterTimeLimit: 1000 * seconds,
    markInterruptAsFailure: false,
  };
  let tried = 0;
  const run = property.run.bind(property) as (value: unknown) => never;
  property.run = (value: unknown) => {
    const clone = cloned(value)?.toString('base64') ?? null;
    // what ends the process must not end the note of it
    writeFileSync(`${current}.part`, JSON.stringify({ ...named, seed, path: String(tried), clone }));
    renameSync(`${current}.part`, current);
    Atomics.store(numbers, 0, ++tried);
    return run(value);
  };
  Atomics.store(numbers, 1, 0);
  const start = performance.now();
  const done = (details: Library.RunDetails<unknown>): void => {
    Atomics.store(numbers, 0, 0);
    rmSync(current, { force: true });
    const took = Math.round(performance.now() - start);
    const peak = Math.max(Atomics.load(numbers, 1), Math.ceil(process.memoryUsage.rss() / 2 ** 20));
    const { failed, numRuns, numSkips, counterexample } = details;
    appendFileSync(
      join(results, 'properties.jsonl'),
      `${JSON.stringify({ ...named, seed, inputs: numRuns, skipped: numSkips, failed, took, peak })}\n`,
    );
    if (!failed) return;
    const message = library.defaultReportMessage(details) ?? 'the property does not hold';
    if (counterexample !== null)
      keepCounterexample(named.testFile, {
        ...{ test: named.test, property: named.index, found: firstLines(details.errorInstance) },
        input: library.stringify(counterexample),
        clone: cloned(counterexample)?.toString('base64') ?? null,
        ...{ seed, path: details.counterexamplePath ?? '' },
      });
    throw new Error(message, { cause: details.errorInstance });
  };
  const checked: Library.RunDetails<unknown> | Promise<Library.RunDetails<unknown>> = library.check(
    property,
    parameters as never,
  );
  return checked instanceof Promise ? checked.then(done) : done(checked);
}

const firstLines = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ').slice(0, 300);

export default { ...library, assert };
