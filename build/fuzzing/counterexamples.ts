/**
 * Counterexamples that were found, beside the test that they belong to: `wire.test.ts` has `wire.counterexamples.json`. Whoever finds one commits
 * it, and every run of the test tries it first from then on.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { Property } from './property.ts';

/** A counterexample as it is kept. */
export interface Counterexample {
  /** The test's full name, and which of its properties it is, from 0. */
  test: string;
  property: number;
  /** What happened: the error's first lines, or that the input hangs or takes too much memory. */
  found: string;
  /** The input as JavaScript, to be read. */
  input: string;
  /** The input's values by V8's structured clone in base64, to be tried again; null where they cannot be cloned. */
  clone: string | null;
  /** Where the input comes from: fast-check's seed and path. */
  seed: number;
  path: string;
}

/** The file of a test file's counterexamples. */
export function counterexampleFile(testFile: string): string {
  return testFile.replace(/\.ts$/, '').replace(/\.(fuzz\.)?test$/, '') + '.counterexamples.json';
}

function readCounterexamples(testFile: string): Counterexample[] {
  const file = counterexampleFile(testFile);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Counterexample[]) : [];
}

/** Keeps a counterexample, once. */
export function keepCounterexample(testFile: string, found: Counterexample): void {
  const kept = readCounterexamples(testFile);
  if (
    kept.some(
      ({ test, property, input }) => test === found.test && property === found.property && input === found.input,
    )
  )
    return;
  writeFileSync(counterexampleFile(testFile), `${JSON.stringify([...kept, found], null, 2)}\n`);
}

/** The kept inputs of a property. */
export function keptInputs({ testFile, test, index }: Property): unknown[][] {
  return readCounterexamples(testFile)
    .filter((kept) => kept.test === test && kept.property === index)
    .flatMap(({ clone }) => (clone === null ? [] : [deserialize(Buffer.from(clone, 'base64')) as unknown[]]));
}

/** Values as they are kept; null where they hold what cannot be cloned, such as functions. */
export function cloned(values: unknown): Buffer | null {
  try {
    return serialize(values);
  } catch {
    return null;
  }
}
