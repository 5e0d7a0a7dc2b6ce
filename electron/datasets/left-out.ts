/** Counts what lies in a data folder and is not read, so that nothing is dropped in silence. */
import type { Dirent } from 'node:fs';
import { relative, sep } from 'node:path';
import type { LeftOut } from '../../shared/datasets.ts';

/** Names kept of what one reason left out. */
const named = 3;

/** A count by reason. */
export class LeftOutCount {
  readonly #reasons = new Map<string, { count: number; names: string[] }>();

  /** @param name path below the data set's folder */
  add(reason: string, name: string): void {
    const entry = this.#reasons.get(reason) ?? { count: 0, names: [] };
    this.#reasons.set(reason, entry);
    entry.count++;
    if (entry.names.length < named) entry.names.push(name);
  }

  /** In the order in which the reasons were met. */
  list(): LeftOut[] {
    return [...this.#reasons].map(([reason, { count, names }]) => ({ reason, count, names }));
  }
}

/** Names of files that test, in every format. */
const testNames = /^t10k-|^test[_.]|^test$|-test-/;

/** Counts what lies in a folder beside a set's files. */
export function filesBeside(folder: string, entries: readonly Dirent[], files: readonly string[]): LeftOutCount {
  const used = new Set(files.map((file) => relative(folder, file).split(sep)[0]));
  const leftOut = new LeftOutCount();
  for (const { name } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (!used.has(name)) leftOut.add(testNames.test(name) ? 'test files' : "none of the training set's files", name);
  return leftOut;
}
